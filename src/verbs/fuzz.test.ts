import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { harnessHome } from '../environments/home.ts';
import { fuzz } from './fuzz.ts';
import { formatFuzz } from './fuzz/describe.ts';
import { foundText, readFound } from './fuzz/found-file.ts';
import { type FuzzOptions, type FuzzOutcome, newClusters } from './fuzz/options.ts';
import { named } from './fuzz/question.ts';
import { caseOf, type Recipe } from './fuzz/recipe.ts';

const home = harnessHome(process.env);
const silent = { stage: () => undefined, progress: () => undefined };
const minutes = 60_000;

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'bn-fuzz-'));
});
afterAll(() => rm(out, { recursive: true, force: true }));

function ask(folder: string, change: Partial<FuzzOptions>): Promise<FuzzOutcome> {
  const options: FuzzOptions = { runners: [], python: {}, runs: 100, seed: 1, out: join(out, folder), cases: [], threads: 1, device: 'cpu', timeLimitMs: 60_000, home, ...change };
  return fuzz(options, silent, new AbortController().signal);
}

describe('fuzz against miniatures', () => {
  it('control: the honest one conforms wherever the question can be judged, and nothing is written', async () => {
    const outcome = await ask('honest', { runners: ['miniature-honest'], runs: 600 });
    expect(newClusters(outcome)).toBe(0);
    expect(outcome.runners[0]?.statuses.conforms).toBeGreaterThan(500);
    expect(await readdir(out)).not.toContain('honest');
  }, 2 * minutes);

  it('BN-STATE-03 the biased running variance is found, made simple, and written so that --case shows it again', async () => {
    const outcome = await ask('biased', { runners: ['miniature-biased-running-variance'], runs: 60 });
    const cluster = outcome.runners[0]?.clusters.find(({ finding }) => finding.cause === 'biased-running-variance');
    expect(cluster?.found?.origin).toMatchObject({ cause: 'biased-running-variance', rule: 'BN-STATE-03', oracle: 'agrees' });
    const file = cluster?.found?.caseFile ?? '';
    const question = readFound(file);
    expect([question.program.length, question.ranks[0]?.inputs[0]?.data.length]).toEqual([1, 2]);
    const again = await ask('again', { runners: ['miniature-biased-running-variance'], cases: [file] });
    expect(again.runners[0]?.clusters.map(({ finding }) => [finding.cause, finding.example])).toEqual([['biased-running-variance', question.id]]);
    expect(newClusters(await ask('honest', { runners: ['miniature-honest'], cases: [file] }))).toBe(0);
  }, 2 * minutes);

  it('the text says new findings first, the simplest case, the files, and the number of new ones', async () => {
    const outcome = await ask('text', { runners: ['miniature-fresh-variance-zero'], runs: 60 });
    expect(formatFuzz(outcome).replaceAll(out, 'OUT')).toMatch(new RegExp([
      '^miniature-fresh-variance-zero@1.0: 60 runs, seed 1, [\\d.]+ s: [^\\n]*conforms[^]*',
      '  NEW    violates fresh-variance-zero under BN-STATE-01: \\d+ runs, worst [^\\n]+ × the bound\\n',
      '         simplest: batchnorm1d [^\\n]*: running_var\\[0\\] at step -1 = 0, expected 1[^\\n]*\\n',
      '         the exact oracle [^\\n]* about the expected values\\n',
      '         OUT/text/miniature-[0-9a-f]{12}.json\\n[^]*\\d+ new findings?\\n$',
    ].join('')));
  }, 2 * minutes);

  it('a case file that was changed by hand is refused, with what is wrong', async () => {
    const path = join(out, 'broken.json');
    await writeFile(path, '{ "schemaVersion": 1, "layer": "batchnorm1d" }');
    await expect(ask('broken', { cases: [path] })).rejects.toMatchObject({ code: 'FILE_INVALID' });
    await expect(ask('broken', { cases: [join(out, 'absent.json')] })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

describe('fuzz against the real frameworks', () => {
  it.each(['pytorch', 'mindspore'])('%s: what is known is found again and is not new under that cause', async (runner) => {
    const oneValue: Recipe = { seed: 1, layer: 'batchnorm1d', shape: [1, 3], program: 'train', statistics: 'tracked', momentum: 0.1, eps: 1e-5, affine: true, dtype: 'float32', layout: 'contiguous', start: 'default', x: ['unit'], dy: 'unit' };
    const path = join(out, 'one-value.json');
    await writeFile(path, foundText(named(caseOf(oneValue, ''))));
    const outcome = await ask('known', { runners: [runner], cases: [path] });
    const cause = runner === 'pytorch' ? 'state-changed-by-refused-call' : 'nan-state-from-one-value';
    expect([newClusters(outcome), outcome.runners[0]?.clusters.map(({ finding }) => finding.cause)]).toEqual([0, [cause]]);
  }, 4 * minutes);
});
