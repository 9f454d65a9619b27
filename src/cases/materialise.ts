import { capabilities, type Case, countGradients, type InitialValues, type LayerConfig, layouts, type RankData, routes, type StatisticsRow } from './case.ts';
import { parseDtype, parseFeatures, parseIntegerType, parseMomentum, parseNumber, parseProgram, parseRanks, parseRow, parseShape, parseWord } from './axes.ts';
import { countElements, type FloatType, type Tensor } from '../tensor/tensor.ts';
import { drawGradient, drawInitial, drawInput, gradientWords, type GradientWord, parseRegime, type Regime } from './data.ts';
import { madeBefore } from './made-before.ts';
import { initialWords, type InitialWord, options, uniformInitials } from './options.ts';
import type { PlannedCase } from './plan.ts';

/** Turns a planned case into tensors. The same plan and seed give the same bits everywhere. */
export function materialise(planned: PlannedCase, seed: number): Case {
  return planned.literal ?? caseOf(planned, {
    initial: (word, config) => initialBefore(word, config, seed),
    rank: (drawing, shape, counts, rank) => rankBefore(drawing, shape, counts, [seed, rank]),
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
  const config = configBefore(axis('features', String(channels)), axis('eps', '1e-5'), axis('momentum', '0.1'), axis('affine', 'true'), axis('statistics', 'tracked'), axis('dtype', 'float32'), axis('option', 'none'));
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

function configBefore(...words: Parameters<typeof configOf>): LayerConfig {
  return configs.get(words.join(' '), 1, () => configOf(...words));
}

const configs = madeBefore<LayerConfig>(1024);

function configOf(features: string, eps: string, momentum: string, affine: string, statistics: string, dtype: string, option: string): LayerConfig {
  return {
    numFeatures: parseFeatures(features),
    eps: parseNumber('eps', eps),
    momentum: parseMomentum(momentum),
    affine: affine !== 'false',
    statistics: parseRow(statistics),
    dtype: parseDtype(dtype),
    ...(affine === 'frozen' ? { frozen: true } : {}),
    ...(affine === 'scale' ? { scaleOnly: true } : {}),
    ...(option === 'none' ? {} : { option: parseWord('option', option, options) }),
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

/** Elements that are kept: most cases of a suite are small, and many have the same data. */
const room = 2 ** 18;
const mostShared = 1024;
const drawnRanks = madeBefore<RankData>(room);
const initials = madeBefore<InitialValues>(room);

function rankBefore(drawing: Drawing, shape: readonly number[], counts: Counts, seed: readonly number[]): RankData {
  const elements = countElements(shape);
  if (elements > mostShared) return drawRank(drawing, shape, counts, seed);
  const { regime, gradient, dtype, repeats } = drawing;
  const key = `${seed.join()} ${regime} ${gradient} ${dtype} ${String(repeats)} ${shape.join('x')} ${String(counts.inputs)} ${String(counts.grads)}`;
  return drawnRanks.get(key, (elements + 1) * (counts.inputs + counts.grads + 1), () => drawRank(drawing, shape, counts, seed));
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

function initialBefore(word: InitialWord, config: LayerConfig, seed: number): InitialValues {
  if (config.numFeatures > mostShared) return initialValues(word, config, seed);
  const key = `${word} ${String(seed)} ${config.dtype} ${String(config.numFeatures)} ${String(config.affine)} ${String(config.scaleOnly)} ${config.statistics}`;
  return initials.get(key, 4 * (Math.max(config.numFeatures, 0) + 1), () => initialValues(word, config, seed));
}

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
