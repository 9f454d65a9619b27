import type { BackwardStep, ForwardStep, LayerSettings, StatisticsRow, Step } from '../../cases/case.ts';
import { forwardChannel, type ChannelOutput, type Moments } from './definition.ts';
import { add, fromNumber, type Rational, zero } from './rational.ts';
import { updateRunning, weightOfBatch } from './state.ts';

/** Values of one rank: per input and per upstream gradient those of the channel. */
export interface ChannelData {
  readonly inputs: readonly (readonly Rational[])[];
  readonly grads: readonly (readonly Rational[])[];
}

/** One channel of a case, in exact numbers. */
export interface ChannelCase {
  readonly row: StatisticsRow;
  readonly eps: Rational;
  /** null is the cumulative average. */
  readonly momentum: Rational | null;
  readonly gamma: Rational;
  readonly beta: Rational;
  /** rm₀ and rv₀; not used by the untracked row. */
  readonly initial: Moments;
  readonly ranks: readonly ChannelData[];
  readonly program: readonly Step[];
  readonly rootBits: number;
}

/** Running statistics and the number of updates they have had. */
export interface ChannelState extends Moments {
  readonly count: number;
}

/** What one step shows of one channel; a list holds one entry per rank. The state is the same on all ranks. */
export interface ChannelStep {
  readonly y?: readonly (readonly Rational[])[];
  readonly dx?: readonly (readonly Rational[])[];
  readonly dgamma?: readonly Rational[];
  readonly dbeta?: readonly Rational[];
  readonly ddx?: readonly (readonly Rational[])[];
  readonly ddy?: readonly (readonly Rational[])[];
  readonly ddgamma?: readonly Rational[];
  readonly state: ChannelState | null;
}

/** State after construction, then every step of the program. Nothing is rounded between steps. */
export function runChannel(question: ChannelCase): readonly [ChannelStep, ...ChannelStep[]] {
  const construct: ChannelStep = { state: question.row === 'untracked' ? null : { ...question.initial, count: 0 } }; // BN-STATE-11
  const steps: [ChannelStep, ...ChannelStep[]] = [construct];
  const outputs = new Map<number, ChannelOutput>();
  let live = question;
  let sums: Pick<ChannelStep, 'dgamma' | 'dbeta'> = {};
  for (const [index, step] of question.program.entries()) {
    const before = (steps.at(-1) ?? construct).state;
    if (step.op === 'configure') live = changed(live, step.set); // BN-STATE-14
    if (step.op === 'reload') sums = {};
    if (step.op === 'reload' || step.op === 'describe' || step.op === 'configure') {
      steps.push({ state: before }); // BN-STATE-13
      continue;
    }
    if (step.op === 'backward') {
      const own = backward(live, step, outputs.get(step.of), before);
      if (step.accumulates === true) sums = added(sums, own); // BN-GRAD-05
      steps.push(step.accumulates === true ? { ...own, ...sums } : own);
      continue;
    }
    const output = forward(live, step, before);
    outputs.set(index, output);
    steps.push({ y: output.y, state: stateAfter(live, step, output, before) });
  }
  return steps;
}

function forward({ row, eps, gamma, beta, ranks, rootBits }: ChannelCase, step: ForwardStep, state: ChannelState | null): ChannelOutput {
  const running = normalisesByBatch(row, step) ? null : state;
  const x = ranks.map(({ inputs }) => dataAt(inputs, step.input));
  if (running === null && x.flat().length === 1) throw new RangeError('BN-STAT-02: expected at least 2 values per channel, got 1');
  return forwardChannel({ ranks: x, gamma, beta, eps, running, rootBits });
}

function added(sums: Pick<ChannelStep, 'dgamma' | 'dbeta'>, own: ChannelStep): Pick<ChannelStep, 'dgamma' | 'dbeta'> {
  const sum = (name: 'dgamma' | 'dbeta') => (own[name] ?? []).map((value, rank) => add(sums[name]?.[rank] ?? zero, value));
  return { dgamma: sum('dgamma'), dbeta: sum('dbeta') };
}

/** A layer that was made without state stays so (BN-STATE-15). */
function changed(question: ChannelCase, set: LayerSettings): ChannelCase {
  const row = question.row === 'untracked' ? question.row : set.statistics ?? question.row;
  const momentum = set.momentum === undefined ? question.momentum : set.momentum === null ? null : fromNumber(set.momentum);
  return { ...question, row, momentum, eps: set.eps === undefined ? question.eps : fromNumber(set.eps) };
}

/** BN-STAT-03; a fresh layer is in training mode (BN-STATE-08). */
function normalisesByBatch(row: StatisticsRow, { mode }: ForwardStep): boolean {
  if (row === 'running') return false;
  return mode !== 'eval' || (row !== 'tracked' && row !== 'paused'); // BN-STATE-15
}

function stateAfter({ row, momentum }: ChannelCase, step: ForwardStep, { batch, count }: ChannelOutput, before: ChannelState | null): ChannelState | null {
  if (before === null || row === 'paused' || !normalisesByBatch(row, step)) return before; // BN-STATE-04, BN-STATE-09, BN-STATE-15
  const batches = before.count + 1; // BN-STATE-06
  if (batch === null) return { ...before, count: batches };
  return { ...updateRunning(before, batch, count, weightOfBatch(momentum, batches)), count: batches }; // BN-STATE-10
}

function backward({ ranks }: ChannelCase, step: BackwardStep, output: ChannelOutput | undefined, state: ChannelState | null): ChannelStep {
  if (output === undefined) throw new RangeError(`expected a forward at step ${step.of} of the program, before its backward`);
  const pulled = (grad: number) => ranks.map(({ grads }) => dataAt(grads, grad));
  const { direction } = step;
  if (direction !== undefined) return { ...output.differentiateTwice(pulled(step.grad), pulled(direction)), state }; // BN-GRAD-06
  return { ...output.differentiate(pulled(step.grad)), state }; // BN-STATE-07
}

function dataAt(data: readonly (readonly Rational[])[], index: number): readonly Rational[] {
  const values = data[index];
  if (values === undefined) throw new RangeError(`expected data at index ${index}, got ${data.length} tensors`);
  return values;
}
