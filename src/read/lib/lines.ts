/**
 * Logical lines of a text artifact: raw lines with the wrappers of log drivers taken off, fragments of one line joined.
 * Written by: moby daemon/logger/jsonfilelog (docker), containerd internal/cri/io/logger.go (cri), kubectl logs --timestamps / --prefix,
 * docker compose logs, journalctl (short). Go crash text reaches the reader in all of them, one wrapped line a text line.
 * Samples:
 *   docker    {"log":"panic: boom\n","stream":"stderr","time":"2026-11-22T19:09:01.446Z"}       no "\n" at the end: a 16 KiB fragment
 *   cri       2016-10-06T00:17:09.669794202Z stderr F panic: boom                               P instead of F: a fragment
 *   kubectl   [pod/orders-7d9/orders] 2026-11-22T19:09:01.446123456Z panic: boom                both parts optional
 *   compose   orders-1  | panic: boom
 *   journal   Nov 22 19:09:01 host orders[812]: panic: boom
 * Which wrapper a file has is decided from its first 64 KiB: a time stamp at the start of some lines is the program's own business, on (nearly)
 * every line it is the driver's. Lines of a wrapped file that do not carry the wrapper are handed out as they stand.
 */
import { type Artifact, type ByteSource, decodeLatin1, readSlice, type Span } from '../../model/index.ts';
import { unescapeQuoted } from './escaped-text.ts';
import { LINE_CAP, RawLines } from './raw-lines.ts';

export type Wrapper = 'docker' | 'cri' | 'kubectl' | 'compose' | 'journal';

export interface LogicalLine {
  /** Without wrapper and line end. A view that holds until the next line is asked for. */
  readonly text: Uint8Array;
  /** Raw line in the artifact, wrapper included, line end excluded; the first fragment's where fragments were joined across other lines. */
  readonly span: Span;
  /** Where `text` stands verbatim in the artifact; -1 where it had to be unescaped or joined. */
  readonly textOffset: number;
  readonly decoders: readonly Wrapper[];
  /** Time the driver wrote, as written; null without one. */
  readonly time: string | null;
  readonly stream: 'stdout' | 'stderr' | null;
  /** Who wrote it, where the wrapper says so: "pod/orders-7d9/orders", "orders-1", "orders[812]". */
  readonly writer: string | null;
  /** Longer than LINE_CAP: the rest was skipped. */
  readonly cut: boolean;
}

const HEAD = 64 * 1024;
const SPACE = 0x20;
const NONE: readonly Wrapper[] = [];

const KUBECTL_PREFIX = /^\[pod\/[^\]\s]{1,512}\] /;
const KUBECTL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:Z|[+-]\d\d:\d\d)(?: |$)/;
const CRI = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [FP](?::\S{0,64})?(?: |$)/;
const COMPOSE = /^[A-Za-z0-9][\w.-]{0,200} {0,64}\| /;
const JOURNAL = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,255} [^\s:[\]]{1,200}(?:\[\d{1,10}\])?: /;
/** Longest wrapper prefix that is matched; the rest of a line is never turned into a string. */
const PREFIX_CAP = 1024;

/** Wrappers of a text, outermost first, by its head. */
export function wrappersOf(head: Uint8Array): readonly Wrapper[] {
  const lines = decodeLatin1(head).split('\n');
  if (lines.length > 1) lines.pop();
  const full = lines
    .map((l) => l.slice(0, PREFIX_CAP).replace(/\r$/, ''))
    .filter((l) => l !== '')
    .slice(0, 400);
  if (full.length === 0) return NONE;
  const nearlyAll = (test: (line: string) => boolean): boolean => full.filter(test).length * 10 >= full.length * 9;
  if (nearlyAll((l) => l.startsWith('{"log":"') || l.startsWith('{"log": "'))) return ['docker'];
  if (nearlyAll((l) => CRI.test(l))) return ['cri'];
  const prefixed = nearlyAll((l) => KUBECTL_PREFIX.test(l));
  const bodies = prefixed ? full.map((l) => l.replace(KUBECTL_PREFIX, '')) : full;
  const stamped = bodies.map((l) => KUBECTL_TIME.exec(l)).filter((m) => m !== null);
  // the kubelet writes RFC 3339 with nanoseconds, trailing zeros trimmed: nine digits in nine of ten lines. Programs' own stamps are shorter.
  const fine = stamped.filter((m) => (m[1] ?? '').length >= 7).length;
  if (prefixed || (stamped.length * 10 >= bodies.length * 9 && fine * 10 >= stamped.length * 7)) return ['kubectl'];
  if (nearlyAll((l) => COMPOSE.test(l))) return ['compose'];
  if (nearlyAll((l) => JOURNAL.test(l))) return ['journal'];
  return NONE;
}

