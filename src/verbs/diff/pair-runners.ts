/** Runners of two runs, by their key `<id>@<version>`. */
export interface PairedRunners {
  /** Earlier and later key of each framework that both asked. */
  readonly pairs: readonly (readonly [before: string, after: string])[];
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

/** Pairs the same version with itself first, then what is left of a framework in the order in which it was asked. */
export function pairRunners(before: readonly string[], after: readonly string[]): PairedRunners {
  const open = before.filter((key) => !after.includes(key));
  const partners = new Map(after.filter((key) => before.includes(key)).map((key) => [key, key]));
  for (const key of after) {
    const at = open.findIndex((candidate) => idOf(candidate) === idOf(key));
    if (partners.has(key) || at < 0) continue;
    partners.set(key, open[at]!);
    open.splice(at, 1);
  }
  return {
    pairs: after.flatMap((key) => { const partner = partners.get(key); return partner === undefined ? [] : [[partner, key] as const]; }),
    onlyBefore: open, onlyAfter: after.filter((key) => !partners.has(key)),
  };
}

function idOf(key: string): string {
  return key.replace(/@[^@]*$/, '');
}
