import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../spec/package-root.ts';
import { canonicalJson } from './canonical-json.ts';
import { readGoldens } from './golden.ts';

const config = { numFeatures: 1, eps: 1e-5, momentum: 0.1, affine: true, statistics: 'tracked', dtype: 'float32' };
const input = { dtype: 'float32', shape: [2, 1], data: [1, 2] };
const file = {
  schemaVersion: 1, name: 'pair', derivation: ['first', 'second'], layer: 'batchnorm1d', config, initial: { gamma: [2] },
  ranks: [{ inputs: [input], grads: [] }],
  program: [{ op: 'forward', mode: 'eval', input: 0 }],
  expected: [{ construct: { step_count: 0 }, steps: [{ y: ['2', '4'] }] }],
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'golden-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function read(content: object) {
  writeFileSync(join(folder, 'pair.json'), JSON.stringify(content));
  return readGoldens(folder)[0];
}

/** The message without the folder, which differs from run to run. */
function refusal(content: object): string {
  try {
    read(content);
  } catch (error) {
    return String(error).replaceAll(`${folder}/`, '');
  }
  return 'accepted';
}

describe('golden files', () => {
  it('a golden becomes a case whose id names its data by content', () => {
    expect(read(file)).toEqual({
      name: 'pair',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      derivation: 'first\nsecond',
      expected: file.expected,
      case: {
        id: 'batchnorm1d/num/golden/name=pair/data=c74c8d1c3f0a',
        layer: 'batchnorm1d',
        config,
        initial: { gamma: { dtype: 'float32', shape: [1], data: Float64Array.of(2) } },
        ranks: [{ inputs: [{ ...input, data: Float64Array.of(1, 2) }], grads: [] }],
        program: file.program,
      },
    });
  });

  it('the id changes with the data, not with the derivation, the expectation or the order of keys', () => {
    const id = read(file)?.case.id;
    expect(read({ ...file, derivation: ['other'], expected: [{ construct: {}, steps: [{}] }] })?.case.id).toBe(id);
    expect(read(Object.fromEntries(Object.entries(file).reverse()))?.case.id).toBe(id);
    expect(read({ ...file, config: { ...config, eps: 1e-4 } })?.case.id).not.toBe(id);
    expect(read({ ...file, initial: {} })?.case.id).not.toBe(id);
  });

  it('refuses values that the type does not represent, lengths that do not fit, another name, another shape', () => {
    expect(refusal({ ...file, initial: { gamma: [0.1] } })).toMatchInlineSnapshot(`"UserError: pair.json: float32 does not represent 0.1"`);
    expect(refusal({ ...file, initial: { gamma: [1, 2] } })).toMatchInlineSnapshot(`"UserError: pair.json: shape [1] does not hold 2 values"`);
    expect(refusal({ ...file, name: 'other' })).toMatchInlineSnapshot(`"UserError: pair.json: the name is 'other'"`);
    expect(refusal({ ...file, layer: 'layernorm' })).toMatchInlineSnapshot(`
      "UserError: pair.json is not a valid schemas/golden file
        /layer must be equal to one of the allowed values ["batchnorm1d","batchnorm2d","batchnorm3d","syncbatchnorm"], got "layernorm""
    `);
  });

  it('golden: the ids of the stored goldens', () => {
    expect(readGoldens(join(packageRoot, 'cases', 'golden')).map((golden) => golden.case.id)).toMatchInlineSnapshot(`
      [
        "batchnorm1d/num/golden/name=constant-channel/data=b785bf727509",
        "batchnorm1d/num/golden/name=distinct-parameters/data=cd1408a9f639",
        "batchnorm1d/num/golden/name=eval-after-training/data=da90f0fd2098",
        "batchnorm1d/num/golden/name=eval-fresh/data=513c0eaa937c",
        "batchnorm1d/num/golden/name=eval-gradients/data=4077aa12f400",
        "batchnorm1d/num/golden/name=first-vector-cumulative/data=f6235f705257",
        "batchnorm1d/num/golden/name=first-vector-trajectory/data=1dd8fd7a8c2a",
        "batchnorm1d/num/golden/name=first-vector/data=acf852081300",
        "batchnorm2d/num/golden/name=one-to-four/data=d22d31c56d7d",
        "batchnorm1d/num/golden/name=printed-1d/data=a1f791cfe4f6",
        "batchnorm2d/num/golden/name=printed-2d/data=5171550cb1be",
        "batchnorm3d/num/golden/name=printed-3d/data=838391a1df3d",
        "batchnorm2d/num/golden/name=printed-pair-eval/data=e9f48a2e4435",
        "batchnorm2d/num/golden/name=printed-pair-train/data=d704ef683537",
        "syncbatchnorm/num/golden/name=sync-unequal-counts/data=8ce14eab6b38",
        "batchnorm2d/num/golden/name=zero-to-eleven/data=f49abd65f047",
      ]
    `);
  });
});

describe('canonical JSON', () => {
  it('sorts keys at every depth and keeps the order of lists', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }, 2], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1},2]}');
  });
});