interface Open {
  parts: Uint8Array[];
  size: number;
  offset: number;
  end: number;
  time: string | null;
  stream: 'stdout' | 'stderr' | null;
  contiguous: boolean;
  cut: boolean;
}

export const wrapperOf = (source: ByteSource): Wrapper | null => wrappersOf(readSlice(source, 0, HEAD))[0] ?? null;

/** Streams the logical lines of a source (or of [from, to) of it, which should start at a line). The yielded object is reused. */
export function* logicalLines(of: Artifact | ByteSource, from = 0, to?: number, known?: Wrapper | null): Generator<LogicalLine> {
  const source: ByteSource = 'source' in of ? of.source : of;
  const wrapper = known === undefined ? wrapperOf(source) : known;
  const raw = new RawLines(source, from, to);
  const line = {
    text: new Uint8Array(0) as Uint8Array,
    span: { offset: 0, length: 0 },
    textOffset: -1,
    decoders: NONE,
    time: null as string | null,
    stream: null as 'stdout' | 'stderr' | null,
    writer: null as string | null,
    cut: false,
  };
  const decoders: readonly Wrapper[] = wrapper === null ? NONE : [wrapper];
  const open = new Map<string, Open>();
  let previousEnd = -1;
  while (raw.next()) {
    line.text = raw.buffer.subarray(raw.start, raw.end);
    line.span = { offset: raw.offset, length: raw.length };
    line.textOffset = raw.offset;
    line.decoders = NONE;
    line.time = null;
    line.stream = null;
    line.writer = null;
    line.cut = raw.cut;
    if (wrapper === null) {
      yield line;
      continue;
    }
    const unwrapped = unwrap(wrapper, raw);
    if (unwrapped === null) {
      yield line;
      continue;
    }
    line.decoders = decoders;
    line.text = unwrapped.text;
    line.textOffset = unwrapped.at < 0 ? -1 : raw.offset + unwrapped.at;
    line.time = unwrapped.time;
    line.stream = unwrapped.stream;
    line.writer = unwrapped.writer;
    const key = unwrapped.stream ?? '';
    const begun = open.get(key);
    const rawEnd = raw.offset + raw.length;
    if (unwrapped.fragment || begun !== undefined) {
      const o = begun ?? { parts: [], size: 0, offset: raw.offset, end: rawEnd, time: unwrapped.time, stream: unwrapped.stream, contiguous: true, cut: false };
      if (begun !== undefined && previousEnd !== o.end) o.contiguous = false;
      if (o.size < LINE_CAP) {
        const kept = unwrapped.text.slice(0, LINE_CAP - o.size);
        o.parts.push(kept);
        o.size += kept.length;
      }
      if (raw.cut || o.size >= LINE_CAP) o.cut = true;
      if (o.contiguous) o.end = rawEnd;
      previousEnd = rawEnd;
      if (unwrapped.fragment) {
        open.set(key, o);
        continue;
      }
      open.delete(key);
      fillJoined(line, o);
      yield line;
      continue;
    }
    previousEnd = rawEnd;
    yield line;
  }
  for (const o of [...open.values()].sort((a, b) => a.offset - b.offset)) {
    line.decoders = decoders;
    line.writer = null;
    fillJoined(line, o);
    yield line;
  }
}

function fillJoined(line: { text: Uint8Array; span: Span; textOffset: number; time: string | null; stream: 'stdout' | 'stderr' | null; cut: boolean }, o: Open): void {
  const text = new Uint8Array(o.size);
  let at = 0;
  for (const p of o.parts) {
    text.set(p, at);
    at += p.length;
  }
  line.text = text;
  line.span = { offset: o.offset, length: o.end - o.offset };
  line.textOffset = -1;
  line.time = o.time;
  line.stream = o.stream;
  line.cut = o.cut;
}

