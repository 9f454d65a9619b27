import { capabilities, type Case, countGradients, type InitialValues, type LayerConfig, layouts, type RankData, routes, type StatisticsRow } from './case.ts';
import { parseDtype, parseFeatures, parseIntegerType, parseMomentum, parseNumber, parseProgram, parseRanks, parseRow, parseShape, parseWord } from './axes.ts';
import { countElements, type FloatType, type Tensor } from '../tensor/tensor.ts';
import { drawGradient, drawInitial, drawInput, gradientWords, type GradientWord, parseRegime, type Regime } from './data.ts';
import { initialWords, type InitialWord, options, uniformInitials } from './options.ts';
import type { PlannedCase } from './plan.ts';

/** Turns a planned case into tensors. The same plan and seed give the same bits everywhere. */
export function materialise(planned: PlannedCase, seed: number): Case {
  return planned.literal ?? caseOf(planned, {
    initial: (word, config) => initialValues(word, config, seed),
    rank: (drawing, shape, counts, rank) => drawRank(drawing, shape, counts, [seed, rank]),
  });
}

/** A planned case without its numbers: the tensors have a type and a shape, and no data. For what looks at these alone. */
export function outline(planned: PlannedCase): Case {
  return planned.literal ?? caseOf(planned, {
    initial: () => ({}),
    rank: ({ dtype }, shape, counts) => ({ inputs: without(counts.inputs, dtype, shape), grads: without(counts.grads, dtype, shape) }),
  });
}

function without(count: number, dtype: FloatType, shape: readonly number[]): readonly Tensor[] {
  return Array.from({ length: count }, () => ({ dtype, shape, data: new Float64Array(0) }));
}

/** Where the numbers of a case come from. */
interface Numbers {
  readonly initial: (word: InitialWord, config: LayerConfig) => InitialValues;
  readonly rank: (drawing: Drawing, shape: readonly number[], counts: Counts, rank: number) => RankData;
}

interface Counts {
  readonly inputs: number;
  readonly grads: number;
}

function caseOf({ id, layer, axes }: PlannedCase, numbers: Numbers): Case {
  const axis = (name: string, fallback: string): string => axes[name] ?? fallback;
  const shapes = axes['ranks'] === undefined ? [parseShape(axis('shape', '1x1'))] : parseRanks(axes['ranks']);
  const program = parseProgram(axis('program', 'train'));
  const channels = shapes[0]?.[1] ?? 1;
  const config: LayerConfig = {
    numFeatures: parseFeatures(axis('features', String(channels))),
    eps: parseNumber('eps', axis('eps', '1e-5')),
    momentum: parseMomentum(axis('momentum', '0.1')),
    affine: axis('affine', 'true') !== 'false',
    statistics: parseRow(axis('statistics', 'tracked')),
    dtype: parseDtype(axis('dtype', 'float32')),
    ...(axes['affine'] === 'frozen' ? { frozen: true } : {}),
    ...(axes['affine'] === 'scale' ? { scaleOnly: true } : {}),
    ...(axis('option', 'none') === 'none' ? {} : { option: parseWord('option', axis('option', 'none'), options) }),
  };
  const inputType = parseIntegerType(axes['input']);
  const layout = parseWord('layout', axis('layout', 'contiguous'), layouts);
  const drawing: Drawing = {
    regime: parseRegime(axis('data', 'unit')),
    gradient: parseWord('dy', axis('dy', 'default'), gradientWords),
    dtype: inputType === undefined ? parseDtype(axis('input', config.dtype)) : config.dtype,
    repeats: layout === 'expanded',
  };
  const counts = { inputs: program.filter(({ op }) => op === 'forward').length, grads: countGradients(program) };
  return {
    id,
    layer,
    config,
    initial: numbers.initial(parseWord('initial', axis('initial', 'default'), initialWords), config),
    ranks: shapes.map((shape, rank) => numbers.rank(drawing, shape, counts, rank)),
    program,
    ...(axes['route'] === undefined ? {} : { route: parseWord('route', axes['route'], routes) }),
    ...(axes['layout'] === undefined ? {} : { layout }),
    ...machineOf(axes),
    ...(inputType === undefined ? {} : { inputType }),
  };
}

/** How the tensors of a case are drawn. */
interface Drawing {
  readonly regime: Regime;
  readonly gradient: GradientWord;
  /** Type of x and dy. */
  readonly dtype: FloatType;
  /** All samples of the batch are the same, as an expanded tensor needs it. */
  readonly repeats: boolean;
}

function drawRank({ regime, gradient, dtype, repeats }: Drawing, shape: readonly number[], counts: Counts, seed: readonly number[]): RankData {
  const drawn = repeats ? [1, ...shape.slice(1)] : shape;
  const whole = (tensor: Tensor): Tensor => (repeats ? repeated(tensor, shape) : tensor);
  return {
    inputs: Array.from({ length: counts.inputs }, (_, step) => whole(drawInput([...seed, step], regime, dtype, drawn))),
    grads: Array.from({ length: counts.grads }, (_, step) => whole(drawGradient([...seed, step], regime, dtype, drawn, gradient))),
  };
}

/** The one sample of a tensor [1, C, …spatial], N times. */
function repeated({ dtype, data }: Tensor, shape: readonly number[]): Tensor {
  return { dtype, shape, data: Float64Array.from({ length: countElements(shape) }, (_, i) => data[i % data.length]!) };
}

const rowsWithState: readonly StatisticsRow[] = ['tracked', 'batch', 'running'];

function initialValues(word: InitialWord, config: LayerConfig, seed: number): InitialValues {
  if (word === 'default') return {};
  return setValues(config, (name) => (word === 'distinct' ? drawInitial([seed], name, config.dtype, config.numFeatures) : uniform(config, uniformInitials[word][name])));
}

type InitialName = 'gamma' | 'beta' | 'running_mean' | 'running_var';

function uniform({ dtype, numFeatures }: LayerConfig, value: number): Tensor {
  return { dtype, shape: [numFeatures], data: new Float64Array(numFeatures).fill(value) };
}

function setValues(config: LayerConfig, value: (name: InitialName) => Tensor): InitialValues {
  return {
    ...(config.affine ? { gamma: value('gamma') } : {}),
    ...(config.affine && config.scaleOnly !== true ? { beta: value('beta') } : {}),
    ...(rowsWithState.includes(config.statistics) ? { running_mean: value('running_mean'), running_var: value('running_var') } : {}),
  };
}

/** Threads and instructions; `own` are those that the run has anyway. */
function machineOf({ threads, capability = 'own' }: PlannedCase['axes']): Pick<Case, 'threads' | 'capability'> {
  return {
    ...(threads === undefined ? {} : { threads: parseNumber('threads', threads) }),
    ...(capability === 'own' ? {} : { capability: parseWord('capability', capability, capabilities) }),
  };
}
