import { integers } from '../../tensor/generator.ts';
import type { Fault } from './zoo.ts';

/**
 * Different pairs of faults, the same for the same seed.
 *
 * @param count  fewer where there are not so many
 */
export function drawPairs(faults: readonly Fault[], count: number, seed: number): readonly (readonly [Fault, Fault])[] {
  const next = integers(['pairs', seed]);
  const drawn = new Map<string, readonly [Fault, Fault]>();
  const possible = (faults.length * (faults.length - 1)) / 2;
  while (drawn.size < Math.min(count, possible)) {
    const [a, b] = [next() % faults.length, next() % faults.length].sort((one, other) => one - other);
    const [first, second] = [faults[a ?? 0], faults[b ?? 0]];
    if (first !== undefined && second !== undefined && first !== second) drawn.set(`${first.name}+${second.name}`, [first, second]);
  }
  return [...drawn.values()];
}

/** Causes that are nobody's; one that names several, as `a+b`, is right where each of them is somebody's. */
export function wrongOf(causes: readonly string[], own: readonly string[]): readonly string[] {
  return causes.filter((cause) => !cause.split('+').every((part) => own.includes(part)));
}
