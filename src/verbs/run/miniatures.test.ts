import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { harnessHome } from '../../environments/home.ts';
import type { Summary } from '../../spec/generated/summary.ts';
import { packageRoot } from '../../spec/package-root.ts';
import type { RunOptions } from './options.ts';
import { run } from './run.ts';

interface Lie {
  readonly name: string;
  readonly kind: 'honest' | 'numeric' | 'conduct';
  readonly status?: keyof Summary['statuses'];
}

const { lies } = JSON.parse(await readFile(join(packageRoot, 'runners', 'miniatures', 'lies.json'), 'utf8')) as { readonly lies: readonly Lie[] };
const silent = { stage: () => undefined, progress: () => undefined };

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'bn-miniatures-'));
});
afterAll(() => rm(out, { recursive: true, force: true }));

function options(change: Partial<RunOptions>): RunOptions {
  return {
    suite: 'smoke', runners: [], python: {}, select: [], out: join(out, 'run'), strict: false, jobs: 2, threads: 1, device: 'cpu',
    timeLimitMs: 2500, home: harnessHome(process.env), command: 'miniatures.test', ...change,
  };
}

async function summaryOf(change: Partial<RunOptions>): Promise<Summary> {
  const { summary } = await run(options(change), silent, new AbortController().signal);
  return summary;
}

const minutes = 60_000;

describe('smoke against every miniature that misbehaves', () => {
  // wrong-seq lies on every case, so the smoke exchange refuses it; it has a test of its own
  const asked = lies.filter(({ name, kind }) => kind === 'conduct' && name !== 'wrong-seq');
  let summary: Summary;
  beforeAll(async () => {
    summary = await summaryOf({ runners: asked.map(({ name }) => `miniature-${name}`) });
  }, 8 * minutes);
  const ofLie = (name: string) => summary.runners[`miniature-${name}@1.0`];

  it.each(asked.filter(({ status }) => status !== 'conforms'))('$name is $status, and the other cases go on', ({ name, status }) => {
    const { planned, statuses } = ofLie(name) ?? { planned: 0, statuses: undefined };
    const culprits = statuses?.[status ?? 'garbled'] ?? 0;
    expect(culprits).toBeGreaterThan(0);
    expect(statuses?.conforms).toBe(planned - culprits);
  });

  it.each(asked.filter(({ status }) => status === 'conforms'))('$name conforms throughout', ({ name }) => {
    expect(ofLie(name)).toMatchObject({ findings: [], statuses: { conforms: ofLie(name)?.planned } });
  });

  it('the statuses add up to the plan', () => {
    const sum = (counts: Summary['statuses']): number => Object.values<number>({ ...counts }).reduce((total, count) => total + count, 0);
    expect(sum(summary.statuses)).toBe(summary.planned);
    expect(Object.values(summary.runners).map(({ statuses }) => sum(statuses))).toEqual(Object.values(summary.runners).map(({ planned }) => planned));
  });
});

describe('miniatures by themselves', () => {
  it('wrong-seq fails the smoke exchange: the runner is broken, not the framework', async () => {
    await expect(summaryOf({ runners: ['miniature-wrong-seq'] })).rejects.toMatchObject({ code: 'RUNNER_BROKEN' });
  }, 2 * minutes);

  it('the honest one conforms on the whole of core, but for bfloat16, which numpy lacks', async () => {
    const { summary, run: { runners } } = await run(options({ suite: 'core', runners: ['miniature-honest'] }), silent, new AbortController().signal);
    const narrow = runners.flatMap(({ cases }) => cases).filter(({ id }) => /\/(dtype|input)=bfloat16/.test(id)).length;
    expect(summary).toMatchObject({ gate: 'pass', statuses: { conforms: summary.planned - narrow, unsupported: narrow } });
    expect(summary.planned).toBeGreaterThan(7000);
  }, 4 * minutes);
});
