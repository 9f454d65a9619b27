import type { RuleTitles } from '../../reports/failure-text.ts';
import { markdownCode, markdownTable, markdownText } from '../../reports/markdown-text.ts';
import { formatCount, plural } from '../../reports/numbers.ts';
import type { RunDiff } from './compare.ts';
import { type ChangeSection, countChanges, sectionsOf } from './sections.ts';
import { changeKinds } from './change.ts';
import { nameOf } from './text.ts';

/** Groups of one kind beyond these are counted: a comment on GitHub takes 64 KiB. */
const limit = 20;

/** What changed, as GitHub's Markdown: a table of counts, then the changes worst first. */
export function diffMarkdown(diff: RunDiff, titles: RuleTitles): string {
  const regressions = diff.runners.reduce((sum, runner) => sum + countChanges(runner, 'regression'), 0);
  const kinds = changeKinds.filter((kind) => diff.runners.some((runner) => countChanges(runner, kind) > 0));
  const blocks = [
    `## Batch Normalization conformance: ${regressions === 0 ? 'no regression' : plural(regressions, 'regression')}`,
    ...(diff.notes.length === 0 ? [] : [diff.notes.map((note) => `* ${markdownText(note)}`).join('\n')]),
    markdownTable(['runner', 'in both', ...kinds.map((kind) => kind.replaceAll('-', ' '))], diff.runners.map((runner) => [nameOf(runner), formatCount(runner.compared), ...kinds.map((kind) => formatCount(countChanges(runner, kind)))])),
    ...diff.runners.flatMap((runner) => {
      const sections = sectionsOf(diff, runner, titles);
      return sections.length === 0 ? [] : [`### ${markdownText(nameOf(runner))}`, ...sections.map(sectionBlock)];
    }),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function sectionBlock({ title, groups }: ChangeSection): string {
  const more = groups.length - limit;
  return [
    `**${markdownText(title)}**`, '',
    ...groups.slice(0, limit).flatMap(({ label, cases, example, details }) => [
      `* ${markdownText(label)} (${plural(cases, 'case')}), such as ${markdownCode(example)}`, ...details.map((paragraph) => `  * ${detailText(paragraph)}`),
    ]),
    ...(more > 0 ? [`* and ${plural(more, 'further group')}`] : []),
  ].join('\n');
}

/** A command is code, to be copied as it is. */
function detailText(paragraph: string): string {
  const command = /^rerun: ([^]*)$/.exec(paragraph)?.[1];
  return command === undefined ? markdownText(paragraph) : `rerun: ${markdownCode(command)}`;
}
