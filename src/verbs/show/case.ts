import type { AcceptedObservation, AcceptedStep, AcceptedValues } from '../../accept/accepted.ts';
import { type Case, settingsText, type Step } from '../../cases/case.ts';
import type { Expectation } from '../../diff/judge.ts';
import type { CaseLine } from '../../reports/run.ts';
import { decodeTensor } from '../../tensor/bytes.ts';
import { roundTo } from '../../tensor/round.ts';
import type { FloatType, Tensor } from '../../tensor/tensor.ts';
import { formatContracts, type ShownContract } from './contract.ts';

type ObservedStepLine = NonNullable<CaseLine['observed']>[number]['construct'];

/** What a runner showed of the case in a run. */
export interface ShownObservation {
  readonly runner: string;
  readonly record: CaseLine;
}

const shownElements = 16;

/** One case for a person: configuration, program, and per step what is expected, with the bound and what was observed. */
export function formatCase({ planned, case: question, accepted }: Expectation, observations: readonly ShownObservation[], contracts: readonly ShownContract[] = []): string {
  const lines = [planned.id, `  rules    ${planned.rules.join(', ')}`, `  layer    ${question.layer}, ${formatConfig(question)}`, ...formatData(question)];
  for (const [rank, own] of accepted.ranks.entries()) {
    const place = accepted.ranks.length > 1 ? ` on rank ${String(rank)}` : '';
    lines.push(`construct${place}`, ...formatStep(own.construct, observations, (record) => record.observed?.[rank]?.construct));
    for (const [index, step] of own.steps.entries()) {
      lines.push(`step ${String(index)}: ${formatOperation(question.program[index])}${place}`, ...formatStep(step, observations, (record) => record.observed?.[rank]?.steps[index]));
    }
  }
  return `${[...lines, ...formatContracts({ case: question, accepted }, contracts), ...observations.map(formatVerdict)].join('\n')}\n`;
}

function formatConfig({ config, initial, inputType }: Case): string {
  const { numFeatures, eps, momentum, affine, statistics, dtype } = config;
  const set = (Object.entries(initial) as [string, Tensor][]).map(([name, values]) => `${name}=[${formatNumbers(values.data, values.dtype)}]`);
  return [`num_features=${String(numFeatures)}`, `eps=${formatNumber(eps, 17)}`, `momentum=${momentum === null ? 'cumulative' : String(momentum)} (weight of the new batch)`, `affine=${String(affine)}`, `statistics=${statistics}`, `dtype=${dtype}`, ...(inputType === undefined ? [] : [`inputs handed over as ${inputType}`]), ...set].join(', ');
}

function formatData({ ranks }: Case): string[] {
  return ranks.flatMap(({ inputs, grads }, rank) => [
    ...inputs.map((x, k) => `  input    ${String(rank)}.${String(k)} [${x.shape.join(', ')}] ${formatNumbers(x.data, x.dtype)}`),
    ...grads.map((dy, k) => `  gradient ${String(rank)}.${String(k)} [${dy.shape.join(', ')}] ${formatNumbers(dy.data, dy.dtype)}`),
  ]);
}

function formatOperation(step: Step | undefined): string {
  if (step === undefined) return 'nothing';
  if (step.op === 'describe') return 'asked what it is';
  if (step.op === 'reload') return step.by === 'conversion' ? 'converted into a synchronised layer' : step.by === 'copy' ? 'copied deeply' : 'saved, and loaded into a new layer';
  if (step.op === 'configure') return `changed: ${settingsText(step.set)}`;
  return step.op === 'forward' ? `forward in ${step.mode} mode on input ${String(step.input)}` : `backward of step ${String(step.of)} with gradient ${String(step.grad)}${step.accumulates === true ? ', accumulated' : ''}${step.direction === undefined ? '' : `, differentiated once more along gradient ${String(step.direction)}`}`;
}

