/** The items in lists of so many, the last of what is left. */
export function* inParts<T>(items: Iterable<T>, size: number): Generator<readonly T[], undefined> {
  let part: T[] = [];
  for (const item of items) {
    part.push(item);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
