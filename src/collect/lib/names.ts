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
