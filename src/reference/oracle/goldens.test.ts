import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGoldens } from '../../cases/golden.ts';
import { packageRoot } from '../../spec/package-root.ts';
import { printTrajectory } from './print.ts';
import { exactTrajectory } from './trajectory.ts';

const folder = join(packageRoot, 'cases', 'golden');
const goldens = readGoldens(folder);

/** The lines of checksums.txt, by name of file. */
const frozen = readFileSync(join(folder, 'checksums.txt'), 'utf8').trimEnd().split('\n').sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1));

/** What checksums.txt would have to hold for the files of a folder, as sha256sum writes it. */
function checksumsOf(goldenFolder: string): readonly string[] {
  const files = readdirSync(goldenFolder).filter((name) => name.endsWith('.json')).sort();
  return files.map((name) => `${createHash('sha256').update(readFileSync(join(goldenFolder, name))).digest('hex')}  ${name}`);
}

/** Adds 1 to the last digit in a file. */
function changeByte(path: string): void {
  const bytes = readFileSync(path);
  const at = bytes.findLastIndex((byte) => byte >= 0x30 && byte < 0x39);
  bytes[at] = (bytes[at] ?? 0) + 1;
  writeFileSync(path, bytes);
}

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
    expect(checksumsOf(folder)).toEqual(frozen);
    expect(frozen).toHaveLength(goldens.length);
  });

  it.each<[string, (copy: string) => void]>([
    ['a changed byte', (copy) => { changeByte(join(copy, 'first-vector.json')); }],
    ['a file that is gone', (copy) => { rmSync(join(copy, 'one-to-four.json')); }],
    ['a file that is new', (copy) => { writeFileSync(join(copy, 'zz.json'), '{}'); }],
    ['a file of another name', (copy) => { renameSync(join(copy, 'eval-fresh.json'), join(copy, 'eval-new.json')); }],
  ])('control: %s shows', (_, change) => {
    const copy = mkdtempSync(join(tmpdir(), 'goldens-'));
    cpSync(folder, copy, { recursive: true });
    expect(checksumsOf(copy)).toEqual(frozen);
    change(copy);
    expect(checksumsOf(copy)).not.toEqual(frozen);
    rmSync(copy, { recursive: true });
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
