import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, describe, expect, it } from 'vitest';
import { type Cell, writeCsv } from './csv.ts';
import { discrepanciesCsv } from './discrepancies-csv.ts';
import { caseIds, deviation, facts, footer, header, joined, line, removeRuns, violation, writeRun } from './fixtures/sample-run.ts';
import { readRun } from './read-run.ts';
import { resultsCsv } from './results-csv.ts';

afterEach(removeRuns);

/** The table as Python's csv module reads it, strictly. */
async function readByPython(csv: string): Promise<string[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'bn-csv-'));
  const path = join(folder, 'table.csv');
  await writeFile(path, csv);
  const script = 'import csv, json, sys; print(json.dumps(list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True))))';
  const rows = JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' })) as string[][];
  await rm(folder, { recursive: true });
  return rows;
}

function readByNode(csv: string): string[][] {
  return parse(csv, { record_delimiter: '\r\n' });
}

async function read(csv: string): Promise<string[][]> {
  const rows = readByNode(csv);
  expect(await readByPython(csv)).toEqual(rows);
  return rows;
}

const column = (...cells: readonly Cell[]): string => joined(writeCsv(['first', 'second'], cells.map((cell) => [cell, 'x'])));

describe('CSV', () => {
  it('golden: RFC 4180', () => {
    expect(column('plain', 'a,b', 'say "x"', 'a\nb', null, '')).toBe('first,second\r\nplain,x\r\n"a,b",x\r\n"say ""x""",x\r\n"a\nb",x\r\n,x\r\n,x\r\n');
  });

  it('two parsers read the same', async () => {
    expect(await read(column('a, "b"\nc\r\nd', ',', '"', '""\r\n', ' x ', 'é – 😀', 'a;b\tc'))).toEqual([['first', 'second'], ...['a, "b"\nc\r\nd', ',', '"', '""\r\n', ' x ', 'é – 😀', 'a;b\tc'].map((cell) => [cell, 'x'])]);
  });

  it('text is no formula to a spreadsheet', async () => {
    const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '＋1', '－1', '＠1', '=HYPERLINK("a","b")'];
    expect((await read(column(...formulas, '\u0007=1', '\u0000@x'))).slice(1).map(([cell]) => cell)).toEqual([...formulas, '=1', '@x'].map((text) => `'${text}`));
  });

  it('control: other text, and numbers, are as they were', async () => {
    expect((await read(column('a=1', '(=1)', '1-1', -1, -1e-300, -Infinity))).map(([cell]) => cell)).toEqual(['first', 'a=1', '(=1)', '1-1', '-1', '-1e-300', '-1e999']);
  });

  it('every double comes back with its bits, in both parsers', async () => {
    const numbers = [0.1, 1 / 3, Math.PI, 5e-324, 2.2250738585072014e-308, Number.MAX_VALUE, -0.1 - 0.2, 2 ** 53 + 2, 6.5e-7, 1e21, 123456789012345680000, NaN, Infinity];
    expect((await read(column(...numbers))).slice(1).map(([cell]) => Number(cell))).toEqual(numbers);
  });
});

describe('results.csv and discrepancies.csv', () => {
  it('two parsers read the same from a run whose texts are hostile', async () => {
    const reason = '=cmd|\' /C calc\'!A0\n"quoted", \u0000and, then\r\nmore';
    const deviations = [deviation({ got: 1 / 3, bound: 5e-324, ratio: Infinity }), deviation({ kind: 'unexpected', observable: 'error', element: null, got: '@bad, "worse"\n', expected: '-none' })];
    const run = await readRun(join(await writeRun([header(), facts({ framework: '+framework' }), violation(0, { deviations }), line(1, { status: 'crashed', found: 'crashed', reason }), line(2), footer()]), 'run.ndjson'));
    const results = await read(joined(resultsCsv(run)));
    expect(results.map((row) => row.length)).toEqual([16, 16, 16, 16]);
    expect([results[1]?.[1], results[2]?.[11]]).toEqual(["'+framework", '\'=cmd|\' /C calc\'!A0\n"quoted", and, then\r\nmore']);
    const discrepancies = await read(joined(discrepanciesCsv(run)));
    expect(discrepancies.slice(1).map((row) => [row[0], ...row.slice(9, 13), ...row.slice(14, 16)])).toEqual([
      [caseIds[0], '0.3333333333333333', '1.0666666666666667', '5e-324', '1e999', '', ''], [caseIds[0], '', '', '6.5e-7', '62000.0', '\'@bad, "worse"\n', "'-none"],
    ]);
  });
});
