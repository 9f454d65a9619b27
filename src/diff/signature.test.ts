import { describe, expect, it } from 'vitest';
import { question } from '../reference/question.fixture.ts';
import type { ObservedArgument, ObservedDescription, Observation } from '../runners/observation.ts';
import { readDialect } from '../spec/dialect.ts';
import { judge } from './judge.ts';
import { observe, plannedAs } from './observe.fixture.ts';
import { lacksSignature, signatureDeviations, signatureText } from './signature.ts';

const core = readDialect('core', '1.0.0');
const asked = question({ program: 'describe', inputs: [[]] });
const stated: readonly ObservedArgument[] = core.signatures?.[0]?.arguments ?? [];

const ownText = 'BatchNorm(2, eps=1e-05, momentum=0.1, affine=True, statistics=tracked, dtype=float32)';

/** The honest answer, whose layer says that its constructor takes these arguments, and prints this. */
function answering(changed: readonly ObservedArgument[], repr = ownText): Observation {
  const described: ObservedDescription = { arguments: changed, inputs: ['x'], training: true, repr, parameters: [], buffers: [] };
  const honest = observe(asked);
  return { ...honest, ranks: honest.ranks.map((rank) => ({ ...rank, steps: rank.steps.map((step) => ({ ...step, described })) })) };
}

const withDefault = (name: string, value: number): readonly ObservedArgument[] => stated.map((argument) => (argument.name === name ? { ...argument, default: value } : argument));
const verdictOn = (changed: readonly ObservedArgument[], repr?: string) => judge(plannedAs(asked, { expectsConstant: true, rules: ['BN-ERR-04'] }), { kind: 'observed', seq: 0, observation: answering(changed, repr) }, core);

describe('BN-ERR-04 the constructor has the arguments that the framework documents, in their order and with their defaults, and a layer prints of itself what the framework says', () => {
  it('conforms when it has', () => {
    expect(signatureDeviations(asked, answering(stated), core)).toEqual([]);
    expect(verdictOn(stated)).toMatchObject({ status: 'conforms', cause: null });
  });

  it.each<[string, readonly ObservedArgument[]]>([
    ['another default', withDefault('momentum', 0.9)],
    ['another order', stated.toReversed()],
    ['one argument less', stated.slice(0, -1)],
    ['one argument more', [...stated, { name: 'axis', kind: 'positional', default: 1 }]],
    ['an argument by name only', stated.map((argument, at) => (at === stated.length - 1 ? { ...argument, kind: 'keyword' } : argument))],
    ['an argument that must be given', stated.map(({ name, kind }) => ({ name, kind }))],
  ])('%s violates', (_, changed) => {
    expect(verdictOn(changed)).toMatchObject({ status: 'violates', rule: 'BN-ERR-04', cause: 'other-constructor' });
  });

  it.each([
    ['another number', ownText.replace('0.1', '0.9')],
    ['a number as JSON writes it', ownText.replace('1e-05', '0.00001')],
    ['another order', 'BatchNorm(2, momentum=0.1, eps=1e-05, affine=True, statistics=tracked, dtype=float32)'],
    ['less than the framework says', 'BatchNorm(2)'],
    ['nothing', ''],
  ])('a layer that prints %s of itself violates', (_, repr) => {
    expect(verdictOn(stated, repr)).toMatchObject({ status: 'violates', rule: 'BN-ERR-04', cause: 'other-text', deviations: [{ kind: 'text', observable: 'constructor', step: 0, got: repr, expected: ownText }] });
  });

  it('where constructor and text both deviate, the constructor is the cause', () => {
    expect(verdictOn(withDefault('momentum', 0.9), 'BatchNorm')).toMatchObject({ cause: 'other-constructor', deviations: [{ kind: 'signature' }, { kind: 'text' }] });
  });

  it('a text of which the dialect does not speak is no deviation', () => {
    expect(signatureDeviations(asked, answering(stated, 'anything'), { ...core, texts: [] })).toEqual([]);
  });

  it('says both signatures, as Python writes them', () => {
    const [deviation] = signatureDeviations(asked, answering(withDefault('momentum', 0.9)), core);
    expect(deviation).toMatchObject({ kind: 'signature', level: 'must', observable: 'constructor', step: 0, element: null });
    expect([deviation?.got, deviation?.expected]).toEqual([
      '(num_features, eps=0.00001, momentum=0.9, affine=true, statistics="tracked", dtype="float32")',
      '(num_features, eps=0.00001, momentum=0.1, affine=true, statistics="tracked", dtype="float32")',
    ]);
    expect(signatureText([{ name: 'x', kind: 'positional' }, { name: 'bias', kind: 'keyword', default: true }, { name: 'rest', kind: 'rest' }])).toBe('(x, *, bias=true, **rest)');
  });

  it('a layer whose signature the dialect does not state cannot be judged, and a case that does not ask is none', () => {
    const silent = { ...core, signatures: [] };
    const verdict = judge(plannedAs(asked, { expectsConstant: true }), { kind: 'observed', seq: 0, observation: answering(stated) }, silent);
    expect(verdict).toMatchObject({ status: 'ungradable', reason: 'the dialect does not state the signature of this layer' });
    expect([lacksSignature(asked, silent), lacksSignature({ ...asked, program: [] }, silent), lacksSignature(asked, core)]).toEqual([true, false, false]);
  });

  it('every range of the two frameworks states the signature of every layer', () => {
    const layers = ['batchnorm1d', 'batchnorm2d', 'batchnorm3d', 'syncbatchnorm'] as const;
    const dialects = [readDialect('pytorch', '2.13.0'), readDialect('pytorch', '1.8.1'), readDialect('mindspore', '2.10.0'), readDialect('mindspore', '2.0.0')];
    for (const dialect of dialects) expect(layers.filter((layer) => lacksSignature({ ...asked, layer }, dialect))).toEqual([]);
  });
});
