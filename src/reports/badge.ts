import { formatCount, formatRate } from './numbers.ts';
import type { Run } from './run.ts';
import { countStatuses, gateOf } from './summary.ts';

/** What an endpoint badge of shields.io reads. */
export interface Badge {
  /** Of the badge's own format, always 1. */
  readonly schemaVersion: 1;
  readonly label: string;
  readonly message: string;
  readonly color: 'red' | 'yellowgreen' | 'brightgreen';
}

/**
 * The gate, and how much of what is offered conforms, rounded down.
 *
 * Red when the gate fails; brightest green only when every case that the framework offers conforms or departs as documented, and none
 * was left out by `--select`.
 */
export function badgeOf(run: Run): Badge {
  const { header, runners } = run;
  const counts = countStatuses(runners);
  const { gate } = gateOf(run);
  const offered = runners.reduce((sum, { cases }) => sum + cases.length, 0) - counts.unsupported;
  const isWhole = !header.filtered && counts.conforms + counts.documented === offered;
  return {
    schemaVersion: 1,
    label: 'batch norm conformance',
    message: `gate ${gate}, ${formatRate(counts.conforms, offered)} of ${formatCount(offered)} conform${header.filtered ? ', selected cases only' : ''}`,
    color: gate === 'fail' ? 'red' : isWhole ? 'brightgreen' : 'yellowgreen',
  };
}
