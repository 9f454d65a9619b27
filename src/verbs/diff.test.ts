import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { caseIds, facts, footer, header, line, removeRuns, titles, violation, writeRun } from '../reports/fixtures/sample-run.ts';
import type { RunLine } from '../reports/run.ts';
import { diffMarkdown } from './diff/markdown.ts';
import { diffText } from './diff/text.ts';
import { diffRuns, hasRegressed } from './diff.ts';

afterEach(removeRuns);

const passed = footer({ gate: 'pass', reasons: [] });
const cases = [...caseIds.slice(0, 3), 'batchnorm1d/norm/x/data=a', 'batchnorm1d/norm/x/data=b', 'batchnorm1d/norm/x/data=c', 'batchnorm1d/norm/x/data=d'];
const later = 'miniature-biased-variance@1.1';

/** The same line of the later version. */
const of = (runner: string) => (each: RunLine): RunLine => ('runner' in each ? { ...each, runner } : each);
const ratio = (stable: number) => ({ accuracy: [{ observable: 'y' as const, graded: 4, ungradable: 0, stable, naive: 0 }] });

/** Every kind of change at once. */
async function richPair(): Promise<readonly [string, string]> {
  const before = await writeRun([
    header({ cases: cases.slice(0, 6), runners: [{ runner: 'miniature-biased-variance@1.0', excluded: [] }, { runner: 'other@1', excluded: ['batchnorm1d'] }] }), facts(),
    line(0), violation(1), line(2), violation(3, { cause: 'eps-ignored' }), line(4, ratio(0.1)), line(5), line(2, { runner: 'other@1' }), footer(),
  ]);
  const after = await writeRun([
    header({ cases: [...cases.slice(0, 5), ...cases.slice(6)], seed: 2, runners: [{ runner: later, excluded: [] }] }),
    ...[facts({ version: '1.1' }), violation(0), line(1), line(2, { status: 'unsupported', found: 'unsupported', reason: 'no' }), violation(3), line(4, ratio(0.7)), line(5)].map(of(later)), footer(),
  ]);
  return [before, after];
}

