/**
 * Logs of four services as zap, slog and logfmt loggers write them, for the benchmarks: seeded, with the truth beside it.
 * NDJSON: half zap, half slog; every record has a trace id; a part carries a nested or quoted `level` that is none.
 * hard: shuffled keys, escapes in values, UTF-8 beyond ASCII, lines of 100 KB, one line in twenty cut off.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

export interface Truth {
  readonly lines: number;
  readonly bytes: number;
  readonly byLevel: Readonly<Record<string, number>>;
  /** A trace id that occurs in few lines, and in how many. */
  readonly trace: string;
  readonly traceLines: number;
  /** First and last time, ms since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
}

export type Shape = 'ndjson' | 'hard' | 'logfmt';

export const START_MS = Date.UTC(2026, 10, 22, 14, 0, 0);
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

/** Writes one file; `stream` of `streams` takes its own share of the time, so that files interleave. */
export function writeLog(path: string, bytesWanted: number, shape: Shape, seed = 1, everyMs = 0.4): Truth {
  const r = random(seed * 7919);
  const fd = openSync(path, 'w');
  const byLevel: Record<string, number> = { debug: 0, info: 0, warn: 0, error: 0 };
  let lines = 0;
  let bytes = 0;
  let traceLines = 0;
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
    const level = x < 0.01 ? 'error' : x < 0.04 ? 'warn' : x < 0.85 ? 'info' : 'debug';
    // a trace has a handful of records
    if (lines % 4 === 0) trace = r() < 0.0000009 ? RARE : hex8(r) + hex8(r) + hex8(r) + hex8(r);
    if (lines === 1000) trace = RARE;
    let line = shape === 'logfmt' ? logfmt(r, level, at, trace) : lines % 2 === 0 ? zap(r, level, at, trace, shape === 'hard') : slog(r, level, at, trace, shape === 'hard');
    let whole = true;
    if (shape === 'hard') {
      const y = r();
      if (y < 0.05) {
        line = line.slice(0, Math.floor(line.length * (0.3 + 0.6 * r())));
        whole = false;
      } else if (y < 0.0502) line = `${line.slice(0, -1)},"body":"${'lorem \\"level\\":\\"error\\" ipsum '.repeat(3300)}"}`;
    }
    if (whole) byLevel[level] = (byLevel[level] ?? 0) + 1;
    if (trace === RARE && (whole || line.includes(RARE))) traceLines++;
    parts.push(line, '\n');
    held += line.length + 1;
    lines++;
    if (held > 4 * 1024 * 1024) flush();
  }
  flush();
  closeSync(fd);
  return { lines, bytes, byLevel, trace: RARE, traceLines, fromMs: START_MS, toMs: at };
}

const nano = (r: () => number, at: number): string =>
  `${new Date(at).toISOString().slice(0, 19)}.${(Math.floor(at % 1000) * 1e6 + Math.floor(r() * 1e6)).toString().padStart(9, '0').replace(/0+$/, '') || '0'}Z`;

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
    `"ts":${(at / 1000).toFixed(3)}${Math.floor(r() * 1e4)}`,
    `"logger":"svc"`,
    `"caller":"${service}/handler.go:${20 + Math.floor(r() * 90)}"`,
    `"msg":"${hard && r() < 0.2 ? 'r\\u00e9serv\\u00e9 \\"caf\\u00e9\\"\\n' : ''}${MESSAGES[Math.floor(r() * MESSAGES.length)]}${hard && r() < 0.2 ? ' \u00fcber \u65e5\u672c\u8a9e' : ''}"`,
    `"service":"${service}"`,
    `"trace_id":"${trace}"`,
    `"span_id":"${hex8(r)}${hex8(r)}"`,
    `"http":{"method":"POST","route":"${ROUTES[Math.floor(r() * 5)]}","status":${level === 'error' ? 504 : 200}${r() < 0.04 ? ',"level":"error"' : ''}}`,
    `"elapsed":${(r() * 0.3).toFixed(6)}`,
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
    `"elapsed":${Math.floor(r() * 3e8)}`,
  ];
  if (level === 'error') pairs.push(`"err":"reserve: ${ERRORS[Math.floor(r() * ERRORS.length)]}"`);
  if (r() < 0.03) pairs.push(`"my_level":"error"`);
  if (r() < 0.02) pairs.push(`"note":"level=error is what the other side said"`);
  return hard ? shuffled(r, pairs) : `{${pairs.join(',')}}`;
}

function logfmt(r: () => number, level: string, at: number, trace: string): string {
  const service = SERVICES[Math.floor(r() * 4)];
  let line = `time=${new Date(at).toISOString()} level=${level} source=/app/${service}/server.go:${20 + Math.floor(r() * 200)} msg="${MESSAGES[Math.floor(r() * MESSAGES.length)]}" service=${service} trace_id=${trace} span_id=${hex8(r)}${hex8(r)} route=${ROUTES[Math.floor(r() * 5)]} status=${level === 'error' ? 504 : 200} elapsed=${(r() * 300).toFixed(3)}ms`;
  if (level === 'error') line += ` err="reserve: ${ERRORS[Math.floor(r() * ERRORS.length)]}"`;
  if (r() < 0.03) line += ' my_level=error';
  if (r() < 0.03) line += ' note="level=error is what the other side said"';
  return line;
}
