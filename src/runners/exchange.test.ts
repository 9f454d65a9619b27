import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pid } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawInput } from '../cases/data.ts';
import { encodeTensor, type ElementType, type WireTensor } from '../tensor/bytes.ts';
import { float32Beside } from '../tensor/narrow.ts';
import { decodeNpy, encodeNpy, encodeNpyHeader } from '../tensor/npy.ts';
import { decodeResult } from './decode-result.ts';
import { encodeRun } from './encode-messages.ts';
import { Exchange, smallestFileBytes } from './exchange.ts';
import { removeAbandoned } from './exchange-folder.ts';
import { type Frame, FrameDecoder } from './frames.ts';
import type { RawTensor, ResultMessage } from './messages.ts';
import { smokeCase } from './smoke-case.ts';

let exchange: Exchange;
beforeEach(() => {
  exchange = opened();
});
afterEach(() => {
  exchange.close();
});

function opened(): Exchange {
  const fresh = Exchange.open();
  if (fresh === undefined) throw new Error('no folder could be made');
  return fresh;
}

const tensor = (dtype: ElementType, ...values: readonly number[]): WireTensor => ({ dtype, shape: [values.length, 1], data: Float64Array.from(values) });

/** As a runner does. */
function leave(name: string, { dtype, shape, data }: WireTensor): string {
  const path = join(exchange.folder, name);
  writeFileSync(path, Buffer.concat([encodeNpyHeader({ dtype, shape }), encodeTensor({ dtype, shape, data })]));
  return path;
}

describe('a tensor for a runner', () => {
  it.each<ElementType>(['float16', 'bfloat16', 'float32', 'float64', 'int64', 'int32', 'bool'])('%s is a file that numpy reads', (dtype) => {
    const path = exchange.put(0, tensor(dtype, 1, 0, 1, 1, 0)) ?? '';
    const words = execFileSync('python3', ['-c', 'import ast, sys; f = open(sys.argv[1], "rb"); f.seek(10); print(ast.literal_eval(f.readline().decode())["shape"], f.tell() % 64, f.read().hex())', path], { encoding: 'utf8' });
    expect(words.trim()).toBe(`(5, 1) 0 ${Buffer.from(encodeTensor(tensor(dtype, 1, 0, 1, 1, 0))).toString('hex')}`);
  });

  it('that was drawn as float32 too is written as it is', () => {
    const { data } = drawInput([5], 'unit', 'float32', [smallestFileBytes / 4, 1]);
    const drawn = { dtype: 'float32', shape: [smallestFileBytes / 4, 1], data } as const;
    const paths = [exchange.put(0, drawn), exchange.put(0, { ...drawn, data: data.slice() })];
    expect([float32Beside(data) !== undefined, ...paths.map((path) => readFileSync(path ?? '').equals(Buffer.from(encodeNpy(drawn))))]).toEqual([true, true, true]);
  });

  it('is gone once its question was answered, and no sooner', () => {
    const [first, second, other] = [exchange.put(7, tensor('float32', 1)), exchange.put(7, tensor('float32', 2)), exchange.put(8, tensor('float32', 3))];
    exchange.release(7);
    expect([first, second, other].map((path) => existsSync(path ?? ''))).toEqual([false, false, true]);
  });

  it('travels in the payload where the folder is gone', () => {
    rmSync(exchange.folder, { recursive: true });
    expect(exchange.put(0, tensor('float32', 1))).toBeUndefined();
  });
});

