import { describe, expect, it } from 'vitest';
import type { Layout } from '../cases/case.ts';
import { goldenInput, question } from '../reference/question.fixture.ts';
import type { StepObservation } from '../runners/observation.ts';
import { type Dialect, readDialect } from '../spec/dialect.ts';
import { countElements, type Tensor } from '../tensor/tensor.ts';
import { judge } from './judge.ts';
import { orderDeviations } from './memory-order.ts';
import { changeStep, dropResult, observe, plannedAs } from './observe.fixture.ts';

const core = readDialect('core', '1.0.0');
const image = (shape: readonly number[]): Tensor => ({ dtype: 'float32', shape, data: Float64Array.from({ length: countElements(shape) }, (_, i) => (i * 7) % 11) });

function found(layout: Layout, order: StepObservation['order'], input: Tensor = image([2, 2, 2, 3]), dialect: Dialect = core): readonly string[] {
  const asked = { ...question({ program: 'train', inputs: [[input]] }), layout };
  const observed = observe(asked);
  return orderDeviations(asked, order === undefined ? dropResult(observed, 0, 'order') : changeStep(observed, 0, { order }), dialect).map(({ rule, observable, got, expected }) => `${rule} ${observable}: ${String(got)}, not ${String(expected)}`);
}

describe('BN-SHAPE-04 where the framework says so, results lie in the memory order of the input', () => {
  it('channels-last gives channels-last; a result that lies in both orders is right for either', () => {
    expect(found('channels-last', { y: ['channels-last'] })).toEqual([]);
    expect(found('channels-last', { y: ['contiguous', 'channels-last'] })).toEqual([]);
    expect(found('channels-last', { y: ['contiguous'] })).toEqual(['BN-SHAPE-04 y: contiguous, not channels-last']);
  });

  it('contiguous, from the start of a buffer or not, gives contiguous', () => {
    expect(found('contiguous', { y: ['channels-last'] })).toEqual(['BN-SHAPE-04 y: channels-last, not contiguous']);
    expect(found('offset', { y: [] })).toEqual(['BN-SHAPE-04 y: neither contiguous nor channels-last, not contiguous']);
  });

  it('a runner that does not look where its dialect promises is not believed', () => {
    expect(found('contiguous', undefined)).toHaveLength(1);
  });

  it('says nothing of other layouts, of rank 2 channels-last, and of a framework that promises nothing', () => {
    expect(found('transposed', { y: [] })).toEqual([]);
    expect(found('channels-last', { y: [] }, goldenInput)).toEqual([]);
    expect(found('channels-last', { y: ['contiguous'] }, image([2, 2, 2, 3]), readDialect('mindspore', '2.10.0'))).toEqual([]);
  });

  it('the verdict names the cause', () => {
    const asked = { ...question({ program: 'train', inputs: [[image([2, 2, 2, 3])]] }), layout: 'channels-last' as const };
    const verdict = judge(plannedAs(asked), { kind: 'observed', seq: 0, observation: changeStep(observe(asked), 0, { order: { y: ['contiguous'] } }) }, core);
    expect([verdict.status, verdict.rule, verdict.cause]).toEqual(['violates', 'BN-SHAPE-04', 'memory-order-lost']);
  });
});
