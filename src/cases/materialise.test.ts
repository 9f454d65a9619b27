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

describe('what many cases have alike', () => {
  const axes = { dy: 'sparse', initial: 'distinct', momentum: '0.5' };
  const parts = (seed: number) => { const { config, initial, ranks } = materialise(planned(axes), seed); return [config, initial, ranks[0]]; };
  const small = { shape: '16x16' };

  it('is the same object where it is small, and made again to the same bits when many others came between', () => {
    const once = parts(7);
    expect(parts(7).map((part, i) => part === once[i])).toEqual([true, true, true]);
    for (let seed = 100; seed < 1000; seed++) materialise(planned(small), seed);
    const again = parts(7);
    expect(again[2] === once[2]).toBe(false);
    expect(again).toEqual(once);
  });

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['seed', {}, 8], ['data', { data: 'exact' }, 7], ['dy', { dy: 'default' }, 7], ['type', { dtype: 'float64' }, 7], ['type of x', { input: 'bfloat16' }, 7], ['layout', { layout: 'expanded' }, 7],
    ['shape', { shape: '2x3' }, 7], ['forwards', { program: 'train-train' }, 7], ['backwards', { program: 'train-backward-backward' }, 7],
  ])('control: another %s has other data', (_, change, seed) => {
    const { ranks: [rank] } = materialise(planned({ ...axes, ...change }), seed);
    expect(rank).not.toEqual(parts(7)[2]);
  });

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['seed', {}, 8], ['word', { initial: 'default' }, 7], ['type', { dtype: 'float64' }, 7], ['number of channels', { shape: '3x4' }, 7], ['affine', { affine: 'false' }, 7], ['scale alone', { affine: 'scale' }, 7],
    ['row of statistics', { statistics: 'untracked' }, 7],
  ])('control: another %s has other initial values', (_, change, seed) => {
    expect(materialise(planned({ ...axes, ...change }), seed).initial).not.toEqual(parts(7)[1]);
  });

  it.each(['features', 'eps', 'momentum', 'affine', 'statistics', 'dtype', 'option'])('control: another %s is another layer', (axis) => {
    const other: Readonly<Record<string, string>> = { features: '4', eps: '1e-3', momentum: '0.25', affine: 'frozen', statistics: 'batch', dtype: 'float16', option: 'kernels-own' };
    expect(materialise(planned({ ...axes, [axis]: other[axis] ?? '' }), 7).config).not.toEqual(parts(7)[0]);
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
