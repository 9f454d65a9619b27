import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { deviation, evidence, facts, footer, header, line, removeRuns, sampleLines, violation, writeRun } from './fixtures/sample-run.ts';
import { readRun } from './read-run.ts';
import { appendSummary, writeReports, writeReportsOf } from './write.ts';

afterEach(removeRuns);

const written = ['badge.json', 'ctrf.json', 'discrepancies.csv', 'index.html', 'junit.xml', 'results.csv', 'run.ndjson', 'summary.json', 'summary.md'];

describe('reports of a folder', () => {
  it('golden: every file is there, and nothing temporary', async () => {
    const folder = await writeRun(sampleLines);
    const { summary, run } = await writeReports(folder);
    expect((await readdir(folder)).sort()).toEqual(written);
    expect(JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8'))).toEqual(summary);
    expect(run.complete).toBe(true);
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toContain('BN-STATE-03 running variance stores the unbiased batch variance');
  });

  it('property: the same run gives the same bytes', async () => {
    const folder = await writeRun(sampleLines);
    const texts = async () => Promise.all(written.map((name) => readFile(join(folder, name), 'utf8')));
    await writeReports(folder);
    const before = await texts();
    await writeReports(folder);
    expect(await texts()).toEqual(before);
  });

  it('no file tells where the user\'s home is', async () => {
    const place = join(homedir(), 'secret');
    const deviations = [deviation({ kind: 'unexpected', observable: 'error', got: `OSError: ${place}/lib.so`, expected: 'no error' })];
    const folder = await writeRun([
      header({ command: `run --python x=${place}/python` }), facts({ build: `built in ${place}` }),
      violation(0, { deviations }), line(1, { status: 'crashed', found: 'crashed', reason: `File "${place}/adapter.py", line 1` }), line(2),
      evidence(0, [{ check: 'strided', outcome: 'no-answer', detail: `RuntimeError: ${place}/kernel.cpp:3` }]), footer({ reasons: [place] }),
    ]);
    await writeReports(folder);
    for (const name of written) expect(await readFile(join(folder, name), 'utf8'), name).not.toContain(place);
    expect(await readFile(join(folder, 'discrepancies.csv'), 'utf8')).toContain(',OSError: ~/secret/lib.so,no error,');
  });

  it('a file that cannot be replaced is the user\'s to mend, and leaves nothing behind', async () => {
    const folder = await writeRun(sampleLines);
    await mkdir(join(folder, 'results.csv', 'in-the-way'), { recursive: true });
    await expect(writeReports(folder)).rejects.toMatchObject({ code: 'OUT_FOLDER_UNWRITABLE', message: expect.stringContaining('results.csv') as string });
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('a run that is to write fewer formats removes the others, which an earlier run left', async () => {
    const folder = await writeRun(sampleLines);
    await writeReports(folder);
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await writeReports(folder, ['json', 'junit']);
    expect((await readdir(folder)).sort()).toEqual(['junit.xml', 'notes.txt', 'run.ndjson', 'summary.json']);
  });

  it('reports made later leave the others, and make their folder', async () => {
    const folder = await writeRun(sampleLines);
    const { run } = await writeReports(folder, ['json']);
    const other = join(folder, 'a', 'b');
    expect(await writeReportsOf(run, other, ['csv'])).toEqual(['results.csv', 'discrepancies.csv']);
    await writeReportsOf(run, other, ['badge']);
    expect((await readdir(other)).sort()).toEqual(['badge.json', 'discrepancies.csv', 'results.csv']);
    await expect(writeReportsOf(run, join(folder, 'summary.json'), ['csv'])).rejects.toMatchObject({ code: 'OUT_FOLDER_UNWRITABLE' });
  });

  it('the summary is appended, not written over; a place that takes none is the user\'s to mend', async () => {
    const folder = await writeRun(sampleLines);
    const run = await readRun(join(folder, 'run.ndjson'));
    const path = join(folder, 'step');
    await writeFile(path, 'before\n');
    await appendSummary(run, path);
    expect(await readFile(path, 'utf8')).toMatch(/^before\n## Batch Normalization conformance: gate failed\n/);
    await expect(appendSummary(run, folder)).rejects.toMatchObject({ code: 'OUT_FOLDER_UNWRITABLE' });
  });

  it('a folder without a run says so', async () => {
    const folder = await writeRun([]);
    await rm(join(folder, 'run.ndjson'));
    await expect(writeReports(folder)).rejects.toMatchObject({ code: 'RUN_FILE_UNREADABLE' });
  });
});
