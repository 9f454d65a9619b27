import { describe, expect, it } from 'vitest';
import { chooseFrom, drawForm, drawSetting } from './draw.ts';
import type { HonestForm, Level } from './form.ts';
import { ratiosOf, secondOrder } from './ratio.ts';
import type { Setting } from './setting.ts';

const cases = 1200;

/** A drawn setting whose data lie where the behaviours ask: nothing overflows, nothing is flushed. */
function settingAt(choose: ReturnType<typeof chooseFrom>, i: number): Setting {
  const drawn = drawSetting(choose, 'float32', i);
  const scale = 2 ** (i % 21 - 10);
  const offset = [0, 1, 30, 1e3, 1e5][i % 5]!;
  return { ...drawn, program: i % 4 === 0 ? 'train-eval-double' : 'train-double', scale, offset, gradientScale: 2 ** (i % 9 - 4), gamma: 1.5, beta: -0.25, mean: 0.5, variance: 2 };
}

function sweep(level: Level): { readonly outside: string[]; readonly inexact: Record<string, number>; readonly worst: number } {
  const swept = { outside: [] as string[], inexact: {} as Record<string, number>, worst: 0 };
  for (let i = 0; i < cases; i++) {
    const choose = chooseFrom(['second-order', level, i]);
    const setting = settingAt(choose, i);
    const form = drawForm(choose, level, setting);
    const ratios = ratiosOf(setting, form)[level];
    for (const observable of secondOrder) {
      if (!(ratios[observable] <= 1)) swept.outside.push(`${observable} ${String(ratios[observable])} × the bound: ${JSON.stringify({ setting, form })}`);
      if (ratios[observable] > 0) swept.inexact[observable] = (swept.inexact[observable] ?? 0) + 1;
      swept.worst = Math.max(swept.worst, ratios[observable]);
    }
  }
  return swept;
}

describe('BN-GRAD-06 no honest implementation of the second differentiation leaves the bound of its class', () => {
  it.each(['stable', 'naive'] as const)('property: %s, over 1200 settings, and each observable errs and comes near its bound', { timeout: 60_000 }, (level) => {
    const { outside, inexact, worst } = sweep(level);
    expect(outside).toEqual([]);
    for (const observable of secondOrder) expect(inexact[observable], observable).toBeGreaterThan(cases / 3);
    expect(worst).toBeGreaterThan(0.02);
  });

  it('control: both ways to compute and every summation were among them', () => {
    const forms = Array.from({ length: cases }, (_, i): HonestForm => {
      const choose = chooseFrom(['second-order', 'naive', i]);
      return drawForm(choose, 'naive', settingAt(choose, i));
    });
    expect(new Set(forms.map(({ gradient }) => gradient)).size).toBe(3);
    expect(new Set(forms.map(({ sums }) => sums)).size).toBe(8);
  });
});
