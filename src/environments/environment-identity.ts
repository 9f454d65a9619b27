import { createHash } from 'node:crypto';

/** What an environment is found by. */
export interface EnvironmentIdentity {
  /** Minor version of Python to take when there is one, such as `3.11`. */
  readonly preferredPython: string | undefined;
  /** First 12 hexadecimal digits of the SHA-256 of the content. */
  readonly hash: string;
}

/** Of the text of an environment file; whether the rest of it is well-formed matters when the environment is made. */
export function identityOf(text: string): EnvironmentIdentity {
  return { preferredPython: header(text, 'prefer'), hash: createHash('sha256').update(text).digest('hex').slice(0, 12) };
}

/** Value of a comment such as `# prefer: 3.11`. */
export function header(text: string, name: string): string | undefined {
  return new RegExp(`^#\\s*${name}:\\s*(.+?)\\s*$`, 'm').exec(text)?.[1];
}
