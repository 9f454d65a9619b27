import { describe, expect, it } from 'vitest';
import type { CaseRecord } from '../spec/generated/run-record.ts';
import { deviation } from './fixtures/sample-run.ts';
import { createPacker, unpacked } from './packed-results.ts';
import type { CaseResult } from './run.ts';

const id = 'batchnorm1d/norm/x/data=unit';

function record(change: Partial<CaseRecord> = {}): CaseRecord {
  return {
    type: 'case', index: 3, runner: 'miniature-honest@1.0', status: 'conforms', found: 'conforms', rule: null, cause: null, candidates: [], reason: null, rules: ['BN-NORM-01'], elements: 12, durationUs: 41.5,
    deviations: [], accuracy: [{ observable: 'y', graded: 12, ungradable: 0, stable: 0.25, naive: 0.125 }, { observable: 'running_var', graded: 0, ungradable: 3, stable: 'NaN', naive: 'Infinity' }], ...change,
  };
}

const numbers = [{ observable: 'y', graded: 12, ungradable: 0, stable: 0.25, naive: 0.125 }, { observable: 'running_var', graded: 0, ungradable: 3, stable: NaN, naive: Infinity }];

const readBack = (result: CaseResult | null): CaseResult | null => result && unpacked(result);

describe('packed results', () => {
  it('read as they were', () => {
    expect(readBack(createPacker().pack(record(), id, true))).toEqual({ ...record(), accuracy: numbers, id });
  });

  it('more of them than a block holds, with more accuracy than it has room for at first, stay apart', () => {
    const packer = createPacker();
    const many = Array.from({ length: 2600 }, (_, index) => record({ index, durationUs: index / 8, accuracy: Array.from({ length: index % 9 }, (_each, i) => ({ observable: 'y' as const, graded: i, ungradable: index, stable: i, naive: 0 })) }));
    const packed = many.map((each) => packer.pack(each, `${id}/case=${String(each.index)}`, false));
    expect(packed.map(readBack)).toEqual(many.map((each) => ({ ...each, id: `${id}/case=${String(each.index)}` })));
  });

  it('more outcomes than are shared stay apart', () => {
    const packer = createPacker();
    const packed = Array.from({ length: 5000 }, (_, index) => packer.pack(record({ index, status: 'unsupported', found: 'unsupported', reason: `reason ${String(index % 4999)}` }), id, false));
    expect(packed.map((each) => each?.reason)).toEqual(packed.map((_, index) => `reason ${String(index % 4999)}`));
  });

  it.each<[string, Partial<CaseRecord>]>([
    ['deviates', { status: 'known', found: 'violates' }], ['crashed', { status: 'crashed', found: 'crashed' }], ['has candidates', { candidates: ['a', 'b'] }],
    ['has deviations', { deviations: [deviation()] }],
  ])('a result that %s is not taken in', (_, change) => {
    expect(createPacker().pack(record(change), id, false)).toBeNull();
  });

  it('what was observed counts only where it is kept', () => {
    const packer = createPacker();
    expect([packer.pack(record({ observed: [] }), id, true), packer.pack(record({ observed: [] }), id, false)?.id]).toEqual([null, id]);
  });

  it('control: a result that is not packed is unpacked as itself', () => {
    const plain: CaseResult = { ...record(), accuracy: [], deviations: [], id };
    expect(unpacked(plain)).toBe(plain);
  });
});
