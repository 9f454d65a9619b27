import { describe, expect, it } from 'vitest';
import type { CaseRecord } from '../spec/generated/run-record.ts';
import { deviation } from './fixtures/sample-run.ts';
import { createPacker, type ResultPacker, unpacked } from './packed-results.ts';
import type { CaseResult } from './run.ts';

const id = 'batchnorm1d/norm/x/data=unit';
const idsOf = (length: number): readonly string[] => Array.from({ length }, (_, index) => `${id}/case=${String(index)}`);

function record(change: Partial<CaseRecord> = {}): CaseRecord {
  return {
    type: 'case', index: 3, runner: 'miniature-honest@1.0', status: 'conforms', found: 'conforms', rule: null, cause: null, candidates: [], reason: null, rules: ['BN-NORM-01'], elements: 12, durationUs: 41.5,
    deviations: [], accuracy: [{ observable: 'y', graded: 12, ungradable: 0, stable: 0.25, naive: 0.125 }, { observable: 'running_var', graded: 0, ungradable: 3, stable: 'NaN', naive: 'Infinity' }], ...change,
  };
}

const numbers = [{ observable: 'y', graded: 12, ungradable: 0, stable: 0.25, naive: 0.125 }, { observable: 'running_var', graded: 0, ungradable: 3, stable: NaN, naive: Infinity }];

/** What of a record is read again; null where it was not taken in. */
function throughPacker(packer: ResultPacker, each: CaseRecord, keepObserved = false): CaseResult | null {
  const place = packer.pack(each, keepObserved);
  return place === null ? null : packer.at(place);
}

describe('packed results', () => {
  it('read as they were', () => {
    const packer = createPacker(idsOf(4));
    expect(unpacked(packer.at(packer.pack(record(), true) ?? NaN))).toEqual({ ...record(), accuracy: numbers, id: `${id}/case=3` });
  });

  it('more of them than a block holds, with more accuracy than it has room for at first, stay apart', () => {
    const packer = createPacker(idsOf(2600));
    const many = Array.from({ length: 2600 }, (_, index) => record({ index, durationUs: index / 8, accuracy: Array.from({ length: index % 9 }, (_each, i) => ({ observable: 'y' as const, graded: i, ungradable: index, stable: i, naive: 0 })) }));
    const places = many.map((each) => packer.pack(each, false));
    expect(places).toEqual(many.map((_, place) => place));
    expect(many.map((_, place) => unpacked(packer.at(place)))).toEqual(many.map((each) => ({ ...each, id: `${id}/case=${String(each.index)}` })));
  });

  it.each<[number | 'NaN' | 'Infinity', number | 'NaN' | 'Infinity']>([[0, 0], [-0, -0], [0, -0], [0.5, 0.5], [0.5, 0], [0, 0.5], ['NaN', 'NaN'], ['Infinity', 'NaN']])('errors of %s and %s, of which those alike take less room, read as they were', (stable, naive) => {
    const packer = createPacker(idsOf(4));
    const entry = (observable: 'y' | 'dx' | 'dgamma', errors: { stable: typeof stable; naive: typeof naive }) => ({ observable, graded: 2, ungradable: 1, ...errors });
    const accuracy = [entry('y', { stable, naive }), entry('dx', { stable: 1, naive: 2 }), entry('dgamma', { stable, naive })];
    const read = throughPacker(packer, record({ accuracy }))?.accuracy;
    expect(read).toEqual(accuracy.map((each) => ({ ...each, stable: Number(each.stable), naive: Number(each.naive) })));
  });

  it('more outcomes than are shared stay apart', () => {
    const packer = createPacker(idsOf(5000));
    const packed = Array.from({ length: 5000 }, (_, index) => throughPacker(packer, record({ index, status: 'unsupported', found: 'unsupported', reason: `reason ${String(index % 4999)}` })));
    expect(packed.map((each) => each?.reason)).toEqual(packed.map((_, index) => `reason ${String(index % 4999)}`));
  });

  it.each<[string, Partial<CaseRecord>]>([
    ['deviates', { status: 'known', found: 'violates' }], ['crashed', { status: 'crashed', found: 'crashed' }], ['has candidates', { candidates: ['a', 'b'] }],
    ['has deviations', { deviations: [deviation()] }],
  ])('a result that %s is not taken in', (_, change) => {
    expect(createPacker([]).pack(record(change), false)).toBeNull();
  });

  it('what was observed counts only where it is kept', () => {
    const packer = createPacker(idsOf(4));
    expect([packer.pack(record({ observed: [] }), true), throughPacker(packer, record({ observed: [] }))?.id]).toEqual([null, `${id}/case=3`]);
  });

  it('control: a result that is not packed is unpacked as itself', () => {
    const plain: CaseResult = { ...record(), accuracy: [], deviations: [], id };
    expect(unpacked(plain)).toBe(plain);
  });
});
