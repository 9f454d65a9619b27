import { describe, expect, it } from 'vitest';
import { UserError } from '../spec/user-error.ts';
import { parseDtype, parseMomentum, parseNumber, parseProgram, parseRanks, parseRow, parseShape } from './axes.ts';

/** Message and hint of what the user is told. */
function told(parse: () => unknown): string {
  try {
    return `no error: ${JSON.stringify(parse())}`;
  } catch (error) {
    return error instanceof UserError ? `${error.code}: ${error.message} (${error.hint})` : String(error);
  }
}

describe('programs as spelled in an id', () => {
  it('golden: each forward has the next input, each backward the last forward and the next gradient', () => {
    expect(parseProgram('train-backward-eval-backward')).toEqual([
      { op: 'forward', mode: 'train', input: 0 }, { op: 'backward', of: 0, grad: 0 }, { op: 'forward', mode: 'eval', input: 1 }, { op: 'backward', of: 2, grad: 1 },
    ]);
  });

  it('golden: two backward steps of one forward', () => {
    expect(parseProgram('fresh-backward-backward').slice(1)).toEqual([{ op: 'backward', of: 0, grad: 0 }, { op: 'backward', of: 0, grad: 1 }]);
  });

  it('golden: a backward of an earlier forward by its number, and a deep copy', () => {
    expect(parseProgram('train-copy-train-backward0-backward1')).toEqual([
      { op: 'forward', mode: 'train', input: 0 }, { op: 'reload', by: 'copy' }, { op: 'forward', mode: 'train', input: 1 }, { op: 'backward', of: 0, grad: 0 }, { op: 'backward', of: 2, grad: 1 },
    ]);
    expect(told(() => parseProgram('train-backward1'))).toBe("AXIS_VALUE: axis 'program' has no value 'train-backward1' (expected a forward number 1 before backward1, counted from 0)");
  });

  it('golden: a pass that is differentiated once more takes two gradients', () => {
    expect(parseProgram('train-double-backward-double0').slice(1)).toEqual([
      { op: 'backward', of: 0, grad: 0, direction: 1 }, { op: 'backward', of: 0, grad: 2 }, { op: 'backward', of: 0, grad: 3, direction: 4 },
    ]);
  });

  it('golden: settings of the live layer, and words that set nothing', () => {
    expect(parseProgram('momentum:cumulative-eps:0.5-statistics:paused-freeze-unfreeze-train')).toEqual([
      { op: 'configure', set: { momentum: null } }, { op: 'configure', set: { eps: 0.5 } }, { op: 'configure', set: { statistics: 'paused' } },
      { op: 'configure', set: { frozen: true } }, { op: 'configure', set: { frozen: false } }, { op: 'forward', mode: 'train', input: 0 },
    ]);
    expect(told(() => parseProgram('gamma:2-train'))).toBe("AXIS_VALUE: axis 'program' has no value 'gamma:2-train' (expected momentum:, eps:, statistics:, freeze or unfreeze where a word changes the layer)");
  });

  it('errors name the axis, the value and what is allowed', () => {
    expect([told(() => parseProgram('training')), told(() => parseProgram('backward-train')), told(() => parseProgram(''))]).toMatchInlineSnapshot(`
      [
        "AXIS_VALUE: axis 'program' has no value 'training' (expected train, eval, fresh)",
        "AXIS_VALUE: axis 'program' has no value 'backward-train' (expected a forward before each backward, such as train-backward)",
        "AXIS_VALUE: axis 'program' has no value '' (expected train, eval, fresh)",
      ]
    `);
  });
});

describe('values of the other axes', () => {
  it('golden: shapes and ranks', () => {
    expect(parseShape('4x3x2')).toEqual([4, 3, 2]);
    expect(parseShape('0x3')).toEqual([0, 3]);
    expect(parseRanks('2x3+3x3')).toEqual([[2, 3], [3, 3]]);
  });

  it('golden: momentum is a number, or null for the cumulative average', () => {
    expect([parseMomentum('0.1'), parseMomentum('0'), parseMomentum('cumulative')]).toEqual([0.1, 0, null]);
  });

  it('golden: numbers, rows and types', () => {
    expect([parseNumber('eps', '1e-5'), parseNumber('eps', '-0.25'), parseRow('batch'), parseDtype('bfloat16')]).toEqual([1e-5, -0.25, 'batch', 'bfloat16']);
  });

  it('errors name the axis, the value and what is allowed', () => {
    expect([
      told(() => parseShape('4xx3')), told(() => parseShape('4x-3')), told(() => parseShape('4x2.5')), told(() => parseShape('')), told(() => parseRanks('2x3+')),
      told(() => parseMomentum('fast')), told(() => parseNumber('eps', '')), told(() => parseNumber('eps', 'Infinity')), told(() => parseNumber('eps', '0x10')), told(() => parseRow('Tracked')), told(() => parseDtype('float8')),
    ]).toMatchInlineSnapshot(`
      [
        "AXIS_VALUE: axis 'shape' has no value '4xx3' (expected whole numbers joined by x, such as 4x3x2x2)",
        "AXIS_VALUE: axis 'shape' has no value '4x-3' (expected whole numbers joined by x, such as 4x3x2x2)",
        "AXIS_VALUE: axis 'shape' has no value '4x2.5' (expected whole numbers joined by x, such as 4x3x2x2)",
        "AXIS_VALUE: axis 'shape' has no value '' (expected whole numbers joined by x, such as 4x3x2x2)",
        "AXIS_VALUE: axis 'shape' has no value '' (expected whole numbers joined by x, such as 4x3x2x2)",
        "AXIS_VALUE: axis 'momentum' has no value 'fast' (expected a finite decimal number)",
        "AXIS_VALUE: axis 'eps' has no value '' (expected a finite decimal number)",
        "AXIS_VALUE: axis 'eps' has no value 'Infinity' (expected a finite decimal number)",
        "AXIS_VALUE: axis 'eps' has no value '0x10' (expected a finite decimal number)",
        "AXIS_VALUE: axis 'statistics' has no value 'Tracked' (expected tracked, untracked, batch, running)",
        "AXIS_VALUE: axis 'dtype' has no value 'float8' (expected float16, bfloat16, float32, float64)",
      ]
    `);
  });
});
