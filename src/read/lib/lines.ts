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
const CR = 0x0d;
const NONE: readonly Wrapper[] = [];

const KUBECTL_PREFIX = /^\[pod\/[^\]\s]{1,512}\] /;
const KUBECTL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:Z|[+-]\d\d:\d\d)(?: |$)/;
const CRI = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [FP](?::\S{0,64})?(?: |$)/;
const COMPOSE = /^[A-Za-z0-9][\w.-]{0,200} {0,64}\| /;
const JOURNAL = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,255} [^\s:[\]]{1,200}(?:\[\d{1,10}\])?: /;
/** Longest wrapper prefix that is matched; the rest of a line is never turned into a string. */
const PREFIX_CAP = 1024;
/** By so many lines it is decided which wrapper a text has. */
const WRAPPED_LINES = 400;

/** Wrappers of a text, outermost first, by its head. */
export function wrappersOf(head: Uint8Array): readonly Wrapper[] {
  const full = firstLines(decodeLatin1(head));
  if (full.length === 0) return NONE;
  const nearlyAll = (test: (line: string) => boolean): boolean => {
    let not = 0;
    for (const line of full) if (!test(line) && ++not * 10 > full.length) return false;
    return true;
  };
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

/** Lines that are not empty, without their ends; what follows the last line end may be cut and is left out. */
function firstLines(text: string): string[] {
  const out: string[] = [];
  let start = 0;
  for (let end = text.indexOf('\n'); out.length < WRAPPED_LINES; end = text.indexOf('\n', start)) {
    const stop = end < 0 ? text.length : end;
    if (end < 0 && start > 0) break;
    const cut = Math.min(stop, start + PREFIX_CAP);
    const line = text.slice(start, cut > start && text.charCodeAt(cut - 1) === CR ? cut - 1 : cut);
    if (line !== '') out.push(line);
    if (end < 0) break;
    start = end + 1;
  }
  return out;
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

const wrappers = new WeakMap<ByteSource, Wrapper | null>();

/** Every embedded reader asks this of every text. */
export function wrapperOf(source: ByteSource): Wrapper | null {
  let wrapper = wrappers.get(source);
  if (wrapper === undefined) {
    wrapper = wrappersOf(readSlice(source, 0, HEAD))[0] ?? null;
    wrappers.set(source, wrapper);
  }
  return wrapper;
}

/** Streams the logical lines of a source (or of [from, to) of it, which should start at a line). The yielded object is reused. */
export function* logicalLines(of: Artifact | ByteSource, from = 0, to?: number, known?: Wrapper | null): Generator<LogicalLine> {
  const source: ByteSource = 'source' in of ? of.source : of;
  const wrapper = known === undefined ? wrapperOf(source) : known;
  const raw = new RawLines(source, from, to);
  const line = new ReusedLine();
  const decoders: readonly Wrapper[] = wrapper === null ? NONE : [wrapper];
  const open = new Map<string, Open>();
  let previousEnd = -1;
  while (raw.next()) {
    line.text = raw.buffer.subarray(raw.start, raw.end);
    line.span = { offset: raw.offset, length: raw.length };
    line.textOffset = raw.offset;
    line.decoders = NONE;
    line.at(raw, -1, -1);
    line.stream = null;
    line.writer = null;
    line.cut = raw.cut;
    if (wrapper === null) {
      yield line;
      continue;
    }
    const taken = unwrap(wrapper, raw);
    if (taken === null) {
      yield line;
      continue;
    }
    line.decoders = decoders;
    line.text = taken.text;
    line.textOffset = taken.at < 0 ? -1 : raw.offset + taken.at;
    line.at(raw, taken.timeFrom, taken.timeTo);
    line.stream = taken.stream;
    line.writer = taken.writer;
    const key = taken.stream ?? '';
    const begun = open.get(key);
    const rawEnd = raw.offset + raw.length;
    if (taken.fragment || begun !== undefined) {
      const o = begun ?? { parts: [], size: 0, offset: raw.offset, end: rawEnd, time: line.time, stream: taken.stream, contiguous: true, cut: false };
      if (begun !== undefined && previousEnd !== o.end) o.contiguous = false;
      if (o.size < LINE_CAP) {
        const kept = taken.text.slice(0, LINE_CAP - o.size);
        o.parts.push(kept);
        o.size += kept.length;
      }
      if (raw.cut || o.size >= LINE_CAP) o.cut = true;
      if (o.contiguous) o.end = rawEnd;
      previousEnd = rawEnd;
      if (taken.fragment) {
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

function fillJoined(line: ReusedLine, o: Open): void {
  const text = new Uint8Array(o.size);
  let at = 0;
  for (const p of o.parts) {
    text.set(p, at);
    at += p.length;
  }
  line.text = text;
  line.span = { offset: o.offset, length: o.end - o.offset };
  line.textOffset = -1;
  line.setTime(o.time);
  line.stream = o.stream;
  line.cut = o.cut;
}

/** The time becomes a string only when somebody asks: most lines of a large log are looked at and passed over. */
class ReusedLine implements LogicalLine {
  text: Uint8Array = new Uint8Array(0);
  span: Span = { offset: 0, length: 0 };
  textOffset = -1;
  decoders: readonly Wrapper[] = NONE;
  stream: 'stdout' | 'stderr' | null = null;
  writer: string | null = null;
  cut = false;
  #raw: RawLines | null = null;
  #from = -1;
  #to = -1;
  #time: string | null = null;

  get time(): string | null {
    if (this.#raw === null) return this.#time;
    this.#time = this.#from < 0 ? null : decodeLatin1(this.#raw.buffer.subarray(this.#from, this.#to)).trimEnd();
    this.#raw = null;
    return this.#time;
  }

  at(raw: RawLines, from: number, to: number): void {
    this.#raw = raw;
    this.#from = from;
    this.#to = to;
  }

  setTime(time: string | null): void {
    this.#raw = null;
    this.#time = time;
  }
}

interface Unwrapped {
  text: Uint8Array;
  /** Of text, relative to the raw line; -1 when unescaped. */
  at: number;
  /** In the raw buffer; -1 without a time. */
  timeFrom: number;
  timeTo: number;
  stream: 'stdout' | 'stderr' | null;
  writer: string | null;
  fragment: boolean;
}

/** Filled anew for every line. */
const unwrapped: Unwrapped = { text: new Uint8Array(0), at: -1, timeFrom: -1, timeTo: -1, stream: null, writer: null, fragment: false };

function rest(raw: RawLines, at: number): Unwrapped {
  const from = Math.min(raw.end, raw.start + at);
  unwrapped.text = raw.buffer.subarray(from, raw.end);
  unwrapped.at = from - raw.start;
  unwrapped.timeFrom = -1;
  unwrapped.timeTo = -1;
  unwrapped.stream = null;
  unwrapped.writer = null;
  unwrapped.fragment = false;
  return unwrapped;
}

function unwrap(wrapper: Wrapper, raw: RawLines): Unwrapped | null {
  if (wrapper === 'docker') return unwrapDocker(raw);
  if (wrapper === 'cri') return unwrapCri(raw);
  const prefix = decodeLatin1(raw.buffer.subarray(raw.start, Math.min(raw.end, raw.start + PREFIX_CAP)));
  if (wrapper === 'kubectl') {
    const p = KUBECTL_PREFIX.exec(prefix);
    const at = p?.[0].length ?? 0;
    const t = KUBECTL_TIME.exec(at === 0 ? prefix : prefix.slice(at));
    if (p === null && t === null) return null;
    const u = rest(raw, at + (t?.[0].length ?? 0));
    if (t !== null) {
      u.timeFrom = raw.start + at;
      u.timeTo = u.timeFrom + t[0].length;
    }
    if (p !== null) u.writer = p[0].slice(1, -2);
    return u;
  }
  if (wrapper === 'compose') {
    const m = COMPOSE.exec(prefix);
    if (m === null) return null;
    const u = rest(raw, m[0].length);
    u.writer = m[0].slice(0, -2).trimEnd();
    return u;
  }
  const m = JOURNAL.exec(prefix);
  if (m === null) return null;
  const u = rest(raw, m[0].length);
  const named = m[0].slice(0, -2);
  u.timeFrom = raw.start;
  u.timeTo = raw.start + 15;
  u.writer = named.slice(named.lastIndexOf(' ') + 1);
  return u;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 0x30 && c <= 0x39;

/** `TIME stdout F text`: the shape is checked by its fixed places, the time is read when asked for. */
function unwrapCri(raw: RawLines): Unwrapped | null {
  const { buffer, start, end } = raw;
  if (end - start < 28 || !isDigit(buffer[start]) || buffer[start + 4] !== 0x2d || buffer[start + 7] !== 0x2d || buffer[start + 10] !== 0x54) return null;
  let at = start + 19;
  // nanoseconds and zone: at most 16 bytes
  while (at < end && at < start + 36 && buffer[at] !== SPACE) at++;
  if (buffer[at] !== SPACE || buffer[at + 1] !== 0x73 || buffer[at + 2] !== 0x74 || buffer[at + 3] !== 0x64 || buffer[at + 7] !== SPACE) return null;
  const timeTo = at;
  const stream = buffer[at + 4] === 0x6f && buffer[at + 5] === 0x75 && buffer[at + 6] === 0x74 ? 'stdout' : buffer[at + 4] === 0x65 && buffer[at + 5] === 0x72 ? 'stderr' : null;
  const tag = buffer[at + 8];
  if (stream === null || (tag !== 0x46 && tag !== 0x50)) return null;
  at += 9;
  // tags may carry more than one letter, separated by colons
  while (at < end && buffer[at] !== SPACE) at++;
  const u = rest(raw, at + 1 - start);
  u.timeFrom = start;
  u.timeTo = timeTo;
  u.stream = stream;
  u.fragment = tag === 0x50;
  return u;
}

const STREAM_KEY = bytesOf('"stream":"');
const TIME_KEY = bytesOf('"time":"');

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Where the value of a key begins that stands within [from, to), with or without a space behind its colon; -1 = nowhere. */
function valueAt(buffer: Uint8Array, from: number, to: number, key: Uint8Array): number {
  const colon = key.length - 2;
  for (let i = from; i + key.length <= to; i++) {
    if (buffer[i] !== QUOTE) continue;
    let k = 1;
    while (k <= colon && buffer[i + k] === key[k]) k++;
    if (k <= colon) continue;
    const at = buffer[i + k] === SPACE ? i + k + 1 : i + k;
    if (buffer[at] === QUOTE) return at + 1;
  }
  return -1;
}

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
  const endsLine = to - from >= 2 && buffer[to - 2] === BACKSLASH && buffer[to - 1] === 0x6e && !isEscapedBackslash(buffer, from, to - 2);
  let textEnd = endsLine ? to - 2 : to;
  if (endsLine && textEnd - from >= 2 && buffer[textEnd - 2] === BACKSLASH && buffer[textEnd - 1] === 0x72 && !isEscapedBackslash(buffer, from, textEnd - 2)) {
    textEnd -= 2;
    escapes--;
  }
  const verbatim = escapes === (endsLine ? 1 : 0);
  const u = rest(raw, 0);
  u.text = verbatim ? buffer.subarray(from, textEnd) : unescapeQuoted(buffer, from, textEnd);
  u.at = verbatim ? from - start : -1;
  if (complete) {
    const tail = Math.min(end, to + 1 + 4 * PREFIX_CAP);
    const stream = valueAt(buffer, to + 1, tail, STREAM_KEY);
    if (stream >= 0) u.stream = buffer[stream + 3] === 0x6f ? 'stdout' : buffer[stream + 3] === 0x65 ? 'stderr' : null;
    u.timeFrom = valueAt(buffer, to + 1, tail, TIME_KEY);
    if (u.timeFrom >= 0) {
      u.timeTo = u.timeFrom;
      while (u.timeTo < tail && u.timeTo < u.timeFrom + 64 && buffer[u.timeTo] !== QUOTE) u.timeTo++;
    }
  }
  // a line the file itself cut off is not continued by the next one
  u.fragment = !endsLine && complete;
  return u;
}

/** Whether the backslash at `at` is itself escaped: an odd number of backslashes stands before it. */
function isEscapedBackslash(buffer: Uint8Array, from: number, at: number): boolean {
  let n = 0;
  for (let i = at - 1; i >= from && buffer[i] === BACKSLASH; i--) n++;
  return n % 2 === 1;
}
