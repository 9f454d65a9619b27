import { deviates } from '../diff/findings.ts';
import type { Accuracy } from '../diff/verdict.ts';
import type { CaseRecord } from '../spec/generated/run-record.ts';
import type { CaseResult, DeepReadonly } from './run.ts';
import { numberOf } from './run-lines.ts';

/** What results say alike. */
type Outcome = Pick<CaseResult, 'runner' | 'status' | 'found' | 'rule' | 'cause' | 'reason' | 'rules'>;

/** Results that fill their columns together. */
interface Block {
  readonly outcomes: Outcome[];
  /** Index, elements, durationUs, and where its accuracy begins; for each result. */
  readonly numbers: Float64Array;
  /** Observable, graded, ungradable, stable, naive; for each entry. */
  accuracy: Float64Array;
}

const resultsOfABlock = 1024;
const numbersOfAResult = 4;
const numbersOfAnEntry = 5;

/** What several blocks share. */
interface Words {
  readonly observables: Accuracy['observable'][];
  readonly outcomes: Map<string, Outcome>;
}

/** Outcomes say reasons, which may be as many as the results. */
const mostOutcomes = 4096;

/** Takes results in, of which each stays readable and takes a third of what it would as an object. */
export interface ResultPacker {
  /**
   * The result of a case; null, and nothing is taken in, where there is more to it than a verdict and errors.
   *
   * @param keepObserved  what was observed counts as more
   */
  readonly pack: (record: DeepReadonly<CaseRecord>, id: string, keepObserved: boolean) => CaseResult | null;
}

export function createPacker(): ResultPacker {
  const words: Words = { observables: [], outcomes: new Map() };
  let entries = new Float64Array(resultsOfABlock * numbersOfAnEntry); // of the open block; its memory serves one block after the other
  let block = emptyBlock(entries);
  let used = 0;
  const open = (): void => {
    block.accuracy = entries.slice(0, used);
    [block, used] = [emptyBlock(entries), 0];
  };
  const room = (numbers: number): void => {
    if (used + numbers <= entries.length) return;
    const larger = new Float64Array(Math.max(entries.length * 2, used + numbers));
    larger.set(entries);
    block.accuracy = entries = larger;
  };
  return {
    pack: (result, id, keepObserved) => {
      if (!isPlain(result) || (keepObserved && result.observed !== undefined)) return null;
      if (block.outcomes.length === resultsOfABlock) open();
      const at = block.outcomes.push(outcomeOf(result, words.outcomes)) - 1;
      room(result.accuracy.length * numbersOfAnEntry);
      block.numbers.set([result.index, result.elements, result.durationUs, used], at * numbersOfAResult);
      for (const { observable, graded, ungradable, stable, naive } of result.accuracy) {
        entries[used++] = placeOf(observable, words.observables);
        entries[used++] = graded;
        entries[used++] = ungradable;
        entries[used++] = numberOf(stable);
        entries[used++] = numberOf(naive);
      }
      block.numbers[(at + 1) * numbersOfAResult + numbersOfAResult - 1] = used;
      return new PackedResult(id, block, at, words.observables);
    },
  };
}

function emptyBlock(accuracy: Float64Array): Block {
  return { outcomes: [], numbers: new Float64Array((resultsOfABlock + 1) * numbersOfAResult), accuracy };
}

function isPlain({ found, candidates, deviations }: DeepReadonly<CaseRecord>): boolean {
  return !deviates(found) && candidates.length === 0 && deviations.length === 0;
}

function outcomeOf({ runner, status, found, rule, cause, reason, rules }: Outcome, known: Map<string, Outcome>): Outcome {
  const key = JSON.stringify([runner, status, found, rule, cause, reason, rules]);
  const outcome = known.get(key) ?? { runner, status, found, rule, cause, reason, rules };
  if (known.size < mostOutcomes) known.set(key, outcome);
  return outcome;
}

function placeOf(observable: Accuracy['observable'], observables: Accuracy['observable'][]): number {
  const known = observables.indexOf(observable);
  return known >= 0 ? known : observables.push(observable) - 1;
}

const none: readonly never[] = [];

/**
 * A result as its place in a block. A class, since 100,000 of them share their functions; copying one by `...` leaves everything behind,
 * so what changes one takes it from `unpacked`.
 */
class PackedResult implements CaseResult {
  readonly id: string;
  readonly #block: Block;
  readonly #at: number;
  readonly #observables: readonly Accuracy['observable'][];

  constructor(id: string, block: Block, at: number, observables: readonly Accuracy['observable'][]) {
    this.id = id;
    this.#block = block;
    this.#at = at;
    this.#observables = observables;
  }

  // eslint-disable-next-line @typescript-eslint/class-literal-property-style -- a field would be in each of them
  get type(): 'case' { return 'case'; }
  get runner(): string { return this.#outcome.runner; }
  get status(): CaseResult['status'] { return this.#outcome.status; }
  get found(): CaseResult['found'] { return this.#outcome.found; }
  get rule(): string | null { return this.#outcome.rule; }
  get cause(): string | null { return this.#outcome.cause; }
  get reason(): string | null { return this.#outcome.reason; }
  get rules(): readonly string[] { return this.#outcome.rules; }
  get candidates(): readonly never[] { return none; }
  get deviations(): readonly never[] { return none; }
  get index(): number { return this.#number(0); }
  get elements(): number { return this.#number(1); }
  get durationUs(): number { return this.#number(2); }

  get accuracy(): readonly Accuracy[] {
    const { accuracy } = this.#block;
    const entries: Accuracy[] = [];
    for (let i = this.#number(3), end = this.#number(3 + numbersOfAResult); i < end; i += numbersOfAnEntry) {
      entries.push({ observable: this.#observables[accuracy[i]!]!, graded: accuracy[i + 1]!, ungradable: accuracy[i + 2]!, stable: accuracy[i + 3]!, naive: accuracy[i + 4]! });
    }
    return entries;
  }

  get #outcome(): Outcome {
    return this.#block.outcomes[this.#at]!;
  }

  #number(which: number): number {
    return this.#block.numbers[this.#at * numbersOfAResult + which]!;
  }
}

/** The result as an object that can be copied, its fields in the order in which they are read. */
export function unpacked(result: CaseResult): CaseResult {
  if (!(result instanceof PackedResult)) return result;
  const { type, index, runner, status, found, rule, cause, candidates, reason, elements, durationUs, rules, deviations, accuracy, id } = result;
  return { type, index, runner, status, found, rule, cause, candidates, reason, elements, durationUs, rules, deviations, accuracy, id };
}
