import { createHash } from 'node:crypto';
import { deviates, groupFindings } from '../../diff/findings.ts';
import type { Status } from '../../diff/verdict.ts';
import { judgedCase } from '../../reports/grouped-run.ts';
import type { CaseLine, CaseResult } from '../../reports/run.ts';

/** The smallest case of a finding, as the run saw it. */
export interface Suspect {
  readonly id: string;
  readonly index: number;
  readonly found: Status;
  readonly cause: string | null;
  readonly candidates: readonly string[];
  readonly deviations: CaseLine['deviations'];
  /** Digest of what was observed; null where that was not kept. */
  readonly bits: string | null;
}

/** Collects what deviates while a run goes on; the observed tensors shrink to a digest. */
export interface Suspects {
  readonly add: (line: CaseLine) => void;
  /** The smallest cases of the runner's first findings, in the order of the reports; not those on which it hung. */
  readonly of: (runner: string) => readonly Suspect[];
}

/** Later findings are reported as they are. */
const largestNumber = 10;

type Kept = Omit<CaseResult, 'observed'> & Pick<Suspect, 'bits'>;

/** @param idAt  id of the case with an index */
export function createSuspects(idAt: (index: number) => string): Suspects {
  const kept = new Map<string, Kept[]>();
  return {
    add: (line) => {
      if (!deviates(line.found)) return;
      const { observed, ...rest } = line;
      const lines = kept.get(line.runner) ?? [];
      kept.set(line.runner, lines);
      lines.push({ ...rest, id: idAt(line.index), bits: bitsOf(observed) });
    },
    of: (runner) => choose(kept.get(runner) ?? []),
  };
}

function choose(lines: readonly Kept[]): readonly Suspect[] {
  const inPlanOrder = [...lines].sort((a, b) => a.index - b.index); // as the reports group them
  const byId = new Map(inPlanOrder.map((line) => [line.id, line]));
  const examples = groupFindings(inPlanOrder.map(judgedCase)).slice(0, largestNumber).flatMap(({ example }) => byId.get(example) ?? []);
  return examples.filter(({ found }) => found !== 'timed-out'); // each would cost the time limit again
}

/** A digest of all values; of an error its class alone, since messages hold addresses. Null where nothing was kept. */
export function bitsOf(observed: CaseLine['observed']): string | null {
  if (observed === undefined) return null;
  const text = JSON.stringify(observed, (key, value: unknown) => (key === 'message' ? undefined : value));
  return createHash('sha256').update(text).digest('hex');
}
