import { describe, expect, it } from 'vitest';
import type { ObservedAnswer } from './answer.ts';
import { giveBack, memoryFor } from './read-memory.ts';

/** An answer with one tensor, in memory of its own or in that which was asked for. */
function answerIn(data: Float32Array | Float64Array): ObservedAnswer {
  return { kind: 'observed', seq: 0, observation: { durationUs: 1, ranks: [{ construct: {}, steps: [{ y: { dtype: 'float32', shape: [data.length], data } }] }] } };
}

const bytesOfMemory = 3 * 2 ** 19;
const filled = () => new Float32Array(memoryFor(bytesOfMemory)).fill(7);

describe('memory of large results', () => {
  it('that is given back is read into again, and who still holds it reads nothing', () => {
    const data = filled();
    giveBack(answerIn(data));
    expect([data.length, data[0]]).toEqual([0, undefined]);
    const again = new Float32Array(memoryFor(bytesOfMemory - 400));
    expect([again.byteLength, again[0]]).toEqual([bytesOfMemory, 7]);
  });

  it('that is twice as large as needed is kept for something larger', () => {
    giveBack(answerIn(filled()));
    expect(memoryFor(bytesOfMemory / 4).byteLength).toBe(bytesOfMemory / 4);
    expect(memoryFor(bytesOfMemory)).toHaveProperty('byteLength', bytesOfMemory);
  });

  it('of anybody else stays as it is', () => {
    const [own, short] = [new Float64Array(4).fill(1), new Float32Array(new ArrayBuffer(64), 8, 2).fill(2)];
    for (const data of [own, short]) giveBack(answerIn(data));
    expect([...own, ...short]).toEqual([1, 1, 1, 1, 2, 2]);
  });

  it('given back twice is one piece of memory', () => {
    const answer = answerIn(filled());
    giveBack(answer);
    giveBack(answer);
    const [first, second] = [memoryFor(bytesOfMemory), memoryFor(bytesOfMemory)];
    expect(first).not.toBe(second);
  });

  it('is not kept beyond 64 MiB', () => {
    const all = Array.from({ length: 60 }, filled);
    for (const data of all) giveBack(answerIn(data));
    const kept = Array.from(all, () => new Float32Array(memoryFor(bytesOfMemory))).filter(([first]) => first === 7);
    expect(kept.length * bytesOfMemory).toBeLessThanOrEqual(64 * 2 ** 20);
  });

  it('a failure has none', () => {
    expect(() => { giveBack({ kind: 'crashed', seq: 0, message: '', stderrTail: '' }); }).not.toThrow();
  });
});
