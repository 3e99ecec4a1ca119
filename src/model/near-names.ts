/** Names close to a mistyped one, nearest first: at most a third of its letters differ. */
export function nearNames(wanted: string, candidates: readonly string[], most = 3): string[] {
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return candidates
    .map((name) => ({ name, distance: Math.min(editDistance(wanted.toLowerCase(), name.toLowerCase(), limit), beginning(wanted.toLowerCase(), name.toLowerCase())) }))
    .filter((c) => c.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map((c) => c.name);
}

/** Only the first part was typed, with a slip or two: "go/abandonned" for "go/abandoned-sender". Never nearer than a whole name. */
const beginning = (wanted: string, name: string): number =>
  wanted.length < 6 || name.length <= wanted.length ? Number.POSITIVE_INFINITY : 1 + editDistance(wanted, name.slice(0, wanted.length), 2);

/** Insertions, deletions and replacements; `limit` + 1 stands for anything above it. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] as number;
}
