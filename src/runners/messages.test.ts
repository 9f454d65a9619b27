import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Case } from '../cases/case.ts';
import { encodeTensor } from '../tensor/bytes.ts';
import type { FloatType, Tensor } from '../tensor/tensor.ts';
import type { ObservedAnswer } from './answer.ts';
import { decodeResult } from './decode-result.ts';
import { encodeRun, encodeStart, encodeStop, payloadBytes } from './encode-messages.ts';
import { encodeFrame, type Frame, FrameDecoder } from './frames.ts';
import type { RawTensor, ResultMessage } from './messages.ts';
import { smokeCase } from './smoke-case.ts';
import { parseRunnerMessage, requireValid } from './validate-message.ts';

function open(bytes: Buffer): Frame {
  const frames: Frame[] = [];
  new FrameDecoder().push(bytes, (frame) => frames.push(frame));
  return frames[0]!;
}

const dtype = fc.constantFrom<FloatType>('float16', 'bfloat16', 'float32', 'float64');
const anyTensor = fc
  .record({ dtype, data: fc.array(fc.constantFrom(0, -0, 1, -2.5, 2 ** -20, Infinity, NaN), { maxLength: 7 }) })
  .map(({ dtype, data }): Tensor => ({ dtype, shape: [data.length, 1], data: Float64Array.from(data) }));

const anyCase = fc
  .record({ inputs: fc.array(anyTensor, { maxLength: 3 }), grads: fc.array(anyTensor, { maxLength: 2 }), gamma: anyTensor, momentum: fc.constantFrom(null, 0, 0.1) })
  .map(({ inputs, grads, gamma, momentum }) => {
    const plain = smokeCase('batchnorm2d');
    return { ...plain, config: { ...plain.config, momentum }, initial: { gamma }, ranks: [{ inputs, grads }, { inputs: grads, grads: [] }] } satisfies Case;
  });

type Sent = Required<RawTensor>;

interface SentCase {
  readonly seq: number;
  readonly at: number;
  readonly config: Case['config'];
  readonly initial: { readonly gamma: Sent };
  readonly ranks: readonly { readonly inputs: Sent[]; readonly grads: Sent[] }[];
}

/** The cases of a message, each written out, as a runner takes them. */
function sentCases(rawHeader: unknown): readonly SentCase[] {
  const { cases } = rawHeader as { cases: readonly (SentCase | { readonly like: number })[] };
  return cases.map((one) => ('like' in one ? { ...(cases[one.like] as SentCase), ...(one as unknown as SentCase) } : one));
}

describe('run messages', () => {
  it('property: fit their schema, keep every bit of every tensor, and align it to 8 bytes', () => {
    const property = fc.property(fc.array(anyCase, { minLength: 1, maxLength: 4 }), (cases) => {
      const { rawHeader, payload } = open(encodeRun(3, cases.map((one, seq) => ({ seq, case: one }))));
      requireValid('run', rawHeader);
      expect(payload.length).toBe(cases.reduce((sum, one) => sum + payloadBytes(one), 0));
      expect((rawHeader as { readonly batch: number }).batch).toBe(3);
      for (const [seq, sent] of sentCases(rawHeader).entries()) {
        const asked = cases[seq]!;
        const raw = [sent.initial.gamma, ...sent.ranks.flatMap(({ inputs, grads }) => [...inputs, ...grads])];
        const tensors = [asked.initial.gamma, ...asked.ranks.flatMap(({ inputs, grads }) => [...inputs, ...grads])];
        expect(sent.seq).toBe(seq);
        expect(sent.config).toEqual(asked.config);
        expect(raw.map(({ dtype, shape }) => ({ dtype, shape }))).toEqual(tensors.map(({ dtype, shape }) => ({ dtype, shape })));
        for (const [i, { offset }] of raw.entries()) {
          const bytes = encodeTensor(tensors[i]!);
          const start = sent.at + offset;
          expect(start % 8).toBe(0);
          expect(payload.subarray(start, start + bytes.length).equals(bytes)).toBe(true);
        }
      }
    });
    fc.assert(property);
  });

  it('a case that differs from an earlier one in configuration and data alone says only these, whatever lies between', () => {
    const one = smokeCase('batchnorm1d');
    const ranks = one.ranks.map((rank) => ({ ...rank, inputs: rank.inputs.map((x) => ({ ...x, data: x.data.map((value) => value + 1) })) }));
    const moved = { ...one, config: { ...one.config, eps: 0.5 }, ranks };
    const other = { ...one, layout: 'strided' } as const;
    const { rawHeader } = open(encodeRun(0, [one, other, moved].map((asked, seq) => ({ seq, case: asked }))));
    requireValid('run', rawHeader);
    const bytes = payloadBytes(one);
    const { cases } = rawHeader as { cases: readonly object[] };
    expect(cases[1]).toMatchObject({ seq: 1, at: bytes, layout: 'strided' });
    expect(cases[2]).toEqual({ seq: 2, at: 2 * bytes, config: moved.config, like: 0 });
  });

  it('BN-DTYPE-03 the inputs travel in the integer type that is asked, the gradients in their own', () => {
    const input = { dtype: 'float32', shape: [3, 1], data: Float64Array.of(1, 0, -2) } as const;
    for (const inputType of ['int32', 'int64', 'bool'] as const) {
      const asked: Case = { ...smokeCase('batchnorm1d'), ranks: [{ inputs: [input], grads: [input] }], inputType };
      const { rawHeader, payload } = open(encodeRun(0, [{ seq: 0, case: asked }]));
      requireValid('run', rawHeader);
      const [sent] = (rawHeader as { cases: readonly { ranks: readonly { inputs: Sent[]; grads: Sent[] }[] }[] }).cases;
      expect(sent?.ranks[0]).toMatchObject({ inputs: [{ dtype: inputType, offset: 0 }], grads: [{ dtype: 'float32' }] });
      expect(sent).not.toHaveProperty('inputType');
      const bytes = encodeTensor({ ...input, dtype: inputType });
      expect(payload.subarray(0, bytes.length).equals(bytes)).toBe(true);
      expect(payload.length).toBe(payloadBytes(asked));
    }
  });

  it('BN-ERR-03 a number of features that no layer can have travels as it is', () => {
    for (const numFeatures of [0, -1, 2.5]) {
      const plain = smokeCase('batchnorm1d');
      const { rawHeader } = open(encodeRun(0, [{ seq: 0, case: { ...plain, config: { ...plain.config, numFeatures } } }]));
      requireValid('run', rawHeader);
      expect(rawHeader).toMatchObject({ cases: [{ config: { numFeatures } }] });
    }
  });

  it('the id and everything else about a case stay here', () => {
    const { rawHeader } = open(encodeRun(0, [{ seq: 5, case: smokeCase('batchnorm1d') }]));
    const { cases } = rawHeader as { cases: object[] };
    expect(Object.keys(cases[0]!)).toEqual(['seq', 'at', 'config', 'layer', 'initial', 'ranks', 'program']);
  });

  it('NaN and infinities in the configuration are refused: JSON has none', () => {
    const plain = smokeCase('batchnorm1d');
    const asked = { ...plain, config: { ...plain.config, eps: Infinity } };
    expect(() => encodeRun(0, [{ seq: 0, case: asked }])).toThrow('eps = Infinity cannot travel to a runner');
  });

  it('start and stop fit their schemas', () => {
    requireValid('start', open(encodeStart(2, 'cpu')).rawHeader);
    requireValid('stop', open(encodeStop()).rawHeader);
  });
});

