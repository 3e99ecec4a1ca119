/**
 * A log format is data: where time, level, message and fields stand, and samples of the real logger that prove it. One folder a format
 * (formats/<id>/), the list is generated. `proveFormats` is what makes a definition trustworthy: a sample that its own format does not read
 * as stated, or that another format also claims, is a fault with how far it got.
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
  readonly samples: readonly FormatSample[];
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

export interface KeyedFormat extends Common {
  readonly shape: 'json' | 'logfmt';
  readonly roles: Roles;
  /** A record is surely of this format when each of these keys is present with a value of this form. */
  readonly proof: readonly { readonly key: string; readonly value?: RegExp }[];
  /** Takes lines of its shape that no other format proves. */
  readonly fallback?: true;
}

/** How the rest of a console line is laid out. */
export type Tail = 'zap' | 'pairs' | 'caller-pairs' | 'hclog' | 'klog' | 'words';

export interface TextFormat extends Common {
  readonly shape: 'text';
  /** Anchored and linear, flag d; groups `time` and `level` (both optional) and `prefix`. What follows the match is the tail. */
  readonly starts: RegExp;
  readonly time: 'iso' | 'klog' | 'none';
  readonly tail: Tail;
}

export type LogFormat = KeyedFormat | TextFormat;
