import { coreFormulas } from '../../reference/formulas.ts';
import type { StepRecord } from '../../reference/trajectory.ts';
import type { Case, LayerSettings, StatisticsRow } from '../../cases/case.ts';
import type { FormulaVariant } from '../cause-entry.ts';

const onRow = (row: StatisticsRow) => ({ config, program }: Case) => config.statistics === row || program.some((step) => step.op === 'configure' && step.set.statistics === row);
const changes = (name: keyof LayerSettings) => ({ program }: Case) => program.some((step) => step.op === 'configure' && step.set[name] !== undefined);
const afterForward = ({ program }: Case) => program.filter(({ op }) => op === 'forward').length > 1;

/** Departures in which statistics a row and a mode select, and when the state moves. */
export const modeVariants: readonly FormulaVariant[] = [
  {
    id: 'statistics-updated-in-evaluation', rule: 'BN-STATE-04', title: 'evaluation moves the running statistics',
    translation: 'freeze the statistics during evaluation (MindSpore: use_batch_statistics=None)',
    change: { updates: (row, mode) => row === 'tracked' || coreFormulas.updates(row, mode) },
    concerns: onRow('tracked'),
  },
  {
    id: 'batch-statistics-in-evaluation', rule: 'BN-STAT-03', title: 'evaluation normalises by the batch',
    translation: 'switch to running statistics during evaluation (PyTorch: track_running_stats=True, MindSpore: use_batch_statistics=None)',
    like: ['MindSpore on CPU before 1.0'], // MindSpore commit a149784db08
    change: { source: (row, mode) => (row === 'tracked' ? 'batch' : coreFormulas.source(row, mode)) },
    concerns: onRow('tracked'),
  },
  {
    id: 'running-statistics-in-training', rule: 'BN-STAT-03', title: 'training normalises by the running statistics',
    translation: 'switch the layer to training',
    change: { source: (row, mode) => (row === 'tracked' ? 'running' : coreFormulas.source(row, mode)) },
    concerns: onRow('tracked'),
  },
  {
    id: 'evaluation-ignored-after-training', rule: 'BN-STAT-03', title: 'after a training step, evaluation goes on as training',
    translation: 'call the evaluation switch again before each evaluation, or make a new layer for it',
    change: { effectiveMode: (mode, row, earlier) => (row === 'tracked' && hasTrained(earlier) ? 'train' : coreFormulas.effectiveMode(mode, row, earlier)) },
    concerns: (question) => onRow('tracked')(question) && afterForward(question),
  },
  {
    id: 'fresh-layer-evaluates', rule: 'BN-STATE-08', title: 'a fresh layer is in evaluation mode',
    translation: 'switch the layer to training before the first step (MindSpore: set_train())',
    like: ['MindSpore nn', 'MindSpore mint 2.10.0', 'tinygrad', 'Keras called without training=True', 'ONNX'], // tables of defaults of each
    change: { effectiveMode: (mode) => (mode === 'train' ? 'train' : 'eval') },
    concerns: ({ program }) => program.some((step) => step.op === 'forward' && step.mode === 'fresh'),
  },
  {
    id: 'running-row-updates', rule: 'BN-STATE-09', title: 'the running row moves its state in training',
    translation: 'restore the statistics after each step',
    like: ['early Keras with trainable=False'], // keras#4762, keras#9965
    change: { updates: (row, mode) => (row === 'running' && mode === 'train') || coreFormulas.updates(row, mode) },
    concerns: onRow('running'),
  },
  {
    id: 'running-row-by-batch-in-training', rule: 'BN-STAT-03', title: 'the running row normalises by the batch in training',
    translation: 'evaluate the frozen layer',
    like: ['early Keras with trainable=False'], // keras#9965
    change: { source: (row, mode) => (row === 'running' && mode === 'train' ? 'batch' : coreFormulas.source(row, mode)) },
    concerns: onRow('running'),
  },
  {
    id: 'batch-row-frozen-in-evaluation', rule: 'BN-STATE-10', title: 'the batch row keeps its state in evaluation',
    translation: 'evaluate in training mode to update the statistics',
    change: {
      updates: (row, mode) => (row === 'batch' ? mode === 'train' : coreFormulas.updates(row, mode)),
      counts: (row, mode) => (row === 'batch' && mode === 'eval' ? 0 : coreFormulas.counts(row, mode)),
    },
    concerns: onRow('batch'),
  },
  {
    id: 'batch-row-by-running-in-evaluation', rule: 'BN-STAT-03', title: 'the batch row evaluates by running statistics and keeps its state',
    translation: 'stay in training mode',
    change: {
      source: (row, mode) => (row === 'batch' && mode === 'eval' ? 'running' : coreFormulas.source(row, mode)),
      updates: (row, mode) => (row === 'batch' ? mode === 'train' : coreFormulas.updates(row, mode)),
      counts: (row, mode) => (row === 'batch' && mode === 'eval' ? 0 : coreFormulas.counts(row, mode)),
    },
    concerns: onRow('batch'),
  },
  {
    id: 'untracked-keeps-state', rule: 'BN-STATE-11', title: 'the untracked row keeps running statistics',
    translation: 'drop the statistics from the checkpoint',
    change: {
      keepsState: () => true,
      updates: (row, mode) => (row === 'untracked' && mode === 'train') || coreFormulas.updates(row, mode),
      counts: (row, mode) => (row === 'untracked' && mode === 'train' ? 1 : coreFormulas.counts(row, mode)),
    },
    concerns: onRow('untracked'),
  },
  {
    id: 'untracked-evaluation-by-fresh-state', rule: 'BN-STAT-03', title: 'the untracked row evaluates with mean 0 and variance 1',
    translation: 'stay in training mode',
    like: ['MindSpore mint before 2.4.0'], // MindSpore commit 70755924879
    change: { source: (row, mode) => (row === 'untracked' && mode === 'eval' ? 'running' : coreFormulas.source(row, mode)) },
    concerns: onRow('untracked'),
  },
  {
    id: 'state-lost-on-reload', rule: 'BN-STATE-13', title: 'a layer that was loaded has the running statistics of a new one',
    translation: 'save and load the running statistics with the parameters',
    change: { reloaded: ({ count, updates }, { mean, variance }) => ({ mean, variance, count, updates }) },
    forms: [{ reloaded: ({ count, updates }, _, { mean, variance }) => ({ mean, variance, count, updates }) }, { reloaded: (_, _initial, fresh) => fresh }],
    concerns: ({ program }) => program.some((step) => step.op === 'reload' && step.by !== 'conversion'),
  },
  {
    id: 'state-lost-on-conversion', rule: 'BN-SYNC-04', title: 'a layer that was converted into a synchronised one has the running statistics of a new one',
    translation: 'load the running statistics into the converted network once more',
    change: { converted: ({ count, updates }, { mean, variance }) => ({ mean, variance, count, updates }) },
    forms: [{ converted: ({ count, updates }, _, { mean, variance }) => ({ mean, variance, count, updates }) }, { converted: (_, _initial, fresh) => fresh }],
    concerns: converts,
  },
  {
    id: 'mode-lost-on-conversion', rule: 'BN-SYNC-04', title: 'a layer that was converted into a synchronised one is in training mode',
    translation: 'switch the converted network to the mode again',
    change: { effectiveMode: (mode, row, earlier) => (wasJustConverted(earlier) ? 'train' : coreFormulas.effectiveMode(mode, row, earlier)) },
    concerns: ({ program }) => program.some((step, index) => step.op === 'forward' && step.stays === true && converts({ program: program.slice(index - 1, index) })),
  },
  {
    id: 'momentum-change-ignored', rule: 'BN-STATE-14', title: 'momentum is that of the construction, whatever the live layer was given',
    translation: 'make a new layer with the other momentum, and load parameters and state into it',
    like: ['MindSpore nn, whose attribute momentum is read at construction alone'],
    change: { configured: (before, set) => ({ ...coreFormulas.configured(before, set), momentum: before.momentum }) },
    concerns: changes('momentum'),
  },
  {
    id: 'eps-change-ignored', rule: 'BN-STATE-14', title: 'ε is that of the construction, whatever the live layer was given',
    translation: 'make a new layer with the other ε, and load parameters and state into it',
    like: ['MindSpore nn, whose attribute eps is read at construction alone'],
    change: { configured: (before, set) => ({ ...coreFormulas.configured(before, set), eps: before.eps }) },
    concerns: changes('eps'),
  },
  {
    id: 'row-change-ignored', rule: 'BN-STATE-14', title: 'the row of the mode table is that of the construction, whatever the live layer was given',
    translation: 'make a new layer of the other row, and load parameters and state into it',
    change: { configured: (before, set) => ({ ...coreFormulas.configured(before, set), statistics: before.statistics }) },
    concerns: changes('statistics'),
  },
  {
    id: 'paused-evaluation-by-batch', rule: 'BN-STATE-15', title: 'without tracking, evaluation normalises by the batch although there are running statistics',
    translation: 'switch tracking on before an evaluation',
    change: { source: (row, mode) => (row === 'paused' ? 'batch' : coreFormulas.source(row, mode)) },
    concerns: onRow('paused'),
  },
  {
    id: 'state-moved-by-backward', rule: 'BN-STATE-07', title: 'the backward pass moves the running statistics again',
    translation: 'differentiate with a call that runs the forward once (MindSpore: value_and_grad)',
    change: { updatesInBackward: true },
  },
  {
    id: 'state-moved-in-backward-only', rule: 'BN-STATE-07', title: 'the running statistics move in the backward pass, not in the forward',
    translation: 'run a backward after each training forward',
    like: ['MXNet on CPU'], // mxnet#14357, mxnet#18751
    change: { updatesInForward: false, updatesInBackward: true },
  },
];

function converts({ program }: Pick<Case, 'program'>): boolean {
  return program.some((step) => step.op === 'reload' && step.by === 'conversion');
}

function wasJustConverted(earlier: readonly StepRecord[]): boolean {
  const last = earlier.at(-1);
  return last?.op === 'reload' && last.converted === true;
}

function hasTrained(earlier: readonly StepRecord[]): boolean {
  return earlier.some((record) => record.op === 'forward' && record.mode === 'train');
}
