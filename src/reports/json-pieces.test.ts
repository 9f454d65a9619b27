import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { joined } from './fixtures/sample-run.ts';
import { jsonPieces } from './json-pieces.ts';

const shout = (_: string, value: unknown): unknown => (typeof value === 'string' ? value.toUpperCase() : value);

describe('JSON in pieces', () => {
  it.prop([fc.jsonValue()])('property: is what JSON.stringify gives', (value) => {
    expect(joined(jsonPieces(value, shout))).toBe(JSON.stringify(value, shout));
  });

  it('of a long list, with lists in it and fields that are undefined', () => {
    const value = { list: Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? [i, { a: undefined, b: 'x' }] : i)), none: undefined, empty: [], nothing: {} };
    const pieces = [...jsonPieces(value, shout)];
    expect(joined(pieces)).toBe(JSON.stringify(value, shout));
    expect(pieces.length).toBeGreaterThan(4);
  });

  it('of lists that are made when their turn comes, wherever they stand', () => {
    const later = (list: readonly unknown[]) => ({ [Symbol.iterator]: () => list.values() });
    const value = (listOf: (list: readonly unknown[]) => unknown) => ({ long: listOf(Array.from({ length: 5000 }, (_, i) => i)), none: listOf([]), within: [1, { list: listOf(['a', { b: listOf([2]) }]) }, 'c'] });
    expect(joined(jsonPieces(value(later), shout))).toBe(JSON.stringify(value((list) => list), shout));
  });
});
