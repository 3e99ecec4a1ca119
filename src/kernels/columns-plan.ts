/** Lines as columns and groups: src/kernels/assembly/columns.ts. */
import type { OutlineName } from './outline-plan.ts';

/** Whose values make a group: one of each line, the first that is meant. */
export type ColumnSlot =
  /** Its rank. */
  | { readonly kind: 'level' }
  | { readonly kind: 'message' }
  /** The first field of a whole (dotted) name, or one whose last part is a bare name and whose value is no array and no object. */
  | {
      readonly kind: 'field';
      readonly names: readonly string[];
      readonly bare: readonly string[] /** Bare names that only a reader understands. */;
      readonly undecidable: readonly string[];
    };

export const SLOTS_CAP = 4;

export interface ColumnsPlan {
  /** Exact names of top-level fields, of messages, levels and times; at most KEYS_CAP. */
  readonly keys: readonly OutlineName[];
  readonly slots: readonly ColumnSlot[];
  /** Width of a bucket of time in ns; 0n: all is one. */
  readonly everyNs: bigint;
  readonly levels: readonly { readonly name: string; readonly rank: number }[];
  readonly json: boolean;
  readonly logfmt: boolean;
  /** Whether `cells` are wanted: every field of every line. Lines of fields that have no column are odd then. */
  readonly cells: boolean;
}

export const COLUMNS_WORDS = 8;
/** Words of a row; the first three are those of OUTLINE. */
export const COLUMNS = { start: 0, end: 1, verdict: 2, rank: 3, group: 4, /** 1 where a field stands twice; only with cells. */ twice: 5, /** i64. */ time: 6 } as const;

/** Rows of `cells` for each column. */
export const CELL_ROWS = 2056;
/** The second word of a cell; 0: the line has no such field. The first is the offset of its first value. */
export const CELL = {
  length: (word: number): number => word & 0xffffff,
  /** string 0, number 1, boolean 2, null 3, array or empty object 4. */
  kind: (word: number): number => (word >>> 24) & 7,
  coding: (word: number): GroupText['coding'] => CODINGS[(word >>> 27) & 3] as GroupText['coding'],
} as const;
/** Room for kinds in counts of a column. */
export const CELL_KINDS = 8;
export const ALL_BITS = 0xffffffff;
export const CODINGS: readonly GroupText['coding'][] = ['raw', 'json', 'go'];

/** As it stands between the quotes; escapes are of JSON or of Go. */
export interface GroupText {
  readonly bytes: Uint8Array;
  readonly coding: 'raw' | 'json' | 'go';
}

export interface LineGroup {
  /** Time divided by the plan's width, rounded down. */
  readonly bucket: bigint;
  /** One a slot; of a level its rank; null where the line has none. */
  readonly values: readonly (GroupText | number | null)[];
}

export interface Columns {
  /** To be filled by the caller. A view: asked for anew before each use. */
  buffer(): Uint8Array;
  readonly capacity: number;
  /** Rows of the lines of buffer[from, end); their number. buffer[from] begins a line, and a line feed stands at buffer[end - 1]. */
  run(from: number, end: number): number;
  readonly out: Uint32Array;
  readonly words: number;
  /** `end`, or the line to go on with when `out` was full, or when there was no room for a group. */
  resumeAt: number;
  /** There was none: groups must be taken before the next run. */
  full: boolean;
  /** By their numbers. */
  groups(): LineGroup[];
  /** Dotted names by their numbers, so far; empty without cells. Two may be alike: `a.b`, and the `b` of an `a`. */
  columnNames(): readonly string[];
  /** Of column c and row r at (c × CELL_ROWS + r) × 2: see CELL. A view: asked for anew after each run. */
  cells(): Uint32Array;
  /** Of each of CELL_ROWS rows ALL_BITS where its cells are to be counted. */
  chosen(): Uint32Array;
  /** How many of the chosen rows have a value of each kind in column c: at c × CELL_KINDS + kind. None is chosen from then on. A view until the next call. */
  countChosen(): Uint32Array;
  /** Forgets the groups: numbers begin anew. */
  forget(): void;
  readonly engine: 'wasm' | 'plain';
}
