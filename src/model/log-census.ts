/** What `gorca logs patterns` and `gorca logs stats` say, as data: the JSON they print, and what their pages are made from. */

export interface CensusPlace {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

export interface CensusPattern {
  /** null: its records have none. */
  readonly level: string | null;
  /** `<*>` where its records differ. */
  readonly pattern: string;
  /** Ids of the known errors in it (`gorca explain <id>`), outermost first. */
  readonly errors: readonly string[];
  /** A crash: its text is what was said and the program's own frames. */
  readonly crash: boolean;
  readonly count: number;
  /** The log is sampled there: at least so many were written. */
  readonly lowerBound: boolean;
  /** Of all records, 0 to 1; null where counts are lower bounds. */
  readonly share: number | null;
  /** Records a second from its first to its last; null where counts are lower bounds, or too few. */
  readonly perSecond: number | null;
  /** Most frequent first; at most sixteen are kept. */
  readonly services: readonly { readonly name: string; readonly count: number }[];
  /** RFC 3339; null: no record of it has a time. */
  readonly from: string | null;
  readonly to: string | null;
  /** Records in each eighth of the time the input spans. */
  readonly trend: readonly number[];
  readonly example: CensusPlace & { readonly text: string };
  /** Between two windows. */
  readonly change: CensusChange | null;
}

export interface CensusChange {
  /** null: chance could well make the difference, or it is small. */
  readonly how: 'new' | 'gone' | 'surging' | 'fading' | null;
  readonly before: number;
  readonly after: number;
  /** Chance of a split as uneven, given how many records each window has. */
  readonly p: number;
}

export interface CensusPatterns {
  readonly schema: 'gorca.patterns/1';
  readonly records: number;
  /** Text between records that no known logger wrote: counted here and under no pattern. */
  readonly rejected: { readonly spans: number; readonly bytes: number };
  readonly files: readonly { readonly file: string; readonly bytes: number; readonly records: number }[];
  /** Names by which records say who wrote them; most frequent first. */
  readonly services: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
  readonly sampled: string | null;
  readonly windows: { readonly window: CensusWindow; readonly against: CensusWindow; readonly test: string } | null;
  /** With `beyond` and `left` their counts sum to `records`. */
  readonly patterns: readonly CensusPattern[];
  /** Records that came when no more texts could be kept. */
  readonly beyond: { readonly count: number; readonly example: CensusPlace & { readonly text: string } } | null;
  /** Patterns that were not asked for (--first). */
  readonly left: { readonly patterns: number; readonly records: number };
}

export interface CensusWindow {
  readonly from: string;
  readonly to: string;
  readonly records: number;
}

export interface CensusGap {
  readonly service: string;
  /** To the width of a bucket. */
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  /** 99 of 100 of its other pauses are no longer, seconds. */
  readonly usualPause: number;
  /** Records it would have written at the pace before and after. */
  readonly expected: number;
  /** Records of other services meanwhile. */
  readonly others: number;
}

export interface CensusFile {
  readonly file: string;
  readonly bytes: number;
  readonly lines: number;
  readonly records: number;
  readonly recordBytes: number;
  readonly rejected: { readonly spans: number; readonly bytes: number; readonly first: CensusPlace | null };
  readonly blankBytes: number;
  /** Ends of lines: what is left of `bytes`. */
  readonly lineEndBytes: number;
  /** Records stand in a document of a log store, whose own text counts as ends of lines. */
  readonly formats: Readonly<Record<string, number>>;
  readonly from: string | null;
  readonly to: string | null;
  readonly undated: number;
  readonly severalLines: number;
  readonly crashes: number;
  readonly longLines: number;
  readonly duplicateKeys: { readonly records: number; readonly first: CensusPlace | null };
  /** The coarsest step its clocks print, ns; 0: unknown. */
  readonly stepNs: number;
  /** Records more than a second before the one above them. */
  readonly stepsBack: { readonly count: number; readonly most: number; readonly at: CensusPlace | null };
  /** What speaks of rotation or truncation. */
  readonly signs: readonly string[];
}

export interface CensusStats {
  readonly schema: 'gorca.log-stats/1';
  readonly records: number;
  readonly bytes: number;
  readonly from: string | null;
  readonly to: string | null;
  /** Seconds of a column of `over`. */
  readonly columnSeconds: number;
  readonly levels: readonly { readonly level: string | null; readonly count: number; readonly over: readonly number[] }[];
  readonly services: readonly { readonly service: string | null; readonly count: number; readonly errors: number; readonly over: readonly number[] }[];
  readonly busiest: { readonly from: string; readonly seconds: number; readonly records: number; readonly timesUsual: number } | null;
  readonly sampled: { readonly how: string; readonly texts: number; readonly windows: number } | null;
  readonly gaps: readonly CensusGap[];
  readonly files: readonly CensusFile[];
}

/** Records by what their fields say, and by time. */
export interface FieldGroups {
  readonly schema: 'gorca.log-groups/1';
  readonly by: readonly string[];
  /** Width of a stretch of time; null: all times are one. */
  readonly everySeconds: number | null;
  readonly records: number;
  /** Stretches of text that no known logger wrote: in no group. */
  readonly rejected: number;
  readonly logs: number;
  readonly bytes: number;
  /** By their stretch of time, then the largest first. */
  readonly groups: readonly {
    /** Where its stretch begins, RFC 3339; null where all times are one, or the records have none. */
    readonly from: string | null;
    /** One a name of `by`; null where the records have none. */
    readonly values: readonly (string | null)[];
    readonly count: number;
  }[];
  /** Groups that were not asked for (--first). */
  readonly left: { readonly groups: number; readonly records: number };
  /** Records of values that came when no more groups could be kept. */
  readonly beyond: number;
}

/** The fields that records have. */
export interface FieldsInUse {
  readonly schema: 'gorca.log-fields/1';
  readonly records: number;
  /** Stretches of text that no known logger wrote. */
  readonly rejected: number;
  readonly logs: number;
  readonly bytes: number;
  /** The most used first. */
  readonly fields: readonly {
    /** Dotted. */
    readonly name: string;
    /** Records that have it. */
    readonly records: number;
    /** By the type of its first value, where there are any: string, number, boolean, null, json (an array, or an object without members). */
    readonly types: Readonly<Record<string, number>>;
    /** A value, shortened; null when all are empty. */
    readonly example: string | null;
  }[];
  /** Fields that were not asked for (--first). */
  readonly left: number;
  /** Uses of fields that came when no more could be kept. */
  readonly beyond: number;
}
