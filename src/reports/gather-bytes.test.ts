import { describe, expect, it } from 'vitest';
import { gatherBytes } from './gather-bytes.ts';

describe('texts gathered as bytes', () => {
  it('come out in order, as UTF-8, each once', () => {
    const gathered = gatherBytes(16);
    const texts = ['a', 'ä', '→', '😀', ''];
    const counts = texts.map((text) => gathered.add(text));
    expect(counts).toEqual([1, 3, 6, 10, 10]);
    expect(new TextDecoder().decode(gathered.take().bytes)).toBe(texts.join(''));
    expect(gathered.take().bytes).toHaveLength(0);
  });

  it('hold what is longer than the capacity', () => {
    const gathered = gatherBytes(4);
    const texts = ['→'.repeat(3), 'b'.repeat(1000), '→'.repeat(500)];
    texts.forEach((text) => gathered.add(text));
    expect(new TextDecoder().decode(gathered.take().bytes)).toBe(texts.join(''));
  });

  it('are not written over before their memory is given back, and their memory serves again afterwards', () => {
    const gathered = gatherBytes(8);
    gathered.add('first');
    const first = gathered.take();
    gathered.add('other');
    const second = gathered.take();
    expect(new TextDecoder().decode(first.bytes)).toBe('first');
    first.giveBack();
    gathered.take().giveBack();
    gathered.add('third');
    expect(gathered.take().bytes.buffer).toBe(first.bytes.buffer);
    expect(new TextDecoder().decode(second.bytes)).toBe('other');
  });
});
