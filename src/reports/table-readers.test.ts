import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironment } from '../environments/ensure.ts';
import { harnessHome } from '../environments/home.ts';
import { packageRoot } from '../spec/package-root.ts';
import { writeCsv } from './csv.ts';
import { discrepanciesCsv } from './discrepancies-csv.ts';
import { caseIds, deviation, facts, header, joined, line, removeRuns, violation, writeRun } from './fixtures/sample-run.ts';
import { readRun } from './read-run.ts';
import { resultsCsv } from './results-csv.ts';
import type { Run, RunLine } from './run.ts';

const fixtures = join(packageRoot, 'src', 'reports', 'fixtures');
const readers = ['pandas', 'duckdb'] as const;

/** A table as a reader loads it; a double is its bits. */
interface Table {
  readonly columns: readonly string[];
  readonly numeric: readonly boolean[];
  readonly rows: readonly (readonly (string | { readonly bits: string } | null)[])[];
}
type Tables = Readonly<Record<(typeof readers)[number], Table>>;

let python: string;

beforeAll(async () => {
  const request = { runner: 'table-readers', version: '1', file: join(fixtures, 'table-readers.txt') };
  ({ python } = await ensureEnvironment(request, { home: harnessHome(process.env), onProgress: () => undefined }));
}, 300_000); // the first use on a machine installs both
afterAll(removeRuns);

/** The file as both readers load it without options. */
async function load(csv: string): Promise<Tables> {
  const path = join(await writeRun([]), 'table.csv');
  await writeFile(path, csv);
  const { stdout } = await execa(python, ['-I', join(fixtures, 'read_tables.py'), path]);
  return JSON.parse(stdout) as Tables;
}

async function runOf(lines: readonly RunLine[]): Promise<Run> {
  return readRun(join(await writeRun(lines), 'run.ndjson'));
}

function bits(value: number): { readonly bits: string } {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return { bits: bytes.toString('hex') };
}

function column({ columns, rows }: Table, name: string): readonly Table['rows'][number][number][] {
  const at = columns.indexOf(name);
  return rows.map((row) => row[at] ?? null);
}

function numericColumns({ columns, numeric }: Table): readonly string[] {
  return columns.filter((_, i) => numeric[i]);
}

/** What both readers must give back unharmed: line ends, quotes, a formula, an apostrophe, letters beyond ASCII. */
const texts = ['a, "b"\nc\r\nd', "'quoted'", '=1+1', '+1', '-1', '@SUM(A1)', '\tx', 'é – 😀', 'a=1; NaN'];
const shown = (text: string): string => (/^[=+\-@\t]/.test(text) ? `'${text}` : text);

describe('results.csv in pandas and DuckDB, without options', () => {
  it('names, one row per case, numbers as numbers, bit for bit', async () => {
    const accuracy = (stable: number, naive: number) => [{ observable: 'y' as const, graded: 1, ungradable: 0, stable, naive }];
    const lines = [line(0, { accuracy: accuracy(1 / 3, 5e-324) }), line(1, { accuracy: accuracy(Infinity, Number.MAX_VALUE), durationUs: 0.1 + 0.2 }), line(2, { accuracy: accuracy(NaN, NaN), elements: 2 ** 53 })];
    const tables = await load(joined(resultsCsv(await runOf([header(), facts({ version: '2.13.0+cpu' }), ...lines]))));
    for (const table of readers.map((reader) => tables[reader])) {
      expect(table.columns).toEqual([
        'runner', 'framework', 'version', 'case', 'layer', 'area', 'behaviour', 'status', 'found', 'rule', 'cause', 'reason', 'worst_stable_ratio', 'worst_naive_ratio', 'elements', 'duration_us',
      ]);
      expect(numericColumns(table)).toEqual(expect.arrayContaining(['worst_stable_ratio', 'worst_naive_ratio', 'elements', 'duration_us']));
      expect(column(table, 'case')).toEqual(caseIds.slice(0, 3));
      expect(column(table, 'worst_stable_ratio')).toEqual([bits(1 / 3), bits(Infinity), null]);
      expect(column(table, 'worst_naive_ratio')).toEqual([bits(5e-324), bits(Number.MAX_VALUE), null]);
      expect(column(table, 'duration_us')).toEqual([bits(12.5), bits(0.1 + 0.2), bits(12.5)]);
      expect(column(table, 'elements')).toEqual([bits(4), bits(4), bits(2 ** 53)]);
      expect(column(table, 'version')).toEqual(['2.13.0+cpu', '2.13.0+cpu', '2.13.0+cpu']);
    }
  });

  it.each([0, 3, 6])('text comes back as text, formulas with their apostrophe: from %i on', async (from) => {
    const part = texts.slice(from, from + 3);
    const tables = await load(joined(resultsCsv(await runOf([header(), facts(), ...part.map((reason, index) => line(index, { reason }))]))));
    for (const reader of readers) expect(column(tables[reader], 'reason')).toEqual(part.map(shown));
  });
});

