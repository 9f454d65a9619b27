import type { Case } from '../cases/case.ts';
import type { Observation, ObservedArgument, ObservedDescription } from '../runners/observation.ts';
import type { Dialect } from '../spec/dialect.ts';
import type { ArgumentSpelling } from '../spec/generated/dialect.ts';
import { expectedText } from './layer-text.ts';
import type { Deviation } from './verdict.ts';

/** Whether a case asks what a layer is, and the dialect does not say what it ought to be. */
export function lacksSignature({ layer, program }: Case, dialect: Dialect): boolean {
  return program.some(({ op }) => op === 'describe') && signatureOf(layer, dialect) === null;
}

/**
 * Holds what layers say of themselves against the dialect: the constructor has the same arguments, in its order and with its defaults, and the
 * text is what its template says (BN-ERR-04).
 *
 * @returns nothing of what the dialect does not state of the layer
 */
export function signatureDeviations(question: Case, observation: Observation, dialect: Dialect): readonly Deviation[] {
  return describedSteps(observation).flatMap(({ rank, step, described }) => {
    const stated = signatureOf(question.layer, dialect);
    const text = expectedText(question, step, dialect);
    return [
      ...deviation('signature', rank, step, signatureText(described.arguments), stated === null ? null : signatureText(stated)), // BN-ERR-04
      ...deviation('text', rank, step, described.repr, text), // BN-ERR-04
    ];
  });
}

function signatureOf(layer: Case['layer'], { signatures = [] }: Dialect): readonly ArgumentSpelling[] | null {
  return signatures.find(({ layers }) => layers.includes(layer))?.arguments ?? null;
}

function describedSteps({ ranks }: Observation): readonly { readonly rank: number; readonly step: number; readonly described: ObservedDescription }[] {
  return ranks.flatMap(({ steps }, rank) => steps.flatMap(({ described }, step) => (described === undefined ? [] : [{ rank, step, described }])));
}

/** `(num_features, eps=0.00001, *, bias=True)`: as Python writes it, but for the numbers and the words of JSON. */
export function signatureText(stated: readonly (ArgumentSpelling | ObservedArgument)[]): string {
  const firstKeyword = stated.findIndex(({ kind }) => kind === 'keyword');
  const words = stated.map((argument, index) => `${index === firstKeyword ? '*, ' : ''}${argumentText(argument)}`);
  return `(${words.join(', ')})`;
}

function argumentText(argument: ArgumentSpelling | ObservedArgument): string {
  const name = argument.kind === 'rest' ? `**${argument.name}` : argument.name;
  return argument.default === undefined ? name : `${name}=${JSON.stringify(argument.default)}`;
}

function deviation(kind: 'signature' | 'text', rank: number, step: number, got: string, expected: string | null): readonly Deviation[] {
  if (expected === null || got === expected) return [];
  return [{ kind, level: 'must', rule: 'BN-ERR-04', rank, step, observable: 'constructor', element: null, elements: 1, got, expected, bound: 0, ratio: Infinity }];
}
