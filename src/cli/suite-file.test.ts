import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../spec/generated/summary.ts';
import { cliIn, transcript } from './spawn.fixture.ts';
import { blockOf, suiteFile } from './suite-file.fixture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-suite-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The first run on a machine makes the environment of the miniatures. */
const timeout = 180_000;
const asked = (suite: string, ...more: readonly string[]) => ['run', '--suite', suite, '--runner', 'miniature-honest', '--out', join(folder, 'out'), ...more];

/** Exit code and summary of a run of the honest miniature. */
async function summaryOf(suite: string, ...more: readonly string[]): Promise<{ readonly code: number | undefined; readonly summary: Summary }> {
  const { code, stdout } = await cliIn(folder, asked(suite, ...more, '--json'));
  return { code, summary: JSON.parse(stdout) as Summary };
}

const refused = (...commands: readonly (readonly string[])[]) => transcript(folder, commands);

describe('--suite PATH.json', { timeout }, () => {
  it('a suite of the user’s own runs, and bears the name by which it was asked for', async () => {
    const path = await suiteFile(folder, 'own');
    const { code, summary } = await summaryOf(path);
    expect([code, summary.planned, summary.statuses.conforms, summary.suite]).toEqual([0, 1, 1, 'FOLDER/own.json']);
    const shown = await cliIn(folder, ['show', '**', '--run', join(folder, 'out')]);
    expect([shown.code, shown.stdout.split('\n')[0]]).toEqual([0, 'batchnorm1d/norm/output/program=train/shape=5x3/statistics=tracked/affine=true/momentum=0.1/eps=1e-5/initial=distinct/data=unit']);
  });

  it('a file that cannot be read, does not parse, or breaks the schema: exit code 2 with the place', async () => {
    await writeFile(join(folder, 'syntax.json'), '{ "schemaVersion": 1,');
    await suiteFile(folder, 'schema', { minimum: 0, blocks: [{ behaviour: 'norm/output', layers: ['batchnorm4d'], axes: {} }] });
    expect((await refused(asked('./nowhere.json'), asked('syntax.json'), asked('schema.json'))).replaceAll(/ in JSON at position .*| JSON at position .*/g, '…')).toMatchInlineSnapshot(`
      "$ run --suite ./nowhere.json --runner miniature-honest --out FOLDER/out
      error: cannot read ./nowhere.json: ENOENT: no such file or directory, open './nowhere.json' (FILE_NOT_FOUND)
        check the path and its permissions
      → 2
      $ run --suite syntax.json --runner miniature-honest --out FOLDER/out
      error: syntax.json does not parse: Expected double-quoted property name…
        correct the syntax at that place
      → 2
      $ run --suite schema.json --runner miniature-honest --out FOLDER/out
      error: schema.json is not a valid schemas/suite file
        /minimum must be >= 1, got 0
        /blocks/0/layers/0 must be equal to one of the allowed values ["batchnorm1d","batchnorm2d","batchnorm3d","syncbatchnorm"], got "batchnorm4d" (FILE_INVALID)
        correct these places; spec/schemas/suite.schema.json says what is allowed
      → 2"
    `);
  });

  it('a file that asks what nobody declared: exit code 2 before anything starts', async () => {
    const stray = await suiteFile(folder, 'stray', { blocks: [blockOf({ momentun: ['0.1'] })] });
    const value = await suiteFile(folder, 'value', { blocks: [blockOf(), blockOf({ data: ['offset-1e9'] })] });
    const word = await suiteFile(folder, 'word', { blocks: [blockOf({ affine: ['yes'] })] });
    const behaviour = await suiteFile(folder, 'behaviour', { blocks: [{ ...blockOf(), behaviour: 'norm/input' }] });
    const exclusion = await suiteFile(folder, 'exclusion', { blocks: [{ ...blockOf(), exclude: [{ when: { ranks: ['2x3'] }, rule: 'BN-STAT-01', why: 'an example' }] }] });
    const twice = await suiteFile(folder, 'twice', { blocks: [blockOf(), blockOf()] });
    const text = await refused(...[stray, value, word, behaviour, exclusion, twice].map((path) => asked(path)));
    expect(text.replaceAll(/(use one of: ).*/g, '$1…')).toMatchInlineSnapshot(`
      "$ run --suite FOLDER/stray.json --runner miniature-honest --out FOLDER/out
      error: suite 'FOLDER/stray.json', /blocks/0: behaviour 'norm/output' has no axis 'momentun' (SUITE_AXIS_UNKNOWN)
        did you mean 'momentum'? its axes are: program, shape, statistics, affine, momentum, eps, initial, data, layout, input
      → 2
      $ run --suite FOLDER/value.json --runner miniature-honest --out FOLDER/out
      error: suite 'FOLDER/value.json', case 'batchnorm1d/norm/output/program=train/shape=5x3/statistics=tracked/affine=true/momentum=0.1/eps=1e-5/initial=distinct/data=offset-1e9': axis 'data' has no value 'offset-1e9' (AXIS_VALUE)
        expected unit, tiny-variance, offset-1e2, offset-1e3, offset-1e4, offset-1e5, offset-1e6, offset-1e7, exact, two-values, constant, signed-zeros, mostly-zeros, one-outlier, tiny, subnormal, huge, one-nan, one-infinity
      → 2
      $ run --suite FOLDER/word.json --runner miniature-honest --out FOLDER/out
      error: suite 'FOLDER/word.json', case 'batchnorm1d/norm/output/program=train/shape=5x3/statistics=tracked/affine=yes/momentum=0.1/eps=1e-5/initial=distinct/data=unit': axis 'affine' has no value 'yes' (AXIS_VALUE)
        expected true, false, frozen, scale
      → 2
      $ run --suite FOLDER/behaviour.json --runner miniature-honest --out FOLDER/out
      error: suite 'FOLDER/behaviour.json' asks behaviour 'norm/input', which cases/behaviours.json does not declare (BEHAVIOUR_UNKNOWN)
        declare it, or use one of: …
      → 2
      $ run --suite FOLDER/exclusion.json --runner miniature-honest --out FOLDER/out
      error: suite 'FOLDER/exclusion.json', /blocks/0: behaviour 'norm/output' has no axis 'ranks' (SUITE_AXIS_UNKNOWN)
        its axes are: program, shape, statistics, affine, momentum, eps, initial, data, layout, input
      → 2
      $ run --suite FOLDER/twice.json --runner miniature-honest --out FOLDER/out
      error: suite 'FOLDER/twice.json' asks case 'batchnorm1d/norm/output/program=train/shape=5x3/statistics=tracked/affine=true/momentum=0.1/eps=1e-5/initial=distinct/data=unit' twice (SUITE_CASE_TWICE)
        exclude the combination in one of the two blocks
      → 2"
    `);
  });
});

