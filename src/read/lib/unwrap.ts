/**
 * Takes the wrapper of a log driver off one raw line. What each writes, and by whom, stands in lines.ts.
 */
import { decodeLatin1, decodeText } from '../../model/index.ts';
import { unescapeQuoted } from './escaped-text.ts';
import { type Member, members, parseSpan } from './json-scan.ts';
import type { RawLines } from './raw-lines.ts';
import { COMPOSE, JOURNAL, KUBECTL_PREFIX, KUBECTL_TIME, STERN, type Wrapper } from './wrapper-heads.ts';

/** Longest wrapper prefix that is matched; the rest of a line is never turned into a string. */
const PREFIX_CAP = 1024;
const SPACE = 0x20;

export interface Unwrapped {
  text: Uint8Array;
  /** Of text, relative to the raw line; -1 when unescaped. */
  at: number;
  /** In the raw buffer; -1 without a time. */
  timeFrom: number;
  timeTo: number;
  /** The time where it had to be decoded. */
  time: string | null;
  stream: 'stdout' | 'stderr' | null;
  writer: string | null;
  fragment: boolean;
  /** syslog priority, "0" to "7". */
  priority: string | null;
  /** Fields of the entry around the text stand in the raw line. */
  entry: boolean;
}

/** Filled anew for every line. */
const unwrapped: Unwrapped = { text: new Uint8Array(0), at: -1, timeFrom: -1, timeTo: -1, time: null, stream: null, writer: null, fragment: false, priority: null, entry: false };

/** A raw line in a buffer: `buffer.subarray(start, end)`, without its end. */
export type RawLine = Pick<RawLines, 'buffer' | 'start' | 'end'>;

function rest(raw: RawLine, at: number): Unwrapped {
  const from = Math.min(raw.end, raw.start + at);
  unwrapped.text = raw.buffer.subarray(from, raw.end);
  unwrapped.at = from - raw.start;
  unwrapped.timeFrom = -1;
  unwrapped.timeTo = -1;
  unwrapped.stream = null;
  unwrapped.writer = null;
  unwrapped.fragment = false;
  unwrapped.time = null;
  unwrapped.priority = null;
  unwrapped.entry = false;
  return unwrapped;
}

/** The text of a line and what its wrapper says of it; null where it does not carry the wrapper. What is returned holds until the next call. */
export function unwrap(wrapper: Wrapper, raw: RawLine): Unwrapped | null {
  switch (wrapper) {
    case 'docker':
      return unwrapDocker(raw);
    case 'cri':
      return unwrapCri(raw);
    case 'journal-json':
      return unwrapJournal(raw);
    case 'stern-json':
      return unwrapStern(raw);
    case 'journal-export':
    case 'otlp':
      return null;
    default:
      return unwrapPrefix(wrapper, raw);
  }
}

