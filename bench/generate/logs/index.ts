/**
 * Logs of four services as zap, slog, klog and logfmt loggers write them, for the benchmarks: seeded, with the truth beside it.
 * ndjson: half zap, half slog; every record has a trace id; a part carries a nested or quoted `level` that is none.
 * hard: shuffled keys, escapes in values, UTF-8 beyond ASCII, lines of 100 KB, one line in twenty cut off.
 * console: zap's development encoder, one error in five with its stack below; klog: headers and key=value pairs behind them.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

export interface Truth {
  /** Lines of text; all of them are records but those of stacks. */
  readonly lines: number;
  readonly records: number;
  readonly bytes: number;
  readonly byLevel: Readonly<Record<string, number>>;
  /** A trace id that occurs in few lines, and in how many. */
  readonly trace: string;
  readonly traceLines: number;
  /** First and last time, ms since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Whole records of MINUTE. */
  readonly minute: number;
  /** Whole records whose http.status (or status) is 500 or above, and those that took longer than SLOW_MS. */
  readonly failed: number;
  readonly slow: number;
}

export type Shape = 'ndjson' | 'hard' | 'logfmt' | 'console' | 'klog';

export const START_MS = Date.UTC(2026, 10, 22, 14, 0, 0);
/** The second minute, from its beginning up to the next. */
export const MINUTE = { fromMs: START_MS + 60_000, toMs: START_MS + 120_000 };
export const SLOW_MS = 250;
const RARE = 'c0ffee00c0ffee00c0ffee00c0ffee00';

function random(seed: number): () => number {
  let s = seed >>> 0 || 1;
  return () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return (s >>> 0) / 4294967296;
  };
}

const hex8 = (r: () => number): string =>
  Math.floor(r() * 4294967296)
    .toString(16)
    .padStart(8, '0');
const MESSAGES = ['request served', 'reserve accepted', 'cache warm', 'order stored', 'payment captured', 'consumer lag is fine', 'retrying after backoff'];
const ERRORS = ['context deadline exceeded', 'context canceled', 'dial tcp 10.0.3.7:5432: connect: connection refused', 'unexpected EOF'];
const SERVICES = ['gateway', 'orders', 'inventory', 'payments'];
const ROUTES = ['/checkout', '/orders', '/v1/reserve', '/v1/capture', '/health'];

/** Files of one fleet: each has its own share of the records, so that all of them run over the same stretch of time. */
export function writeLogs(paths: readonly string[], bytesWanted: number, shape: Shape): Truth[] {
  return paths.map((path, i) => writeLog(path, bytesWanted / paths.length, shape, i + 1, EVERY_MS * paths.length));
}

const EVERY_MS = 0.4;

/** What the line written last says of its request. */
const said = { status: 0, ms: 0 };
const statusOf = (level: string): number => {
  said.status = level === 'error' ? 504 : 200;
  return said.status;
};
/** `text` as it is printed, in units of so many ms. */
const took = (text: string, unitMs: number): string => {
  said.ms = Number(text) * unitMs;
  return text;
};

