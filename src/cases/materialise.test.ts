import { describe, expect, it } from 'vitest';
import { materialise, outline } from './materialise.ts';
import type { PlannedCase } from './plan.ts';

function planned(axes: Readonly<Record<string, string>>): PlannedCase {
  return { id: 'batchnorm1d/grad/backward', layer: 'batchnorm1d', behaviour: 'grad/backward', rules: [], axes: { program: 'train-backward', shape: '3x2', ...axes }, expectsConstant: false, repeats: false, literal: null };
}

function made(axes: Readonly<Record<string, string>>) {
  const { ranks: [rank], ...rest } = materialise(planned(axes), 7);
  return { ...rest, x: rank?.inputs[0], dy: rank?.grads[0] };
}

describe('axes become tensors', () => {
  it('an axis at its default and an axis left out are the same case', () => {
    expect(made({ input: 'float32', dy: 'default', layout: 'contiguous' })).toEqual({ ...made({}), layout: 'contiguous' });
  });

  it('the type of the input is its own; the layer keeps its type', () => {
    const { x, dy, config } = made({ input: 'bfloat16' });
    expect([x?.dtype, dy?.dtype, config.dtype]).toEqual(['bfloat16', 'bfloat16', 'float32']);
  });

  it('an expanded input has the same sample all along the batch', () => {
    const { x } = made({ layout: 'expanded' });
    expect([x?.shape, x?.data.slice(2, 4), x?.data.slice(4)]).toEqual([[3, 2], x?.data.slice(0, 2), x?.data.slice(0, 2)]);
    expect(new Set(made({}).x?.data).size).toBeGreaterThan(2); // control
  });

  it.each([['ones', [1, 1, 1, 1, 1, 1]], ['zeros', [0, 0, 0, 0, 0, 0]]])('dy of %s', (dy, expected) => {
    expect([...(made({ dy }).dy?.data ?? [])]).toEqual(expected);
  });

  it('a sparse dy has zeros among other numbers', () => {
    const values = [...(made({ dy: 'sparse', shape: '30x2' }).dy?.data ?? [])];
    expect(values.filter((value) => value === 0).length).toBeGreaterThan(30);
    expect(values.filter((value) => value !== 0).length).toBeGreaterThan(3);
  });

  it('frozen parameters exist and start where others do', () => {
    const { config, initial } = made({ affine: 'frozen', initial: 'distinct' });
    expect(config).toMatchObject({ affine: true, frozen: true });
    expect(initial).toEqual(made({ initial: 'distinct' }).initial);
  });
});

describe('the outline of a case', () => {
  it.each([{ input: 'bfloat16' }, { layout: 'expanded', program: 'train-backward-eval' }, { ranks: '2x3+1x3', momentum: 'cumulative' }, { affine: 'scale', statistics: 'batch', input: 'int32' }])('is the case but for its numbers: %j', (axes) => {
    const [whole, bare] = [materialise(planned(axes), 7), outline(planned(axes))];
    const shapes = ({ ranks }: typeof whole) => ranks.map(({ inputs, grads }) => [...inputs, ...grads].map(({ dtype, shape }) => ({ dtype, shape })));
    expect({ ...bare, ranks: shapes(bare) }).toEqual({ ...whole, initial: {}, ranks: shapes(whole) });
    expect(bare.ranks.flatMap(({ inputs, grads }) => [...inputs, ...grads]).every(({ data }) => data.length === 0)).toBe(true);
  });
});