/** A result whose y is the tensor, at offset 8. */
function resultWith(tensor: Tensor, change: Partial<RawTensor> = {}): Frame {
  const y = { dtype: tensor.dtype, shape: tensor.shape, offset: 8, ...change };
  const header = { type: 'result', seq: 1, outcome: 'observed', durationUs: 2.5, ranks: [{ construct: { step_count: 0 }, steps: [{ y, step_count: 1 }] }] };
  return open(encodeFrame(JSON.stringify(header), [new Uint8Array(8), encodeTensor(tensor)]));
}

function decode({ rawHeader, payload }: Frame): ObservedAnswer {
  return decodeResult(parseRunnerMessage(rawHeader) as ResultMessage, payload, () => '') as ObservedAnswer;
}

const one: Tensor = { dtype: 'float32', shape: [1], data: Float64Array.of(1) };

describe('result messages', () => {
  it('property: a tensor of any type comes back as it was', () => {
    const property = fc.property(anyTensor, (tensor) => {
      expect(decode(resultWith(tensor)).observation).toEqual({
        durationUs: 2.5,
        ranks: [{ construct: { step_count: 0 }, steps: [{ y: tensor, step_count: 1 }] }],
      });
    });
    fc.assert(property);
  });

  it.each([
    [{ offset: 16 }, 'y ends at byte 20 of a payload of 12 bytes'],
    [{ shape: [2] }, 'y ends at byte 16 of a payload of 12 bytes'],
    [{ offset: 4 }, 'y at offset 4, which is no multiple of 8'],
    [{ dtype: 'float64' }, 'y ends at byte 16 of a payload of 12 bytes'],
  ] as const)('a tensor outside its payload is refused: %j', (change, message) => {
    expect(() => decode(resultWith(one, change))).toThrow(message);
  });

  it('BN-NUM-04 what had other bits comes back by its names, and nothing else is taken for a name', () => {
    const header = { type: 'result', seq: 1, outcome: 'observed', durationUs: 2.5, ranks: [{ construct: {}, steps: [{ unrepeated: ['y', 'step_count'] }] }] };
    expect(decode({ rawHeader: header, payload: Buffer.alloc(0) }).observation.ranks[0]?.steps).toEqual([{ unrepeated: ['y', 'step_count'] }]);
    const other = JSON.parse(JSON.stringify(header).replace('"y"', '"z"')) as unknown;
    expect(() => parseRunnerMessage(other)).toThrow('unrepeated');
  });

  it.each([['"file":"/x.npy"', 'the file /x.npy, where none was asked for'], ['"dtype":"float32"', 'y without an offset and without a file']])('a tensor with %s in place of its offset is refused', (place, message) => {
    const { rawHeader, payload } = resultWith(one);
    const changed = JSON.parse(JSON.stringify(rawHeader).replace('"offset":8', place)) as unknown;
    expect(() => decode({ rawHeader: changed, payload })).toThrow(message);
  });

  it('the tail of stderr goes with a failure', () => {
    const failed = { type: 'result', seq: 4, outcome: 'failed', error: { class: 'KeyError', message: 'x' } } as const;
    expect(decodeResult(failed, new Uint8Array(), () => 'tail')).toEqual({ kind: 'failed', seq: 4, error: failed.error, stderrTail: 'tail' });
  });
});

describe('what a runner may say', () => {
  it.each([
    [null, 'a message of no type, expected started, result or log'],
    [{ type: 'run' }, 'a message of type run, expected started, result or log'],
    [{ type: 'result', seq: -1, outcome: 'failed' }, 'a result message that breaks its schema: '],
    [{ type: 'log', level: 'loud', message: '' }, 'a log message that breaks its schema: log/level must be equal to one of the allowed values'],
  ])('%j is refused', (raw, message) => {
    expect(() => parseRunnerMessage(raw)).toThrow(message);
  });
});