/** Writes one file, a record every `everyMs` on average. */
export function writeLog(path: string, bytesWanted: number, shape: Shape, seed = 1, everyMs = EVERY_MS): Truth {
  const r = random(seed * 7919);
  const fd = openSync(path, 'w');
  const byLevel: Record<string, number> = { debug: 0, info: 0, warn: 0, error: 0, fatal: 0 };
  let lines = 0;
  let records = 0;
  let bytes = 0;
  let traceLines = 0;
  let minute = 0;
  let failed = 0;
  let slow = 0;
  let at = START_MS + seed * 0.013;
  let parts: string[] = [];
  let held = 0;
  let trace = '';
  const flush = (): void => {
    const b = Buffer.from(parts.join(''), 'utf8');
    writeSync(fd, b);
    bytes += b.length;
    parts = [];
    held = 0;
  };
  while (bytes + held < bytesWanted) {
    at += r() * 2 * everyMs;
    const x = r();
    let level = x < 0.000002 ? 'fatal' : x < 0.01 ? 'error' : x < 0.04 ? 'warn' : x < 0.85 ? 'info' : 'debug';
    // a trace has a handful of records
    if (records % 4 === 0) trace = r() < 0.0000009 ? RARE : hex8(r) + hex8(r) + hex8(r) + hex8(r);
    if (records === 1000) trace = RARE;
    // slog has no fatal
    if (level === 'fatal' && records % 2 === 1 && (shape === 'ndjson' || shape === 'hard')) level = 'error';
    said.status = 0;
    said.ms = 0;
    let line = lineOf(shape, records, r, level, at, trace);
    let whole = true;
    if (shape === 'hard') {
      const y = r();
      if (y < 0.05) {
        line = line.slice(0, Math.floor(line.length * (0.3 + 0.6 * r())));
        whole = false;
      } else if (y < 0.0502) line = `${line.slice(0, -1)},"body":"${'lorem \\"level\\":\\"error\\" ipsum '.repeat(3300)}"}`;
    }
    if (whole) byLevel[level] = (byLevel[level] ?? 0) + 1;
    if (whole && at >= MINUTE.fromMs && at < MINUTE.toMs) minute++;
    if (whole && said.status >= 500) failed++;
    if (whole && said.ms > SLOW_MS) slow++;
    if (trace === RARE && (whole || line.includes(RARE))) traceLines++;
    parts.push(line, '\n');
    held += line.length + 1;
    records++;
    lines++;
    if (shape === 'console' && level === 'error' && records % 5 === 0) {
      parts.push(STACK);
      held += STACK.length;
      lines += STACK_LINES;
    }
    if (held > 4 * 1024 * 1024) flush();
  }
  flush();
  closeSync(fd);
  return { lines, records, bytes, byLevel, trace: RARE, traceLines, fromMs: START_MS, toMs: at, minute, failed, slow };
}

function lineOf(shape: Shape, number: number, r: () => number, level: string, at: number, trace: string): string {
  switch (shape) {
    case 'logfmt':
      return logfmt(r, level, at, trace);
    case 'console':
      return zapConsole(r, level, at, trace);
    case 'klog':
      return klog(r, level, at, trace);
    default:
      return number % 2 === 0 ? zap(r, level, at, trace, shape === 'hard') : slog(r, level, at, trace, shape === 'hard');
  }
}

/** As zap puts it below a record of its development logger. */
const STACK = 'main.(*server).handle\n\t/app/orders/server.go:88\nnet/http.HandlerFunc.ServeHTTP\n\t/usr/local/go/src/net/http/server.go:2294\n';
const STACK_LINES = 4;

const nano = (r: () => number, at: number): string =>
  `${new Date(at).toISOString().slice(0, 19)}.${(Math.floor(at % 1000) * 1e6 + Math.floor(r() * 1e6)).toString().padStart(9, '0').replace(/0+$/, '') || '0'}Z`;

const digits = (n: number, width: number): string => n.toString().padStart(width, '0');

function shuffled(r: () => number, pairs: string[]): string {
  for (let i = pairs.length - 1; i > 0; i--) {
    const j = Math.floor(r() * (i + 1));
    const t = pairs[i] as string;
    pairs[i] = pairs[j] as string;
    pairs[j] = t;
  }
  return `{${pairs.join(',')}}`;
}

function zap(r: () => number, level: string, at: number, trace: string, hard: boolean): string {
  const service = SERVICES[Math.floor(r() * 4)];
  const pairs = [
    `"level":"${level}"`,
    `"ts":${Math.floor(at / 1000)}.${digits(Math.floor(at) % 1000, 3)}${digits(Math.floor(r() * 1e4), 4)}`,
    `"logger":"svc"`,
    `"caller":"${service}/handler.go:${20 + Math.floor(r() * 90)}"`,
    `"msg":"${hard && r() < 0.2 ? 'r\\u00e9serv\\u00e9 \\"caf\\u00e9\\"\\n' : ''}${MESSAGES[Math.floor(r() * MESSAGES.length)]}${hard && r() < 0.2 ? ' \u00fcber \u65e5\u672c\u8a9e' : ''}"`,
    `"service":"${service}"`,
    `"trace_id":"${trace}"`,
    `"span_id":"${hex8(r)}${hex8(r)}"`,
    `"http":{"method":"POST","route":"${ROUTES[Math.floor(r() * 5)]}","status":${statusOf(level)}${r() < 0.04 ? ',"level":"error"' : ''}}`,
    `"elapsed":${took((r() * 0.3).toFixed(6), 1000)}`,
  ];
  if (level === 'error') pairs.push(`"error":"${ERRORS[Math.floor(r() * ERRORS.length)]}"`);
  if (r() < 0.02) pairs.push(`"upstream":"{\\"level\\":\\"error\\",\\"msg\\":\\"not ours\\"}"`);
  return hard ? shuffled(r, pairs) : `{${pairs.join(',')}}`;
}