describe('the minimum of cases, and the empty filter', { timeout }, () => {
  it('fewer cases than the suite records, or none: exit code 2', async () => {
    const small = await suiteFile(folder, 'small', { minimum: 2 });
    const none = await suiteFile(folder, 'none', { blocks: [] });
    expect(await refused(asked(small), asked(none))).toMatchInlineSnapshot(`
      "$ run --suite FOLDER/small.json --runner miniature-honest --out FOLDER/out
      error: miniature-honest@1.0 would be asked 1 cases of suite 'FOLDER/small.json', expected at least 2 (PLAN_TOO_SMALL)
        the suite has lost cases: restore them, or change its recorded minimum in a commit that says why
      → 2
      $ run --suite FOLDER/none.json --runner miniature-honest --out FOLDER/out
      error: miniature-honest@1.0 would be asked 0 cases of suite 'FOLDER/none.json', expected at least 1 (PLAN_TOO_SMALL)
        the suite has lost cases: restore them, or change its recorded minimum in a commit that says why
      → 2"
    `);
  });

  it('control: at the minimum it runs, and a selection need not reach it', async () => {
    const enough = await suiteFile(folder, 'enough', { minimum: 1 });
    const selected = await suiteFile(folder, 'selected', { minimum: 2 });
    expect([(await summaryOf(enough)).code, (await summaryOf(selected, '--select', '**/shape=5x3/**')).code]).toEqual([0, 0]);
  });

  it('a selection that matches nothing, is empty, or leaves nothing that the runner speaks: exit code 2', async () => {
    const own = await suiteFile(folder, 'own');
    const speechless = ['run', '--suite', 'smoke', '--runner', 'flax', '--select', 'syncbatchnorm/**', '--out', join(folder, 'out')];
    const text = await refused(asked(own, '--select', 'batchnorm2d/**'), asked(own, '--select', ''), asked(own, '--select', '**', '--select', '*'), speechless);
    expect(text).toMatchInlineSnapshot(`
      "$ run --suite FOLDER/own.json --runner miniature-honest --out FOLDER/out --select batchnorm2d/**
      error: --select 'batchnorm2d/**' matches none of the 1 planned cases (SELECT_EMPTY)
        '*' stands for one component and '**' for any number; 'list' prints the ids, the first is batchnorm1d/norm/output/program=train/shape=5x3/statistics=tracked/affine=true/momentum=0.1/eps=1e-5/initial=distinct/data=unit
      → 2
      $ run --suite FOLDER/own.json --runner miniature-honest --out FOLDER/out --select 
      error: --select '' is empty (SELECT_EMPTY)
        give a pattern of case ids, such as 'batchnorm2d/**', or leave --select out
      → 2
      $ run --suite FOLDER/own.json --runner miniature-honest --out FOLDER/out --select ** --select *
      error: --select '*' matches none of the 1 planned cases (SELECT_EMPTY)
        '*' stands for one component and '**' for any number; 'list' prints the ids, the first is batchnorm1d/norm/output/program=train/shape=5x3/statistics=tracked/affine=true/momentum=0.1/eps=1e-5/initial=distinct/data=unit
      → 2
      $ run --suite smoke --runner flax --select syncbatchnorm/** --out FOLDER/out
      error: flax@0.12.8 would be asked 0 cases of suite 'smoke', expected at least 1 (PLAN_TOO_SMALL)
        its adapter does not speak syncbatchnorm: select cases of other layers
      → 2"
    `);
  });
});

