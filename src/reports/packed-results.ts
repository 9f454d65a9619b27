import { deviates } from '../diff/findings.ts';
import type { Accuracy } from '../diff/verdict.ts';
import type { CaseRecord } from '../spec/generated/run-record.ts';
import type { CaseResult, DeepReadonly } from './run.ts';
import { numberOf } from './run-lines.ts';
import type { Texts } from './packed-texts.ts';

/** What results say alike. */
type Outcome = Pick<CaseResult, 'runner' | 'status' | 'found' | 'rule' | 'cause' | 'reason' | 'rules'>;

/** The size of a case, and what was graded of it; alike for many. */
interface Extent {
  readonly elements: number;
  readonly graded: readonly Graded[];
}

interface Graded extends Pick<Accuracy, 'observable' | 'graded' | 'ungradable'> {
  /** How many numbers say its errors: none where both are 0, one where they are the same. */
  readonly errors: 0 | 1 | 2;
}

/** Results that fill their columns together. */
interface Block {
  readonly outcomes: Outcome[];
  readonly extents: Extent[];
  /** Index of the case, and where its errors begin; for each result. */
  readonly places: Uint32Array;
  readonly durations: Float64Array;
  /** Stable, naive; as many as there are. */
  errors: Float64Array;
}

const resultsOfABlock = 1024;

/** What several blocks share. */
interface Shared {
  readonly ids: Texts;
  readonly outcomes: Map<string, Outcome>;
  readonly extents: Map<string, Extent>;
}

/** Outcomes say reasons, and extents sizes, which may be as many as the results. */
const mostShared = 4096;

/** Takes results in, of which each stays readable and takes a fifth of what it would as an object. */
export interface ResultPacker {
  /**
   * The result of a case; null, and nothing is taken in, where there is more to it than a verdict and errors.
   *
   * @param keepObserved  what was observed counts as more
   */
  readonly pack: (record: DeepReadonly<CaseRecord>, keepObserved: boolean) => CaseResult | null;
}

/** @param ids  of the plan, by the index that a result has there */
export function createPacker(ids: Texts): ResultPacker {
  const shared: Shared = { ids, outcomes: new Map(), extents: new Map() };
  let errors = new Float64Array(resultsOfABlock); // of the open block; its memory serves one block after the other
  let block = emptyBlock(errors);
  let used = 0;
  const open = (): void => {
    block.errors = errors.slice(0, used);
    [block, used] = [emptyBlock(errors), 0];
  };
  const room = (numbers: number): void => {
    if (used + numbers <= errors.length) return;
    const larger = new Float64Array(Math.max(errors.length * 2, used + numbers));
    larger.set(errors);
    block.errors = errors = larger;
  };
  return {
    pack: (result, keepObserved) => {
      if (!isPlain(result) || (keepObserved && result.observed !== undefined)) return null;
      if (block.outcomes.length === resultsOfABlock) open();
      const at = block.outcomes.push(outcomeOf(result, shared.outcomes)) - 1;
      const extent = extentOf(result, shared.extents);
      block.extents.push(extent);
      block.places.set([result.index, used], at * 2);
      block.durations[at] = result.durationUs;
      room(extent.graded.length * 2);
      for (const [i, { stable, naive }] of result.accuracy.entries()) {
        const numbers = extent.graded[i]!.errors;
        if (numbers > 0) errors[used++] = numberOf(stable);
        if (numbers > 1) errors[used++] = numberOf(naive);
      }
      return new PackedResult(block, at, shared);
    },
  };
}

function emptyBlock(errors: Float64Array): Block {
  return { outcomes: [], extents: [], places: new Uint32Array(resultsOfABlock * 2), durations: new Float64Array(resultsOfABlock), errors };
}

function isPlain({ found, candidates, deviations }: DeepReadonly<CaseRecord>): boolean {
  return !deviates(found) && candidates.length === 0 && deviations.length === 0;
}

function outcomeOf({ runner, status, found, rule, cause, reason, rules }: Outcome, known: Map<string, Outcome>): Outcome {
  return sharedIn(known, JSON.stringify([runner, status, found, rule, cause, reason, rules]), { runner, status, found, rule, cause, reason, rules });
}

function extentOf({ elements, accuracy }: DeepReadonly<Pick<CaseRecord, 'elements' | 'accuracy'>>, known: Map<string, Extent>): Extent {
  let key = String(elements);
  for (const { observable, graded, ungradable, stable, naive } of accuracy) key += ` ${observable} ${String(graded)} ${String(ungradable)} ${String(countErrors(stable, naive))}`;
  return known.get(key) ?? sharedIn(known, key, {
    elements, graded: accuracy.map(({ observable, graded, ungradable, stable, naive }) => ({ observable, graded, ungradable, errors: countErrors(stable, naive) })),
  });
}

function countErrors(stable: number | string, naive: number | string): Graded['errors'] {
  if (!Object.is(stable, naive)) return 2;
  return Object.is(stable, 0) ? 0 : 1;
}

function sharedIn<T>(known: Map<string, T>, key: string, item: T): T {
  const shared = known.get(key) ?? item;
  if (known.size < mostShared) known.set(key, shared);
  return shared;
}

const none: readonly never[] = [];

/**
 * A result as its place in a block. A class, since 100,000 of them share their functions; copying one by `...` leaves everything behind,
 * so what changes one takes it from `unpacked`. A private method would be a field more.
 */
class PackedResult implements CaseResult {
  readonly #block: Block;
  readonly #at: number;
  readonly #shared: Shared;

  constructor(block: Block, at: number, shared: Shared) {
    this.#block = block;
    this.#at = at;
    this.#shared = shared;
  }

  // eslint-disable-next-line @typescript-eslint/class-literal-property-style -- a field would be in each of them
  get type(): 'case' { return 'case'; }
  get runner(): string { return this.#block.outcomes[this.#at]!.runner; }
  get status(): CaseResult['status'] { return this.#block.outcomes[this.#at]!.status; }
  get found(): CaseResult['found'] { return this.#block.outcomes[this.#at]!.found; }
  get rule(): string | null { return this.#block.outcomes[this.#at]!.rule; }
  get cause(): string | null { return this.#block.outcomes[this.#at]!.cause; }
  get reason(): string | null { return this.#block.outcomes[this.#at]!.reason; }
  get rules(): readonly string[] { return this.#block.outcomes[this.#at]!.rules; }
  get candidates(): readonly never[] { return none; }
  get deviations(): readonly never[] { return none; }
  get index(): number { return this.#block.places[this.#at * 2]!; }
  get elements(): number { return this.#block.extents[this.#at]!.elements; }
  get durationUs(): number { return this.#block.durations[this.#at]!; }

  get id(): string { return this.#shared.ids.at(this.index) ?? ''; }

  get accuracy(): readonly Accuracy[] {
    const { errors, places } = this.#block;
    let at = places[this.#at * 2 + 1]!;
    return this.#block.extents[this.#at]!.graded.map(({ observable, graded, ungradable, errors: numbers }) => {
      const stable = numbers > 0 ? errors[at++]! : 0;
      const naive = numbers > 1 ? errors[at++]! : stable;
      return { observable, graded, ungradable, stable, naive };
    });
  }
}

/** The result as an object that can be copied, its fields in the order in which they are read. */
export function unpacked(result: CaseResult): CaseResult {
  if (!(result instanceof PackedResult)) return result;
  const { type, index, runner, status, found, rule, cause, candidates, reason, elements, durationUs, rules, deviations, accuracy, id } = result;
  return { type, index, runner, status, found, rule, cause, candidates, reason, elements, durationUs, rules, deviations, accuracy, id };
}
