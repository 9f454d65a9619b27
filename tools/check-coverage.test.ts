import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { describePlan, type Listing } from '../src/verbs/list.ts';
import { loadPlan } from '../src/verbs/load-plan.ts';
import { reachOf, runnerLayers } from '../src/verbs/runner-layers.ts';
import { problemsOf, readDialects } from './check-coverage.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dialects = readDialects(`${root}/spec/dialects`);

/** As `list --json` prints it. */
async function listing(suite: string): Promise<Listing> {
  const plan = loadPlan(suite);
  return JSON.parse(JSON.stringify(describePlan(plan, await runnerLayers([]), await reachOf(plan.cases, [])))) as Listing;
}

describe('coverage, proved by a program that shares no code with the generator', () => {
  let full: Listing;
  beforeAll(async () => {
    full = await listing('full');
  });

  it('full: every combination of its strengths that can be asked, and no hole', () => {
    expect(problemsOf(full, dialects)).toEqual([]);
  }, 120_000);

  it('core: every allowed cell of its products, and no hole', async () => {
    expect(problemsOf(await listing('core'), dialects)).toEqual([]);
  });

  /** The first product and the first covering block that has impossible combinations. */
  const some = () => [full.blocks.findIndex(({ strength }) => strength === null), full.blocks.findIndex(({ strength, impossible }) => strength === 3 && impossible > 0)] as const;
  const changed = (index: number, change: (block: Listing['blocks'][number]) => Partial<Listing['blocks'][number]>): Listing =>
    ({ ...full, blocks: full.blocks.map((block, i) => (i === index ? { ...block, ...change(block) } : block)).filter((_, i) => i === index) });

  it('control: a row less fails, of a product and of a cover', () => {
    const [product, cover] = some();
    expect(problemsOf(changed(product, ({ cases }) => ({ cases: cases.slice(1) })), []).some((problem) => problem.includes('allowed cells'))).toBe(true);
    expect(problemsOf(changed(cover, ({ cases }) => ({ cases: cases.slice(1) })), []).some((problem) => problem.includes('nobody asks'))).toBe(true);
  }, 60_000);

  it('control: a cell that is excluded, a wrong sum, and a combination called impossible fail', () => {
    const [product, cover] = some();
    const told = (index: number, change: Parameters<typeof changed>[1]) => problemsOf(changed(index, change), []).join('\n');
    expect(told(product, ({ cases: [first = '', ...rest] }) => ({ cases: [first.replace(/data=[^/]*/, 'data=none'), ...rest] }))).toContain('1 cases are not allowed cells');
    expect(told(product, ({ allowed }) => ({ allowed: allowed + 1 }))).toContain('allowed cells, there are');
    expect(told(cover, ({ impossible }) => ({ impossible: impossible - 1 }))).toContain('impossible combinations, there are');
  }, 60_000);

  it('control: a value that nobody asks is a hole, whatever the listing says', () => {
    const without = { ...full, blocks: full.blocks.filter(({ axes, strength }) => strength === null && !('statistics' in axes)) };
    expect(problemsOf(without, dialects)).toContain('a hole: nobody asks statistics=batchnorm1d:untracked');
  }, 60_000);

  it('the program itself takes the listing from its input, and its exit status says whether it holds', () => {
    const run = (listed: Listing) => execaSync('node', ['tools/check-coverage.mjs'], { cwd: root, input: JSON.stringify(listed), reject: false });
    const [product] = some();
    const { stdout, exitCode } = run(changed(product, ({ cases }) => ({ cases: cases.slice(1) })));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('allowed cells');
  });
});
