import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Case } from '../cases/case.ts';
import { drawInput } from '../cases/data.ts';
import { readGoldens } from '../cases/golden.ts';
import { question } from '../reference/question.fixture.ts';
import { simulate } from '../reference/simulate.ts';
import { packageRoot } from '../spec/package-root.ts';
import { accept, acceptCase } from './accept.ts';
import { oracleDrawn } from './oracle-question.fixture.ts';
import { holdAgainstOracle, share, sharesOf } from './oracle-share.fixture.ts';

describe('BN-NUM-02 the reference against the exact oracle', () => {
  it.each(readGoldens(join(packageRoot, 'cases', 'golden')).map((golden) => [golden.name, golden.case] as const))('golden: %s', (_, asked) => {
    const { worst, elements } = sharesOf(asked);
    expect(worst).toBeLessThan(share);
    expect(elements.bounded).toBeGreaterThan(0);
  });

  const asked = question({ program: 'train-backward', inputs: [[drawInput([1], 'unit', 'float32', [5, 2, 1])]] });
  const wide: Case = { ...asked, config: { ...asked.config, dtype: 'float64' }, ranks: asked.ranks.map(({ inputs, grads }) => ({ inputs: inputs.map((x) => ({ ...x, dtype: 'float64' })), grads: grads.map((dy) => ({ ...dy, dtype: 'float64' })) })) };

  it('control: a relative change of the input by 2⁻²⁰ would be seen in float32', () => {
    const moved = { ...asked, ranks: asked.ranks.map((rank) => ({ ...rank, inputs: rank.inputs.map((x) => ({ ...x, data: x.data.map((v) => v * (1 + 2 ** -20)) })) })) };
    expect(sharesOf(asked, acceptCase(moved)).worst).toBeGreaterThan(share);
    expect(sharesOf(asked).worst).toBeLessThan(share);
  });

  it('control: in float64 the float64 reference is not enough, the double-double one is', () => {
    expect(sharesOf(wide, accept(wide, simulate(wide))).worst).toBeGreaterThan(share);
    expect(sharesOf(wide).worst).toBeLessThan(1e-12);
  });

  it('control: without its low parts the double-double reference is a float64 one', () => {
    const high = { ranks: acceptCase(wide).ranks.map((rank) => ({ ...rank, steps: rank.steps.map((step) => (step.kind === 'values' ? { ...step, values: step.values.map((values) => ({ ...values, low: null })) } : step)) })) };
    expect(sharesOf(wide, high).worst).toBeGreaterThan(share);
  });

  it('control: where the bound is 0 the last bit is seen', () => {
    const accepted = acceptCase(asked);
    const off = { ranks: accepted.ranks.map((rank) => ({ ...rank, construct: rank.construct.kind === 'refusal' ? rank.construct : { ...rank.construct, values: rank.construct.values.map((values) => ({ ...values, value: values.value.map((v) => v + 2 ** -52) })) } })) };
    expect(sharesOf(asked, off)).toMatchObject({ worst: Infinity, where: expect.stringMatching(/^rank 0, step -1: running_mean\[0\]/) as string });
  });

  it('control: drawn questions find that float64 is not enough for float64, and print seed and path', () => {
    expect(() => holdAgainstOracle(fc, oracleDrawn(fc, 'float64'), 100, (drawn) => accept(drawn, simulate(drawn)))).toThrow(/seed: -?\d+, path: "/);
  });
});
