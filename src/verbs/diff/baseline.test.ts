import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { caseIds, facts, footer, header, line, removeRuns, violation, writeRun } from '../../reports/fixtures/sample-run.ts';
import { openBaseline } from './baseline.ts';

afterEach(removeRuns);

const passes = { gate: 'pass', reasons: [], warnings: [] } as const;
const [own, other] = ['miniature-biased-variance@1.0', 'miniature-biased-variance@2.0'];
const lines = [header(), facts(), line(0), violation(1), line(2), footer()];

const idAt = (index: number): string => caseIds[index] ?? '';

describe('a baseline', () => {
  it('makes each regression a reason to fail, of another version and plan order too; what failed before or is new is none', async () => {
    const ids = [caseIds[2], caseIds[1], 'batchnorm1d/norm/x/data=new'];
    const baseline = await openBaseline(await writeRun(lines), [other], (index) => ids[index] ?? '', false);
    for (const index of [0, 1, 2]) baseline.add(violation(index, { runner: other }));
    expect(baseline.decide({ ...passes, reasons: ['3 violates'] })).toEqual({ gate: 'fail', reasons: ['3 violates', `1 regression of ${other} against the baseline`], warnings: [] });
  });

  it('control: without a regression the decision stands', async () => {
    const baseline = await openBaseline(await writeRun(lines), [own], idAt, false);
    for (const each of [line(0), violation(1), line(2)]) baseline.add(each);
    expect(baseline.decide(passes)).toBe(passes);
  });

  it('under --strict inaccurate is a regression', async () => {
    const place = await writeRun(lines);
    for (const strict of [false, true]) {
      const baseline = await openBaseline(place, [own], idAt, strict);
      baseline.add(line(0, { status: 'inaccurate', found: 'inaccurate' }));
      expect(baseline.decide(passes).gate).toBe(strict ? 'fail' : 'pass');
    }
  });

  it('stands in memory: the run may replace its file', async () => {
    const folder = await writeRun(lines);
    const baseline = await openBaseline(join(folder, 'run.ndjson'), [own], idAt, false);
    await rm(join(folder, 'run.ndjson'));
    baseline.add(violation(2));
    expect(baseline.decide(passes).gate).toBe('fail');
  });

  it('of other frameworks, or not there, is refused before anything starts', async () => {
    const folder = await writeRun(lines);
    await expect(openBaseline(folder, ['pytorch@2.13.0'], idAt, false)).rejects.toMatchObject({ code: 'DIFF_NOTHING_IN_COMMON' });
    await expect(openBaseline(join(folder, 'nowhere'), [own], idAt, false)).rejects.toMatchObject({ code: 'RUN_FILE_UNREADABLE' });
  });
});
