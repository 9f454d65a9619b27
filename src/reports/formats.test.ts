import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { removeRuns, sampleLines, writeRun } from './fixtures/sample-run.ts';
import { fileNames, parseFormats, reportFormats } from './format-names.ts';
import { renderReports } from './formats.ts';
import { readRun } from './read-run.ts';

afterEach(removeRuns);

describe('report formats', () => {
  it('a list is read in the order of writing, each format once, later lists beside earlier ones', () => {
    expect(parseFormats('html, csv,html')).toEqual(['csv', 'html']);
    expect(parseFormats('json', ['html'])).toEqual(['json', 'html']);
  });

  it.each([['htm', "did you mean 'html'? the formats are: "], ['csv,pdf', 'the formats are: '], ['', 'the formats are: '], ['csv,', 'the formats are: ']])('%j is refused', (list, hint) => {
    expect(() => parseFormats(list)).toThrow(expect.objectContaining({ code: 'FORMAT_UNKNOWN', hint: `${hint}json, csv, junit, ctrf, markdown, badge, html` }));
  });

  it('the files are those that are named', async () => {
    const run = await readRun(join(await writeRun(sampleLines), 'run.ndjson'));
    expect([...renderReports(run, reportFormats, {})].map(([name]) => name)).toEqual(fileNames(reportFormats));
    expect(fileNames(['csv', 'badge'])).toEqual(['results.csv', 'discrepancies.csv', 'badge.json']);
  });
});
