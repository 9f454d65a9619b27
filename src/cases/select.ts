import { UserError } from '../spec/user-error.ts';

/**
 * Matches case ids: `*` is one component (or a part of one), `**` any number of components, every other character itself.
 *
 * Takes at most as many steps as the product of the lengths: a regular expression of a stranger's pattern can take for ever.
 */
export function matchesPattern(pattern: string): (id: string) => boolean {
  const head = pattern.split('*', 1)[0] ?? '';
  if (head === pattern) return (id) => id === pattern;
  const matches = matchesComponents(pattern);
  return (id) => id.startsWith(head.replace(/\/$/, '')) && matches(id.split('/'));
}

/** The same of an id that is cut into its components already, as one that several patterns are tried on. */
export function matchesComponents(pattern: string): (components: readonly string[]) => boolean {
  const parts = partsOf(pattern);
  return (components) => fitsSequence(parts, components);
}

/** Whether an id may match that begins with these components, such as a layer and a behaviour, whatever follows them. */
export function matchesBeginning(pattern: string): (components: readonly string[]) => boolean {
  const parts = partsOf(pattern);
  const end = parts.indexOf(null);
  return (components) => components.slice(0, end < 0 ? components.length : end).every((component, i) => parts[i]?.(component) === true);
}

type Part = ((component: string) => boolean) | null;

/** Of each component; null stands for any number of them. */
function partsOf(pattern: string): readonly Part[] {
  return pattern.split('/').map((text) => (text === '**' ? null : matchesComponent(text)));
}

function matchesComponent(pattern: string): (component: string) => boolean {
  const [head = '', ...pieces] = pattern.split('*');
  const tail = pieces.pop();
  if (tail === undefined) return (component) => component === pattern;
  return (component) => {
    if (component.length < head.length + tail.length || !component.startsWith(head) || !component.endsWith(tail)) return false;
    let from = head.length;
    for (const piece of pieces) {
      const found = component.indexOf(piece, from);
      if (found < 0) return false;
      from = found + piece.length;
    }
    return from <= component.length - tail.length;
  };
}

/** Whether items are those of a pattern in which null stands for any number of them. Only the last null is ever tried again: it can take what those before it could. */
function fitsSequence(pattern: readonly Part[], items: readonly string[]): boolean {
  let [p, i, retry, from] = [0, 0, -1, 0];
  while (i < items.length) {
    const part = pattern[p];
    if (part === null) [retry, from, p] = [p, i, p + 1];
    else if (part?.(items[i]!) === true) [p, i] = [p + 1, i + 1];
    else if (retry >= 0) [from, p, i] = [from + 1, retry + 1, from + 1];
    else return false;
  }
  return pattern.slice(p).every((part) => part === null);
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
