import { matchesPattern } from '../cases/select.ts';

/** Ids of cases that ran, by whether they still deviate as an entry says. */
export interface Tried {
  readonly fitting: readonly string[];
  readonly other: readonly string[];
}

/**
 * Patterns that together match every fitting id and none of the others; each matches only what `pattern` does.
 *
 * One component after the other takes the place of a wildcard: the one that leaves fewest mixtures first, so that
 * one of all layers becomes `batchnorm1d/stat/one-value/**` where one layer alone still deviates. Where no
 * component tells them apart, or patterns are no fewer than ids, the ids themselves stand.
 */
export function narrow(pattern: string, tried: Tried): readonly string[] {
  if (tried.fitting.length === 0) return [];
  if (tried.other.length === 0) return [pattern];
  const [best] = splits(pattern, tried).sort((a, b) => cost(a) - cost(b));
  if (best === undefined) return tried.fitting;
  const parts = best.flatMap((part) => narrow(part.pattern, part.tried));
  return parts.length < tried.fitting.length ? parts : tried.fitting;
}

interface Part {
  readonly pattern: string;
  readonly tried: Tried;
}

/** Parts that are still mixed count most, then how many patterns there are. */
function cost(parts: readonly Part[]): number {
  const mixed = parts.filter(({ tried }) => tried.fitting.length > 0 && tried.other.length > 0).length;
  return mixed * 10_000 + parts.filter(({ tried }) => tried.fitting.length > 0).length;
}

/** The ways to put every value of one component in the place of a wildcard, that leave no id out. */
function splits(pattern: string, { fitting, other }: Tried): Part[][] {
  const ids = [...fitting, ...other];
  const longest = Math.max(...ids.map((id) => id.split('/').length));
  return Array.from({ length: longest }, (_, at) => {
    const values = [...new Set(ids.map((id) => id.split('/')[at]))];
    const parts = values.flatMap((value) => {
      const special = value === undefined ? undefined : withValue(pattern, at, value);
      if (special === undefined) return [];
      const match = matchesPattern(special);
      const matching = (some: readonly string[]) => some.filter((id) => match(id));
      return [{ pattern: special, tried: { fitting: matching(fitting), other: matching(other) } }];
    });
    const kept = parts.reduce((sum, { tried }) => sum + tried.fitting.length + tried.other.length, 0);
    return values.length > 1 && kept === ids.length ? parts : [];
  }).filter((parts) => parts.length > 0);
}

/** The pattern with a value in the place of the wildcard that stands for component `at`; undefined where none does. */
function withValue(pattern: string, at: number, value: string): string | undefined {
  const components = pattern.split('/');
  const any = components.indexOf('**');
  if (any < 0 || at < any) return /[*?]/.test(components[at] ?? '') ? components.with(at, value).join('/') : undefined;
  const between = Array.from({ length: at - any }, () => '*');
  return [...components.slice(0, any), ...between, value, '**', ...components.slice(any + 1)].join('/');
}
