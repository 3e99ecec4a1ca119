/** Lines that begin, belong to or end a crash text. Each pattern with the Go source that writes it. */
import type { PanicValue, Signal } from './crash.ts';

/** runtime/panic.go printpanics */
export const PANIC = /^panic: ?(.*)$/s;
/** Nested panics are indented by one tab. */
export const NESTED = /^\tpanic: (.*)$/s;
/** runtime/panic.go throw, fatal */
export const FATAL = /^fatal error: (.*)$/s;
/** runtime/signal_unix.go sighandler: printed for a signal that is not turned into a panic. */
export const SIGNAL_DUMP = /^(SIG[A-Z0-9]{2,8}): ([a-z ]{3,40})$/;
/** runtime/panic.go printpanicval of a sigpanic; runtime/signal_unix.go */
export const SIGNAL_LINE = /^\[signal (SIG[A-Z0-9]{2,8}): ([^\]]{0,80}?)(?: code=(\S{1,20}))?(?: addr=(\S{1,20}))?(?: pc=\S{1,20})?\]$/;
/** net/http/server.go (*conn).serve; behind whatever prefix the server's ErrorLog has. */
export const HTTP = /http: panic serving (\S{1,200}): (.*)$/s;
/** Printed by the runtime before "fatal error:". */
export const NOTE = /^(?:runtime: .{1,300}|unexpected fault address 0x[0-9a-f]{1,16})$/;
/** flag/flag.go failf, parseOne */
export const FLAG =
  /^(?:flag provided but not defined: -\S{1,200}|invalid (?:boolean )?value ".{0,300}" for flag -\S{1,200}: .{1,300}|invalid boolean flag \S{1,200}: .{1,300}|flag needs an argument: -\S{1,200}|bad flag syntax: \S{1,200})$/;
/** cmd/go run and test; os/exec's ExitError. */
export const EXIT = /^exit status (\d{1,3})$/;
/** runtime/signal_amd64.go dumpregs and its siblings; "PC=0x… m=0 sigcode=0"; the line between threads of GOTRACEBACK=crash. */
export const REGISTERS = /^(?:[a-z][a-z0-9]{1,7} +0x[0-9a-f]{1,32}|PC=0x[0-9a-f]{1,16} .{0,200}|-----|signal arrived during .{1,100}|\[?goroutine running on other thread.{0,60})$/;
export const RUNTIME_STACK = 'runtime stack:';

/** A line that some logger wrote: it may stand in the middle of a crash text and belongs to nothing there. */
export const LOG_LINE = /^(?:\{"|\d{4}[-/]\d\d[-/]\d\d[T ]|[IWEF]\d{4} \d\d:|(?:time|ts|level|t|lvl)=)/;

const RECOVERED = / \[recovered(?:, (repanicked))?\]$/;

export function panicValue(lines: readonly string[]): PanicValue {
  const [first = '', ...rest] = lines;
  const text = [first, ...rest.map((l) => (l.startsWith('\t') ? l.slice(1) : l))].join('\n');
  const m = RECOVERED.exec(text);
  if (m === null) return { text, recovered: 'no' };
  return { text: text.slice(0, m.index), recovered: m[1] === undefined ? 'recovered' : 'repanicked' };
}

export function signalOf(m: RegExpExecArray): Signal {
  return { name: m[1] as string, what: m[2] as string, code: m[3] ?? null, address: m[4] ?? null };
}
