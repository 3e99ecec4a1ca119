/** Names of what was given: the same inputs in another order, or under another parent folder, keep their names. */

export const compareNames = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `/a/x/logs` and `/b/y/logs` become `x/logs` and `y/logs`: as many last parts as it takes to tell them apart. */
export function shortLabels(paths: readonly string[]): string[] {
  const parts = paths.map((p) => p.split(/[\\/]+/).filter((s) => s !== ''));
  const most = Math.max(1, ...parts.map((p) => p.length));
  for (let n = 1; n < most; n++) {
    const labels = parts.map((p) => p.slice(-n).join('/'));
    if (new Set(labels).size === labels.length) return labels;
  }
  return parts.map((p) => p.join('/'));
}

/** A member's path with '/', or null when it would leave the archive's folder. */
export function safeMember(name: string): string | null {
  const path = name.replaceAll('\\', '/');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.includes('\0')) return null;
  const parts = path.split('/').filter((p) => p !== '' && p !== '.');
  if (parts.length === 0 || parts.includes('..')) return null;
  return parts.join('/');
}

/** Names close to a mistyped one, nearest first: at most a third of its letters differ. */
export function nearNames(wanted: string, candidates: readonly string[], most = 3): string[] {
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return candidates
    .map((name) => ({ name, distance: editDistance(wanted.toLowerCase(), name.toLowerCase(), limit) }))
    .filter((c) => c.distance <= limit)
    .sort((a, b) => a.distance - b.distance || compareNames(a.name, b.name))
    .slice(0, most)
    .map((c) => c.name);
}

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
