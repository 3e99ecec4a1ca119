/** What a search over lines looks for, in terms that a kernel can decide without knowing loggers. */

/** Levels by rank: trace 0, debug 1, info 2, warn 3, error 4, fatal 5. */
export type LevelRanks = number;

export type NumberOp = '>' | '>=' | '<' | '<=';

export type SearchTerm = { readonly bit: number } & (
  | { readonly kind: 'equal'; readonly value: Uint8Array }
  /** Bit r is set for each accepted rank r. The first field of that name decides. */
  | { readonly kind: 'level'; readonly ranks: LevelRanks }
  | { readonly kind: 'exists' }
  /** Present where nothing decided the term: somebody who knows the logger must. */
  | { readonly kind: 'maybe' }
  | { readonly kind: 'undecidable' }
  /** Inclusive, ns since 1970. A second field of such a name makes it undecidable. */
  | { readonly kind: 'time'; readonly from: bigint; readonly to: bigint }
  /** The value is a number that compares so with `than`; one of unusual form or of more than 15 digits is not decided. Text is no number. */
  | { readonly kind: 'number'; readonly op: NumberOp; readonly than: number }
  /** Decides nothing (its bit is none): the time of a line with just one such field is handed out. */
  | { readonly kind: 'stamp' }
);

export interface SearchKey {
  /** Exact name of a top-level field, or, dotted, of a member of objects; when bare: last part of a name at any depth, lower case, without _ and -. */
  readonly name: string;
  readonly bare: boolean;
  readonly terms: readonly SearchTerm[];
}

export interface Needle {
  readonly bytes: Uint8Array;
  /** ASCII letters of either case; `bytes` are in lower case then. */
  readonly fold: boolean;
}

/** Something that holds for lines of some loggers: of the first top-level field of a name. */
export type UnitClue = { readonly key: string } & (
  | { readonly kind: 'there' }
  /** Its value begins with 2026-11-22T19:26:17. */
  | { readonly kind: 'dated' }
  /** `offset`: a sign and up to four digits may follow. */
  | { readonly kind: 'one-of'; readonly texts: readonly string[]; readonly offset: boolean }
  | { readonly kind: 'before'; readonly other: string }
);

/** How long what a line reports took: src/kernels/assembly/durations.ts. */
export interface DurationReading {
  /** Last parts of names, lower case, without _ and -; each may have an ending that is a unit of so many seconds. */
  readonly names: readonly string[];
  readonly endings: readonly { readonly text: string; readonly seconds: number }[];
  /** Fields whose text may hold a duration: such lines are not decided unless a field says it. */
  readonly messages: readonly string[];
  /** At most CLUES_CAP. */
  readonly clues: readonly UnitClue[];
  /** What a number without a unit is, for each set of clues that hold: a number of UNITS. */
  readonly units: Uint8Array;
}

export const CLUES_CAP = 14;
/** none: it is no duration. */
export const UNITS = { unsure: 0, seconds: 1, milliseconds: 2, nanoseconds: 3, none: 4 } as const;

export interface DurationCondition {
  readonly bit: number;
  readonly op: NumberOp;
  /** Seconds. */
  readonly than: number;
}

export interface SearchPlan {
  /** A line that holds none of them cannot match; null: every line is looked at. */
  readonly needles: readonly Needle[] | null;
  /** A line that begins with another byte is looked at whatever it holds: needles are those of one kind of line then. 0: no such byte. */
  readonly opening: number;
  readonly keys: readonly SearchKey[];
  /** Terms are bits 0 to bits - 1; at most BITS_CAP. */
  readonly bits: number;
  /** For each set of terms that hold: 1 when the line matches. */
  readonly truth: Uint8Array;
  /** Which shapes of lines may be decided; others come out as unsure. */
  readonly json: boolean;
  readonly logfmt: boolean;
  /** Level names, lower case, at most eight letters. */
  readonly levels: readonly { readonly name: string; readonly rank: number }[];
  readonly durations: { readonly reading: DurationReading; readonly conditions: readonly DurationCondition[] } | null;
}

export const BITS_CAP = 12;
export const KEYS_CAP = 60;

/** Verdicts of a line; lines that surely do not match are not handed out. */
export const YES = 1;
export const UNSURE = 2;

/** Words of one line in `out`. */
export const ROW_WORDS = 6;
/** In `times`: not known here. */
export const NO_TIME = -(2n ** 63n);

/** Bytes behind a buffer that a step of 64 may look at. */
export const PAD = 128;

/** Looks through whole lines in a buffer of its own. */
export interface Searcher {
  /** To be filled by the caller; `capacity` bytes of it. A view: asked for anew before each use. */
  buffer(): Uint8Array;
  readonly capacity: number;
  /**
   * Lines of buffer[from, end) that match or may: rows of ROW_WORDS (start, end without the line feed, verdict, 0, time as i64) in `out`,
   * relative to the buffer; the time stands in `times` at place 3 × row + 2, too.
   * Returns their number; `resumeAt` is `end`, or the line to go on with when `out` was full. buffer[from] begins a line.
   */
  run(from: number, end: number): number;
  readonly out: Uint32Array;
  readonly times: BigInt64Array;
  resumeAt: number;
  /** Lines whose grammar was looked at so far. */
  readonly looked: number;
  readonly engine: 'wasm' | 'plain';
}

/** How rare bytes are in logs, most frequent last: a needle is looked for by its two rarest. Digits, hex letters and quotes are everywhere. */
const FREQUENT = 'zqjxkvw_ZQJXKVYWUHGPBFMwybgphfm\\u|~^`@!?*%$#&;<>LNDTSCRIOAE+(){}[]/0123456789dcblgnosriatef.:-, "';

export function rareOffsets(needle: Needle): readonly [number, number] {
  const rank = (b: number): number => {
    if (b >= 128) return -2;
    const i = FREQUENT.indexOf(String.fromCharCode(b));
    return i < 0 ? -1 : i;
  };
  const order = [...needle.bytes.keys()].sort((a, b) => rank(needle.bytes[a] as number) - rank(needle.bytes[b] as number) || a - b);
  const first = order[0] ?? 0;
  // two places of one byte say less than two bytes
  const second = order.find((i) => i !== first && needle.bytes[i] !== needle.bytes[first]) ?? order[1] ?? first;
  return [first, second];
}

/** How often a byte is met, roughly: the square of its place among the frequent ones. */
export function byteShare(b: number): number {
  const rank = b >= 128 ? 0 : FREQUENT.indexOf(String.fromCharCode(b)) + 1;
  return ((rank + 4) / (FREQUENT.length + 4)) ** 2 / 32;
}

/** Where the two neighbouring bytes of a literal begin that are met most seldom. */
export function rarePair({ bytes }: Needle): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 2 <= bytes.length && at < 256; at++) {
    const share = byteShare(bytes[at] as number) * byteShare(bytes[at + 1] as number);
    if (share >= least) continue;
    least = share;
    best = at;
  }
  return best;
}

/** The same in the kernel: src/kernels/assembly/search.ts slotOf. */
export const slotOf = (name: Uint8Array): number => (name.length * 7 + (name[0] as number) * 31 + (name[name.length - 1] as number)) & 63;
