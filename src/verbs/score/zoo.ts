import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../spec/package-root.ts';

/** One miniature as runners/miniatures/lies.json describes it. */
export interface Miniature {
  readonly name: string;
  readonly kind: 'honest' | 'numeric' | 'conduct';
  /** Rule that the lie breaks; absent for an honest one. */
  readonly breaks?: string;
  /** Cause that a finding must name. */
  readonly cause?: string;
  /** Causes that are as true of it. */
  readonly also?: readonly string[];
  readonly description: string;
}

/** A lie about numbers, with what a report must say of it. */
export interface Fault extends Miniature {
  readonly breaks: string;
  readonly cause: string;
}

/** The zoo: faults to catch, and honest implementations that must never be accused. */
export interface Zoo {
  readonly faults: readonly Fault[];
  readonly honest: readonly Miniature[];
}

export function readZoo(): Zoo {
  const { lies } = JSON.parse(readFileSync(join(packageRoot, 'runners', 'miniatures', 'lies.json'), 'utf8')) as { readonly lies: readonly Miniature[] };
  return { faults: lies.filter(isFault), honest: lies.filter(({ kind }) => kind === 'honest') };
}

function isFault(lie: Miniature): lie is Fault {
  return lie.kind === 'numeric' && lie.breaks !== undefined && lie.cause !== undefined;
}
