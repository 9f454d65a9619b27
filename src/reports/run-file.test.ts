import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../spec/user-error.ts';
import { caseIds, deviation, evidence, facts, footer, header, line, removeRuns, sampleLines, violation, writeRun } from './fixtures/sample-run.ts';
import { readRun } from './read-run.ts';
import { unpacked } from './packed-results.ts';
import { createRunFile } from './run-file.ts';
import type { RunLine } from './run.ts';

afterEach(removeRuns);

async function pathOf(lines: readonly RunLine[]): Promise<string> {
  return join(await writeRun(lines), 'run.ndjson');
}

async function messageOf(path: string): Promise<string> {
  const error: unknown = await readRun(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  const { code, message } = error as UserError;
  return `${code} ${message.replace(path, 'FILE')}`;
}

describe('run file', () => {
  it('golden: what was written is read back in plan order', async () => {
    const run = await readRun(await pathOf(sampleLines));
    expect({ ...run.header, cases: [...run.header.cases] }).toEqual(header());
    expect(run.footer).toEqual(footer());
    expect(run.complete).toBe(true);
    expect(run.runners.map((each) => ({ ...each, cases: each.cases.map(unpacked) }))).toEqual([{
      runner: 'miniature-biased-variance@1.0', facts: facts(),
      cases: [{ ...violation(0), id: caseIds[0] }, { ...line(1), id: caseIds[1] }, { ...line(2), id: caseIds[2] }],
    }]);
  });

  it('NaN and infinities travel as words and come back as numbers, text stays text', async () => {
    const deviations = [deviation({ got: NaN, ratio: Infinity, ulps: Infinity, bound: 0 }), deviation({ kind: 'dtype', got: 'float64', expected: 'float32', ratio: -Infinity })];
    const accuracy = [{ observable: 'y' as const, graded: 0, ungradable: 4, stable: NaN, naive: Infinity }];
    const path = await pathOf([header(), violation(0, { deviations, accuracy })]);
    expect(await readFile(path, 'utf8')).toContain('"got":"NaN","expected":1.0666666666666667,"bound":0,"ratio":"Infinity"');
    const read = (await readRun(path)).runners[0]?.cases[0];
    expect([read?.deviations, read?.accuracy]).toEqual([deviations, accuracy]);
  });

  it('evidence is read back with its case; a file of a tool that gathered none has none', async () => {
    const infinite = evidence(0, [{ check: 'exact-oracle', outcome: 'reference-wrong', share: Infinity }]);
    const read = (await readRun(await pathOf([header(), facts(), violation(0), line(1), infinite, line(2), footer()]))).runners[0]?.cases;
    expect(read?.map((each) => each.evidence)).toEqual([infinite.checks, undefined, undefined]);
    expect((await readRun(await pathOf(sampleLines))).runners[0]?.cases.every((each) => !('evidence' in each))).toBe(true);
  });

  it('the home folder is written as ~', async () => {
    const path = await pathOf([header({ command: `bn-conformance run --python pytorch=${homedir()}/venv/bin/python` })]);
    expect((await readRun(path)).header.command).toBe('bn-conformance run --python pytorch=~/venv/bin/python');
  });

  it('observed tensors are kept only when asked for', async () => {
    const observed = [{ construct: {}, steps: [{ y: { dtype: 'float32', shape: [1], hex: '0000803f' } }] }];
    const path = await pathOf([header(), violation(0, { observed })]);
    expect((await readRun(path)).runners[0]?.cases[0]).not.toHaveProperty('observed');
    expect((await readRun(path, { observed: true })).runners[0]?.cases[0]?.observed).toEqual(observed);
  });

  const oddIds = ['","', 'a","b', '\\', 'a\\","', ']', '"],"runners":[', 'é', '統計', '\ud800', ''];

  it.each([
    ['ids of a plan', []], ['ids that look like the end of one', oddIds], ['a long one', ['x'.repeat(70_000)]],
  ])('a header that is longer than what is read at one time is read as a short one: %s', async (_, odd) => {
    const cases = [...Array.from({ length: 6000 }, (_each, index) => `batchnorm1d/state/x/case=${String(index)}`), ...odd, ...Array.from({ length: 6000 }, (_each, index) => `batchnorm1d/state/y/${oddIds[index % oddIds.length] ?? ''}${String(index)}`)];
    const run = await readRun(await pathOf([header({ cases, suite: '"cases":["a","b"' }), line(0), line(cases.length - 1), footer()]));
    expect([...run.header.cases]).toEqual(cases);
    expect({ ...run.header, cases: [] }).toEqual(header({ cases: [], suite: '"cases":["a","b"' }));
    expect(run.runners[0]?.cases.map(({ id }) => id)).toEqual(cases);
  });

  it.each<[string, (text: string) => string, string]>([
    ['a number in it', (text) => text.replace('"b/5999"', '5999'), 'header/cases/'], ['a list in it', (text) => text.replace('"b/5999"', '["b/5999"]'), 'header/cases/'],
    ['half of it', (text) => text.slice(0, 200_000), 'RUN_HEADER_MISSING'], ['no end', (text) => text.replace('],"runners"', ',"runners"'), 'RUN_LINE_INVALID'],
  ])('a long list of cases is refused as a short one: %s', async (_, damage, message) => {
    const path = await pathOf([header({ cases: Array.from({ length: 30_000 }, (_each, index) => `b/${String(index)}`) })]);
    await writeFile(path, damage(await readFile(path, 'utf8')));
    expect(await messageOf(path)).toContain(message);
  });

  it('many lines survive a slow disk', async () => {
    const cases = Array.from({ length: 5000 }, (_, index) => `batchnorm1d/state/x/case=${String(index)}`);
    const run = await readRun(await pathOf([header({ cases }), ...cases.map((_, index) => line(index)), footer()]));
    expect([run.complete, run.runners[0]?.cases.length]).toEqual([true, 5000]);
  });

  it('a run without footer is incomplete, and planned cases without a line were not run', async () => {
    const run = await readRun(await pathOf([header(), line(1)]));
    expect([run.complete, run.footer, run.runners[0]?.facts]).toEqual([false, null, null]);
    expect(run.runners[0]?.cases.map(({ status }) => status)).toEqual(['not-run', 'conforms', 'not-run']);
  });

  it('a footer that says complete is not believed while a case is missing', async () => {
    expect((await readRun(await pathOf([header(), line(1), footer()]))).complete).toBe(false);
  });

  it('a footer counts only at the end: a resumed run that was interrupted again has none', async () => {
    expect((await readRun(await pathOf([header(), line(1), footer({ complete: false }), line(2)]))).footer).toBeNull();
  });

  it('a last line cut in half is left out', async () => {
    const path = await pathOf([header(), facts(), line(0), line(1)]);
    await truncate(path, (await readFile(path)).length - 40);
    expect((await readRun(path)).runners[0]?.cases.map(({ status }) => status)).toEqual(['conforms', 'not-run', 'not-run']);
  });

  it('a last line that lacks only its newline counts', async () => {
    const path = await pathOf(sampleLines);
    await truncate(path, (await readFile(path)).length - 1);
    expect((await readRun(path)).complete).toBe(true);
  });

  it.each([
    ['not JSON', '{"type":\n', /^RUN_LINE_INVALID FILE, line 3: .*JSON/],
    ['an empty line', '\n', /^RUN_LINE_INVALID FILE, line 3: .*JSON/],
    ['no type', '{}\n', 'RUN_LINE_INVALID FILE, line 3: its type is missing, expected header, runner, case, evidence, footer'],
    ['an unknown type', '{"type":"toString"}\n', 'RUN_LINE_INVALID FILE, line 3: its type is "toString", expected header, runner, case, evidence, footer'],
    ['a missing field', '{"type":"footer","complete":true,"gate":"pass","reasons":[]}\n', "RUN_LINE_INVALID FILE, line 3: footer must have required property 'durationMs'"],
    ['a second header', `${JSON.stringify(header())}\n`, 'RUN_LINE_INVALID FILE, line 3: a second header'],
    ['a case twice', `${JSON.stringify(line(1))}\n`, `RUN_LINE_INVALID FILE, line 3: case '${caseIds[1]}' of runner 'miniature-biased-variance@1.0' a second time`],
    ['an index outside', `${JSON.stringify(line(4))}\n`, 'RUN_LINE_INVALID FILE, line 3: case 4 is not one of the 4 planned'],
    ['evidence twice', `${JSON.stringify(evidence(1))}\n${JSON.stringify(evidence(1))}\n`, `RUN_LINE_INVALID FILE, line 4: evidence on case '${caseIds[1]}' of runner 'miniature-biased-variance@1.0' a second time`],
    ['evidence on an index outside', `${JSON.stringify(evidence(4))}\n`, 'RUN_LINE_INVALID FILE, line 3: case 4 is not one of the 4 planned'],
    ['evidence of a stranger', `${JSON.stringify({ ...evidence(1), runner: 'a@1' })}\n`, "RUN_LINE_INVALID FILE, line 3: runner 'a@1' is not one of the header's"],
    ['an excluded layer', `${JSON.stringify(line(3))}\n`, `RUN_LINE_INVALID FILE, line 3: case '${caseIds[3]}' is not in the plan of runner 'miniature-biased-variance@1.0'`],
    ['a stranger', `${JSON.stringify(line(2, { runner: 'a@1' }))}\n`, "RUN_LINE_INVALID FILE, line 3: runner 'a@1' is not one of the header's"],
  ])('%s is an error that names file and line', async (_, text, message) => {
    const path = await pathOf([header(), line(1)]);
    await appendFile(path, text);
    expect(await messageOf(path)).toMatch(message);
  });

  it('a file that does not begin with a header, or is of another version, is refused', async () => {
    expect(await messageOf(await pathOf([facts()]))).toBe('RUN_HEADER_MISSING FILE does not begin with a header');
    expect(await messageOf(await pathOf([header({ schemaVersion: 2 })]))).toBe('RUN_VERSION_UNKNOWN FILE has schemaVersion 2, expected 1 to 1');
    const empty = await pathOf([]);
    await writeFile(empty, '{"type":"hea');
    expect(await messageOf(empty)).toBe('RUN_HEADER_MISSING FILE does not begin with a header');
    expect(await messageOf(join(empty, 'nothing'))).toMatch(/^RUN_FILE_UNREADABLE cannot read FILE/);
  });

  it('a place that cannot be written is the user\'s to mend', async () => {
    await expect(createRunFile(join(await writeRun([]), 'missing', 'run.ndjson'))).rejects.toMatchObject({ code: 'OUT_FOLDER_UNWRITABLE' });
  });

  it.runIf(process.platform === 'linux')('a full disk is reported, not swallowed', async () => {
    const file = await createRunFile('/dev/full');
    const writing = (async () => {
      for (let index = 0; index < 5000; index++) await file.write(line(index));
      await file.close();
    })();
    await expect(writing).rejects.toMatchObject({ code: 'OUT_FOLDER_UNWRITABLE' });
  });
});
