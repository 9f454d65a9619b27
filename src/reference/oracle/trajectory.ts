import type { Case, InitialValues, Step } from '../../cases/case.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { runChannel, type ChannelCase, type ChannelStep } from './channel.ts';
import { channelIndices } from './layout.ts';
import { fromNumber, type Rational } from './rational.ts';
import { defaultRootBits } from './root.ts';

/** What a step shows on one rank: y, dx, ddx and ddy in the order of the input's elements, the others per channel. */
export interface ExactStep {
  readonly y?: readonly Rational[];
  readonly dx?: readonly Rational[];
  readonly dgamma?: readonly Rational[];
  readonly dbeta?: readonly Rational[];
  readonly ddx?: readonly Rational[];
  readonly ddy?: readonly Rational[];
  readonly ddgamma?: readonly Rational[];
  readonly running_mean?: readonly Rational[];
  readonly running_var?: readonly Rational[];
  readonly step_count?: number;
}

export interface ExactRank {
  readonly construct: ExactStep;
  readonly steps: readonly ExactStep[];
}

/**
 * Every observable of a case in exact numbers, per rank. Only roots are approximate, to a relative 2^−rootBits from below.
 *
 * ε, momentum and data are the exact values of their float64 numbers: m = 0.1 is 0.1000000000000000055…, and so is 1 − m.
 * Nothing is rounded between steps. What does not exist is absent: gradients of γ and β without affine, state of the untracked row.
 *
 * @throws {RangeError} for data that are not finite, a shape that does not have `numFeatures` channels, or one value per channel
 *   where the batch normalises (BN-STAT-02): a refusal has no exact value
 */
export function exactTrajectory(question: Case, rootBits: number = defaultRootBits): readonly ExactRank[] {
  return togetherIn(question).flatMap((ranks) => trajectoryOfGroup({ ...question, ranks }, rootBits));
}

/** Which ranks pool their statistics: all of them, or each two that follow each other. */
function togetherIn({ config, ranks }: Case): readonly Case['ranks'][] {
  if (config.option !== 'groups-pairs') return [ranks];
  return ranks.flatMap((rank, at) => (at % 2 === 1 ? [] : [[rank, ...ranks.slice(at + 1, at + 2)]]));
}

function trajectoryOfGroup(question: Case, rootBits: number): readonly ExactRank[] {
  const channels = Array.from({ length: question.config.numFeatures }, (_, c) => runChannel(channelCase(question, c, rootBits)));
  return question.ranks.map((_, rank) => {
    const [construct = {}, ...steps] = [null, ...question.program].map((step, position) => {
      const shape = step === null ? [0, channels.length] : inputShape(question, rank, inputOf(question, step));
      return assemble(channels.map((channel) => channel[position]!), rank, shape, question.config);
    });
    return { construct, steps };
  });
}

function channelCase({ config, initial, ranks, program }: Case, channel: number, rootBits: number): ChannelCase {
  const valueOr = (name: keyof InitialValues, fallback: number) => fromNumber(initial[name]?.data[channel] ?? fallback);
  const ofChannel = (tensor: Tensor) => channelIndices(tensor.shape, config.numFeatures, channel).map((index) => fromNumber(tensor.data[index]!));
  return {
    row: config.statistics,
    eps: fromNumber(config.eps),
    momentum: config.momentum === null ? null : fromNumber(config.momentum),
    gamma: valueOr('gamma', 1),
    beta: valueOr('beta', 0),
    initial: { mean: valueOr('running_mean', 0), variance: valueOr('running_var', 1) }, // BN-STATE-01
    ranks: ranks.map(({ inputs, grads }) => ({ inputs: inputs.map(ofChannel), grads: grads.map(ofChannel) })),
    program,
    rootBits,
  };
}

function inputOf({ program }: Case, step: Step): number {
  const source = step.op === 'backward' ? program[step.of] : step;
  return source?.op === 'forward' ? source.input : -1;
}

function inputShape({ ranks }: Case, rank: number, input: number): readonly number[] {
  return ranks[rank]?.inputs[input]?.shape ?? [];
}

function assemble(channels: readonly ChannelStep[], rank: number, shape: readonly number[], { affine, scaleOnly = false }: Case['config']): ExactStep {
  const elements = (name: 'y' | 'dx' | 'ddx' | 'ddy') => optional(name, scatter(channels.map((channel) => channel[name]?.[rank]), shape));
  const parameter = (name: 'dgamma' | 'dbeta' | 'ddgamma') => optional(name, affine && !(scaleOnly && name === 'dbeta') ? complete(channels.map((channel) => channel[name]?.[rank])) : undefined);
  return {
    ...elements('y'),
    ...elements('dx'),
    ...parameter('dgamma'),
    ...parameter('dbeta'),
    ...elements('ddx'),
    ...elements('ddy'),
    ...parameter('ddgamma'),
    ...optional('running_mean', complete(channels.map(({ state }) => state?.mean))),
    ...optional('running_var', complete(channels.map(({ state }) => state?.variance))),
    ...optional('step_count', channels[0]?.state?.count),
  };
}

function optional<K extends string, T>(name: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, T>);
}

function complete<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** Puts the values of each channel back to where they lie in a tensor of this shape. */
function scatter(perChannel: readonly (readonly Rational[] | undefined)[], shape: readonly number[]): readonly Rational[] | undefined {
  const channels = complete(perChannel);
  if (channels === undefined) return undefined;
  const tensor: Rational[] = [];
  for (const [c, values] of channels.entries()) {
    for (const [i, index] of channelIndices(shape, channels.length, c).entries()) tensor[index] = values[i]!;
  }
  return tensor;
}
