import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGoldens } from '../../cases/golden.ts';
import { packageRoot } from '../../spec/package-root.ts';
import { printTrajectory } from './print.ts';
import { exactTrajectory } from './trajectory.ts';

const goldens = readGoldens(join(packageRoot, 'cases', 'museum', 'goldens'));

describe('literal data of the museum', () => {
  it.each(goldens)('$name: every figure is the exact value to 20 digits', (golden) => {
    expect(printTrajectory(exactTrajectory(golden.case), 20)).toEqual(golden.expected);
  });

  it.each(goldens)('control: $name with another momentum is another result', (golden) => {
    const moved = { ...golden.case, config: { ...golden.case.config, momentum: 0.2 } };
    expect(printTrajectory(exactTrajectory(moved), 20)).not.toEqual(golden.expected);
  });
});
