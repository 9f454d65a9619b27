import { parseRanks, parseWord } from '../cases/axes.ts';
import { materialise } from '../cases/materialise.ts';
import { initialWords } from '../cases/options.ts';
import type { Plan, PlannedCase } from '../cases/plan.ts';
import type { BehavioursFile } from '../spec/generated/behaviours.ts';
import type { SuiteBlock, SuiteFile } from '../spec/generated/suite.ts';
import { didYouMean } from '../spec/did-you-mean.ts';
import { UserError } from '../spec/user-error.ts';

/**
 * Refuses axes that a block's behaviour does not declare: their values would be asked of nobody, and an exclusion by them
 * would leave nothing out.
 *
 * @throws {UserError} SUITE_AXIS_UNKNOWN
 */
export function refuseUnknownAxes(suite: SuiteFile, { behaviours }: BehavioursFile): void {
  for (const [index, block] of suite.blocks.entries()) {
    const declared: readonly string[] | undefined = behaviours.find(({ behaviour }) => behaviour === block.behaviour)?.axes.map(({ axis }) => axis);
    const stray = declared === undefined ? undefined : axesOf(block).find((axis) => !declared.includes(axis));
    if (declared === undefined || stray === undefined) continue;
    throw new UserError('SUITE_AXIS_UNKNOWN', `suite '${suite.suite}', /blocks/${String(index)}: behaviour '${block.behaviour}' has no axis '${stray}'`, `${didYouMean(stray, declared)}its axes are: ${declared.join(', ')}`);
  }
}

function axesOf({ axes, exclude = [] }: SuiteBlock): readonly string[] {
  return [...Object.keys(axes), ...exclude.flatMap(({ when }) => Object.keys(when))];
}

/** Axes whose other words would silently mean one of these. */
const words: Readonly<Record<string, readonly string[]>> = { affine: ['true', 'false', 'frozen', 'scale'], initial: initialWords };

/**
 * Refuses axis values that mean nothing before anything starts: makes one case of each value.
 *
 * @throws {UserError} AXIS_VALUE
 */
export function refuseUnknownValues({ suite, cases, seed }: Plan): void {
  const seen = new Set<string>();
  for (const planned of cases) {
    const unseen = Object.entries(planned.axes).filter(([axis, value]) => !seen.has(`${axis}=${value}`));
    if (unseen.length === 0 || planned.literal !== null) continue;
    for (const [axis, value] of unseen) seen.add(`${axis}=${value}`);
    refuseUnknown(suite, planned, seed);
  }
}

function refuseUnknown(suite: string, planned: PlannedCase, seed: number): void {
  try {
    for (const [axis, known] of Object.entries(words)) parseWord(axis, planned.axes[axis] ?? known[0] ?? '', known);
    const { id, layer, behaviour, rules, axes, expectsConstant, repeats, literal } = planned;
    materialise({ id, layer, behaviour, rules, axes: shrunk(axes), expectsConstant, repeats, literal }, seed);
  } catch (error) {
    throw error instanceof UserError ? new UserError(error.code, `suite '${suite}', case '${planned.id}': ${error.message}`, error.hint, { cause: error }) : error;
  }
}

/** The same with an extent of 2 at most, so that a million elements are not drawn to learn whether their regime exists. */
function shrunk(axes: PlannedCase['axes']): PlannedCase['axes'] {
  const small = (text: string): string => parseRanks(text).map((shape) => shape.map((extent) => Math.min(extent, 2)).join('x')).join('+');
  return Object.fromEntries(Object.entries(axes).map(([axis, value]) => [axis, axis === 'shape' || axis === 'ranks' ? small(value) : value]));
}
