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
  readonly shared: Shared;
  /** Index of the case, outcome, extent, and where its errors begin; for each result. */
  readonly places: Uint32Array;
  readonly durations: Float64Array;
  /** Stable, naive; as many as there are. */
  errors: Float64Array;
}

const resultsOfABlock = 1024;
const placesOfAResult = 4;

/** What several blocks share. */
interface Shared {
  readonly ids: Texts;
  readonly outcomes: Outcome[];
  readonly extents: Extent[];
}

/** Outcomes say reasons, and extents sizes, which may be as many as the results: so many are looked for among those that are there. */
const mostKnown = 4096;

/** Takes results in, of which each takes a tenth of what it would as an object. */
export interface ResultPacker {
  /**
   * The place of a case's result, one after the other; null, and nothing is taken in, where there is more to it than a verdict and errors.
   *
   * @param keepObserved  what was observed counts as more
   */
  readonly pack: (record: DeepReadonly<CaseRecord>, keepObserved: boolean) => number | null;
  /** The result at a place, as an object that is made for whoever reads it. */
  readonly at: (place: number) => CaseResult;
}

/** @param ids  of the plan, by the index that a result has there */
export function createPacker(ids: Texts): ResultPacker {
  const shared: Shared = { ids, outcomes: [], extents: [] };
  const [placeOfOutcome, placeOfExtent] = [placesIn(shared.outcomes), placesIn(shared.extents)];
  let errors = new Float64Array(resultsOfABlock); // of the open block; its memory serves one block after the other
  let block = emptyBlock(shared, errors);
  const blocks = [block];
  let [results, used] = [0, 0];
  const open = (): void => {
    block.errors = errors.slice(0, used);
    [block, used] = [emptyBlock(shared, errors), 0];
    blocks.push(block);
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
      const at = results % resultsOfABlock;
      if (results === blocks.length * resultsOfABlock) open();
      block.places.set([result.index, placeOfOutcome(outcomeKey(result), () => outcomeOf(result)), placeOfExtent(extentKey(result), () => extentOf(result)), used], at * placesOfAResult);
      block.durations[at] = result.durationUs;
      room(result.accuracy.length * 2);
      for (const { stable, naive } of result.accuracy) {
        const numbers = countErrors(stable, naive);
        if (numbers > 0) errors[used++] = numberOf(stable);
        if (numbers > 1) errors[used++] = numberOf(naive);
      }
      return results++;
    },
    at: (place) => new PackedResult(blocks[Math.floor(place / resultsOfABlock)]!, place % resultsOfABlock),
  };
}

function emptyBlock(shared: Shared, errors: Float64Array): Block {
  return { shared, places: new Uint32Array(resultsOfABlock * placesOfAResult), durations: new Float64Array(resultsOfABlock), errors };
}

/** Where in the list an item is, or is put. */
function placesIn<T>(list: T[]): (key: string, make: () => T) => number {
  const known = new Map<string, number>();
  return (key, make) => {
    const place = known.get(key) ?? list.push(make()) - 1;
    if (known.size < mostKnown) known.set(key, place);
    return place;
  };
}

function isPlain({ found, candidates, deviations }: DeepReadonly<CaseRecord>): boolean {
  return !deviates(found) && candidates.length === 0 && deviations.length === 0;
}

function outcomeKey({ runner, status, found, rule, cause, reason, rules }: Outcome): string {
  return JSON.stringify([runner, status, found, rule, cause, reason, rules]);
}

function outcomeOf({ runner, status, found, rule, cause, reason, rules }: Outcome): Outcome {
  return { runner, status, found, rule, cause, reason, rules };
}

type Measured = DeepReadonly<Pick<CaseRecord, 'elements' | 'accuracy'>>;

function extentKey({ elements, accuracy }: Measured): string {
  let key = String(elements);
  for (const { observable, graded, ungradable, stable, naive } of accuracy) key += ` ${observable} ${String(graded)} ${String(ungradable)} ${String(countErrors(stable, naive))}`;
  return key;
}

function extentOf({ elements, accuracy }: Measured): Extent {
  return { elements, graded: accuracy.map(({ observable, graded, ungradable, stable, naive }) => ({ observable, graded, ungradable, errors: countErrors(stable, naive) })) };
}

function countErrors(stable: number | string, naive: number | string): Graded['errors'] {
  if (!Object.is(stable, naive)) return 2;
  return Object.is(stable, 0) ? 0 : 1;
}

const none: readonly never[] = [];

/**
 * A result as its place in a block. A class, since 100,000 of them share their functions; copying one by `...` leaves everything behind,
 * so what changes one takes it from `unpacked`. A private method would be a field more.
 */
class PackedResult implements CaseResult {
  readonly #block: Block;
  readonly #at: number;

  constructor(block: Block, at: number) {
    this.#block = block;
    this.#at = at * placesOfAResult;
  }

  // eslint-disable-next-line @typescript-eslint/class-literal-property-style -- a field would be in each of them
  get type(): 'case' { return 'case'; }
  get id(): string { return this.#block.shared.ids.at(this.index) ?? ''; }
  get index(): number { return this.#block.places[this.#at]!; }
  get runner(): string { return outcomeIn(this.#block, this.#at).runner; }
  get status(): CaseResult['status'] { return outcomeIn(this.#block, this.#at).status; }
  get found(): CaseResult['found'] { return outcomeIn(this.#block, this.#at).found; }
  get rule(): string | null { return outcomeIn(this.#block, this.#at).rule; }
  get cause(): string | null { return outcomeIn(this.#block, this.#at).cause; }
  get reason(): string | null { return outcomeIn(this.#block, this.#at).reason; }
  get rules(): readonly string[] { return outcomeIn(this.#block, this.#at).rules; }
  get candidates(): readonly never[] { return none; }
  get deviations(): readonly never[] { return none; }
  get elements(): number { return extentIn(this.#block, this.#at).elements; }
  get durationUs(): number { return this.#block.durations[this.#at / placesOfAResult]!; }

  get accuracy(): readonly Accuracy[] {
    const { errors, places } = this.#block;
    let from = places[this.#at + 3]!;
    return extentIn(this.#block, this.#at).graded.map(({ observable, graded, ungradable, errors: numbers }) => {
      const stable = numbers > 0 ? errors[from++]! : 0;
      const naive = numbers > 1 ? errors[from++]! : stable;
      return { observable, graded, ungradable, stable, naive };
    });
  }
}

function outcomeIn({ shared, places }: Block, at: number): Outcome {
  return shared.outcomes[places[at + 1]!]!;
}

function extentIn({ shared, places }: Block, at: number): Extent {
  return shared.extents[places[at + 2]!]!;
}

/** The result as an object that can be copied, its fields in the order in which they are read. */
export function unpacked(result: CaseResult): CaseResult {
  if (!(result instanceof PackedResult)) return result;
  const { type, index, runner, status, found, rule, cause, candidates, reason, elements, durationUs, rules, deviations, accuracy, id } = result;
  return { type, index, runner, status, found, rule, cause, candidates, reason, elements, durationUs, rules, deviations, accuracy, id };
}
