import { causeNamed, naiveAccumulation } from './catalogue.ts';
import { generalCauses } from './general-causes.ts';
import type { Status } from './verdict.ts';

/** What of one case and runner decides its finding. */
export interface JudgedCase {
  readonly id: string;
  readonly status: Status;
  /** Status before the known-failing list was consulted. */
  readonly found: Status;
  readonly rule: string | null;
  readonly cause: string | null;
  readonly candidates: readonly string[];
  /** Input elements over all steps and ranks. */
  readonly elements: number;
  /** Largest error ÷ bound; 0 without deviations. */
  readonly worstRatio: number;
}

/** All cases of a runner that deviate for the same cause. */
export interface Finding {
  /** Attribution id, `ambiguous`, or `unexplained`. */
  readonly cause: string;
  /** Of an ambiguous finding: the causes that explain every one of its cases. */
  readonly candidates: readonly string[];
  /** Empty where no rule was reached, as after a crash. */
  readonly rule: string;
  /** Status found, before the known-failing list. */
  readonly status: Status;
  /** The known-failing list names these cases. */
  readonly known: boolean;
  readonly cases: number;
  /** In plan order. */
  readonly ids: readonly string[];
  /** Id of the case with the fewest elements, then with the shortest id. */
  readonly example: string;
  readonly worstRatio: number;
  readonly title: string | null;
  readonly translation: string | null;
}

/** Statuses of a case that deviates or broke the runner, worst first (design, section 5, precedence). */
const deviating: readonly Status[] = ['crashed', 'timed-out', 'garbled', 'violates', 'mistrusted', 'inaccurate'];

/** Whether a status found is one that a finding speaks of. */
export function deviates(found: Status): boolean {
  return deviating.includes(found);
}

/** Groups the deviating cases of one runner by cause, rule, status found, and known or not; what fails the gate first, worst first. */
export function groupFindings(cases: readonly JudgedCase[]): readonly Finding[] {
  return groupByCause(cases.filter(({ found }) => deviates(found)));
}

/** Groups the documented departures of one runner in the same way; they pass the gate and are no findings. */
export function groupDepartures(cases: readonly JudgedCase[]): readonly Finding[] {
  return groupByCause(cases.filter(({ found }) => found === 'documented'));
}

function groupByCause(cases: readonly JudgedCase[]): readonly Finding[] {
  const groups = new Map<string, JudgedCase[]>();
  for (const judged of resolveAmbiguous(cases)) {
    const key = [judged.cause, judged.rule, judged.found, judged.status === 'known'].join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [judged]);
    else group.push(judged);
  }
  return [...groups.values()].map(findingOf).sort(worstFirst);
}

function findingOf(group: readonly JudgedCase[]): Finding {
  const smallest = group.reduce((best, judged) => (isSmaller(judged, best) ? judged : best));
  const cause = smallest.cause ?? 'unexplained';
  const named = causeNamed(cause);
  return {
    cause,
    candidates: cause === 'ambiguous' ? smallest.candidates.filter((id) => group.every(({ candidates }) => candidates.includes(id))) : [],
    rule: smallest.rule ?? '',
    status: smallest.found,
    known: smallest.status === 'known',
    cases: group.length,
    ids: group.map(({ id }) => id),
    example: smallest.id,
    worstRatio: group.reduce((worst, { worstRatio }) => Math.max(worst, worstRatio), 0),
    title: named?.title ?? null,
    translation: named?.translation ?? null,
  };
}

function isSmaller(a: JudgedCase, b: JudgedCase): boolean {
  return a.elements === b.elements ? a.id.length < b.id.length : a.elements < b.elements;
}

function worstFirst(a: Finding, b: Finding): number {
  return Number(a.known) - Number(b.known)
    || deviating.indexOf(a.status) - deviating.indexOf(b.status)
    || b.cases - a.cases
    || (a.example < b.example ? -1 : 1);
}

/**
 * Causes that say only how large an error is, of the whole arithmetic of an implementation. One that violates more often in a way that
 * nothing explains may err so wherever these seem to fit.
 */
const sizeCauses: readonly string[] = [naiveAccumulation.id, generalCauses['half-precision-inside'].id, generalCauses['bfloat16-inside'].id, generalCauses['narrow-layer-arithmetic'].id];

/**
 * Gives each case the cause that explains most of the runner's cases, then the one that explains most of the rest, and so on.
 *
 * Among equals the cause that the cases name themselves wins, which is the sharper one; where several explain the same cases
 * equally well, these stay ambiguous. What is said of the size of errors alone gives way to `unexplained` where more
 * violations are, unless the known-failing list has evidence of it.
 */
function resolveAmbiguous(cases: readonly JudgedCase[]): readonly JudgedCase[] {
  const chosen = coverByCause(cases);
  const unexplained = cases.filter((judged) => judged.found === 'violates' && chosen.get(judged) === 'unexplained').length;
  const covered = countBy([...chosen.values()]);
  return cases.map((judged) => {
    const covering = chosen.get(judged) ?? judged.cause ?? 'unexplained';
    const isDoubtful = sizeCauses.includes(covering) && judged.status !== 'known' && unexplained > (covered.get(covering) ?? 0);
    const cause = isDoubtful ? 'unexplained' : covering;
    return cause === judged.cause ? judged : { ...judged, cause, rule: ruleOf(cause, cases) ?? judged.rule };
  });
}

function coverByCause(cases: readonly JudgedCase[]): ReadonlyMap<JudgedCase, string> {
  const chosen = new Map<JudgedCase, string>();
  for (;;) {
    const open = cases.filter((judged) => !chosen.has(judged));
    if (open.length === 0) return chosen;
    const widest = widestCauses(open);
    const covered = open.filter((judged) => explanations(judged).includes(widest[0] ?? ''));
    const rivals = widest.filter((cause) => covered.every((judged) => explanations(judged).includes(cause)));
    for (const judged of covered) chosen.set(judged, rivals.length > 1 ? 'ambiguous' : widest[0] ?? 'unexplained');
  }
}

function explanations({ cause, candidates }: JudgedCase): readonly string[] {
  return candidates.length > 0 ? candidates : [cause ?? 'unexplained'];
}

/** The causes that explain most of the open cases; of these, the ones that most of them name themselves. */
function widestCauses(open: readonly JudgedCase[]): readonly string[] {
  const counts = countBy(open.flatMap(explanations));
  return withHighest(withHighest([...counts.keys()], counts), countBy(open.map(({ cause }) => cause ?? 'unexplained')));
}

function withHighest(keys: readonly string[], counts: ReadonlyMap<string, number>): readonly string[] {
  const highest = Math.max(...keys.map((key) => counts.get(key) ?? 0));
  return keys.filter((key) => (counts.get(key) ?? 0) === highest);
}

/** The rule of most cases that have the cause for certain, else the cause's own: an ambiguous case has only its worst deviation's. */
function ruleOf(cause: string, certain: readonly JudgedCase[]): string | undefined {
  const rules = certain.filter((judged) => judged.cause === cause).flatMap(({ rule }) => rule ?? []);
  return mostCommon(rules, countBy(rules)) ?? causeNamed(cause)?.rule;
}

/** The first of the keys that has the highest count. */
function mostCommon(keys: readonly string[], counts: ReadonlyMap<string, number>): string | undefined {
  let best: string | undefined;
  for (const key of keys) if (best === undefined || (counts.get(key) ?? 0) > (counts.get(best) ?? 0)) best = key;
  return best;
}

function countBy(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
