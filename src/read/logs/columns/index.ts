/**
 * Counts records by what fields say, and by time: lines of JSON and logfmt are put into groups by a kernel, everything else is asked as a record.
 * Of fixed size at any length of a log; two counts, of two ranges or of two logs, add up to one.
 */
import { COLUMNS, type Columns, type LineGroup, openColumns, SLOTS_CAP } from '../../../kernels/index.ts';
import type { Artifact, Instant } from '../../../model/index.ts';
import { BUILT_IN, type FormatSet } from '../format-set.ts';
import { LEVELS } from '../levels.ts';
import type { LogRecord } from '../log-source.ts';
import { LogOutline, type RowSource } from '../outline/index.ts';
import { textsOf } from '../search/match.ts';
import { namedRole } from '../search/names.ts';
import { columnsPlan, type GroupBy } from './plan.ts';
import { textOfBytes } from './text-of-bytes.ts';
import { rowsOf, walkRows } from './walk.ts';

export type { GroupBy } from './plan.ts';

export const GROUP_NAMES_CAP = SLOTS_CAP;
/** More groups are counted, and not told apart. */
const GROUPS_CAP = 100_000;
const BUFFER = 1024 * 1024;
/** Of a value that is kept. */
const TEXT_CAP = 4096;
const KERNEL_GROUPS = 8 * 1024;

export interface FieldGroup {
  /** Begin of its stretch of time in ns since 1970; null where all times are one, or where the record has none. */
  readonly from: Instant | null;
  /** One a name; null where the record has none. */
  readonly values: readonly (string | null)[];
  readonly count: number;
}

export interface FieldCountState {
  readonly groups: readonly FieldGroup[];
  /** Records of groups there was no room for. */
  readonly beyond: number;
  readonly records: number;
  /** Stretches of text that are no record. */
  readonly rejected: number;
}

export class FieldCounter {
  readonly #by: GroupBy;
  readonly #columns: Columns;
  readonly #formats: FormatSet;
  readonly #groups = new Map<string, { from: Instant | null; values: readonly (string | null)[]; count: number }>();
  #beyond = 0;
  #records = 0;
  #rejected = 0;
  /** How many lines are in each of the kernel's groups. */
  readonly #counts = new Uint32Array(KERNEL_GROUPS);
  /** Groups of the kernel begin anew when it has no more room. */
  #generation = 0;
  readonly #source: RowSource;

  constructor(by: GroupBy, formats: FormatSet = BUILT_IN, engine: Parameters<typeof openColumns>[2] = 'auto') {
    if (by.names.length > GROUP_NAMES_CAP) throw new Error(`at most ${GROUP_NAMES_CAP} names`);
    this.#by = by;
    this.#formats = formats;
    this.#columns = openColumns(columnsPlan(by, formats), BUFFER, engine);
    this.#source = rowsOf(this.#columns, (from, end) => {
      const columns = this.#columns;
      if (columns.full) this.#harvest();
      const n = columns.run(from, end);
      for (let at = GENERATION; at < n * columns.words; at += columns.words) columns.out[at] = this.#generation;
      return n;
    });
  }

  /** Opens a log for `walk`. */
  open(artifact: Artifact): LogOutline {
    return new LogOutline(artifact, this.#source, this.#formats);
  }

  /** A range of a log that was opened here; [from, to) as LogOutline.walk wants them. */
  walk(log: LogOutline, from: number, to: number): void {
    const take = (words: Uint32Array, at: number): boolean => {
      if (words[at + GENERATION] !== this.#generation) return false;
      this.#counts[words[at + COLUMNS.group]!]!++;
      return true;
    };
    walkRows(log, from, to, take, (r) => this.record(r));
  }

  record(r: LogRecord): void {
    if (r.format === 'plain') {
      if (r.text().trim() !== '') this.#rejected++;
      return;
    }
    const at = r.time?.at ?? null;
    this.#add(
      this.#by.everyNs === 0n || at === null ? null : this.#stretch(at),
      this.#by.names.map((name) => this.#textOf(r, name)),
      1,
    );
  }

  state(): FieldCountState {
    this.#harvest();
    return { groups: [...this.#groups.values()], beyond: this.#beyond, records: this.#records, rejected: this.#rejected };
  }

  merge(other: FieldCountState): void {
    for (const g of other.groups) this.#add(g.from, g.values, g.count);
    this.#beyond += other.beyond;
    this.#records += other.beyond;
    this.#rejected += other.rejected;
  }

  #stretch(at: bigint): Instant {
    const { everyNs } = this.#by;
    const rest = at % everyNs;
    return (at - (rest < 0n ? rest + everyNs : rest)) as Instant;
  }

  #textOf(r: LogRecord, name: string): string | null {
    if (namedRole(name) === 'level') return r.level;
    return textsOf(r, name)[0] ?? null;
  }

  #add(from: Instant | null, whole: readonly (string | null)[], count: number): void {
    const values = whole.map((v) => (v !== null && v.length > TEXT_CAP ? `${v.slice(0, TEXT_CAP)}…` : v));
    const key = `${from ?? ''} ${JSON.stringify(values)}`;
    this.#records += count;
    const known = this.#groups.get(key);
    if (known !== undefined) known.count += count;
    else if (this.#groups.size < GROUPS_CAP) this.#groups.set(key, { from, values, count });
    else this.#beyond += count;
  }

  /** The kernel's groups, with what was counted of each, into ours. */
  #harvest(): void {
    for (const [i, group] of this.#columns.groups().entries()) {
      const count = this.#counts[i]!;
      if (count > 0) this.#add(this.#by.everyNs === 0n ? null : ((group.bucket * this.#by.everyNs) as Instant), group.values.map(textOfValue), count);
    }
    this.#counts.fill(0);
    this.#columns.forget();
    this.#generation++;
  }
}

/** A word of a row that the kernel leaves alone. */
const GENERATION = 5;

function textOfValue(value: LineGroup['values'][number]): string | null {
  if (value === null) return null;
  if (typeof value === 'number') return LEVELS[value] ?? null;
  return textOfBytes(value);
}
