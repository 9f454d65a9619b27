import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

const never = (error: unknown): void => { throw error as Error; };

/** As a hard case holds up the judge. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('jobs that wait their turn', () => {
  it('are done in order, all of them, none before the caller has gone on', async () => {
    const turns = createTurns(10, never);
    const done: number[] = [];
    for (let i = 0; i < 100; i++) turns.add(1, () => done.push(i));
    expect(done).toEqual([]);
    await turns.done();
    expect(done).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('let others have a turn between two that take long', async () => {
    const turns = createTurns(10, never);
    const seen: string[] = [];
    turns.add(1, () => { work(6); seen.push('first'); });
    turns.add(1, () => seen.push('second'));
    await turn();
    seen.push('another');
    await turns.done();
    expect(seen).toEqual(['first', 'another', 'second']);
  });

  it('make who adds them wait while there is no room', async () => {
    const turns = createTurns(3, never);
    const seen: string[] = [];
    for (const name of ['a', 'b', 'c']) turns.add(1, () => { work(6); seen.push(name); });
    await turns.room();
    expect(seen).toEqual(['a']);
    await turns.done();
  });

  it('go on after one that throws, and tell of it', async () => {
    const errors: unknown[] = [];
    const seen: string[] = [];
    const turns = createTurns(3, (error) => errors.push(error));
    turns.add(1, () => { throw new Error('no more disk'); });
    turns.add(1, () => seen.push('after'));
    await turns.done();
    expect([errors, seen]).toEqual([[new Error('no more disk')], ['after']]);
  });

  it('are done at once where there is none', async () => {
    await expect(createTurns(1, never).done()).resolves.toBeUndefined();
  });
});
