import { nearest } from './nearest.ts';

/** `did you mean 'x'? ` when a known word is near, else nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? '' : `did you mean '${near}'? `;
}
