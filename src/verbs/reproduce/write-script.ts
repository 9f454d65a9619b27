import { encodeNpy } from '../../tensor/npy.ts';
import { writeAnew } from '../../spec/write-anew.ts';
import type { Script } from './script.ts';

/** Where the numbers of a script lie, which it loads itself. */
export function numbersPath(script: string): string {
  return script.replace(/\.py$/, '.npy');
}

/** Writes a script, and its numbers beside it where it has any; the paths written. */
export async function writeScript(path: string, { text, numbers }: Script): Promise<readonly string[]> {
  await writeAnew(path, text);
  if (numbers === null) return [path];
  await writeAnew(numbersPath(path), encodeNpy({ dtype: 'float64', shape: [numbers.length], data: numbers }));
  return [path, numbersPath(path)];
}