describe('discrepancies.csv in pandas and DuckDB, without options', () => {
  it('one row per deviation, numbers as numbers', async () => {
    const deviations = [
      deviation({ ulps: 349525 }), deviation({ observable: 'y', element: 3, elements: 2, got: -0.1, expected: 1 / 3, bound: 0, ratio: Infinity, step: 2, rank: 1 }),
      deviation({ got: NaN, ratio: NaN, ulps: NaN }), deviation({ got: -Infinity, bound: 5e-324 }),
    ];
    const tables = await load(joined(discrepanciesCsv(await runOf([header(), facts(), violation(0, { deviations })]))));
    for (const reader of readers) {
      const table = tables[reader];
      const none = reader === 'pandas' ? null : { bits: expect.stringMatching(/^[7f]ff8/) as string }; // pandas has one word for NaN and for nothing
      expect(table.columns).toEqual(['case', 'rule', 'runner', 'version', 'observable', 'rank', 'step', 'element', 'elements', 'got', 'expected', 'bound', 'error_over_bound', 'ulps', 'got_text', 'expected_text', 'cause', 'hint']);
      expect(numericColumns(table)).toEqual(expect.arrayContaining(['rank', 'step', 'element', 'elements', 'got', 'expected', 'bound', 'error_over_bound', 'ulps']));
      expect(column(table, 'got')).toEqual([bits(1.02499997615814), bits(-0.1), none, bits(-Infinity)]);
      expect(column(table, 'expected')).toEqual([16 / 15, 1 / 3, 16 / 15, 16 / 15].map(bits));
      expect(column(table, 'bound')).toEqual([6.5e-7, 0, 6.5e-7, 5e-324].map(bits));
      expect(column(table, 'error_over_bound')).toEqual([bits(62000), bits(Infinity), none, bits(62000)]);
      expect(column(table, 'ulps')).toEqual([bits(349525), null, none, null]);
      expect(column(table, 'step')).toEqual([0, 2, 0, 0].map(bits));
    }
  });

  it('any double comes back with its bits', async () => {
    const numbers = fc.sample(fc.double({ noNaN: true }), { seed: 7, numRuns: 500 }).map((value) => value + 0); // the file has no −0
    const tables = await load(joined(discrepanciesCsv(await runOf([header(), facts(), violation(0, { deviations: [0.5, ...numbers].map((got) => deviation({ got })) })]))));
    for (const reader of readers) expect(column(tables[reader], 'got')).toEqual([0.5, ...numbers].map(bits));
  });

  it('what a framework raised is text, and no formula', async () => {
    const deviations = texts.map((got) => deviation({ kind: 'unexpected', observable: 'error', element: null, got, expected: 'no error', ratio: Infinity }));
    const tables = await load(joined(discrepanciesCsv(await runOf([header(), facts(), violation(0, { deviations })]))));
    for (const reader of readers) {
      expect(column(tables[reader], 'got_text')).toEqual(texts.map(shown));
      expect(column(tables[reader], 'element')).toEqual(texts.map(() => null));
      expect(column(tables[reader], 'error_over_bound')).toEqual(texts.map(() => bits(Infinity)));
    }
  });

  it('numbers beside what a framework raised stay numbers, whichever comes first', async () => {
    const raised = deviation({ kind: 'unexpected', observable: 'error', element: null, got: '=cmd()', expected: 'no error', ratio: Infinity });
    const tables = await load(joined(discrepanciesCsv(await runOf([header(), facts(), violation(0, { deviations: [raised, deviation({ got: 0.1 })] })]))));
    for (const reader of readers) {
      expect([column(tables[reader], 'got'), column(tables[reader], 'error_over_bound')]).toEqual([[null, bits(0.1)], [bits(Infinity), bits(62000)]]);
    }
  });

  it('whole numbers in more rows than DuckDB looks at do not round what follows', async () => {
    const whole = Array.from({ length: 21_000 }, () => deviation({ got: 1, expected: 2, bound: 0, ratio: 3 }));
    const tables = await load(joined(discrepanciesCsv(await runOf([header(), facts(), violation(0, { deviations: [...whole, deviation({ got: 0.1, ulps: 0.5 })] })]))));
    for (const reader of readers) {
      expect(['got', 'expected', 'bound', 'error_over_bound'].map((name) => column(tables[reader], name).at(-1))).toEqual([0.1, 16 / 15, 6.5e-7, 62000].map(bits));
    }
  });

  it('control: a word among the numbers makes a column text, and the test sees it', async () => {
    const tables = await load(joined(writeCsv(['mixed', 'numbers', 'sum'], [[1.5, 1.5, 0.1 + 0.2], ['none', NaN, 0.5], [2.5, 2.5, 0.5]])));
    for (const reader of readers) {
      expect(numericColumns(tables[reader])).toEqual(['numbers', 'sum']);
      expect(column(tables[reader], 'sum')[0]).not.toEqual(bits(0.3));
    }
  });
});
