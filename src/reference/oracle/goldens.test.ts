import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGoldens } from '../../cases/golden.ts';
import { packageRoot } from '../../spec/package-root.ts';
import { printTrajectory } from './print.ts';
import { exactTrajectory } from './trajectory.ts';

const folder = join(packageRoot, 'cases', 'golden');
const goldens = readGoldens(folder);

describe('goldens', () => {
  it.each(goldens)('$name: every figure is the exact value to 20 digits', (golden) => {
    expect(printTrajectory(exactTrajectory(golden.case), 20)).toEqual(golden.expected);
  });

  it.each(goldens)('$name: a more precise root changes no figure', (golden) => {
    expect(printTrajectory(exactTrajectory(golden.case, 512), 20)).toEqual(golden.expected);
  });

  it('control: a slightly different ε shows', () => {
    const golden = goldens.find(({ name }) => name === 'first-vector');
    if (golden === undefined) throw new Error('there is a first vector');
    const changed = { ...golden.case, config: { ...golden.case.config, eps: 1.000000000001e-5 } };
    expect(printTrajectory(exactTrajectory(changed), 20)).not.toEqual(golden.expected);
  });

  it('no file has moved, appeared or gone: cases/golden/checksums.txt holds the SHA-256 of each', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
    const sums = files.map((name) => `${createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')}  ${name}`);
    expect(sums).toEqual(readFileSync(join(folder, 'checksums.txt'), 'utf8').trimEnd().split('\n').sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)));
  });

  it.each([
    ['first-vector', 0, 'running_var', ['1.3', '1.6']],
    ['first-vector-trajectory', 2, 'running_mean', ['1.683', '1.683']],
    ['first-vector-trajectory', 2, 'running_var', ['6.093', '10.116']],
    ['first-vector-cumulative', 1, 'running_var', ['10', '17.5']],
    ['one-to-four', 0, 'running_var', ['1.06666666666667']],
    ['zero-to-eleven', 0, 'running_var', ['2.2']],
    ['constant-channel', 0, 'running_var', ['0.5', '1.16666666666667']],
    ['distinct-parameters', 1, 'dx', ['-1.25', '-4.875', '-0.25', '5.625', '0.75', '-1.875', '0.75', '1.125']],
    ['distinct-parameters', 3, 'dgamma', ['6.75', '6.5']],
  ] as const)('by hand: %s, step %i, %s is %s', (name, step, observable, byHand) => {
    const expected = goldens.find((golden) => golden.name === name)?.expected[0]?.steps.at(step)?.[observable] ?? [];
    expect(expected.map((figure) => Number(Number(figure).toPrecision(15)))).toEqual(byHand.map(Number));
  });
});
