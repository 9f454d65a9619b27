import { join } from 'node:path';
import type { CostsFile } from '../spec/generated/costs.ts';
import { packageRoot } from '../spec/package-root.ts';
import { readValidated } from '../spec/validated-file.ts';
import type { PlannedCase } from './plan.ts';

/** Input elements from which a case counts as large. */
const large = 4096;
/** Of a runner or a kind that was never measured, in microseconds; that of a small case. */
const usual = 1000;

/** What a case costs, in microseconds, over the runners that are asked it. */
export type CostOf = (planned: Pick<PlannedCase, 'behaviour' | 'axes'>) => number;

/**
 * The recorded costs of what some runners are asked.
 *
 * @param runners  ids without a version
 */
export function recordedCosts(runners: readonly string[], path: string = join(packageRoot, 'cases', 'costs.json')): CostOf {
  const { kinds } = readValidated<CostsFile>('schemas/costs', path);
  return (planned) => runners.reduce((sum, runner) => sum + (kinds[runner]?.[kindOf(planned)] ?? usual), 0);
}

/** Cases of one kind cost much the same: what is asked, the way of calling, several ranks, many elements. */
export function kindOf({ behaviour, axes }: Pick<PlannedCase, 'behaviour' | 'axes'>): string {
  const { route, ranks, shape = '' } = axes;
  const elements = shape.split('x').reduce((product, extent) => product * Number(extent), 1);
  return [behaviour, ...(route === undefined || route === 'module' ? [] : [route]), ...(ranks === undefined ? [] : ['ranks']), ...(elements >= large ? ['large'] : [])].join(' ');
}
