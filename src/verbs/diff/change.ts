import { deviates } from '../../diff/findings.ts';
import type { Status } from '../../diff/verdict.ts';
import { failingStatuses } from '../../gate/decide.ts';
import { worstRatio } from '../../reports/results-csv.ts';
import type { CaseResult } from '../../reports/run.ts';

/** What became of a case between two runs, worst first; a case has one of these or is unchanged. */
export const changeKinds = [
  'regression', 'changed-cause', 'newly-unsupported', 'changed-status', 'moved', 'gone', 'fix', 'newly-supported', 'new',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** What of a result decides; a run is compared with a line of another one before that one is over. */
export type ComparedResult = Pick<CaseResult, 'status' | 'found' | 'rule' | 'cause' | 'accuracy'>;

/** What a status says of the framework, apart from the list of those who run it. */
type Standing = 'passing' | 'listed' | 'failing' | 'unsupported';

/**
 * By how much the error of a case may grow and still be noise, in parts of its bound.
 *
 * Two sanctioned ways to compute the same layer may differ by their roundings, and a new release may well go from one to the other:
 * a new order of summation, a fused form. Over the core suite such a step moves the error by up to a fifth of the bound between PyTorch
 * 2.13.0 and MindSpore 2.10.0 or among the float32 miniatures, by up to a quarter from float64 to float32 sums (3 of 47,000 cases
 * more). What is beyond a quarter is another algorithm: Welford's updating moves 127 of 6,595 cases so, Flax's one-pass variance 94
 * of 980.
 */
const noise = 0.25;

/**
 * What became of one case of a runner; null when nothing did.
 *
 * A regression passed the gate and fails it now. A fix deviated, listed or not, and conforms now. A case that a list names wrongly
 * (`stale`) counts as it was found: its list is out of date, not the framework. A case that was not run counts as absent.
 *
 * @param strict  `inaccurate` fails too
 */
export function changeOf(before: ComparedResult | null, after: ComparedResult | null, strict = false): ChangeKind | null {
  const [was, is] = [present(before), present(after)];
  if (was === null || is === null) return was === is ? null : was === null ? 'new' : 'gone';
  const [from, to] = [standingOf(was, strict), standingOf(is, strict)];
  if (from !== to) return changeOfStanding(from, to);
  if (was.status !== is.status) return 'changed-status';
  if (was.cause !== is.cause || was.rule !== is.rule) return 'changed-cause';
  return grewBeyondNoise(was, is) ? 'moved' : null;
}

function present(result: ComparedResult | null): ComparedResult | null {
  return result?.status === 'not-run' ? null : result;
}

function changeOfStanding(from: Standing, to: Standing): ChangeKind {
  if (to === 'failing') return 'regression';
  if (to === 'unsupported') return 'newly-unsupported';
  if (from === 'unsupported') return 'newly-supported';
  return to === 'passing' ? 'fix' : 'changed-status';
}

function standingOf({ status, found }: ComparedResult, strict: boolean): Standing {
  const decisive: Status = status === 'stale' && !deviates(found) ? found : status;
  if (decisive === 'unsupported') return 'unsupported';
  if (decisive === 'known') return 'listed';
  return failingStatuses.includes(decisive) || (strict && decisive === 'inaccurate') ? 'failing' : 'passing';
}

/** Outside the bound a quarter of the error itself is meant: 1,000 bounds and 1,001 are the same fault. */
function grewBeyondNoise(before: ComparedResult, after: ComparedResult): boolean {
  const [was, is] = [worstRatio(before, 'stable') ?? 0, worstRatio(after, 'stable') ?? 0];
  return is - was > noise * Math.max(1, was);
}
