import type { Layer, StatisticsRow } from './case.ts';
import { parseProgram } from './axes.ts';

/**
 * What a case really asks. Two cases with one key differ only in what cannot matter: momentum where no state moves and no layer speaks of it,
 * initial values that the layer does not have.
 */
export function questionKey(layer: Layer, behaviour: string, axes: Readonly<Record<string, string>>): string {
  const { momentum, ...rest } = axes;
  const relevant: Readonly<Record<string, string>> = showsMomentum(axes) && momentum !== undefined ? { ...rest, momentum } : rest;
  return JSON.stringify([layer, behaviour, Object.keys(relevant).sort().map((axis) => [axis, relevant[axis]])]);
}

/** Whether momentum shows: in a state that moves, or in what a layer says of itself. */
function showsMomentum(axes: Readonly<Record<string, string>>): boolean {
  return (axes['program'] ?? '').includes('describe') || movesState(axes);
}

function movesState(axes: Readonly<Record<string, string>>): boolean {
  const row = (axes['statistics'] ?? 'tracked') as StatisticsRow;
  return row === 'batch' || (row === 'tracked' && trains(axes['program'] ?? ''));
}

/** Programs are few, cases are many. */
const known = new Map<string, boolean>();

function trains(program: string): boolean {
  const before = known.get(program);
  if (before !== undefined) return before;
  const answer = parseProgram(program).some((step) => step.op === 'forward' && step.mode !== 'eval');
  known.set(program, answer);
  return answer;
}
