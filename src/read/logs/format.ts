/**
 * A log format is data: where time, level, message and fields stand, and samples of the real logger that prove it. One folder a format
 * (formats/<id>/), the list is generated; a user's own is the same data in one JSON file (own-format.ts). `proveFormats` is what makes a
 * definition trustworthy: a sample that its own format does not read as stated, or that another format also claims, is a fault that says
 * up to where it matched.
 */
import type { Level } from './levels.ts';
import type { DurationUnit } from './log-source.ts';

export interface FormatSample {
  /** One whole record as the logger wrote it; lines joined by \n. */
  readonly text: string;
  readonly level: Level | null;
  /** RFC 3339, or null where the text holds no full time. */
  readonly time: string | null;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

interface Common {
  /** Unique; shown to people: zap-json. */
  readonly id: string;
  readonly title: string;
  /** The source file that writes it, and what is special about it. */
  readonly writtenBy: string;
  /** What a bare number means where the logger writes a time.Duration. */
  readonly durations: DurationUnit;
  /** The clock's printed step where the layout fixes it, ns. */
  readonly stepNs?: bigint;
  /** Every level this logger prints, as it prints it; null: none. What is not in here is looked up among the common names (levels.ts). */
  readonly levels?: Readonly<Record<string, Level | null>>;
  /** slog: levels between the names are printed as an offset, ERROR+4. */
  readonly levelOffsets?: true;
  readonly samples: readonly FormatSample[];
  /** Given by the user: asked before the built-in ones. */
  readonly own?: true;
}

/** Which keys hold what; the first present wins. */
export interface Roles {
  readonly time: readonly string[];
  readonly level: readonly string[];
  readonly message: readonly string[];
  readonly caller: readonly string[];
  readonly logger: readonly string[];
  readonly stack: readonly string[];
}

/**
 * A key that must be present, what its value must be (`level`: one of the format's `levels`), and which key may not stand before it:
 * loggers of the same keys write them in different orders.
 */
export interface Proof {
  readonly key: string;
  readonly is?: 'rfc3339' | 'number' | 'level' | readonly string[];
  readonly before?: string;
}

export interface KeyedFormat extends Common {
  readonly shape: 'json' | 'logfmt';
  readonly roles: Roles;
  /** A record is surely of this format when all of these hold. */
  readonly proof: readonly Proof[];
  /** Where times are neither RFC 3339 nor epoch numbers: a Go layout (times.ts). */
  readonly time?: string;
  /** OTLP: attributes are lists of keys with typed values, and are brought to fields. */
  readonly attributes?: 'otlp';
  /** Takes lines of its shape that no other format proves. */
  readonly fallback?: true;
}

/** How the rest of a console line is laid out: parse-text.ts. */
export type Tail = 'zap' | 'pairs' | 'caller-pairs' | 'hclog' | 'klog' | 'words' | 'json';

export interface TextFormat extends Common {
  readonly shape: 'text';
  /** How a record begins, in the language of layout.ts; several are tried in turn. */
  readonly layouts: readonly string[];
  /** Formats with a like head and more to tell: what they take is theirs. */
  readonly yieldsTo?: readonly string[];
}

export type LogFormat = KeyedFormat | TextFormat;
