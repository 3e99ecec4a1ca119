/**
 * Does a line begin a record, and of which format? JSON and logfmt records are one line; console records may have more,
 * and crash text of the Go runtime begins a record of its own wherever it lands.
 */
import { decodeLatin1, type Instant } from '../../model/index.ts';
import type { LogFormat, Roles } from './format.ts';
import { type FormatSet, fulfils, type ReadyKeyed, type ReadyText } from './format-set.ts';
import type { ReadTime } from './go-time.ts';
import { type FieldSpan, jsonFields, jsonText, plainSlice } from './json-fields.ts';
import { HEAD, type Layout } from './layout.ts';
import { codedText, logfmtPairs } from './logfmt-fields.ts';
import { otlpFields } from './otlp-fields.ts';
import { readIso } from './times.ts';

export interface HeadPiece {
  /** logger, caller, or the name of a field. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export type Head =
  | { readonly kind: 'keyed'; readonly of: ReadyKeyed; readonly fields: readonly FieldSpan[] /** One character per byte. */; readonly latin: string }
  | {
      readonly kind: 'text';
      readonly of: ReadyText;
      readonly layout: Layout;
      readonly time: string | null;
      readonly level: string | null;
      readonly pieces: readonly HeadPiece[];
      readonly tailAt: number;
    };

export const formatOf = (head: Head): LogFormat => head.of.format;

/** What is remembered from line to line: the last format of each shape comes first, and speaks for lines that prove nothing. */
export interface Memory {
  readonly formats: FormatSet;
  json: ReadyKeyed | null;
  logfmt: ReadyKeyed | null;
  text: ReadyText | null;
  /** Keys of the last JSON line, by their place. */
  readonly names: string[];
}

export const newMemory = (formats: FormatSet): Memory => ({ formats, json: null, logfmt: null, text: null, names: [] });

const BRACE = 123;
const KEY = /^(?:"[^"\n]{1,128}"|[A-Za-z_@][A-Za-z0-9_.@/-]{0,127})=/;

export function recognise(bytes: Uint8Array, memory: Memory): Head | null {
  const first = bytes[0];
  if (first === undefined) return null;
  if (first === BRACE) return recogniseJson(bytes, memory);
  const head = decodeLatin1(bytes.subarray(0, HEAD));
  const remembered = memory.text === null ? null : tryText(memory.text, head);
  if (remembered !== null) return remembered;
  for (const ready of memory.formats.text) {
    const found = tryText(ready, head);
    if (found === null) continue;
    memory.text = ready;
    return found;
  }
  return KEY.test(head) ? recogniseLogfmt(bytes, memory) : null;
}

export function tryText(ready: ReadyText, head: string): Head | null {
  for (const layout of ready.layouts) {
    const m = layout.expression.exec(head);
    if (m === null) continue;
    for (const stricter of ready.yieldsTo) {
      const other = tryText(stricter, head);
      if (other !== null) return other;
    }
    return {
      kind: 'text',
      of: ready,
      layout,
      time: m.groups?.['time'] ?? null,
      level: m.groups?.['level'] ?? null,
      pieces: layout.pieces.length === 0 ? NO_PIECES : piecesOf(layout, m),
      tailAt: m[0].length,
    };
  }
  return null;
}

const NO_PIECES: readonly HeadPiece[] = [];

function piecesOf(layout: Layout, m: RegExpExecArray): HeadPiece[] {
  const out: HeadPiece[] = [];
  for (const { group, name } of layout.pieces) {
    const at = m.indices?.groups?.[group];
    if (at !== undefined) out.push({ name, start: at[0], end: at[1] });
  }
  return out;
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
  if (last !== null && last !== other && proves(last, fields, bytes, latin)) return keyed(last, fields, bytes, latin);
  for (const ready of known) {
    if (ready === last || !proves(ready, fields, bytes, latin)) continue;
    memory[shape] = ready;
    return keyed(ready, fields, bytes, latin);
  }
  // an unproven line among proven ones is of their logger when its clock or level stands where theirs does
  if (last !== null && (has(fields, last.format.roles.time) || has(fields, last.format.roles.level))) return keyed(last, fields, bytes, latin);
  const clock = has(fields, other.format.roles.time) || has(fields, other.format.roles.level);
  if (!clock || !has(fields, other.format.roles.message)) return null;
  memory[shape] ??= other;
  return keyed(other, fields, bytes, latin);
}

function keyed(of: ReadyKeyed, fields: readonly FieldSpan[], bytes: Uint8Array, latin: string): Head {
  return { kind: 'keyed', of, fields: of.format.attributes === 'otlp' ? otlpFields(fields, bytes) : fields, latin };
}

export function proves({ format }: ReadyKeyed, fields: readonly FieldSpan[], bytes: Uint8Array, latin: string): boolean {
  for (const proof of format.proof) {
    const found = named(fields, proof.key);
    if (found === null || (proof.before !== undefined && (named(fields, proof.before)?.start ?? -1) < found.start)) return false;
    if (proof.is !== undefined && !fulfils(format, proof, spanText(bytes, latin, { start: found.start, end: Math.min(found.end, found.start + 64), coding: found.coding })))
      return false;
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

/** `near` supplies what the format does not print: klog's year, the date of a time of day. */
export function readTime(head: Head, text: string, near: Instant | null): ReadTime | null {
  if (head.kind === 'text') return head.layout.time?.read(text, near) ?? null;
  const { format, time } = head.of;
  return (format.stepNs === undefined ? null : readIso(text, format.stepNs)) ?? time.read(text, near);
}
