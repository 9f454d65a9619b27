import type { Finding } from '../diff/findings.ts';

/** Folder of the scripts, in the out folder. */
export const reproducerFolder = 'reproduce';

/** The stand-alone script of a finding, or why there is none. */
export interface Reproducer extends Pick<Finding, 'status' | 'cause' | 'rule' | 'known' | 'example'> {
  /** `<id>@<version>`. */
  readonly runner: string;
  /** Name in the folder. */
  readonly script: string | null;
  readonly why: string | null;
}

/** One line of a finding: where its script is, or why it has none; nothing where none was asked for. */
export function describeReproducer(runner: string, finding: Finding, out: string, reproducers: readonly Reproducer[]): readonly string[] {
  const own = reproducers.find((one) => one.runner === runner && one.example === finding.example && one.known === finding.known && one.cause === finding.cause && one.rule === finding.rule && one.status === finding.status);
  if (own === undefined) return [];
  return [own.script === null ? `no script: ${own.why ?? ''}` : `reproduce: ${out}/${reproducerFolder}/${own.script}`];
}