describe('diff of two runs', () => {
  it('golden: every kind of change, worst first, totals last', async () => {
    expect(diffText(await diffRuns(...await richPair()), titles)).toMatchInlineSnapshot(`
      "miniature-biased-variance@1.0 → miniature-biased-variance@1.1
        1 regression: passed, and fails now
          conforms → violates, biased-running-variance (BN-STATE-03) (1 case)
            such as batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit
            BN-STATE-03 running variance stores the unbiased batch variance
            miniature-biased-variance 1.1: running_var[0] = 1.0249999762, accepted [1.0666660, 1.0666673], 6.2e4 × the bound
            cause: biased-running-variance explains the 1 deviating element: running variance stores the biased batch variance (divisor n, not n − 1)
            rerun: npm run conformance -- --runner miniature-biased-variance@1.1 --select 'batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit'
        1 case with another cause or rule
          violates, eps-ignored (BN-STATE-03) → biased-running-variance (BN-STATE-03) (1 case)
            such as batchnorm1d/norm/x/data=a
        1 case newly unsupported
          conforms → unsupported (1 case)
            such as batchnorm2d/norm/output/mode=train/shape=4x3x2x2/data=unit
        1 case whose error grew by more than a quarter of the bound
          batchnorm1d/norm/x, at most 0.1 → 0.7 × the bound (1 case)
            such as batchnorm1d/norm/x/data=b
        1 case gone
          batchnorm1d/norm/x (1 case)
            such as batchnorm1d/norm/x/data=c
        1 fix: deviated, and conforms now
          violates → conforms, biased-running-variance (BN-STATE-03) (1 case)
            such as batchnorm1d/state/running-var/mode=train/shape=4x3/momentum=0.1/data=unit
        1 case new
          batchnorm1d/norm/x (1 case)
            such as batchnorm1d/norm/x/data=d

      note: seeds 1 and 2: the same case is another draw of data
      note: other@1 is in the earlier run alone
      miniature-biased-variance@1.0 → miniature-biased-variance@1.1  5 in both: 1 regressed, 1 with another cause or rule, 1 newly unsupported, 1 moved, 1 fixed, 0 unchanged; 1 gone, 1 new
      1 regression
      "
    `);
  });

  it('golden: the same as Markdown', async () => {
    expect(diffMarkdown(await diffRuns(...await richPair()), titles)).toMatchInlineSnapshot(`
      "## Batch Normalization conformance: 1 regression

      * seeds 1 and 2: the same case is another draw of data
      * other@1 is in the earlier run alone

      | runner | in both | regression | changed cause | newly unsupported | moved | gone | fix | new |
      |---|---:|---:|---:|---:|---:|---:|---:|---:|
      | miniature-biased-variance@1.0 → miniature-biased-variance@1.1 | 5 | 1 | 1 | 1 | 1 | 1 | 1 | 1 |

      ### miniature-biased-variance@1.0 → miniature-biased-variance@1.1

      **1 regression: passed, and fails now**

      * conforms → violates, biased-running-variance (BN-STATE-03) (1 case), such as \`batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit\`
        * BN-STATE-03 running variance stores the unbiased batch variance
        * miniature-biased-variance 1.1: running\\_var\\[0\\] = 1.0249999762, accepted \\[1.0666660, 1.0666673\\], 6.2e4 × the bound
        * cause: biased-running-variance explains the 1 deviating element: running variance stores the biased batch variance (divisor n, not n − 1)
        * rerun: \`npm run conformance -- --runner miniature-biased-variance@1.1 --select 'batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit'\`

      **1 case with another cause or rule**

      * violates, eps-ignored (BN-STATE-03) → biased-running-variance (BN-STATE-03) (1 case), such as \`batchnorm1d/norm/x/data=a\`

      **1 case newly unsupported**

      * conforms → unsupported (1 case), such as \`batchnorm2d/norm/output/mode=train/shape=4x3x2x2/data=unit\`

      **1 case whose error grew by more than a quarter of the bound**

      * batchnorm1d/norm/x, at most 0.1 → 0.7 × the bound (1 case), such as \`batchnorm1d/norm/x/data=b\`

      **1 case gone**

      * batchnorm1d/norm/x (1 case), such as \`batchnorm1d/norm/x/data=c\`

      **1 fix: deviated, and conforms now**

      * violates → conforms, biased-running-variance (BN-STATE-03) (1 case), such as \`batchnorm1d/state/running-var/mode=train/shape=4x3/momentum=0.1/data=unit\`

      **1 case new**

      * batchnorm1d/norm/x (1 case), such as \`batchnorm1d/norm/x/data=d\`
      "
    `);
  });

  it('control: a run and itself, a folder and its file', async () => {
    const folder = await writeRun([header(), facts(), line(0), violation(1), line(2), footer()]);
    const diff = await diffRuns(folder, join(folder, 'run.ndjson'));
    expect([diffText(diff, titles), hasRegressed(diff)]).toEqual(['miniature-biased-variance@1.0  3 in both: 3 unchanged\nno regression\n', false]);
    expect(diffMarkdown(diff, titles)).toBe('## Batch Normalization conformance: no regression\n\n| runner | in both |\n|---|---:|\n| miniature-biased-variance@1.0 | 3 |\n');
  });

  it('control: turned round, the regression is a fix and the gate passes', async () => {
    const [before, after] = await richPair();
    expect(hasRegressed(await diffRuns(before, after))).toBe(true);
    const back = await diffRuns(after, before);
    expect(back.runners[0]?.changes.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      `fix ${cases[0]!}`, `regression ${cases[1]!}`, `newly-supported ${cases[2]!}`, `changed-cause ${cases[3]!}`, `new ${cases[5]!}`, `gone ${cases[6]!}`,
    ]);
    const fixed = [await writeRun([header(), violation(0), line(1), line(2), footer()]), await writeRun([header(), line(0), line(1), line(2), passed])] as const;
    expect(hasRegressed(await diffRuns(...fixed))).toBe(false);
  });

  it('a later run that is incomplete cannot say that nothing regressed', async () => {
    const [whole, half] = [await writeRun([header(), facts(), line(0), line(1), line(2), passed]), await writeRun([header(), facts(), line(0)])];
    const diff = await diffRuns(whole, half);
    expect(hasRegressed(diff)).toBe(true);
    expect(diffText(diff, titles)).toContain('note: the later run is incomplete: 2 planned cases were not run\nminiature-biased-variance@1.0  1 in both: 1 unchanged; 2 gone\n');
    expect(hasRegressed(await diffRuns(half, whole))).toBe(false);
  });

  it('many groups are cut with a count, cases that change alike are one group with its smallest case', async () => {
    const many = Array.from({ length: 30 }, (_, index) => `batchnorm1d/norm/x/case=${String(index)}`);
    const before = await writeRun([header({ cases: many }), facts(), ...many.map((_, index) => line(index)), passed]);
    const alike = await writeRun([header({ cases: many }), facts(), ...many.map((_, index) => violation(index, { elements: 40 - index })), footer()]);
    expect(diffText(await diffRuns(before, alike), titles)).toContain('    conforms → violates, biased-running-variance (BN-STATE-03) (30 cases)\n      such as batchnorm1d/norm/x/case=29\n');
    const apart = await writeRun([header({ cases: many }), facts(), ...many.map((_, index) => violation(index, { cause: `cause-${String(index)}` })), footer()]);
    const diff = await diffRuns(before, apart);
    expect([diffText(diff, titles).includes('    and 20 further groups\n'), diffMarkdown(diff, titles).includes('* and 10 further groups\n')]).toEqual([true, true]);
  });

  it('data is text: it ends no line, cell or code', async () => {
    const evil = 'a|b\n# c <d> `e`';
    const [before, after] = [await writeRun([header({ cases: [`batchnorm1d/${evil}`] }), line(0), passed]), await writeRun([header({ cases: [`batchnorm1d/${evil}`], suite: evil }), violation(0, { cause: evil }), footer()])];
    const text = diffMarkdown(await diffRuns(before, after), titles);
    expect(text.match(/^#.*/gm)).toEqual(['## Batch Normalization conformance: 1 regression', '### miniature-biased-variance@1.0']);
    expect(text.replaceAll(/(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)/g, '')).not.toContain('<d>');
  });

  it('runs without a framework in common, missing files and broken lines are refused', async () => {
    const [one, two] = [await writeRun([header(), line(0)]), await writeRun([header({ runners: [{ runner: 'other@1', excluded: [] }] })])];
    await expect(diffRuns(one, two)).rejects.toMatchObject({ code: 'DIFF_NOTHING_IN_COMMON', message: 'no framework is in both runs: miniature-biased-variance@1.0 in the earlier, other@1 in the later' });
    await expect(diffRuns(one, join(two, 'nowhere'))).rejects.toMatchObject({ code: 'RUN_FILE_UNREADABLE' });
    await expect(diffRuns(await writeRun([header({ schemaVersion: 2 })]), one)).rejects.toMatchObject({ code: 'RUN_VERSION_UNKNOWN' });
    await appendFile(join(two, 'run.ndjson'), '[]\n');
    await expect(diffRuns(one, two)).rejects.toMatchObject({ code: 'RUN_LINE_INVALID', message: expect.stringContaining('line 2') as string });
  });
});
