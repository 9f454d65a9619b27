/* Generated from spec/schemas/claims.schema.json by npm run generate. */

export type Text = string;
export type Check = CasesCheck | AgreeCheck | DescribedCheck | PrintedCheck | CountCheck | BalancedCheck | NotTestableCheck;
export type Framework = 'pytorch' | 'mindspore';
/**
 * Patterns of case ids in the suite claims.
 *
 * @minItems 1
 */
export type Select = Text[];
export type Tensor = 'y' | 'dx' | 'dgamma' | 'dbeta' | 'running_mean' | 'running_var';
export type Shown = ShownArguments | ShownDefault | ShownAbsence | ShownInputs | ShownMode | ShownText;

/**
 * What one page says of PyTorch and MindSpore, and how each statement is settled. No verdict stands here: it is computed from a run.
 */
export interface ClaimsFile {
  schemaVersion: 1;
  /**
   * Short name of the page: where the ids of its claims begin.
   */
  seed: string;
  page: {
    title: Text;
    /**
     * Release of MindSpore that the page is of.
     */
    release: string;
    /**
     * Release of PyTorch that the page names.
     */
    comparesWith: string;
  };
  /**
   * @minItems 1
   */
  claims: Claim[];
}
export interface Claim {
  id: string;
  /**
   * Where on the page.
   */
  place: string;
  /**
   * The statement, in our words.
   */
  states: string;
  /**
   * Why these cases settle it, by the words of the statement alone.
   */
  note?: string;
  /**
   * It holds when every check does; with a condition when some do.
   *
   * @minItems 1
   */
  settledBy: Check[];
}
/**
 * Every selected case of one framework shows what is expected.
 */
export interface CasesCheck {
  kind: 'cases';
  /**
   * What this check covers, where a claim has several.
   */
  condition?: string;
  runner: Framework;
  select: Select;
  /**
   * conforms, deviates: inside or outside the must bound of the rules. moves, keeps: the last step's value against that after construction. zero: zero or absent throughout. refused, computes: some call fails or none does. unsupported: the framework has no such thing.
   */
  expect: 'conforms' | 'deviates' | 'moves' | 'keeps' | 'zero' | 'refused' | 'computes' | 'unsupported';
  /**
   * Which ones; absent: all.
   *
   * @minItems 1
   */
  observables?: Tensor[];
}
/**
 * On every selected case both frameworks show the same, within the bounds of the rules; or on every one they do not.
 */
export interface AgreeCheck {
  kind: 'agree';
  /**
   * What this check covers, where a claim has several.
   */
  condition?: string;
  select: Select;
  expect: 'same' | 'different';
  /**
   * parameters: how many a described layer has, and which of them train. refusal: whether some call fails, and nothing else.
   *
   * @minItems 1
   */
  observables: ('y' | 'dx' | 'dgamma' | 'dbeta' | 'running_mean' | 'running_var' | 'parameters' | 'refusal')[];
}
/**
 * What every selected layer says of itself.
 */
export interface DescribedCheck {
  kind: 'described';
  /**
   * What this check covers, where a claim has several.
   */
  condition?: string;
  runner: Framework;
  select: Select;
  shows: Shown;
}
/**
 * The constructor takes these, in this order, and no others.
 */
export interface ShownArguments {
  arguments: Text[];
}
export interface ShownDefault {
  argument: Text;
  default: number | string | boolean | null;
}
export interface ShownAbsence {
  noArgument: Text;
}
/**
 * What a call must be given.
 */
export interface ShownInputs {
  inputs: Text[];
}
export interface ShownMode {
  training: boolean;
}
/**
 * What the layer prints as, runs of white space as one blank.
 */
export interface ShownText {
  text: Text;
}
/**
 * An example prints these digits.
 */
export interface PrintedCheck {
  kind: 'printed';
  /**
   * What this check covers, where a claim has several.
   */
  condition?: string;
  runner: Framework;
  select: Select;
  /**
   * shortest: the fewest digits that name the number in its type, as numpy prints. fixed: so many decimals.
   */
  rounding: 'shortest' | 'fixed';
  /**
   * y of the first step, in the order of its elements.
   *
   * @minItems 1
   */
  digits: string[];
}
/**
 * At most so many of these claims hold, with a condition or without.
 */
export interface CountCheck {
  kind: 'count';
  /**
   * What this check covers, where a claim has several.
   */
  condition?: string;
  /**
   * @minItems 1
   */
  claims: string[];
  atMost: number;
}
/**
 * A printed block closes as many brackets as it opens.
 */
export interface BalancedCheck {
  kind: 'balanced';
  /**
   * What this check covers, where a claim has several.
   */
  condition?: string;
  text: Text;
}
export interface NotTestableCheck {
  kind: 'not-testable';
  /**
   * What this check covers, where a claim has several.
   */
  condition?: string;
  why: Text;
}
