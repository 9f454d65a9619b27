/** Nobody misspells a longer word, and comparing takes as many steps as the product of the lengths. */
const longestWord = 200;

/** The known word that needs the fewest edits to become `word`, if that is at most a third of its letters. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > longestWord) return undefined;
  const [best] = known.map((one) => ({ one, edits: countEdits(word, one) })).sort((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits * 3 <= Math.max(word.length, best.one.length) ? best.one : undefined;
}

/** Insertions, deletions and replacements between two words (Levenshtein 1966), one row of the table at a time. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
