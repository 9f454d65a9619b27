import type { Case } from '../cases/case.ts';
import type { Observation, ObservedArgument, ObservedDescription } from '../runners/observation.ts';
import type { Dialect } from '../spec/dialect.ts';
import type { ArgumentSpelling } from '../spec/generated/dialect.ts';
import type { Deviation } from './verdict.ts';

/** Whether a case asks what a layer is, and the dialect does not say what it ought to be. */
export function lacksSignature({ layer, program }: Case, dialect: Dialect): boolean {
  return program.some(({ op }) => op === 'describe') && signatureOf(layer, dialect) === null;
}

/**
 * Holds the constructors that were described against the dialect: the same arguments, in its order and with its defaults (BN-ERR-04).
 *
 * @returns nothing where the dialect does not state the signature of the layer
 */
export function signatureDeviations({ layer }: Case, observation: Observation, dialect: Dialect): readonly Deviation[] {
  const described = describedSteps(observation);
  const stated = described.length === 0 ? null : signatureOf(layer, dialect);
  if (stated === null) return [];
  const expected = signatureText(stated);
  return described.flatMap(({ rank, step, described: { arguments: own } }) => {
    const got = signatureText(own);
    return got === expected ? [] : [deviation(rank, step, got, expected)]; // BN-ERR-04
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

function deviation(rank: number, step: number, got: string, expected: string): Deviation {
  return { kind: 'signature', level: 'must', rule: 'BN-ERR-04', rank, step, observable: 'constructor', element: null, elements: 1, got, expected, bound: 0, ratio: Infinity };
}