function slog(r: () => number, level: string, at: number, trace: string, hard: boolean): string {
  const service = SERVICES[Math.floor(r() * 4)];
  const pairs = [
    `"time":"${nano(r, at)}"`,
    `"level":"${level.toUpperCase()}"`,
    `"source":{"function":"main.(*server).handle","file":"/app/${service}/server.go","line":${20 + Math.floor(r() * 200)}}`,
    `"msg":"${MESSAGES[Math.floor(r() * MESSAGES.length)]}${hard && r() < 0.2 ? ' \\u003cb\\u003e' : ''}"`,
    `"service":"${service}"`,
    `"trace_id":"${trace}"`,
    `"span_id":"${hex8(r)}${hex8(r)}"`,
    `"user":"u-${Math.floor(r() * 100000)}"`,
    `"elapsed":${took(Math.floor(r() * 3e8).toString(), 1e-6)}`,
  ];
  if (level === 'error') pairs.push(`"err":"reserve: ${ERRORS[Math.floor(r() * ERRORS.length)]}"`);
  if (r() < 0.03) pairs.push(`"my_level":"error"`);
  if (r() < 0.02) pairs.push(`"note":"level=error is what the other side said"`);
  return hard ? shuffled(r, pairs) : `{${pairs.join(',')}}`;
}

function logfmt(r: () => number, level: string, at: number, trace: string): string {
  const service = SERVICES[Math.floor(r() * 4)];
  let line = `time=${new Date(at).toISOString()} level=${level} source=/app/${service}/server.go:${20 + Math.floor(r() * 200)} msg="${MESSAGES[Math.floor(r() * MESSAGES.length)]}" service=${service} trace_id=${trace} span_id=${hex8(r)}${hex8(r)} route=${ROUTES[Math.floor(r() * 5)]} status=${statusOf(level)} elapsed=${took((r() * 300).toFixed(3), 1)}ms`;
  if (level === 'error') line += ` err="reserve: ${ERRORS[Math.floor(r() * ERRORS.length)]}"`;
  if (r() < 0.03) line += ' my_level=error';
  if (r() < 0.03) line += ' note="level=error is what the other side said"';
  return line;
}

/** Traps: a level in the message, among the fields, in a name. */
function zapConsole(r: () => number, level: string, at: number, trace: string): string {
  const service = SERVICES[Math.floor(r() * 4)];
  const message = `${MESSAGES[Math.floor(r() * MESSAGES.length)]}${r() < 0.03 ? ', the other side said ERROR' : ''}`;
  const error = level === 'error' ? `, "error": "${ERRORS[Math.floor(r() * ERRORS.length)]}"` : '';
  const trap = r() < 0.03 ? ', "level": "error"' : '';
  return `${new Date(at).toISOString()}\t${level.toUpperCase()}\tsvc\t${service}/handler.go:${20 + Math.floor(r() * 90)}\t${message}\t{"service": "${service}", "trace_id": "${trace}", "span_id": "${hex8(r)}${hex8(r)}", "route": "${ROUTES[Math.floor(r() * 5)]}", "elapsed": "${took((r() * 300).toFixed(3), 1)}ms"${error}${trap}}`;
}

const KLOG_LETTERS: Readonly<Record<string, string>> = { debug: 'I', info: 'I', warn: 'W', error: 'E', fatal: 'F' };

function klog(r: () => number, level: string, at: number, trace: string): string {
  const t = new Date(at).toISOString();
  const message = `${MESSAGES[Math.floor(r() * MESSAGES.length)]}${r() < 0.03 ? ' after level=error' : ''}`;
  const error = level === 'error' ? ` err="${ERRORS[Math.floor(r() * ERRORS.length)]}"` : '';
  return `${KLOG_LETTERS[level]}${t.slice(5, 7)}${t.slice(8, 10)} ${t.slice(11, 23)}${digits(Math.floor(r() * 1000), 3)}       1 handler.go:${20 + Math.floor(r() * 90)}] "${message}" service="${SERVICES[Math.floor(r() * 4)]}" trace_id="${trace}" route="${ROUTES[Math.floor(r() * 5)]}" elapsed="${took((r() * 300).toFixed(3), 1)}ms"${error}`;
}
