import { failingStatuses } from '../../gate/decide.ts';
import { type Status, statuses } from '../../diff/verdict.ts';
import type { CaseLine } from '../../reports/run.ts';

/** What the gate needs of the cases written so far. */
export interface Tally {
  readonly add: (line: Pick<CaseLine, 'status' | 'accuracy'>) => void;
  /** Counts per status; what of the plan has no line is `not-run`. */
  readonly counts: (planned: number) => Readonly<Record<Status, number>>;
  readonly grading: () => readonly Grading[];
  readonly failures: () => number;
}

interface Grading {
  readonly observable: string;
  readonly graded: number;
  readonly ungradable: number;
}

export function createTally(): Tally {
  const counts = Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>;
  const grading = new Map<string, Grading>();
  return {
    add: ({ status, accuracy }) => {
      counts[status] += 1;
      for (const { observable, graded, ungradable } of accuracy) {
        const sum = grading.get(observable) ?? { observable, graded: 0, ungradable: 0 };
        grading.set(observable, { observable, graded: sum.graded + graded, ungradable: sum.ungradable + ungradable });
      }
    },
    counts: (planned) => ({ ...counts, 'not-run': planned - statuses.reduce((sum, status) => sum + counts[status], 0) }),
    grading: () => [...grading.values()],
    failures: () => failingStatuses.reduce((sum, status) => sum + counts[status], 0),
  };
}
