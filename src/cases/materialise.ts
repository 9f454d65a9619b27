import { type Case, type InitialValues, type LayerConfig, layouts, type RankData, routes, type StatisticsRow } from './case.ts';
import { parseDtype, parseMomentum, parseNumber, parseProgram, parseRanks, parseRow, parseShape, parseWord } from './axes.ts';
import { drawGradient, drawInitial, drawInput, parseRegime, type Regime } from './data.ts';
import type { PlannedCase } from './plan.ts';

/** Turns a planned case into tensors. The same plan and seed give the same bits everywhere. */
export function materialise(planned: PlannedCase, seed: number): Case {
  if (planned.literal !== null) return planned.literal;
  const axis = (name: string, fallback: string): string => planned.axes[name] ?? fallback;
  const shapes = planned.axes['ranks'] === undefined ? [parseShape(axis('shape', ''))] : parseRanks(planned.axes['ranks']);
  const program = parseProgram(axis('program', 'train'));
  const channels = shapes[0]?.[1] ?? 1;
  const config: LayerConfig = {
    numFeatures: parseNumber('features', axis('features', String(channels))),
    eps: parseNumber('eps', axis('eps', '1e-5')),
    momentum: parseMomentum(axis('momentum', '0.1')),
    affine: axis('affine', 'true') === 'true',
    statistics: parseRow(axis('statistics', 'tracked')),
    dtype: parseDtype(axis('dtype', 'float32')),
  };
  const steps = (op: string) => program.filter((step) => step.op === op).length;
  const counts = { inputs: steps('forward'), grads: steps('backward') };
  return {
    id: planned.id,
    layer: planned.layer,
    config,
    initial: axis('initial', 'default') === 'distinct' ? distinctValues(config, seed) : {},
    ranks: shapes.map((shape, rank) => drawRank(parseRegime(axis('data', 'unit')), config, shape, counts, [seed, rank])),
    program,
    ...(planned.axes['route'] === undefined ? {} : { route: parseWord('route', planned.axes['route'], routes) }),
    ...(planned.axes['layout'] === undefined ? {} : { layout: parseWord('layout', planned.axes['layout'], layouts) }),
  };
}

function drawRank(regime: Regime, config: LayerConfig, shape: readonly number[], counts: { inputs: number; grads: number }, seed: readonly number[]): RankData {
  return {
    inputs: Array.from({ length: counts.inputs }, (_, step) => drawInput([...seed, step], regime, config.dtype, shape)),
    grads: Array.from({ length: counts.grads }, (_, step) => drawGradient([...seed, step], regime, config.dtype, shape)),
  };
}

const rowsWithState: readonly StatisticsRow[] = ['tracked', 'batch', 'running'];

function distinctValues(config: LayerConfig, seed: number): InitialValues {
  const value = (name: 'gamma' | 'beta' | 'running_mean' | 'running_var') => drawInitial([seed], name, config.dtype, config.numFeatures);
  return {
    ...(config.affine ? { gamma: value('gamma'), beta: value('beta') } : {}),
    ...(rowsWithState.includes(config.statistics) ? { running_mean: value('running_mean'), running_var: value('running_var') } : {}),
  };
}
