import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { header, removeRuns, sampleLines, writeRun } from '../reports/fixtures/sample-run.ts';
import { reportFormats } from '../reports/format-names.ts';
import { writeReports } from '../reports/write.ts';
import { report } from './report.ts';

afterEach(removeRuns);

describe('report', () => {
  it('of a folder and of its file are the same bytes as the run wrote', async () => {
    const folder = await writeRun(sampleLines);
    await writeReports(folder);
    const { names } = await report(folder, { formats: reportFormats, out: join(folder, 'one') });
    await report(join(folder, 'run.ndjson'), { formats: reportFormats, out: join(folder, 'two') });
    expect(names).toHaveLength(8);
    for (const name of names) {
      const [own, one, two] = await Promise.all([folder, join(folder, 'one'), join(folder, 'two')].map((place) => readFile(join(place, name), 'utf8')));
      expect([one === own, two === own], name).toEqual([true, true]);
    }
  });

  it('goes beside its run by default, and leaves other reports', async () => {
    const folder = await writeRun(sampleLines);
    await report(folder, { formats: ['badge'] });
    expect((await report(join(folder, 'run.ndjson'), { formats: ['json'] })).folder).toBe(folder);
    expect((await readdir(folder)).sort()).toEqual(['badge.json', 'run.ndjson', 'summary.json']);
  });

  it('with a baseline its page says what changed since', async () => {
    const before = await writeRun(sampleLines.map((each) => (each.type === 'case' ? { ...each, status: 'conforms', found: 'conforms', rule: null, cause: null, deviations: [] } : each)));
    const folder = await writeRun(sampleLines);
    await report(folder, { formats: ['html'], out: join(folder, 'held'), baseline: before });
    await report(folder, { formats: ['html'] });
    const changesIn = async (place: string): Promise<unknown> => {
      const [, block] = /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(await readFile(join(place, 'index.html'), 'utf8')) ?? [];
      return (JSON.parse(block ?? '') as { readonly comparison: { readonly runners: readonly { readonly changes: readonly { readonly kind: string }[] }[] } | null }).comparison?.runners.flatMap(({ changes }) => changes.map(({ kind }) => kind)) ?? null;
    };
    expect(await changesIn(join(folder, 'held'))).toContain('regression');
    expect(await changesIn(folder)).toBeNull();
    await expect(report(folder, { formats: ['html'], baseline: join(folder, 'nowhere') })).rejects.toMatchObject({ code: 'RUN_FILE_UNREADABLE' });
  });

  it('of no format reads only', async () => {
    const folder = await writeRun(sampleLines);
    expect((await report(folder, { formats: [], out: join(folder, 'none') })).names).toEqual([]);
    expect(await readdir(folder)).toEqual(['run.ndjson']);
  });

  it('a run file may have another name', async () => {
    const folder = await writeRun(sampleLines);
    await writeFile(join(folder, 'kept'), await readFile(join(folder, 'run.ndjson')));
    expect((await report(join(folder, 'kept'), { formats: [] })).run.complete).toBe(true);
  });

  it('what is missing, broken or of another version is refused, and nothing is written', async () => {
    const folder = await writeRun(sampleLines);
    const all = { formats: reportFormats };
    await expect(report(join(folder, 'nowhere'), all)).rejects.toMatchObject({ code: 'RUN_FILE_UNREADABLE', message: expect.stringContaining('nowhere/run.ndjson') as string });
    await expect(report(join(folder, 'no.ndjson'), all)).rejects.toMatchObject({ code: 'RUN_FILE_UNREADABLE', message: expect.stringContaining('/no.ndjson:') as string });
    await expect(report(await writeRun([header({ schemaVersion: 2 })]), all)).rejects.toMatchObject({ code: 'RUN_VERSION_UNKNOWN' });
    await appendFile(join(folder, 'run.ndjson'), '{"type":\n');
    await expect(report(folder, all)).rejects.toMatchObject({ code: 'RUN_LINE_INVALID', message: expect.stringContaining('line 7') as string });
    expect(await readdir(folder)).toEqual(['run.ndjson']);
  });
});
