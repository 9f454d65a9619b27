import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { createTextIndex } from './text-index.ts';

/** For each text the place of the first equal one, or −1; as a map says it. */
function expected(texts: readonly string[]): readonly number[] {
  const first = new Map<string, number>();
  return texts.map((text, place) => {
    const before = first.get(text) ?? -1;
    if (before < 0) first.set(text, place);
    return before;
  });
}

const placesOf = (texts: readonly string[], hash?: (text: string) => number): readonly number[] => {
  const index = createTextIndex((place) => texts[place]!, hash);
  return texts.map((text, place) => index.add(text, place));
};

describe('an index of texts that are made again', () => {
  it.prop([fc.array(fc.string({ maxLength: 2 }))])('property: finds the first equal text, as a map does', (texts) => {
    expect(placesOf(texts)).toEqual(expected(texts));
  });

  it('more texts than its first table has room for', () => {
    const texts = Array.from({ length: 5000 }, (_, i) => `case=${String(i % 3000)}`);
    expect(placesOf(texts)).toEqual(expected(texts));
  });

  it('texts that hash alike are told apart', () => {
    const texts = ['a', 'b', 'a', 'c', 'b'];
    expect(placesOf(texts, () => -7)).toEqual([-1, -1, 0, -1, 1]);
  });
});
