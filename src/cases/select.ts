import picomatch from 'picomatch';
import { UserError } from '../spec/user-error.ts';

/** Matches case ids: `*` is one component (or a part of one), `**` any number of components. */
export function matchesPattern(pattern: string): (id: string) => boolean {
  return picomatch(pattern, { dot: true, nobrace: true, noextglob: true, nonegate: true, nobracket: true, windows: false });
}

/**
 * The items whose id one of the patterns matches, in their own order; all of them without patterns.
 *
 * @throws {UserError} SELECT_EMPTY when a pattern matches nothing
 */
export function select<T extends { readonly id: string }>(items: readonly T[], patterns: readonly string[]): readonly T[] {
  if (patterns.length === 0) return items;
  const matchers = patterns.map((pattern) => ({ pattern, match: matchesPattern(pattern) }));
  const unused = matchers.find(({ match }) => !items.some(({ id }) => match(id)));
  if (unused !== undefined) {
    throw new UserError('SELECT_EMPTY', `--select '${unused.pattern}' matches none of the ${String(items.length)} planned cases`, `'*' stands for one component and '**' for any number; 'list' prints the ids${example(items)}`);
  }
  return items.filter(({ id }) => matchers.some(({ match }) => match(id)));
}

function example(items: readonly { readonly id: string }[]): string {
  const id = items[0]?.id;
  return id === undefined ? '' : `, the first is ${id}`;
}
