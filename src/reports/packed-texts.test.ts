import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { PackedTexts } from './packed-texts.ts';

function pack(texts: readonly string[]): PackedTexts {
  const packed = new PackedTexts();
  for (const text of texts) packed.add(text);
  return packed;
}

/** As ids of a plan: most begin as the one before. */
const alike = fc.array(fc.tuple(fc.constantFrom('batchnorm1d/norm/x/', 'batchnorm2d/', '', 'é'), fc.string(), fc.string({ unit: 'binary' })).map((parts) => parts.join('')), { maxLength: 300 });

describe('packed texts', () => {
  it.prop([fc.oneof(alike, fc.array(fc.string({ unit: 'binary' })))])('property: read in order as they were added', (texts) => {
    expect([...pack(texts)]).toEqual(texts);
  });

  it.prop([alike, fc.array(fc.nat(310))])('property: read in any order as they were added', (texts, order) => {
    const packed = pack(texts);
    expect(order.map((index) => packed.at(index))).toEqual(order.map((index) => texts[index]));
  });

  it.prop([alike])('property: each reads as it was while others are added', (texts) => {
    const packed = new PackedTexts();
    const read = texts.map((text, i) => { packed.add(text); return [packed.at(i), packed.at(Math.floor(i / 2))]; });
    expect(read).toEqual(texts.map((text, i) => [text, texts[Math.floor(i / 2)]]));
  });

  it('half a surrogate, letters of all kinds and texts without end are no less', () => {
    const texts = ['\ud800', 'a'.repeat(5000), 'ÿ', '統計', '', 'a'.repeat(4096), 'a'.repeat(4095)];
    expect([...pack(texts)]).toEqual(texts);
  });

  it('what is none of their places holds nothing', () => {
    const packed = pack(['a', 'b']);
    expect([-1, 2, 0.5, NaN].map((index) => packed.at(index))).toEqual([undefined, undefined, undefined, undefined]);
    expect([packed.at(1), packed.length]).toEqual(['b', 2]);
  });
});