interface Unwrapped {
  readonly text: Uint8Array;
  /** Of text, relative to the raw line; -1 when unescaped. */
  readonly at: number;
  readonly time: string | null;
  readonly stream: 'stdout' | 'stderr' | null;
  readonly writer: string | null;
  readonly fragment: boolean;
}

function unwrap(wrapper: Wrapper, raw: RawLines): Unwrapped | null {
  if (wrapper === 'docker') return unwrapDocker(raw);
  const prefix = decodeLatin1(raw.buffer.subarray(raw.start, Math.min(raw.end, raw.start + PREFIX_CAP)));
  const rest = (at: number, more: Partial<Unwrapped>): Unwrapped => ({
    text: raw.buffer.subarray(Math.min(raw.end, raw.start + at), raw.end),
    at: Math.min(at, raw.end - raw.start),
    time: null,
    stream: null,
    writer: null,
    fragment: false,
    ...more,
  });
  switch (wrapper) {
    case 'cri': {
      const m = CRI.exec(prefix);
      if (m === null) return null;
      const [time, stream, tag] = m[0].split(' ') as [string, 'stdout' | 'stderr', string];
      return rest(m[0].length, { time, stream, fragment: tag.startsWith('P') });
    }
    case 'kubectl': {
      const p = KUBECTL_PREFIX.exec(prefix);
      const at = p?.[0].length ?? 0;
      const t = KUBECTL_TIME.exec(prefix.slice(at));
      if (p === null && t === null) return null;
      return rest(at + (t?.[0].length ?? 0), { time: t === null ? null : t[0].trimEnd(), writer: p === null ? null : p[0].slice(1, -2) });
    }
    case 'compose': {
      const m = COMPOSE.exec(prefix);
      return m === null ? null : rest(m[0].length, { writer: m[0].slice(0, -2).trimEnd() });
    }
    default: {
      const m = JOURNAL.exec(prefix);
      if (m === null) return null;
      const writer = m[0].slice(0, -2);
      return rest(m[0].length, { time: m[0].slice(0, 15), writer: writer.slice(writer.lastIndexOf(' ') + 1) });
    }
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function unwrapDocker(raw: RawLines): Unwrapped | null {
  const { buffer, start, end } = raw;
  // {"log":"  or, from encoders that write a space, {"log": "
  let at = start + 7;
  if (buffer[at] === SPACE) at++;
  if (at >= end || buffer[start] !== 0x7b || buffer[at] !== QUOTE) return null;
  const from = at + 1;
  let to = from;
  let escapes = 0;
  while (to < end && buffer[to] !== QUOTE) {
    if (buffer[to] === BACKSLASH) {
      escapes++;
      to++;
    }
    to++;
  }
  if (to > end) to = end;
  const complete = to < end;
  const tail = complete ? decodeLatin1(buffer.subarray(to + 1, Math.min(end, to + 1 + 4 * PREFIX_CAP))) : '';
  const time = /"time": ?"([^"]{1,64})"/.exec(tail)?.[1] ?? null;
  const stream = /"stream": ?"(stdout|stderr)"/.exec(tail)?.[1] as 'stdout' | 'stderr' | undefined;
  const endsLine = to - from >= 2 && buffer[to - 2] === BACKSLASH && buffer[to - 1] === 0x6e && !isEscapedBackslash(buffer, from, to - 2);
  let textEnd = endsLine ? to - 2 : to;
  if (endsLine && textEnd - from >= 2 && buffer[textEnd - 2] === BACKSLASH && buffer[textEnd - 1] === 0x72 && !isEscapedBackslash(buffer, from, textEnd - 2)) {
    textEnd -= 2;
    escapes--;
  }
  const verbatim = escapes === (endsLine ? 1 : 0);
  return {
    text: verbatim ? buffer.subarray(from, textEnd) : unescapeQuoted(buffer, from, textEnd),
    at: verbatim ? from - start : -1,
    time,
    stream: stream ?? null,
    writer: null,
    // a line the file itself cut off is not continued by the next one
    fragment: !endsLine && complete,
  };
}

/** Whether the backslash at `at` is itself escaped: an odd number of backslashes stands before it. */
function isEscapedBackslash(buffer: Uint8Array, from: number, at: number): boolean {
  let n = 0;
  for (let i = at - 1; i >= from && buffer[i] === BACKSLASH; i--) n++;
  return n % 2 === 1;
}
