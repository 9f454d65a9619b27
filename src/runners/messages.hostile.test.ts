import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { mutatedJson } from '../spec/hostile-document.fixture.ts';
import { UserError } from '../spec/user-error.ts';
import { elementBytes } from '../tensor/bytes.ts';
import { mutatedBytes, survive, type Tally } from '../tensor/hostile.fixture.ts';
import { countElements } from '../tensor/tensor.ts';
import { decodeResult } from './decode-result.ts';
import { descriptionIn, variantsIn } from './description.ts';
import { encodeFrame, type Frame, FrameDecoder, FrameError } from './frames.ts';
import type { RunnerMessage, StartedMessage } from './messages.ts';
import { tensorObservables } from './observation.ts';
import { MessageError, parseRunnerMessage } from './validate-message.ts';

const minutes = 60_000;
const bothWays = ({ tried, refused, read }: Tally) => [refused > tried / 20, read > tried / 50];

const started: StartedMessage = {
  type: 'started', protocolVersion: 1, schemaVersion: 1, framework: 'miniature', version: '1.0', build: 'release', language: 'CPython 3.11.7', device: 'cpu', cpu: { model: 'Some CPU', capability: 'AVX2' }, threads: 1,
  layers: ['batchnorm1d'], capabilities: [{ name: 'ranks', offered: false, reason: 'one process' }],
};
const tensor = (offset: number, dtype = 'float32') => ({ dtype, shape: [2, 1], offset });
const observed = {
  type: 'result', seq: 3, outcome: 'observed', durationUs: 1.5,
  ranks: [{ construct: { running_mean: tensor(0), running_var: tensor(8, 'float64'), step_count: 0 }, steps: [{ y: tensor(8), dx: tensor(24, 'bfloat16'), changed: ['x'], unrepeated: ['y', 'running_var'] }, { error: { class: 'ValueError', message: 'no' } }] }],
};
const described = { type: 'result', seq: 0, outcome: 'observed', durationUs: 0, ranks: [{ construct: {}, steps: [{ described: { arguments: [{ name: 'eps', kind: 'keyword', default: 1e-5 }], inputs: ['x'], training: true, repr: 'BN()', parameters: [{ name: 'weight', shape: [2], dtype: 'float32', trainable: true }], buffers: [] } }] }] };
const unsupported = { type: 'result', seq: 9, outcome: 'unsupported', reason: 'no', source: 'its documentation', probe: { call: 'bn()', error: { class: 'TypeError', message: 'no' } } };
const failed = { type: 'result', seq: 4, outcome: 'failed', error: { class: 'KeyError', message: 'x' } };
const log = { type: 'log', level: 'warning', message: 'slow' };

const payload = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 8));

/** Values of every observable are as many as its shape says, and finite text stays text. */
function requireWhole(message: RunnerMessage, bytes: Buffer): void {
  if (message.type !== 'result') return;
  const answer = decodeResult(message, bytes, () => 'stderr');
  if (answer.seq !== message.seq) throw new Error('another case');
  if (answer.kind !== 'observed') return;
  const steps = answer.observation.ranks.flatMap((rank) => [rank.construct, ...rank.steps]);
  for (const seen of steps.flatMap((step) => tensorObservables.flatMap((name) => step[name] ?? []))) {
    if (seen.data.length !== countElements(seen.shape) || seen.data.length * elementBytes[seen.dtype] > bytes.length) throw new Error(`${String(seen.data.length)} values of shape ${seen.shape.join('x')}`);
  }
}

function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  const decoder = new FrameDecoder();
  decoder.push(bytes.subarray(0, bytes.length >> 1), (frame) => frames.push(frame));
  decoder.push(bytes.subarray(bytes.length >> 1), (frame) => frames.push(frame));
  decoder.end();
  return frames;
}

describe('what a runner says', () => {
  it.each([['started', [started]], ['result', [observed, described, unsupported, failed]], ['log', [log]]] as const)('property: %s messages are of their schema, and their tensors inside the payload', async (name, documents) => {
    const tally = await survive({
      name: `${name} messages`, refusals: [MessageError, FrameError],
      inputs: fc.tuple(mutatedJson(documents), fc.constantFrom(payload, Buffer.alloc(0), payload.subarray(1))),
      read: ([header, bytes]) => {
        for (const { rawHeader, payload: own } of framesOf(encodeFrame(header, [bytes]))) requireWhole(parseRunnerMessage(rawHeader), own);
      },
    });
    expect(bothWays(tally)).toEqual([true, true]);
  }, 10 * minutes);

  it('property: frames whose bytes were changed are found out', async () => {
    const valid = [started, observed, log].map((message) => encodeFrame(JSON.stringify(message), [payload]));
    const stream = Buffer.concat(valid);
    const tally = await survive({
      name: 'frames', inputs: mutatedBytes([stream, ...valid]), refusals: [FrameError, MessageError],
      read: (bytes) => {
        for (const { rawHeader, payload: own } of framesOf(bytes)) requireWhole(parseRunnerMessage(rawHeader), own);
        if (bytes.length > 0 && !stream.includes(bytes.subarray(0, 12))) throw new Error('a frame that nobody sent');
      },
    });
    expect(tally.refused).toBeGreaterThan(tally.tried / 2);
  }, 10 * minutes);
});

describe('runner descriptions from a stranger', () => {
  const rest = { schemaVersion: 1, id: 'mine', framework: 'mine', title: 'Mine', dialect: 'core', language: 'python', arguments: ['-u'], defaultVersion: '1.0', layers: ['batchnorm1d'], variants: 'lies.json' };
  const description = { ...rest, entry: 'adapter.py' };

  it('property: they say how a runner is started, or are refused', async () => {
    const tally = await survive({
      name: 'runner descriptions', inputs: mutatedJson([description, { ...rest, command: ['./run', '--x'] }]), refusals: [UserError],
      read: (text) => {
        const { id, dialect, framework, defaultVersion = '', entry, command } = descriptionIn('runner.json', text);
        if (![id, dialect, framework, defaultVersion].every((word) => /^[\w.+-]*$/.test(word) && word !== '..') || (entry === undefined) === (command === undefined)) throw new Error(`a runner ${id} of ${framework}`);
      },
    });
    expect(bothWays(tally)).toEqual([true, true]);
  }, 10 * minutes);

  it('property: names of variants are words of ids', async () => {
    const tally = await survive({
      name: 'variants of runners', inputs: mutatedJson([{ lies: [{ name: 'biased-variance' }, { name: 'honest' }] }]), refusals: [UserError],
      read: (text) => {
        if (!variantsIn('lies.json', text).every((name) => /^[a-z0-9-]+$/.test(name))) throw new Error('a name that is no word');
      },
    });
    expect(bothWays(tally)).toEqual([true, true]);
  }, 10 * minutes);
});
