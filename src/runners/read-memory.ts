import type { Answer } from './answer.ts';
import { tensorObservables } from './observation.ts';

/** Memory that was given back, smallest first. Fresh memory costs five times what reading into it does: the system clears each page. */
let spare: ArrayBuffer[] = [];
const mostSpareBytes = 64 * 2 ** 20;
const ours = new WeakSet<ArrayBufferLike>();

/** Memory of at least so many bytes, whatever is in it. */
export function memoryFor(bytes: number): ArrayBuffer {
  const at = spare.findIndex(({ byteLength }) => byteLength >= bytes && byteLength <= 2 * bytes);
  const [known] = at < 0 ? [] : spare.splice(at, 1);
  const memory = known ?? Buffer.allocUnsafeSlow(bytes).buffer;
  ours.add(memory);
  return memory;
}

/**
 * Gives the memory of an answer's large tensors back. They are empty afterwards, so that who still reads one reads nothing rather than
 * another case's values. An answer that is never given back is the collector's.
 */
export function giveBack(answer: Answer): void {
  if (answer.kind !== 'observed') return;
  for (const { construct, steps } of answer.observation.ranks) {
    for (const step of [construct, ...steps]) {
      for (const name of tensorObservables) keep(step[name]?.data.buffer);
    }
  }
}

function keep(memory: ArrayBufferLike | undefined): void {
  if (memory === undefined || !ours.delete(memory)) return;
  const moved = structuredClone(memory as ArrayBuffer, { transfer: [memory as ArrayBuffer] });
  const held = spare.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (held + moved.byteLength > mostSpareBytes) return;
  spare = [...spare, moved].sort((a, b) => a.byteLength - b.byteLength);
}
