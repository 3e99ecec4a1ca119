/**
 * The interface between logs and everything that asks about them. Whoever asks states what it needs (time, fields, level, text)
 * and sees only the records that match; how they are found is the engine's business: here a plain scan, elsewhere an index.
 */
import type { Artifact, Instant, Problem, Span } from '../../model/index.ts';
import type { Level } from './levels.ts';

export interface LogQuery {
  /** Inclusive. Records whose time is unknown never match a query with a side set. */
  readonly from?: Instant | null;
  readonly to?: Instant | null;
  /** All must be equal, by the text of the value; any of a field's duplicates counts. */
  readonly fields?: readonly { readonly name: string; readonly value: string }[];
  /** Records without a level match only where none is asked for. */
  readonly minLevel?: Level;
  /** At least one must occur: in the raw text, in the message or in a field's decoded value. Case-sensitive. */
  readonly contains?: readonly string[];
}

export interface LogTime {
  readonly at: Instant;
  /** The step of the clock as printed, ns. A second or more: the order of records within it is unknown. */
  readonly stepNs: bigint;
  /** record: printed by the logger; wrapper: by docker, the CRI or kubectl when it received the line. */
  readonly from: 'record' | 'wrapper';
  /** What the text does not say and was supplied: year (klog), date (a time of day), zone (read as UTC). */
  readonly assumed: readonly ('year' | 'date' | 'zone')[];
}

export type FieldType = 'string' | 'number' | 'boolean' | 'null' | 'json';

export interface Field {
  /** Groups dotted: http.req.id. */
  readonly name: string;
  readonly type: FieldType;
  /** Decoded text of a string; the exact digits of a number; raw text of arrays and of objects nested too deep. */
  readonly text: string;
  /** What its name may say (SAYS in roles.ts), where that was looked up beforehand. */
  readonly says?: number;
  /** The value in the artifact's bytes; the whole record where a wrapper has escaped it. */
  readonly span: Span;
}

export interface LogRecord {
  readonly artifact: Artifact;
  /** Raw bytes of the whole record: with its wrappers, and with every line folded into it. From the first byte to the last where others lie between. */
  readonly span: Span;
  /** The stretches of it that are really its own, in order: more than one where lines of other streams, writers or records lie between. */
  readonly spans: readonly Span[];
  readonly lines: number;
  /** Line wrappers around it: docker, cri, kubectl. */
  readonly decoders: readonly string[];
  /** Id of the format; `plain` for text between records, `go-crash` for a folded crash, `journal` for an entry whose text no known logger wrote. */
  readonly format: string;
  readonly time: LogTime | null;
  /** When the wrapper received it. */
  readonly received: Instant | null;
  /** Who wrote it, where the wrapper says so: pod/orders-7d9/orders. */
  readonly writer: string | null;
  readonly level: Level | null;
  /** The level as printed: "ERROR+4", "dpanic", "W". */
  readonly levelText: string | null;
  /** Decoded message; the whole text where the format has none. */
  readonly message: string;
  readonly messageSpan: Span;
  /** "pkg/file.go:29" as the logger printed it. */
  readonly caller: string | null;
  readonly logger: string | null;
  readonly stack: string | null;
  /** In order, duplicates kept. */
  readonly fields: readonly Field[];
  /** What its fields may say together (SAYS in roles.ts), where that is known. */
  readonly says?: number;
  /** The first, or the last, field of that full dotted name. */
  field(name: string, which?: 'first' | 'last'): Field | null;
  /** How a number without a unit is to be read when it is a time.Duration. */
  readonly durations: DurationUnit;
  /** Unwrapped text of the record, lines joined by \n: at most RECORD_CAP bytes. */
  text(): string;
}

/** What a bare number means where a logger writes a time.Duration. */
export type DurationUnit = 'seconds-float' | 'nanoseconds' | 'milliseconds' | 'unknown';

/** The text kept of one folded record; its span covers all of it. */
export const RECORD_CAP = 1024 * 1024;

/** What a scan saw: every line is in exactly one record. */
export interface ScanSummary {
  readonly bytes: number;
  /** Of the whole log, or of what a selective query made be looked at. */
  readonly lines: number;
  readonly records: number;
  readonly matched: number;
  /** Records stand in envelopes (OTLP): bytes outside of records are not only line ends. */
  readonly envelopes: boolean;
  /** Records of no known format: text between records. */
  readonly plain: number;
  /** Lines longer than the line reader's cap: only their heads were read. At most CUT_CAP are listed. */
  readonly cut: readonly Span[];
  /** The visitor ended it early: the numbers stop there. */
  readonly stopped: boolean;
}

export const CUT_CAP = 20;

export interface LogSource {
  readonly artifact: Artifact;
  /** Formats seen in the first block, most frequent first. */
  readonly formats: readonly string[];
  readonly wrapper: string | null;
  /** Reads in fixed memory; records come in the order in which they end. The visitor may keep a record; it stops the scan by returning false. */
  scan(query: LogQuery, visit: (record: LogRecord) => boolean | undefined): ScanSummary;
  readonly problems: readonly Problem[];
}
