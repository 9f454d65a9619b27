import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, describe, expect, it } from 'vitest';
import { discrepanciesCsv } from './discrepancies-csv.ts';
import { caseIds, deviation, facts, header, joined, line, removeRuns, sampleLines, violation, writeRun } from './fixtures/sample-run.ts';
import { readRun } from './read-run.ts';
import { resultsCsv } from './results-csv.ts';
import type { Run, RunLine } from './run.ts';

afterEach(removeRuns);

async function runOf(lines: readonly RunLine[]): Promise<Run> {
  return readRun(join(await writeRun(lines), 'run.ndjson'));
}

function rowsOf(csv: string): Record<string, string>[] {
  return parse(csv, { columns: true, record_delimiter: '\r\n' });
}

describe('results.csv', () => {
  it('golden: every case of every runner, in plan order', async () => {
    expect(joined(resultsCsv(await runOf(sampleLines))).replaceAll('\r\n', '\n')).toBe(`\
runner,framework,version,case,layer,area,behaviour,status,found,rule,cause,reason,worst_stable_ratio,worst_naive_ratio,elements,duration_us
miniature-biased-variance@1.0,miniature,1.0,${caseIds[0]},batchnorm1d,state,running-var,violates,violates,BN-STATE-03,biased-running-variance,,0.25,0.125,4,12.5
miniature-biased-variance@1.0,miniature,1.0,${caseIds[1]},batchnorm1d,state,running-var,conforms,conforms,,,,0.25,0.125,4,12.5
miniature-biased-variance@1.0,miniature,1.0,${caseIds[2]},batchnorm2d,norm,output,conforms,conforms,,,,0.25,0.125,4,12.5
`);
  });

  it('cases that were not run, and runners that never spoke, have their rows too', async () => {
    const rows = rowsOf(joined(resultsCsv(await runOf([header()]))));
    expect(rows.map(({ status, framework }) => [status, framework])).toEqual([['not-run', ''], ['not-run', ''], ['not-run', '']]);
  });

  it('the worst ratio leaves out what was not graded, and is empty when nothing was', async () => {
    const accuracy = [{ observable: 'y' as const, graded: 0, ungradable: 1, stable: NaN, naive: NaN }, { observable: 'dx' as const, graded: 1, ungradable: 0, stable: Infinity, naive: 3 }];
    const rows = rowsOf(joined(resultsCsv(await runOf([header(), line(0, { accuracy }), line(1, { accuracy: [] })]))));
    expect(rows.slice(0, 2).map((row) => [row['worst_stable_ratio'], row['worst_naive_ratio']])).toEqual([['1e999', '3.0'], ['', '']]);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])('text %j is no formula to a spreadsheet', async (reason) => {
    const rows = rowsOf(joined(resultsCsv(await runOf([header(), line(0, { reason })]))));
    expect(rows[0]?.['reason']).toBe(`'${reason}`);
  });

  it('commas, quotes and line breaks come back unharmed', async () => {
    const reason = 'a, "b"\nc\r\nd';
    expect(rowsOf(joined(resultsCsv(await runOf([header(), line(0, { reason })]))))[0]?.['reason']).toBe(reason);
  });
});

describe('discrepancies.csv', () => {
  it('golden: one row per deviating observable, numbers in full precision', async () => {
    const deviations = [deviation({ ulps: 349525 }), deviation({ observable: 'y', element: 3, elements: 2, got: -0.1, expected: 1 / 3, bound: 0, ratio: Infinity, step: 2, rank: 1 })];
    const csv = joined(discrepanciesCsv(await runOf([header(), facts(), line(1), violation(0, { deviations })])));
    expect(csv.replaceAll('\r\n', '\n').replace(/(?<=variance,).*(?=\n)/g, 'HINT')).toBe(`\
case,rule,runner,version,observable,rank,step,element,elements,got,expected,bound,error_over_bound,ulps,got_text,expected_text,cause,hint
${caseIds[0]},BN-STATE-03,miniature-biased-variance@1.0,1.0,running_var,0,0,0,1,1.02499997615814,1.0666666666666667,6.5e-7,62000.0,349525.0,,,biased-running-variance,HINT
${caseIds[0]},BN-STATE-03,miniature-biased-variance@1.0,1.0,y,1,2,3,2,-0.1,0.3333333333333333,0.0,1e999,,,,biased-running-variance,HINT
`);
    expect(rowsOf(csv)[0]?.['hint']).not.toBe('');
  });

  it('known and stale deviations are listed, documented departures are not', async () => {
    const lines = [header(), violation(0, { status: 'known' }), violation(1, { status: 'stale' }), violation(2, { status: 'documented', found: 'documented' })];
    expect(rowsOf(joined(discrepanciesCsv(await runOf(lines)))).map((row) => row['case'])).toEqual([caseIds[0], caseIds[1]]);
  });

  it('an ambiguous case gets its candidates for a hint', async () => {
    const rows = rowsOf(joined(discrepanciesCsv(await runOf([header(), violation(0, { cause: 'ambiguous', candidates: ['a', 'b'] })]))));
    expect(rows[0]?.['hint']).toBe('one of: a, b');
  });

  it('control: text that a framework raised is neutralised, a negative number is not', async () => {
    const deviations = [deviation({ kind: 'unexpected', observable: 'error', element: null, got: '=cmd()', expected: 'no error', ratio: Infinity }), deviation({ got: -Infinity })];
    const rows = rowsOf(joined(discrepanciesCsv(await runOf([header(), violation(0, { deviations })]))));
    expect(rows.map((row) => [row['got'], row['got_text']])).toEqual([['', "'=cmd()"], ['-1e999', '']]);
  });
});
