import type { Case, StatisticsRow } from '../../../cases/case.ts';
import type { RuleId } from '../../../spec/rule-id.ts';
import { errorRatio } from '../../../diff/interval.ts';
import type { Recipe } from '../recipe.ts';
import { type Asked, NothingObserved, type Values } from './values.ts';

/** A recipe, and the one further number by which a relation makes its other cases. */
export interface RelatedRecipe extends Recipe {
  readonly twist: number;
}

/** Two sides that must agree: within the sum of their bounds, or bit for bit where both bounds are 0. */
export type Pair = readonly [Values, Values];

/** The answers to up to three cases, in their order; where there are fewer, the last one again. */
export type Answers = readonly [Asked, Asked, Asked];

/** A law that ties the answers to a few cases together, without knowing any of them. */
export interface Relation {
  readonly name: string;
  readonly claim: string;
  readonly rules: readonly RuleId[];
  /** Rows, programs and fewest samples and channels of the recipes that it speaks of. */
  readonly rows: readonly StatisticsRow[];
  readonly programs: readonly string[];
  readonly leastBatch: number;
  readonly leastChannels: number;
  readonly largestEps: number;
  /** A miniature each that breaks it. */
  readonly brokenBy: readonly string[];
  /** The first case is the recipe's own. */
  readonly cases: (recipe: RelatedRecipe) => readonly Case[];
  readonly pairs: (answers: Answers, recipe: RelatedRecipe) => readonly Pair[];
}

/** Where a relation does not hold. */
export interface Breach {
  readonly message: string;
}

/** How many numbers were compared, and the first pair that disagrees. */
export interface Outcome {
  readonly compared: number;
  readonly breach: Breach | null;
}

/** Holds the answers against the law. A bound that says nothing compares nothing. */
export function holds(relation: Pick<Relation, 'pairs'>, asked: readonly Asked[], recipe: RelatedRecipe): Outcome {
  const [first, second = first, third = second] = asked;
  if (first === undefined || second === undefined || third === undefined) throw new RangeError('expected at least one answer');
  try {
    let compared = 0;
    for (const pair of relation.pairs([first, second, third], recipe)) {
      const outcome = agree(pair);
      compared += outcome.compared;
      if (outcome.breach !== null) return { compared, breach: outcome.breach };
    }
    return { compared, breach: null };
  } catch (error) {
    if (error instanceof NothingObserved) return { compared: 0, breach: { message: error.message } };
    throw error;
  }
}

function agree([left, right]: Pair): Outcome {
  if (left.got.length !== right.got.length) return { compared: 0, breach: { message: `${left.name} has ${String(left.got.length)} values, ${right.name} has ${String(right.got.length)}` } };
  let compared = 0;
  for (let i = 0; i < left.got.length; i++) {
    const a = left.got[i]!;
    const b = right.got[i]!;
    const bound = left.bound[i]! + right.bound[i]!;
    if (bound === Infinity) continue;
    compared += 1;
    if (Object.is(a, b) || Math.abs(a - b) <= bound) continue;
    const message = `${left.name} [${String(i)}] = ${String(a)}, ${right.name} = ${String(b)}: ${errorRatio(a, b, bound).toPrecision(3)} × the sum of their bounds, ${bound.toPrecision(3)}`;
    return { compared, breach: { message } };
  }
  return { compared, breach: null };
}
