/** What a crash text says, before anybody judges it. */
import type { Instant, Span } from '../../model/index.ts';

/**
 * panic · fatal: the process printed it and ended.
 * signal: the process was sent a signal and printed all goroutines (SIGQUIT, SIGABRT), or died of one in C code.
 * http: net/http caught the panic of a handler ("http: panic serving"); the process lives.
 * logged: somebody recovered and logged the stack (debug.Stack, zap's stacktrace); the process lives as far as this text says.
 * dump: goroutines were printed into the log and nothing crashed.
 */
export type CrashKind = 'panic' | 'fatal' | 'signal' | 'http' | 'logged' | 'dump';

export interface PanicValue {
  /** Lines joined with \n, the tab that Go 1.23 and later indents continuation lines with taken off. */
  readonly text: string;
  readonly recovered: 'no' | 'recovered' | 'repanicked';
}

export interface Signal {
  /** SIGSEGV */
  readonly name: string;
  /** "segmentation violation" */
  readonly what: string;
  readonly code: string | null;
  readonly address: string | null;
}

export interface Crash {
  readonly kind: CrashKind;
  /** Panics in the order they happened; for fatal errors the message alone. */
  readonly values: readonly PanicValue[];
  readonly signal: Signal | null;
  /** Lines the runtime printed before a fatal error: "runtime: goroutine stack exceeds 1000000000-byte limit". */
  readonly notes: readonly string[];
  /** Client address of "http: panic serving". */
  readonly peer: string | null;
  /** The first line. */
  readonly head: Span;
  /** From the first to the last line. */
  readonly span: Span;
  readonly decoders: readonly string[];
  /** Field of the log record that held the text; null where it stood on lines of its own. */
  readonly field: string | null;
  /** Time the log driver (or the record that holds it) carries. */
  readonly at: Instant | null;
  /** Time of the nearest log line before and after it. */
  readonly before: Instant | null;
  readonly after: Instant | null;
  readonly writer: string | null;
  readonly stream: 'stdout' | 'stderr' | null;
  /** Rows of the goroutine table that carry this number belong to it. */
  readonly block: number;
  readonly goroutines: number;
  /** Row of the goroutine that crashed; -1 without a trace (GOTRACEBACK=none, or cut). */
  readonly row: number;
  /** False: the text stops inside the trace or before it. */
  readonly complete: boolean;
  /** From an `exit status N` line right behind it (go run, go test). */
  readonly exitStatus: number | null;
}

export interface FlagError {
  readonly message: string;
  readonly span: Span;
  readonly decoders: readonly string[];
  readonly at: Instant | null;
  readonly before: Instant | null;
  readonly writer: string | null;
}
