/** Templates over all logs of one service: replicas share them. */
import type { Pattern } from './digest.ts';
import type { LogOwner } from './who.ts';

export interface Merged {
  readonly level: string;
  readonly pattern: string;
  readonly parts: { readonly owner: LogOwner; readonly pattern: Pattern }[];
}

export function mergedPatterns(owners: readonly LogOwner[]): Merged[] {
  const merged = new Map<string, Merged>();
  for (const owner of owners) {
    for (const pattern of owner.digest.patterns) {
      const key = `${pattern.template.level}\u0000${pattern.template.pattern}`;
      const known = merged.get(key) ?? { level: pattern.template.level, pattern: pattern.template.pattern, parts: [] };
      known.parts.push({ owner, pattern });
      merged.set(key, known);
    }
  }
  return [...merged.values()].sort((a, b) => (a.pattern < b.pattern ? -1 : 1));
}
