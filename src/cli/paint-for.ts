import { styleText } from 'node:util';
import { type Paint, type PaintName, plain } from '../reports/paint.ts';

const looks = { good: 'green', bad: 'red', warn: 'yellow', quiet: 'dim', strong: 'bold' } as const satisfies Record<PaintName, string>;

/** Colours for a terminal that has them; plain text for anything else, and where NO_COLOR is set. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  if (!stream.isTTY || !stream.hasColors()) return plain;
  return (name, text) => styleText(looks[name], text);
}
