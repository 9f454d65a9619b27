import { decodeTensor } from '../../tensor/bytes.ts';
import type { FloatType } from '../../tensor/tensor.ts';
import type { Tensor } from '../../spec/generated/claims.ts';
import type { CaseResult } from '../run.ts';

/** What one step of one rank showed of an observable. */
export interface ShownValues {
  readonly observable: Tensor;
  readonly dtype: FloatType;
  readonly values: Float64Array;
}

type Step = NonNullable<CaseResult['observed']>[number]['construct'];

/** The values of an observable after each step that shows it, rank by rank. */
export function valuesOf({ observed }: CaseResult, observable: Tensor): readonly ShownValues[] {
  return (observed ?? []).flatMap(({ steps }) => steps.flatMap((step) => valuesIn(step, observable)));
}

function valuesIn(step: Step, observable: Tensor): readonly ShownValues[] {
  const tensor = step[observable];
  if (tensor === undefined) return [];
  const dtype = tensor.dtype as FloatType; // only such tensors are kept
  return [{ observable, dtype, values: decodeTensor(dtype, tensor.shape, Buffer.from(tensor.hex, 'hex')) }];
}