function formatStep(step: AcceptedStep, observations: readonly ShownObservation[], observed: (record: CaseLine) => ObservedStepLine | undefined): string[] {
  if (step.kind === 'values') return [...formatRefusals(observations, observed), ...formatValues(step, observations, observed)];
  return [
    `  must be refused (${step.rule})${step.orFinite ? ', or leave a finite state' : ''}, the state staying as it was`,
    ...observations.map(({ runner, record }) => `    ${runner}: ${formatError(observed(record))}`),
    ...formatValues(step.state, observations, observed),
  ];
}

/** Errors where the core rules expect values: a runner's own contract may ask for them. */
function formatRefusals(observations: readonly ShownObservation[], observed: (record: CaseLine) => ObservedStepLine | undefined): string[] {
  return observations.flatMap(({ runner, record }) => (observed(record)?.error === undefined ? [] : [`    ${runner}: ${formatError(observed(record))}`]));
}

function formatError(step: ObservedStepLine | undefined): string {
  if (step === undefined) return 'not kept in this run';
  return step.error === undefined ? 'no error' : `${step.error.class}: ${step.error.message.split('\n')[0] ?? ''}`;
}

function formatValues(step: AcceptedObservation, observations: readonly ShownObservation[], observed: (record: CaseLine) => ObservedStepLine | undefined): string[] {
  const tensors = step.values.flatMap((values) => formatObservable(values, observations, observed));
  if (step.count === null) return tensors;
  const counts = observations.map(({ runner, record }) => `    ${runner}: ${String(observed(record)?.step_count ?? 'none')}`);
  return [...tensors, `  step_count ${String(step.count.value)} (${step.count.rule})`, ...counts];
}

function formatObservable({ observable, rule, value, stable, naive, dtype }: AcceptedValues, observations: readonly ShownObservation[], observed: (record: CaseLine) => ObservedStepLine | undefined): string[] {
  return [
    `  ${observable} (${rule})`,
    `    expected       ${formatNumbers(value, 'float64')}`,
    `    in ${dtype.padEnd(11)} ${formatNumbers(value.map((number) => roundTo(number, dtype)), dtype)}`,
    `    ± must         ${formatBounds(naive)}`,
    `    ± should       ${formatBounds(stable)}`,
    ...observations.map(({ runner, record }) => {
      const tensor = observed(record)?.[observable];
      return `    ${runner}: ${tensor === undefined ? 'none' : formatNumbers(decodeTensor(tensor.dtype as FloatType, tensor.shape, Buffer.from(tensor.hex, 'hex')), tensor.dtype as FloatType)}`;
    }),
  ];
}

function formatVerdict({ runner, record }: ShownObservation): string {
  const cause = record.cause === null ? '' : `, cause ${record.cause}`;
  return `${runner}: ${record.status}${record.rule === null ? '' : ` under ${record.rule}`}${cause}${record.reason === null ? '' : ` — ${record.reason}`}`;
}

/** Shortest decimals that give back the number in its type: 9 digits for float32, 17 for float64. */
function formatNumbers(values: Float64Array, dtype: FloatType): string {
  const digits = { float16: 5, bfloat16: 4, float32: 9, float64: 17 }[dtype];
  const shown = Array.from(values.subarray(0, shownElements), (value) => formatNumber(value, digits));
  return shown.join(' ') + (values.length > shownElements ? ` … (${String(values.length)} in all)` : '');
}

/** Up to so many digits, small and large numbers with an exponent. */
function formatNumber(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  return size !== 0 && (size < 1e-3 || size >= 1e15) ? rounded.toExponential() : String(rounded);
}

function formatBounds(bounds: Float64Array): string {
  const shown = Array.from(bounds.subarray(0, shownElements), (bound) => (bound === Infinity ? 'anything finite' : formatNumber(bound, 3)));
  return shown.join(' ') + (bounds.length > shownElements ? ' …' : '');
}
