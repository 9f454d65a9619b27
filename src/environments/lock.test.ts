import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownHolder, stateOf } from './holder.ts';
import { tryLock } from './lock.ts';

let path: string;
beforeEach(() => { path = join(mkdtempSync(join(tmpdir(), 'bn-lock-')), 'thing'); });
afterEach(() => { rmSync(join(path, '..'), { recursive: true }); });

const ignore = () => undefined;

/** As if nobody had touched the lock for a day, or somebody had set the clock. */
function age(): void {
  utimesSync(`${path}.lock`, new Date(Date.now() - 86_400_000), new Date(Date.now() - 86_400_000));
}

describe('a lock', () => {
  it('of a living process holds, however old it looks', async () => {
    const letGo = await tryLock(path, ignore);
    age();
    expect(await tryLock(path, ignore)).toBeNull();
    await letGo?.();
    expect([existsSync(`${path}.lock`), existsSync(`${path}.holder`)]).toEqual([false, false]);
  });

  it('of a process that died is taken over at once, by one of many', async () => {
    mkdirSync(`${path}.lock`);
    writeFileSync(`${path}.holder`, JSON.stringify({ ...ownHolder(), began: '1' }));
    const taken = await Promise.all(Array.from({ length: 8 }, () => tryLock(path, ignore)));
    const [mine] = taken.filter((each) => each !== null);
    expect(taken.filter((each) => each === null)).toHaveLength(7);
    expect(JSON.parse(readFileSync(`${path}.holder`, 'utf8'))).toEqual(ownHolder());
    await mine?.();
  });

  it('of who knows whom holds while it is fresh', async () => {
    mkdirSync(`${path}.lock`);
    writeFileSync(`${path}.holder`, JSON.stringify({ ...ownHolder(), machine: 'another' }));
    expect(await tryLock(path, ignore)).toBeNull();
    age();
    const letGo = await tryLock(path, ignore);
    expect(letGo).not.toBeNull();
    await letGo?.();
  });
});

describe('a holder', () => {
  it.each([
    [JSON.stringify(ownHolder()), 'living'], [JSON.stringify({ ...ownHolder(), began: '1' }), 'dead'], [JSON.stringify({ ...ownHolder(), pid: 2 ** 30 }), 'dead'],
    [JSON.stringify({ ...ownHolder(), machine: 'another' }), 'unknown'], [JSON.stringify({ ...ownHolder(), began: null }), 'unknown'], ['{"pid":-5', 'unknown'], ['', 'unknown'],
  ])('%s is %s', (text, state) => {
    expect(stateOf(text)).toBe(state);
  });
});