function unwrapPrefix(wrapper: Wrapper, raw: RawLine): Unwrapped | null {
  const prefix = decodeLatin1(raw.buffer.subarray(raw.start, Math.min(raw.end, raw.start + PREFIX_CAP)));
  if (wrapper === 'journal') {
    const m = JOURNAL.exec(prefix);
    if (m === null) return null;
    const u = rest(raw, m[0].length);
    u.timeFrom = raw.start;
    u.timeTo = raw.start + m[1]!.length;
    u.writer = m[2]!;
    return u;
  }
  let at = 0;
  let writer: string | null = null;
  if (wrapper === 'kubectl') {
    const p = KUBECTL_PREFIX.exec(prefix);
    if (p !== null) writer = p[0].slice(1, -2);
    at = p?.[0].length ?? 0;
  } else if (wrapper === 'compose' || wrapper === 'compose-timestamps') {
    const m = COMPOSE.exec(prefix);
    if (m === null) return null;
    writer = m[0].slice(0, -2).trimEnd();
    at = m[0].length;
  } else {
    const m = STERN.exec(prefix);
    if (m === null) return null;
    writer = `${m[1] === undefined ? 'pod' : m[1]}/${m[2]}/${m[3]}`;
    at = m[0].length;
  }
  const t = wrapper === 'compose' || wrapper === 'stern' ? null : KUBECTL_TIME.exec(at === 0 ? prefix : prefix.slice(at));
  if (wrapper === 'kubectl' && at === 0 && t === null) return null;
  const u = rest(raw, at + (t?.[0].length ?? 0));
  if (t !== null) {
    u.timeFrom = raw.start + at;
    u.timeTo = u.timeFrom + t[0].length;
  }
  u.writer = writer;
  return u;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 0x30 && c <= 0x39;

/** `TIME stdout F text`: the shape is checked by its fixed places, the time is read when asked for. */
function unwrapCri(raw: RawLine): Unwrapped | null {
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

function unwrapDocker(raw: RawLine): Unwrapped | null {
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

/** Bytes of a JSON string between its quotes: as they stand, or unescaped. */
function stringBytes(u: Unwrapped, line: Uint8Array, member: Member): void {
  const from = member.value.offset + 1;
  const to = member.value.offset + member.value.length - (member.whole ? 1 : 0);
  const text = line.subarray(from, Math.max(from, to));
  const escaped = text.includes(BACKSLASH);
  u.text = escaped ? unescapeQuoted(line, from, to) : text;
  u.at = escaped ? -1 : from;
}

const isText = (line: Uint8Array, m: Member): boolean => line[m.value.offset] === QUOTE;
const textOf = (line: Uint8Array, m: Member): string => decodeText(line.subarray(m.value.offset + 1, m.value.offset + m.value.length - (m.whole ? 1 : 0)));

/**
 * One entry of `journalctl -o json`. MESSAGE is a string; an array of bytes where it is no UTF-8; an array of those where the entry has
 * several; null where it is longer than 4096 bytes and --all was not given.
 */
function unwrapJournal(raw: RawLine): Unwrapped | null {
  const line = raw.buffer.subarray(raw.start, raw.end);
  if (line[0] !== 0x7b) return null;
  const u = rest(raw, raw.end - raw.start);
  let time: string | null = null;
  let sent: string | null = null;
  let identifier: string | null = null;
  let unit: string | null = null;
  let pid: string | null = null;
  let transport: string | null = null;
  let seen = false;
  for (const m of members(line, 0)) {
    switch (m.key) {
      case 'MESSAGE':
        seen = true;
        if (isText(line, m)) stringBytes(u, line, m);
        else {
          u.text = bytesOfValue(parseSpan(line, m.value));
          u.at = -1;
        }
        break;
      case '__REALTIME_TIMESTAMP':
        time = textOf(line, m);
        break;
      case '_SOURCE_REALTIME_TIMESTAMP':
        sent = textOf(line, m);
        break;
      case 'SYSLOG_IDENTIFIER':
        identifier = textOf(line, m);
        break;
      case '_SYSTEMD_UNIT':
        unit = textOf(line, m);
        break;
      case '_PID':
        pid = textOf(line, m);
        break;
      case '_TRANSPORT':
        transport = textOf(line, m);
        break;
      case 'PRIORITY':
        u.priority = textOf(line, m);
        break;
    }
  }
  if (!seen && time === null) return null;
  u.entry = true;
  u.time = sent ?? time;
  u.writer = writerOf(identifier, unit, pid);
  u.priority = saidPriority(u.priority, transport);
  return u;
}

/** "orders[812]", as journalctl shows it. */
export const writerOf = (identifier: string | null, unit: string | null, pid: string | null): string | null => {
  const name = identifier ?? unit;
  return name === null ? null : pid === null ? name : `${name}[${pid}]`;
};

/** What a program writes to its stdout gets 6, whatever it is (systemd.exec, SyslogLevel=info): that says nothing. */
export const saidPriority = (priority: string | null, transport: string | null): string | null => (transport === 'stdout' && priority === '6' ? null : priority);

function bytesOfValue(value: unknown): Uint8Array {
  if (!Array.isArray(value)) return new Uint8Array(0);
  if (value.every((v) => typeof v === 'number')) return Uint8Array.from(value);
  return new TextEncoder().encode(value.map((v) => (typeof v === 'string' ? v : Array.isArray(v) ? decodeText(bytesOfValue(v)) : '')).join('\n'));
}

/** `stern -o json` ({"message":…,"podName":…}) and `-o extjson` ({"pod":…,"message":{…}}), whose message may be an object. */
function unwrapStern(raw: RawLine): Unwrapped | null {
  const line = raw.buffer.subarray(raw.start, raw.end);
  if (line[0] !== 0x7b) return null;
  const u = rest(raw, raw.end - raw.start);
  let pod: string | null = null;
  let container: string | null = null;
  let namespace = 'pod';
  let seen = false;
  for (const m of members(line, 0)) {
    if (m.key === 'message') {
      seen = true;
      if (isText(line, m)) stringBytes(u, line, m);
      else {
        u.text = line.subarray(m.value.offset, m.value.offset + m.value.length);
        u.at = m.value.offset;
      }
    } else if (m.key === 'pod' || m.key === 'podName') pod = textOf(line, m);
    else if (m.key === 'container' || m.key === 'containerName') container = textOf(line, m);
    else if (m.key === 'namespace') namespace = textOf(line, m);
  }
  if (!seen || pod === null) return null;
  u.writer = `${namespace}/${pod}/${container ?? ''}`;
  return u;
}
