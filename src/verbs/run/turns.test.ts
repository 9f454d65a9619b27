import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTurns, type Job } from './turns.ts';

const roomy = { jobs: 10, rests: 10 };
const never = (error: unknown): void => { throw error as Error; };

/** As a hard case holds up the judge. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** A job that leaves nothing. */
const whole = (job: () => unknown): Job => () => {
  job();
  return undefined;
};

describe('jobs that wait their turn', () => {
  it('are done in order, all of them, none before the caller has gone on', async () => {
    const turns = createTurns(roomy, never);
    const done: number[] = [];
    for (let i = 0; i < 100; i++) turns.add(1, whole(() => done.push(i)));
    expect(done).toEqual([]);
    await turns.done();
    expect(done).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('let others have a turn between two that take long', async () => {
    const turns = createTurns(roomy, never);
    const seen: string[] = [];
    turns.add(1, whole(() => { work(6); seen.push('first'); }));
    turns.add(1, whole(() => seen.push('second')));
    await turn();
    seen.push('another');
    await turns.done();
    expect(seen).toEqual(['first', 'another', 'second']);
  });

  it('make who adds them wait while there is no room', async () => {
    const turns = createTurns({ jobs: 3, rests: 3 }, never);
    const seen: string[] = [];
    for (const name of ['a', 'b', 'c']) turns.add(1, whole(() => { work(6); seen.push(name); }));
    await turns.room();
    expect(seen).toEqual(['a']);
    await turns.done();
  });

  it('leave what takes long until no other waits, even one that comes meanwhile', async () => {
    const turns = createTurns(roomy, never);
    const seen: string[] = [];
    const leaving = (name: string): Job => () => { seen.push(name); return () => { work(6); seen.push(`rest of ${name}`); }; };
    turns.add(1, leaving('a'));
    turns.add(1, leaving('b'));
    await turn();
    turns.add(1, whole(() => seen.push('c')));
    await turns.done();
    expect(seen).toEqual(['a', 'b', 'rest of a', 'c', 'rest of b']);
  });

  it('make who adds them wait while too many rests are left', async () => {
    const turns = createTurns({ jobs: 10, rests: 2 }, never);
    const seen: string[] = [];
    for (const name of ['a', 'b']) turns.add(1, () => () => { work(6); seen.push(name); });
    await turn();
    expect(seen).toEqual(['a']);
    turns.add(1, () => () => { work(6); seen.push('c'); });
    await turn();
    await turns.room();
    expect(seen).toContain('b');
    await turns.done();
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('go on after one that throws, and tell of it', async () => {
    const errors: unknown[] = [];
    const seen: string[] = [];
    const turns = createTurns(roomy, (error) => errors.push(error));
    turns.add(1, whole(() => { throw new Error('no more disk'); }));
    turns.add(1, whole(() => seen.push('after')));
    await turns.done();
    expect([errors, seen]).toEqual([[new Error('no more disk')], ['after']]);
  });

  it('are done at once where there is none', async () => {
    await expect(createTurns(roomy, never).done()).resolves.toBeUndefined();
  });
});
