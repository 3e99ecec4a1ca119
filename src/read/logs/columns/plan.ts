/** Names that somebody groups by, as what a kernel looks for: the first text that src/read/logs/search/match.ts finds for a name. */
import type { ColumnSlot, ColumnsPlan } from '../../../kernels/index.ts';
import type { FormatSet } from '../format-set.ts';
import { LEVEL_NAMES } from '../levels.ts';
import { outlinePlan } from '../outline/plan.ts';
import { wholeNames } from '../search/match.ts';
import { fieldRole, namedRole } from '../search/names.ts';

export interface GroupBy {
  /** Names as a query has them; at most GROUP_NAMES_CAP. */
  readonly names: readonly string[];
  /** Width of a stretch of time in ns; 0n: all times are one. */
  readonly everyNs: bigint;
}

/** Roles whose text is put together in ways that depend on the logger. */
const BY_READER: ReadonlySet<string | null> = new Set(['caller', 'logger', 'format']);

/** null: records must be asked. */
function slotOf(name: string): ColumnSlot | null {
  const role = namedRole(name);
  if (role === 'level' || role === 'message') return { kind: role };
  if (name === '' || BY_READER.has(role)) return null;
  const bare = role === null ? null : fieldRole(role);
  return { kind: 'field', names: [name, ...wholeNames(role)], bare: [...(bare ?? [])], undecidable: role === 'trace' ? ['traceparent'] : [] };
}

export function columnsPlan(by: GroupBy, formats: FormatSet): ColumnsPlan {
  const slots = by.names.map(slotOf);
  const decidable = slots.every((s) => s !== null);
  const outline = outlinePlan(formats);
  return {
    keys: outline.keys.filter((k) => k.role === 'message' || k.role === 'level' || k.role === 'time'),
    slots: slots.filter((s) => s !== null),
    everyNs: by.everyNs,
    levels: LEVEL_NAMES,
    json: decidable && outline.json,
    logfmt: decidable && outline.logfmt,
    cells: false,
  };
}
