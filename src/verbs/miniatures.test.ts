import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statuses } from '../diff/verdict.ts';
import { harnessHome } from '../environments/home.ts';
import type { RunnerSummary, Summary } from '../spec/generated/summary.ts';
import { run } from './run/run.ts';
import { runOptions, silentListener } from './run/run-options.fixture.ts';
import { runnersFolder } from './runners-folder.ts';

interface Lie {
  readonly name: string;
  readonly kind: 'honest' | 'numeric' | 'conduct';
  /** Of a numeric lie: the rule that it breaks, and its cause. */
  readonly breaks?: string;
  readonly cause?: string;
  /** Of a conduct lie: the status of the cases that it spoils. */
  readonly status?: string;
}

const { lies } = JSON.parse(readFileSync(join(runnersFolder, 'miniatures', 'lies.json'), 'utf8')) as { lies: readonly Lie[] };
const home = harnessHome(process.env);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-miniatures-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function readSummary(out: string): Summary {
  return JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
}

function only(summary: Summary): RunnerSummary {
  const [runner, ...others] = Object.values(summary.runners);
  if (runner === undefined || others.length > 0) throw new TypeError('expected one runner');
  return runner;
}

/** Counts above zero, by status. */
function counted(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

/** All liars in one run of the smoke suite, each a runner of its own; those that spoil every exchange do not come that far. */
describe('smoke', () => {
  const asked = lies.filter(({ name }) => name !== 'wrong-seq');
  let summary: Summary;

  beforeAll(async () => {
    const out = join(folder, 'smoke');
    await run(runOptions({ out, home, runners: asked.map(({ name }) => `miniature-${name}`), timeLimitMs: 2000 }), silentListener, new AbortController().signal);
    summary = readSummary(out);
  }, 300_000);

  const of = (name: string): RunnerSummary => {
    const found = summary.runners[`miniature-${name}@1.0`];
    if (found === undefined) throw new TypeError(`expected miniature-${name}`);
    return found;
  };

  it('planned is the sum of all statuses, for each miniature and for all', () => {
    const sum = (counts: Readonly<Record<string, number>>) => statuses.reduce((total, status) => total + (counts[status] ?? 0), 0);
    expect(Object.values(summary.runners).map(({ planned, statuses: counts }) => sum(counts) - planned)).toEqual(asked.map(() => 0));
    expect(sum(summary.statuses)).toBe(summary.planned);
  });

  it('the honest one conforms in every case, and the liars fail the gate', () => {
    const honest = of('honest');
    expect(counted(honest.statuses)).toEqual({ conforms: honest.planned });
    expect(honest.findings).toEqual([]);
    expect(summary.gate).toBe('fail');
  });

  it.each(asked.filter(({ kind }) => kind === 'numeric'))('$breaks $name is caught, and its first finding is $cause', ({ name, breaks, cause }) => {
    const { findings } = of(name);
    expect(findings[0]).toMatchObject({ cause, rule: breaks });
  });

  it.each(asked.filter(({ kind }) => kind === 'conduct'))('$name: $status, and the other cases go on', ({ name, status = '' }) => {
    const { planned, statuses: counts } = of(name);
    const { conforms = 0, [status]: spoilt = 0, ...others } = counted(counts);
    expect(others).toEqual({});
    if (status === 'conforms') expect(conforms).toBe(planned);
    else expect([spoilt > 0, conforms > spoilt, conforms + spoilt]).toEqual([true, true, planned]);
  });
});

describe('a runner that spoils every exchange', () => {
  it('is broken: the run says so and leaves a file whose cases were not run', async () => {
    const out = join(folder, 'wrong-seq');
    const asked = run(runOptions({ out, home, runners: ['miniature-wrong-seq'] }), silentListener, new AbortController().signal);
    await expect(asked).rejects.toMatchObject({ name: 'UserError', code: 'RUNNER_BROKEN' });
    const summary = readSummary(out);
    expect(counted(only(summary).statuses)).toEqual({ 'not-run': summary.planned });
    expect(summary.gate).toBe('fail');
  });
});

describe('core', () => {
  it('the honest miniature conforms in every case', async () => {
    const out = join(folder, 'core');
    await run(runOptions({ out, home, suite: 'core', runners: ['miniature-honest'] }), silentListener, new AbortController().signal);
    const summary = readSummary(out);
    expect(only(summary).findings).toEqual([]);
    expect(counted(summary.statuses)).toEqual({ conforms: summary.planned });
    expect([summary.gate, summary.reasons]).toEqual(['pass', []]);
    expect(summary.planned).toBeGreaterThan(7000);
  }, 180_000);
});
