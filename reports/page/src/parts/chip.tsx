import type { Status } from '../../../../src/diff/verdict.ts';
import { meanings, toneOf } from '../data/status.ts';

/** A status as a word with its colour. */
export function Chip({ status }: { readonly status: Status }) {
  return <span class={`chip ${toneOf(status)}`} title={meanings[status]}>{status}</span>;
}
