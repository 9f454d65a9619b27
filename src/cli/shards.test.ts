import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../spec/generated/summary.ts';
import { reportsWithoutTimes } from './same-run.fixture.ts';
import { cliIn } from './spawn.fixture.ts';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'bn-shards-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

const cli = (...args: readonly string[]) => cliIn(folder, args);
const at = (name: string) => join(folder, name);
const asked = ['run', '--suite', 'smoke', '--runner', 'miniature-eps-outside-sqrt', '--runner', 'miniature-honest'];

/** The first run on a machine makes the environment of the miniatures. */
const timeout = 180_000;

describe('three shards, merged', { timeout }, () => {
  beforeAll(async () => {
    await cli(...asked, '--out', at('whole'));
    for (const index of ['1', '2', '3']) await cli(...asked, '--shard', `${index}/3`, '--out', at(`shard-${index}`));
  }, timeout);

  it('are what an undivided run writes, byte for byte, times aside', async () => {
    const { code, stdout } = await cli('merge', at('shard-2'), at('shard-3'), at('shard-1'), '--out', at('merged'), '--json');
    const summary = JSON.parse(stdout) as Summary;
    expect([code, summary.gate, summary.planned]).toEqual([1, 'fail', (JSON.parse(readFileSync(at('whole/summary.json'), 'utf8')) as Summary).planned]);
    const parts = ['1', '2', '3'].map((index) => (JSON.parse(readFileSync(at(`shard-${index}/summary.json`), 'utf8')) as Summary).planned);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(summary.planned);
    expect(Math.min(...parts)).toBeGreaterThan(0);
    const [merged, whole] = [await reportsWithoutTimes(at('merged')), await reportsWithoutTimes(at('whole'))];
    for (const name of Object.keys(whole)) expect(merged[name] === whole[name], name).toBe(true);
    expect(Object.keys(merged)).toEqual(Object.keys(whole));
  });

  it.each<[string, readonly string[], string]>([
    ['one is missing', ['shard-1', 'shard-3'], 'of 3 shards 2 is missing (MERGE_MISSING)'],
    ['one is named twice', ['shard-1', 'shard-2', 'shard-2', 'shard-3'], 'shard 2 was named twice'],
    ['one is no shard', ['shard-1', 'shard-2', 'whole'], 'whole holds a run that is not one of several shards (MERGE_NOT_A_SHARD)'],
  ])('refused: %s', async (_, names, told) => {
    const { code, stderr } = await cli('merge', ...names.map(at), '--out', at('refused'));
    expect([code, stderr]).toEqual([2, expect.stringContaining(told)]);
  });

  it.each<[string, string, string]>([
    ['another seed', '"seed":20261121', '"seed":7'],
    ['another tool', '"version":"0.1.0"}', '"version":"0.0.9"}'],
    ['another plan', '"digest":"', '"digest":"0'],
    ['another suite', '"suite":"smoke"', '"suite":"core"'],
    ['another version of the framework', '"framework":"miniature","version":"1', '"framework":"miniature","version":"2'],
    ['another capability of the CPU', '"capability":"', '"capability":"other '],
  ])('refused: %s', async (_, from, to) => {
    cpSync(at('shard-3'), at('other'), { recursive: true });
    const text = readFileSync(at('other/run.ndjson'), 'utf8');
    expect(text).toContain(from);
    writeFileSync(at('other/run.ndjson'), text.replace(from, to));
    const { code, stderr } = await cli('merge', at('shard-1'), at('shard-2'), at('other'), '--out', at('refused'));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/differs: .*shard-1.*other.* \(MERGE_DIFFERENT\)/)]);
  });

  it('refused: a part that was interrupted, and ids that are not those of the plan', async () => {
    cpSync(at('shard-3'), at('cut'), { recursive: true });
    const lines = readFileSync(at('cut/run.ndjson'), 'utf8').trimEnd().split('\n');
    writeFileSync(at('cut/run.ndjson'), `${lines.slice(0, -4).join('\n')}\n`);
    expect((await cli('merge', at('shard-1'), at('shard-2'), at('cut'))).stderr).toMatch(/cut: the run was interrupted \(MERGE_INCOMPLETE\)\s+end it with run --resume .*cut/);
    writeFileSync(at('cut/run.ndjson'), `${lines.join('\n')}\n`.replace('batchnorm', 'batchnormal'));
    expect((await cli('merge', at('shard-1'), at('shard-2'), at('cut'))).stderr).toContain('MERGE_NOT_THE_PLAN');
  });
});

describe('--shard', () => {
  it.each(['0/3', '4/3', '1', '1/0', 'a/b', '-1/3'])('%s is refused', async (shard) => {
    const { code, stderr } = await cli(...asked, '--shard', shard);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`expected I/N, the I-th of N parts, such as 1/4, got '${shard}'`)]);
  });

  it('cannot be held against a baseline: the merged run can', async () => {
    expect((await cli(...asked, '--shard', '1/2', '--baseline', 'x')).stderr).toContain("cannot be used with option '--baseline");
  });
});
