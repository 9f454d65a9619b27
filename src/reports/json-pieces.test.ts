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
});
