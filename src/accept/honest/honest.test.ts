import { describe, expect, it } from 'vitest';
import { acceptCase } from '../accept.ts';
import { chooseFrom, drawForm, drawSetting } from './draw.ts';
import type { HonestForm, Level } from './form.ts';
import { observed, ratiosOf } from './ratio.ts';
import { questionOf, type Setting } from './setting.ts';

/** How many cases each class of each type is asked; a case is one question to one implementation. */
const plan: readonly (readonly [dtype: Setting['dtype'], level: Level, cases: number])[] = [
  ['float32', 'stable', 15_000], ['float32', 'naive', 15_000], ['float16', 'stable', 5500], ['float16', 'naive', 5500],
  ['bfloat16', 'stable', 5500], ['bfloat16', 'naive', 5500],
];

interface Swept {
  cases: number;
  readonly outside: string[];
  /** Cases in which an observable had an error at all, by its name. */
  readonly inexact: Record<string, number>;
  readonly settings: Setting[];
  readonly forms: HonestForm[];
}

function sweep(dtype: Setting['dtype'], level: Level, cases: number): Swept {
  const swept: Swept = { cases: 0, outside: [], inexact: {}, settings: [], forms: [] };
  for (let i = 0; i < cases; i++) {
    const choose = chooseFrom(['honest', dtype, level, i]);
    const setting = drawSetting(choose, dtype, i);
    const form = drawForm(choose, level, setting);
    const ratios = ratiosOf(setting, form)[level];
    for (const observable of observed) {
      if (!(ratios[observable] <= 1)) swept.outside.push(`${observable} ${ratios[observable]} × the bound: ${JSON.stringify({ setting, form })}`);
      if (ratios[observable] > 0) swept.inexact[observable] = (swept.inexact[observable] ?? 0) + 1;
    }
    swept.cases += 1;
    swept.settings.push(setting);
    swept.forms.push(form);
  }
  return swept;
}

const done: Swept[] = [];

describe('BN-NUM-01, BN-NUM-02 no honest implementation leaves the bound of its class', () => {
  it.each(plan)('property: %s, %s, over %d cases', { timeout: 120_000 }, (dtype, level, cases) => {
    const swept = sweep(dtype, level, cases);
    done.push(swept);
    expect(swept.outside).toEqual([]);
    for (const observable of observed) expect(swept.inexact[observable], `${observable} with an error`).toBeGreaterThan(cases / 10);
  });

  it('control: at least 50000 cases were asked', () => {
    expect(done.reduce((total, { cases }) => total + cases, 0)).toBeGreaterThanOrEqual(50_000);
  });

  it('control: every way to compute was among them, and so were the ends of every range', () => {
    const forms = done.flatMap((swept) => swept.forms);
    const settings = done.flatMap((swept) => swept.settings);
    const ways = (of: (form: HonestForm) => string | boolean) => new Set(forms.map(of)).size;
    expect([ways(({ sums }) => sums), ways(({ variance }) => variance), ways(({ root }) => root), ways(({ output }) => output), ways(({ gradient }) => gradient)]).toEqual([8, 4, 3, 2, 3]);
    expect([ways(({ fused }) => fused), ways(({ flushes }) => flushes)]).toEqual([2, 2]);
    const values = (of: (setting: Setting) => number | null) => settings.map(of).filter((value) => value !== null);
    const ends = (of: (setting: Setting) => number | null) => [values(of).reduce((a, b) => Math.min(a, b)), values(of).reduce((a, b) => Math.max(a, b))];
    expect([ends(({ eps }) => eps), ends(({ momentum }) => momentum), ends(({ scale }) => scale)]).toEqual([[1e-12, 1], [0, 1], [1e-30, 1e19]]);
    expect(ends(({ offset }) => offset)[1]).toBe(1e7);
    expect(ends(({ n }) => n)[0]).toBe(2);
    expect(ends(({ n }) => n)[1]).toBeGreaterThan(950);
    expect(settings.some(({ momentum }) => momentum === null)).toBe(true);
  });
});

describe('BN-NUM-02 the stable bound is no wider than stable sums need', () => {
  /** 20000 values near 1000.3, which rounds the same way at each addition. */
  const long: Setting = {
    seed: 1, n: 20_000, program: 'train-backward', momentum: 0.1, eps: 1e-5, dtype: 'float32', offset: 1_000_300, scale: 1e-3, pattern: 'plain', gradientScale: 1,
    gradientPattern: 'plain', gamma: 1, beta: 0, mean: 0, variance: 1, edits: [],
  };
  const plain: HonestForm = { sums: 'sequential', variance: 'two-pass', root: 'reciprocal', output: 'direct', gradient: 'projected', fused: false, flushes: false };

  it('control: 20000 values of one sign summed one after the other leave the stable bound and stay inside the naive one', () => {
    const { stable, naive } = ratiosOf(long, plain);
    expect(stable.running_mean).toBeGreaterThan(1);
    expect(naive.running_mean).toBeLessThan(1);
    expect(ratiosOf(long, { ...plain, sums: 'pairwise' }).stable.running_mean).toBeLessThan(1);
  });

  it('control: every observable is compared', () => {
    const steps = acceptCase(questionOf({ ...long, n: 4 })).ranks[0]?.steps ?? [];
    const names = steps.flatMap((step) => (step.kind === 'values' ? step.values.map(({ observable }) => observable) : []));
    expect([...new Set(names)].sort()).toEqual([...observed].sort());
  });
});