describe('mistrusted: a check that could not fail', { timeout }, () => {
  const blocks = (shape: string) => [blockOf({ shape: [shape], statistics: ['untracked'], affine: ['false'], initial: ['default'], data: ['offset-1e3'] })];

  it('so many elements around 1000 that zero and a constant lie in every interval: exit code 1', async () => {
    const { code, summary } = await summaryOf(await suiteFile(folder, 'vacuous', { blocks: blocks('12000x1') }));
    expect(code).toBe(1);
    expect(summary).toMatchObject({ gate: 'fail', reasons: ['1 mistrusted'], statuses: { mistrusted: 1, conforms: 0 } });
  });

  it('control: the same question with fewer elements conforms', async () => {
    const { code, summary } = await summaryOf(await suiteFile(folder, 'tight', { blocks: blocks('500x1') }));
    expect([code, summary.statuses.conforms]).toEqual([0, 1]);
  });
});

describe('the limit of 2 % on what cannot be graded', { timeout }, () => {
  const blocks = (data: string, count: number) => [blockOf({ data: [data] }), ...Array.from({ length: count }, (_, k) => blockOf({ program: ['eval'], eps: [`${String(k + 1)}e-5`] }))];

  it('data whose variance no float32 sum determines: the gate fails, with a reason for each observable', async () => {
    const path = await suiteFile(folder, 'offset', { blocks: blocks('offset-1e7', 0) });
    const { code, stdout } = await cliIn(folder, asked(path));
    expect(code).toBe(1);
    expect(stdout.slice(stdout.indexOf('miniature-honest@1.0  1 planned'))).toMatchInlineSnapshot(`
      "miniature-honest@1.0  1 planned: 1 conforms (100 % of the 1 offered conform)
      known 0 of 1 planned
      gate: fail
        3 of 6 elements of running_var could not be graded, above the limit of 2 %
        15 of 15 elements of y could not be graded, above the limit of 2 %
      reports: FOLDER/out"
    `);
  });

  it('the share is that of the suite: 15 elements of y pass, with a warning, beside 735 that are graded, and fail beside 720', async () => {
    const at = await cliIn(folder, asked(await suiteFile(folder, 'at', { blocks: blocks('offset-1e7', 49) })));
    expect([at.code, at.stdout.split('\n').filter((line) => line.startsWith('warning'))]).toEqual([0, ['warning: 3 of 300 elements of running_var could not be graded', 'warning: 15 of 750 elements of y could not be graded']]);
    const above = await summaryOf(await suiteFile(folder, 'above', { blocks: blocks('offset-1e7', 48) }));
    expect([above.code, above.summary.reasons]).toEqual([1, ['15 of 735 elements of y could not be graded, above the limit of 2 %']]);
  });

  it('control: the same suite on data around 1000 passes', async () => {
    const { code, summary } = await summaryOf(await suiteFile(folder, 'near', { blocks: blocks('offset-1e3', 0) }));
    expect([code, summary.reasons]).toEqual([0, []]);
  });

  it('a case of which nothing can be graded is ungradable, never a pass', async () => {
    const path = await suiteFile(folder, 'nothing', { blocks: [blockOf({ statistics: ['untracked'], initial: ['default'], data: ['offset-1e7'] })] });
    const { code, summary } = await summaryOf(path);
    expect([code, summary.statuses.ungradable, summary.statuses.conforms]).toEqual([1, 1, 0]);
    expect(summary.reasons).toEqual(['15 of 15 elements of y could not be graded, above the limit of 2 %']);
  });
});
