import { describeFailure, type RuleTitles } from '../../reports/failure-text.ts';
import { formatCount, formatRatio, plural } from '../../reports/numbers.ts';
import { worstRatio } from '../../reports/results-csv.ts';
import { type ChangeKind, changeKinds } from './change.ts';
import type { Change, RunDiff, RunnerDiff } from './compare.ts';

/** Changes of one kind that read alike. */
interface ChangeGroup {
  readonly label: string;
  readonly cases: number;
  readonly example: string;
  /** Paragraphs on what the example shows now; of regressions only. */
  readonly details: readonly string[];
}

/** All changes of one kind. */
export interface ChangeSection {
  readonly title: string;
  /** Largest first. */
  readonly groups: readonly ChangeGroup[];
}

const titleOf: Readonly<Record<ChangeKind, (cases: number) => string>> = {
  regression: (cases) => `${plural(cases, 'regression')}: passed, and fails now`,
  'changed-cause': (cases) => `${plural(cases, 'case')} with another cause or rule`,
  'newly-unsupported': (cases) => `${plural(cases, 'case')} newly unsupported`,
  'changed-status': (cases) => `${plural(cases, 'case')} with another status`,
  moved: (cases) => `${plural(cases, 'case')} whose error grew by more than a quarter of the bound`,
  gone: (cases) => `${plural(cases, 'case')} gone`,
  fix: (cases) => `${formatCount(cases)} ${cases === 1 ? 'fix' : 'fixes'}: deviated, and conforms now`,
  'newly-supported': (cases) => `${plural(cases, 'case')} newly supported`,
  new: (cases) => `${plural(cases, 'case')} new`,
};

/** What there is to say of one framework, worst kind first. */
export function sectionsOf(diff: RunDiff, runner: RunnerDiff, titles: RuleTitles): readonly ChangeSection[] {
  return changeKinds.flatMap((kind) => {
    const changes = runner.changes.filter((change) => change.kind === kind);
    if (changes.length === 0) return [];
    return [{ title: titleOf[kind](changes.length), groups: groupsOf(diff, runner, changes, titles) }];
  });
}

/** How many cases of a runner changed so. */
export function countChanges({ changes }: RunnerDiff, kind: ChangeKind): number {
  return changes.filter((change) => change.kind === kind).length;
}

function groupsOf(diff: RunDiff, runner: RunnerDiff, changes: readonly Change[], titles: RuleTitles): readonly ChangeGroup[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = labelOf(change);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return [...groups].map(([label, members]) => groupOf(diff, runner, label, members, titles)).sort((a, b) => b.cases - a.cases);
}

function groupOf({ after: { header } }: RunDiff, { after }: RunnerDiff, label: string, members: readonly Change[], titles: RuleTitles): ChangeGroup {
  const example = members.reduce((best, change) => (isBetter(change, best) ? change : best));
  const grown = example.kind === 'moved' ? `, at most ${ratioOf(example.before)} → ${ratioOf(example.after)} × the bound` : '';
  const details = example.kind === 'regression' && example.after !== null ? describeFailure(header, after, example.after, titles) : [];
  return { label: `${label}${grown}`, cases: members.length, example: example.id, details };
}

/** The case that grew most where numbers moved, else the smallest. */
function isBetter(a: Change, b: Change): boolean {
  return a.kind === 'moved' ? growth(a) > growth(b) : size(a) < size(b);
}

function growth({ before, after }: Change): number {
  return stableRatio(after) - stableRatio(before);
}

function size({ before, after }: Change): number {
  return (after ?? before)?.elements ?? 0;
}

function stableRatio(result: Change['after']): number {
  return (result === null ? null : worstRatio(result, 'stable')) ?? 0;
}

function ratioOf(result: Change['after']): string {
  return formatRatio(stableRatio(result));
}

/** `conforms → violates, biased-running-variance`; for cases of one status, or of one run, their kind of question. */
function labelOf({ kind, id, before, after }: Change): string {
  if (before === null || after === null || kind === 'moved') return id.split('/').slice(0, 3).join('/');
  const status = before.status === after.status ? after.status : `${before.status} → ${after.status}`;
  const [was, is] = [describeCause(before), describeCause(after)];
  const cause = was === is || was === '' || is === '' ? is || was : `${was} → ${is}`;
  return cause === '' ? status : `${status}, ${cause}`;
}

function describeCause({ cause, rule }: NonNullable<Change['after']>): string {
  return cause === null ? '' : `${cause}${rule === null || rule === '' ? '' : ` (${rule})`}`;
}
