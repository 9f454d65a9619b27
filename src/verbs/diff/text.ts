import type { RuleTitles } from '../../reports/failure-text.ts';
import { formatCount, plural } from '../../reports/numbers.ts';
import { type Paint, plain } from '../../reports/paint.ts';
import { printable } from '../../reports/printable.ts';
import { type ChangeKind, changeKinds } from './change.ts';
import type { RunDiff, RunnerDiff } from './compare.ts';
import { type ChangeSection, countChanges, sectionsOf } from './sections.ts';

/** Groups of one kind beyond these are counted. */
const limit = 10;

/** What changed, framework by framework and worst first, then the totals. */
export function diffText(diff: RunDiff, titles: RuleTitles, paint: Paint = plain): string {
  const details = diff.runners.flatMap((runner) => {
    const sections = sectionsOf(diff, runner, titles);
    return sections.length === 0 ? [] : [[paint('strong', nameOf(runner)), ...sections.flatMap((section) => sectionLines(section))].join('\n')];
  });
  return `${[...details, totals(diff, paint)].join('\n\n')}\n`;
}

/** `pytorch@2.12.0 → pytorch@2.13.0`, or the one key of both. */
export function nameOf({ before, after }: RunnerDiff): string {
  return printable(before.runner === after.runner ? after.runner : `${before.runner} → ${after.runner}`);
}

function sectionLines({ title, groups }: ChangeSection): readonly string[] {
  const more = groups.length - limit;
  return [
    `  ${title}`,
    ...groups.slice(0, limit).flatMap(({ label, cases, example, details }) => [
      `    ${printable(label)} (${plural(cases, 'case')})`, `      such as ${printable(example)}`, ...details.flatMap((paragraph) => paragraph.split('\n')).map((line) => `      ${line}`),
    ]),
    ...(more > 0 ? [`    and ${plural(more, 'further group')}`] : []),
  ];
}

function totals(diff: RunDiff, paint: Paint): string {
  const regressions = diff.runners.reduce((sum, runner) => sum + countChanges(runner, 'regression'), 0);
  return [
    ...diff.notes.map((note) => paint('warn', `note: ${printable(note)}`)),
    ...diff.runners.map((runner) => `${paint('strong', nameOf(runner))}  ${describeCounts(runner)}`),
    paint(regressions === 0 ? 'good' : 'bad', regressions === 0 ? 'no regression' : plural(regressions, 'regression')),
  ].join('\n');
}

const words: Readonly<Record<ChangeKind, string>> = {
  regression: 'regressed', 'changed-cause': 'with another cause or rule', 'newly-unsupported': 'newly unsupported', 'changed-status': 'with another status',
  moved: 'moved', gone: 'gone', fix: 'fixed', 'newly-supported': 'newly supported', new: 'new',
};

/** `7,954 in both: 3 regressed, 1 fixed, 7,950 unchanged; 12 new`. */
function describeCounts(runner: RunnerDiff): string {
  const inBoth = changeKinds.filter((kind) => kind !== 'gone' && kind !== 'new');
  const unchanged = runner.compared - inBoth.reduce((sum, kind) => sum + countChanges(runner, kind), 0);
  const shown = (kinds: readonly ChangeKind[]): string[] => kinds.flatMap((kind) => (countChanges(runner, kind) === 0 ? [] : [`${formatCount(countChanges(runner, kind))} ${words[kind]}`]));
  const absent = shown(['gone', 'new']);
  return `${formatCount(runner.compared)} in both: ${[...shown(inBoth), `${formatCount(unchanged)} unchanged`].join(', ')}${absent.length === 0 ? '' : `; ${absent.join(', ')}`}`;
}
