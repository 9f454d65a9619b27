import type { AcceptedValues } from '../accept/accepted.ts';
import { errorRatio, isAccepted } from '../diff/interval.ts';
import { decodeTensor, elementBytes, type ElementType, encodeTensor } from '../tensor/bytes.ts';
import { roundTo } from '../tensor/round.ts';
import { countElements, type FloatType } from '../tensor/tensor.ts';
import { ulpDistance } from '../tensor/ulp.ts';
import type { PageElement, PageObservable, PageObserved } from './page-data.ts';
import { jsonNumber, rounded } from './page-encode.ts';
import type { CaseLine } from './run.ts';

/** A step as the run file keeps it. */
export type StepLine = NonNullable<CaseLine['observed']>[number]['construct'];
type TensorLine = NonNullable<StepLine['y']>;

/** What one runner showed of a step. */
export interface ObservedStep {
  /** Index of the runner. */
  readonly runner: number;
  readonly observed: StepLine;
}

const shownElements = 6;
const shownChannels = 256;

/** What is expected of an observable, and the worst elements of every runner. */
export function encodeObservable(accepted: AcceptedValues, observed: readonly ObservedStep[]): PageObservable {
  const { observable, rule, dtype, shape, value, stable, naive } = accepted;
  const runners = observed.flatMap(({ runner, observed: step }) => {
    const values = valuesOf(step[observable], shape);
    return values === null ? [] : [encodeObserved(accepted, values, step[observable]?.dtype ?? dtype, runner)];
  });
  const first = runners.length > 0 ? [] : Array.from(value.subarray(0, shownElements), (each, i) => [jsonNumber(each), rounded(stable[i]!, 3), rounded(naive[i]!, 3)] as const);
  return { observable, rule, dtype, shape, first, runners };
}

/** The numbers of a kept tensor; null where there is none of this shape. */
export function valuesOf(tensor: TensorLine | undefined, shape: readonly number[]): Float64Array | null {
  if (tensor?.shape.join() !== shape.join() || !(tensor.dtype in elementBytes)) return null;
  const dtype = tensor.dtype as ElementType;
  const bytes = Buffer.from(tensor.hex, 'hex');
  return bytes.length === countElements(shape) * elementBytes[dtype] ? decodeTensor(dtype, tensor.shape, bytes) : null;
}

function encodeObserved(accepted: AcceptedValues, got: Float64Array, dtype: string, runner: number): PageObserved {
  const ratios = got.map((each, i) => ratioAt(accepted, each, i));
  const order = Array.from(got.keys()).sort((a, b) => ratios[b]! - ratios[a]! || a - b).slice(0, shownElements);
  return {
    runner, dtype, outside: ratios.reduce((count, _, i) => count + (isInside(accepted, got[i]!, i) ? 0 : 1), 0),
    worst: order.map((i) => encodeElement(accepted, got[i]!, i, ratios[i]!)),
    channels: worstOfChannels(ratios, accepted.shape).map((ratio) => rounded(ratio, 3)),
  };
}

function ratioAt({ value, naive, low, alternative }: AcceptedValues, got: number, i: number): number {
  return got === alternative?.[i] ? 0 : errorRatio(got, value[i]!, naive[i]!, low?.[i] ?? 0);
}

function isInside({ value, naive, low, alternative, dtype }: AcceptedValues, got: number, i: number): boolean {
  return isAccepted(got, value[i]!, naive[i]!, alternative?.[i] ?? NaN, dtype, low?.[i] ?? 0);
}

function encodeElement({ value, stable, naive, dtype }: AcceptedValues, got: number, i: number, ratio: number): PageElement {
  const expected = value[i]!;
  return [
    i, jsonNumber(got), jsonNumber(expected), jsonNumber(stable[i]!), jsonNumber(naive[i]!), jsonNumber(ratio), jsonNumber(ulpDistance(got, expected, dtype)),
    bitsOf(got, dtype), bitsOf(roundTo(expected, dtype), dtype),
  ];
}

/** The bit pattern as hexadecimal, most significant digit first. */
function bitsOf(value: number, dtype: FloatType): string {
  return Buffer.from(encodeTensor({ dtype, shape: [1], data: Float64Array.of(value) })).reverse().toString('hex');
}

/** The largest ratio of each channel: axis 1 of [N, C, …], or axis 0 of [C]. */
function worstOfChannels(ratios: Float64Array, shape: readonly number[]): number[] {
  const channels = shape.length === 1 ? shape[0] ?? 0 : shape[1] ?? 0;
  const inner = shape.slice(2).reduce((product, extent) => product * extent, 1);
  const worst = Array.from({ length: channels }, () => 0);
  for (let i = 0; i < ratios.length; i++) {
    const channel = Math.floor(i / inner) % channels;
    worst[channel] = Math.max(worst[channel]!, ratios[i]!);
  }
  return worst.slice(0, shownChannels);
}
