import type { Case, InitialValues, StatisticsRow } from '../cases/case.ts';
import { drawInitial } from '../cases/data.ts';
import { question } from '../reference/question.fixture.ts';
import { largestFinite } from '../tensor/formats.ts';
import { integers } from '../tensor/generator.ts';
import { roundTo } from '../tensor/round.ts';
import { countElements, type FloatType, type Tensor } from '../tensor/tensor.ts';

/** What a drawn question may vary. */
export interface Drawn {
  readonly seed: number;
  /** N of each rank; one rank is not synchronised. */
  readonly batches: readonly number[];
  readonly channels: number;
  readonly spatial: number;
  readonly program: string;
  readonly statistics: StatisticsRow;
  readonly momentum: number | null;
  readonly eps: number;
  readonly dtype: FloatType;
  /** γ, β and state away from their defaults. */
  readonly distinct: boolean;
  /** x = scale·(offset + unit draw). */
  readonly offset: number;
  readonly scale: number;
}

/** The question that the choices make; the same bits for the same choices. */
export function drawnQuestion(drawn: Drawn): Case {
  const { seed, batches, channels, spatial, program, statistics, momentum, eps, dtype, distinct, offset, scale } = drawn;
  const draw = (name: string, rank: number, batch: number, value: (unit: number) => number) => Array.from({ length: program.split('-').length }, (_, step) => (
    drawTensor([name, seed, rank, step], dtype, [batch, channels, spatial], value)
  ));
  return question({
    layer: batches.length > 1 ? 'syncbatchnorm' : 'batchnorm1d', program, config: { numFeatures: channels, eps, momentum, statistics, dtype },
    initial: distinct ? distinctInitial(seed, dtype, channels, statistics) : {},
    inputs: batches.map((batch, rank) => draw('x', rank, batch, (unit) => scale * (offset + unit))),
    grads: batches.map((batch, rank) => draw('dy', rank, batch, (unit) => unit)),
  });
}

function drawTensor(seed: readonly (string | number)[], dtype: FloatType, shape: readonly number[], value: (unit: number) => number): Tensor {
  const next = integers(seed);
  const limit = largestFinite(dtype);
  const data = Float64Array.from({ length: countElements(shape) }, () => {
    const drawn = value(((next() >>> 8) % 4096 - 2048) / 1024);
    return roundTo(Math.min(limit, Math.max(-limit, drawn)), dtype);
  });
  return { dtype, shape, data };
}

function distinctInitial(seed: number, dtype: FloatType, channels: number, statistics: StatisticsRow): InitialValues {
  const value = (name: 'gamma' | 'beta' | 'running_mean' | 'running_var') => drawInitial([seed], name, dtype, channels);
  const state = statistics === 'untracked' ? {} : { running_mean: value('running_mean'), running_var: value('running_var') };
  return { gamma: value('gamma'), beta: value('beta'), ...state };
}
