/**
 * Does a line begin a record, and of which format? JSON and logfmt records are one line; console records may have more,
 * and crash text of the Go runtime begins a record of its own wherever it lands.
 */
import { decodeLatin1, type Instant } from '../../model/index.ts';
import type { KeyedFormat, LogFormat, Roles, TextFormat } from './format.ts';
import type { FormatSet } from './format-set.ts';
import { type FieldSpan, jsonFields, jsonText, plainSlice } from './json-fields.ts';
import { codedText, logfmtPairs } from './logfmt-fields.ts';
import { type ReadTime, readEpoch, readIso, readKlog } from './times.ts';

export type Head =
  | { readonly kind: 'keyed'; readonly format: KeyedFormat; readonly fields: readonly FieldSpan[] /** One character per byte. */; readonly latin: string }
  | { readonly kind: 'text'; readonly format: TextFormat; readonly time: string | null; readonly level: string | null; readonly tailAt: number };

/** What is remembered from line to line: the last format of each shape comes first, and speaks for lines that prove nothing. */
export interface Memory {
  readonly formats: FormatSet;
  json: KeyedFormat | null;
  logfmt: KeyedFormat | null;
  text: TextFormat | null;
  /** Keys of the last JSON line, by their place. */
  readonly names: string[];
}

export const newMemory = (formats: FormatSet): Memory => ({ formats, json: null, logfmt: null, text: null, names: [] });

const BRACE = 123;
const KEY = /^(?:"[^"\n]{1,128}"|[A-Za-z_@][A-Za-z0-9_.@/-]{0,127})=/;
/** A console head is short; no regex sees more of a line. */
const HEAD = 512;

export function recognise(bytes: Uint8Array, memory: Memory): Head | null {
  const first = bytes[0];
  if (first === undefined) return null;
  if (first === BRACE) return recogniseJson(bytes, memory);
  const head = decodeLatin1(bytes.subarray(0, HEAD));
  const remembered = memory.text === null ? null : tryText(memory.text, head);
  if (remembered !== null) return remembered;
  for (const format of memory.formats.text) {
    const found = tryText(format, head);
    if (found === null) continue;
    memory.text = format;
    return found;
  }
  return KEY.test(head) ? recogniseLogfmt(bytes, memory) : null;
}

function tryText(format: TextFormat, head: string): Head | null {
  const m = format.starts.exec(head);
  if (m === null) return null;
  return { kind: 'text', format, time: m.groups?.['time'] ?? null, level: m.groups?.['level'] ?? null, tailAt: m[0].length };
}

function recogniseJson(bytes: Uint8Array, memory: Memory): Head | null {
  const text = decodeLatin1(bytes);
  const read = jsonFields(text, bytes, 0, memory.names);
  if (read === null || (read.end < text.length && text.slice(read.end, read.end + 256).trim() !== '')) return null;
  return recogniseKeyed('json', read.fields, bytes, text, memory);
}

function recogniseLogfmt(bytes: Uint8Array, memory: Memory): Head | null {
  const text = decodeLatin1(bytes);
  const pairs = logfmtPairs(text, bytes, 0, text.length);
  // a bare key (go-kit's odd) may stand between pairs, prose may not
  if (pairs.words > pairs.fields.length) return null;
  return recogniseKeyed('logfmt', pairs.fields, bytes, text, memory);
}

function recogniseKeyed(shape: 'json' | 'logfmt', fields: readonly FieldSpan[], bytes: Uint8Array, latin: string, memory: Memory): Head | null {
  const { known, other } = memory.formats[shape];
  const last = memory[shape];
  if (last !== null && last !== other && proves(last, fields, bytes, latin)) return { kind: 'keyed', format: last, fields, latin };
  for (const format of known) {
    if (format === last || !proves(format, fields, bytes, latin)) continue;
    memory[shape] = format;
    return { kind: 'keyed', format, fields, latin };
  }
  // an unproven line among proven ones is of their logger when its clock or level stands where theirs does
  if (last !== null && (has(fields, last.roles.time) || has(fields, last.roles.level))) return { kind: 'keyed', format: last, fields, latin };
  const clock = has(fields, other.roles.time) || has(fields, other.roles.level);
  if (!clock || !has(fields, other.roles.message)) return null;
  memory[shape] ??= other;
  return { kind: 'keyed', format: other, fields, latin };
}

function proves(format: KeyedFormat, fields: readonly FieldSpan[], bytes: Uint8Array, latin: string): boolean {
  for (const { key, value } of format.proof) {
    const found = named(fields, key);
    if (found === null) return false;
    if (value !== undefined && !value.test(spanText(bytes, latin, { start: found.start, end: Math.min(found.end, found.start + 64), coding: found.coding }))) return false;
  }
  return true;
}

/** What a field's span says: sliced where that is enough, else decoded. */
export function spanText(bytes: Uint8Array, latin: string, f: Pick<FieldSpan, 'start' | 'end' | 'coding'>): string {
  const plain = f.coding === 'raw' || f.coding === 'json' || f.coding === 'go' ? plainSlice(latin, f.start, f.end) : null;
  if (plain !== null) return plain;
  return f.coding === 'json' ? jsonText(bytes, f.start, f.end) : codedText(bytes, f.start, f.end, f.coding);
}

const has = (fields: readonly FieldSpan[], names: readonly string[]): boolean => fields.some((f) => names.includes(f.name));

/** The field that plays a role: by the order of the role's names, then by position. */
export function roleField(fields: readonly FieldSpan[], role: Roles[keyof Roles]): FieldSpan | null {
  for (const name of role) {
    const found = named(fields, name);
    if (found !== null) return found;
  }
  return null;
}

/** Asked for several times a record: a loop, without a closure a call. */
function named(fields: readonly FieldSpan[], name: string): FieldSpan | null {
  for (const f of fields) if (f.name === name) return f;
  return null;
}

/** `near` supplies klog's year. */
export function readTime(format: LogFormat, text: string, near: Instant | null): ReadTime | null {
  if (format.shape === 'text' && format.time === 'klog') return readKlog(text, near);
  const iso = readIso(text, format.stepNs);
  return iso ?? readEpoch(text);
}

const CRASH = /^(?:panic: |fatal error: |SIG[A-Z]{3,6}: |\[signal SIG|WARNING: DATA RACE|={18}$|runtime: goroutine stack exceeds)/;
const TRACE = /^goroutine \d{1,10} (?:gp=|\[)/;
const CRASH_FIRST = new Set([112, 102, 83, 91, 87, 61, 114]);
const G = 103;

/**
 * Text of the Go runtime that no logger wrote: panic, fatal error, SIGQUIT, a race report. A bare goroutine trace begins one only where
 * no console record is open: net/http logs "http: panic serving …" with the trace as part of its message.
 */
export function beginsCrash(bytes: Uint8Array, consoleOpen: boolean): boolean {
  const first = bytes[0] ?? 0;
  if (CRASH_FIRST.has(first)) return CRASH.test(decodeLatin1(bytes.subarray(0, 128)));
  return first === G && !consoleOpen && TRACE.test(decodeLatin1(bytes.subarray(0, 128)));
}