describe('a tensor of a runner', () => {
  it.each<ElementType>(['float16', 'bfloat16', 'float32', 'float64', 'int64', 'int32', 'bool'])('%s comes back as it was', (dtype) => {
    expect(Array.from(exchange.take(leave('result-0.npy', tensor(dtype, 1, 0, 1)), dtype, [3, 1]))).toEqual([1, 0, 1]);
  });

  it('its file takes a later input, whatever the length of that, and what was read stays', () => {
    const path = leave('result-0.npy', tensor('float32', 1, 2, 3));
    const read = exchange.take(path, 'float32', [3, 1]);
    expect(exchange.put(0, tensor('float32', 9))).toBe(path);
    expect([Array.from(read), Array.from(decodeNpy(readFileSync(path)).data)]).toEqual([[1, 2, 3], [9]]);
  });

  it('one file that is named twice takes one input', () => {
    const path = leave('result-0.npy', tensor('float32', 1));
    expect([exchange.take(path, 'float32', [1, 1]), exchange.take(path, 'float32', [1, 1])].map((values) => values[0])).toEqual([1, 1]);
    expect(exchange.put(0, tensor('float32', 2))).not.toBe(exchange.put(0, tensor('float32', 3)));
  });

  it('no more than four files are kept', () => {
    for (const i of Array.from({ length: 9 }).keys()) exchange.take(leave(`result-${String(i)}.npy`, tensor('float32', i)), 'float32', [1, 1]);
    expect(readdirSync(exchange.folder)).toHaveLength(4);
  });

  const take = (path: string) => () => exchange.take(path, 'float32', [2, 1]);

  it.each([
    ['/etc/passwd', 'does not lie in the folder'],
    ['../result.npy', 'does not lie in the folder'],
    ['inner/result.npy', 'does not lie in the folder'],
    ['..', 'does not lie in the folder'],
    ['nothing.npy', 'cannot be opened: ENOENT'],
    ['link.npy', 'cannot be opened: ELOOP'],
    ['pipe.npy', 'no regular file'],
    ['folder.npy', 'no regular file'],
    ['empty.npy', 'does not begin as a .npy file does'],
    ['double.npy', 'with <f8 [2, 1], 16 bytes, the header says <f4 [2, 1], 8 bytes'],
    ['flat.npy', 'with <f4 [2], 8 bytes, the header says <f4 [2, 1], 8 bytes'],
    ['fortran.npy', 'with <f4 [2, 1] in Fortran order, 8 bytes'],
    ['cut.npy', 'with <f4 [2, 1], 7 bytes'],
    ['huge.npy', 'of 20000 bytes, for 8 bytes of data'],
    ['pickle.npy', 'with |O [2, 1], 8 bytes'],
  ])('%s is refused', (name, message) => {
    const good = Buffer.from(encodeNpy({ dtype: 'float32', shape: [2, 1], data: Float64Array.of(1, 2) }));
    const inside = (file: string, bytes: Uint8Array) => { writeFileSync(join(exchange.folder, file), bytes); };
    inside('empty.npy', Buffer.alloc(0));
    inside('double.npy', encodeNpy({ dtype: 'float64', shape: [2, 1], data: Float64Array.of(1, 2) }));
    inside('flat.npy', encodeNpy({ dtype: 'float32', shape: [2], data: Float64Array.of(1, 2) }));
    inside('fortran.npy', Buffer.from(good.toString('latin1').replace('False', 'True '), 'latin1'));
    inside('pickle.npy', Buffer.from(good.toString('latin1').replace('\'<f4\'', '\'|O\' '), 'latin1'));
    inside('cut.npy', good.subarray(0, -1));
    inside('huge.npy', Buffer.alloc(20_000));
    mkdirSync(join(exchange.folder, 'folder.npy'));
    symlinkSync('/etc/passwd', join(exchange.folder, 'link.npy'));
    execFileSync('mkfifo', [join(exchange.folder, 'pipe.npy')]);
    expect(take(name.startsWith('/') ? name : `${exchange.folder}/${name}`)).toThrow(message);
  });

  it('an input is no result', () => {
    expect(take(exchange.put(3, tensor('float32', 1, 2)) ?? '')).toThrow('which is an input');
  });
});

describe('its folder', () => {
  it('is its own, for nobody else to read, and goes with what is in it', () => {
    exchange.put(0, tensor('float32', 1));
    const mode = execFileSync('stat', ['-c', '%a', exchange.folder], { encoding: 'utf8' }).trim();
    exchange.close();
    expect([mode, existsSync(exchange.folder)]).toEqual(['700', false]);
  });

  it('of a process that was killed goes when the next run starts, that of a living one stays', () => {
    const ours = exchange.folder;
    const pattern = ours.slice(0, ours.lastIndexOf(`-${String(pid)}-`));
    const dead = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
    const [left, living] = [dead, '1'].map((of) => mkdtempSync(`${pattern}-${of}-`));
    writeFileSync(join(left ?? '', 'result-0.npy'), 'x');
    removeAbandoned();
    expect([left, living].map((folder) => existsSync(folder ?? ''))).toEqual([false, true]);
    rmSync(living ?? '', { recursive: true });
  });
});

describe('frames', () => {
  const large = { dtype: 'float32', shape: [smallestFileBytes / 4, 1], data: new Float64Array(smallestFileBytes / 4).map((_, i) => i) } as const;
  const small = { dtype: 'float32', shape: [1, 1], data: Float64Array.of(0.5) } as const;
  const asked = { ...smokeCase('batchnorm1d'), ranks: [{ inputs: [small, large], grads: [large] }] };
  const placesIn = (frame: Buffer) => {
    const frames: Frame[] = [];
    new FrameDecoder().push(frame, (one) => frames.push(one));
    const { cases: [one] } = frames[0]?.rawHeader as { readonly cases: readonly { readonly ranks: readonly { readonly inputs: readonly RawTensor[]; readonly grads: readonly RawTensor[] }[] }[] };
    return { places: one?.ranks.flatMap(({ inputs, grads }) => [...inputs, ...grads]) ?? [], payload: frames[0]?.payload ?? Buffer.alloc(0) };
  };

  it('leave large tensors to files', () => {
    const { places, payload } = placesIn(encodeRun(0, [{ seq: 4, case: asked }], exchange));
    expect(places.map(({ file, offset }) => [file === undefined, offset !== undefined])).toEqual([[true, true], [false, false], [false, false]]);
    expect([payload.length < 100, ...places.slice(1).map(({ file }) => Array.from(decodeNpy(readFileSync(file ?? '')).data.subarray(0, 3)))]).toEqual([true, [0, 1, 2], [0, 1, 2]]);
  });

  it('carry them where there is no room for files', () => {
    rmSync(exchange.folder, { recursive: true });
    const frames = [exchange, undefined].map((way) => encodeRun(0, [{ seq: 4, case: asked }], way));
    expect(frames[0]).toEqual(frames[1]);
  });

  it('results name files', () => {
    const file = leave('result-0.npy', tensor('float32', 1, 2));
    const message: ResultMessage = { type: 'result', seq: 0, outcome: 'observed', durationUs: 1, ranks: [{ construct: {}, steps: [{ y: { dtype: 'float32', shape: [2, 1], file } }] }] };
    expect(decodeResult(message, Buffer.alloc(0), () => '', (path, dtype, shape) => exchange.take(path, dtype, shape))).toMatchObject({ observation: { ranks: [{ steps: [{ y: { dtype: 'float32', shape: [2, 1], data: Float32Array.of(1, 2) } }] }] } });
  });
});
