import type { Expectation } from '../../diff/judge.ts';
import type { Deviation, Status, Verdict } from '../../diff/verdict.ts';
import type { Answer } from '../../runners/answer.ts';
import { type Observation, type ObservedDescription, type StepObservation, tensorObservables } from '../../runners/observation.ts';
import type { CaseLine, RunDeviation } from '../../reports/run.ts';
import type { ObservedRecord } from '../../spec/generated/run-record.ts';
import { type ElementType, encodeTensor } from '../../tensor/bytes.ts';
import type { FloatType } from '../../tensor/tensor.ts';
import { ulpDistance } from '../../tensor/ulp.ts';
import { countElementsOf } from './expectations.ts';

/** Above this many input elements the observed values are not kept; `show` asks again. */
const largestKeptElements = 4096;

/**
 * One line of run.ndjson.
 *
 * @param keepAll  what was observed is kept of every case, not of deviating and literal ones alone
 */
export function caseRecord(index: number, runner: string, expectation: Expectation, answer: Answer, verdict: Verdict, status: Status, keepAll = false): CaseLine {
  const elements = countElementsOf(expectation);
  const keep = answer.kind === 'observed' && elements <= largestKeptElements && (keepAll || verdict.status !== 'conforms' || expectation.planned.literal !== null);
  return {
    type: 'case', index, runner, status, found: verdict.status, rule: verdict.rule, cause: verdict.cause,
    candidates: [...verdict.candidates], reason: verdict.reason, rules: [...expectation.planned.rules], elements,
    durationUs: answer.kind === 'observed' ? answer.observation.durationUs : 0,
    deviations: verdict.deviations.map((deviation) => withUlps(deviation, expectation)),
    accuracy: verdict.accuracy,
    ...(keep ? { observed: observedRecord(answer.observation) } : {}),
  };
}

function withUlps(deviation: Deviation, { case: question }: Expectation): RunDeviation {
  const { got, expected, observable } = deviation;
  const comparable = typeof got === 'number' && typeof expected === 'number' && observable !== 'step_count';
  return comparable ? { ...deviation, ulps: ulpDistance(got, expected, question.config.dtype) } : deviation;
}

/** The observation as bit patterns. */
export function observedRecord({ ranks }: Observation): ObservedRecord {
  return ranks.map(({ construct, steps }) => ({ construct: observedStep(construct), steps: steps.map(observedStep) }));
}

function observedStep(step: StepObservation): ObservedRecord[number]['construct'] {
  const tensors = tensorObservables.flatMap((observable) => {
    const tensor = step[observable];
    if (tensor === undefined || !isFloatType(tensor.dtype)) return [];
    const bytes = encodeTensor({ dtype: tensor.dtype, shape: tensor.shape, data: Float64Array.from(tensor.data) });
    return [[observable, { dtype: tensor.dtype, shape: [...tensor.shape], hex: Buffer.from(bytes).toString('hex') }] as const];
  });
  return {
    ...Object.fromEntries(tensors),
    ...(step.step_count === undefined ? {} : { step_count: step.step_count }),
    ...(step.described === undefined ? {} : { described: descriptionRecord(step.described) }),
    ...(step.error === undefined ? {} : { error: { ...step.error } }),
  };
}

/** The same, in a form that a file's type can hold. */
function descriptionRecord({ arguments: stated, inputs, parameters, buffers, ...rest }: ObservedDescription): NonNullable<ObservedRecord[number]['construct']['described']> {
  return {
    ...rest, arguments: stated.map((one) => ({ ...one })), inputs: [...inputs],
    parameters: parameters.map((one) => ({ ...one, shape: [...one.shape] })), buffers: buffers.map((one) => ({ ...one, shape: [...one.shape] })),
  };
}

/** Other types are reported as a deviation of type; their values are not kept. */
function isFloatType(dtype: ElementType): dtype is FloatType {
  return dtype.includes('float');
}
