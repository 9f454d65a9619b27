import type { Layer, StatisticsRow } from './case.ts';
import { parseProgram } from './axes.ts';

/**
 * What a case really asks. Two cases with one key differ only in what cannot matter: momentum where no state moves,
 * initial values that the layer does not have.
 */
export function questionKey(layer: Layer, behaviour: string, axes: Readonly<Record<string, string>>): string {
  const { momentum, ...rest } = axes;
  const relevant = movesState(axes) && momentum !== undefined ? { ...rest, momentum } : rest;
  return JSON.stringify([layer, behaviour, Object.entries(relevant).sort()]);
}

function movesState(axes: Readonly<Record<string, string>>): boolean {
  const row = (axes['statistics'] ?? 'tracked') as StatisticsRow;
  const trains = parseProgram(axes['program'] ?? '').some((step) => step.op === 'forward' && step.mode !== 'eval');
  return row === 'batch' || (row === 'tracked' && trains);
}
