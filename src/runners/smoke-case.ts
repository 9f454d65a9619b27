import type { Case, Layer } from '../cases/case.ts';

const shapes: Readonly<Record<Layer, readonly number[]>> = {
  batchnorm1d: [2, 1],
  batchnorm2d: [2, 1, 1, 1],
  batchnorm3d: [2, 1, 1, 1, 1],
  syncbatchnorm: [2, 1, 1, 1],
};

/** The plainest question there is: evaluation of a fresh layer on the two numbers 1 and −1. */
export function smokeCase(layer: Layer): Case {
  const input = { dtype: 'float32', shape: shapes[layer], data: Float64Array.of(1, -1) } as const;
  return {
    id: `${layer}/smoke`,
    layer,
    config: { numFeatures: 1, eps: 1e-5, momentum: 0.1, affine: true, statistics: 'tracked', dtype: 'float32' },
    initial: {},
    ranks: [{ inputs: [input], grads: [] }],
    program: [{ op: 'forward', mode: 'eval', input: 0 }],
  };
}
