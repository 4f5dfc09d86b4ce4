/** The known name a misspelt one most likely meant: one it begins, one few slips of the finger away, or its own beginning. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const reach = Math.max(2, Math.floor(word.length / 3));
  const scored = known
    .map((name) => ({name, slips: editDistance(wanted, name.toLowerCase())}))
    .filter(({name, slips}) => slips <= reach && slips < Math.min(word.length, name.length))
    .sort((a, b) => a.slips - b.slips);
  const begun = wanted.length > 2 ? known.find((name) => name.toLowerCase().startsWith(wanted)) : undefined;
  const isPrefix = (name: string) => name.toLowerCase().startsWith(wanted) || wanted.startsWith(name.toLowerCase());
  return begun ?? scored[0]?.name ?? (wanted === '' ? undefined : known.find(isPrefix));
}

/** '; did you mean "capacity"?', and the known names where none is near or when they are always wanted. */
export function didYouMean(word: string, known: readonly string[], list: 'always' | 'else' = 'else'): string {
  const name = nearest(word, known);
  const names = known.length > 0 ? known.join(', ') : 'nothing';
  if (name === undefined) return `; known here: ${names}`;
  return `; did you mean "${name}"?${list === 'always' && known.length > 1 ? ` (known: ${names})` : ''}`;
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({length: a.length + 1}, (_, i) => Array.from({length: b.length + 1}, (_, j) => (i === 0 ? j : j === 0 ? i : 0)));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const substitution = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      rows[i]![j] = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, substitution, swapped ? rows[i - 2]![j - 2]! + 1 : Infinity);
    }
  }
  return rows[a.length]![b.length]!;
}
