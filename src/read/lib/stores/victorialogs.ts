/**
 * Rows of a VictoriaLogs answer.
 * Written by: app/vlselect/logsql/query_response.qtpl, JSONRow (v1.43.1): one JSON object a line, every value a string, empty values left
 * out, `<` written as \u003c. With `limit=` the rows come newest first, with a query alone in no order.
 * Sample: {"_time":"2026-11-22T19:09:01.446123456Z","_stream_id":"0000…","_stream":"{service=\"orders\"}","_msg":"reserve failed","level":"error","n":"9007199254740993"}
 * `_msg` is what was logged: the raw line where the shipper sent it so, else the message of a record whose fields stand beside it.
 */
import { type ByteSource, decodeText, readSlice } from '../../../model/index.ts';
import type { EntryField } from '../entry-fields.ts';
import { unescapeQuoted } from '../escaped-text.ts';
import { members } from '../json-scan.ts';
import { LINE_CAP, RawLines } from '../raw-lines.ts';
import { type StoreEntry, streamOf, writerOf } from './entry.ts';

const QUOTE = 0x22;
const OPEN_OBJECT = 0x7b;

/** Whether a line is such a row, by its own names. */
export function isVictoriaLogsRow(line: Uint8Array): boolean {
  if (line[0] !== OPEN_OBJECT) return false;
  let time = false;
  let own = false;
  let seen = 0;
  for (const m of members(line, 0)) {
    if (m.key === '_time') time = true;
    else if (m.key === '_msg' || m.key === '_stream' || m.key === '_stream_id') own = true;
    if (time && own) return true;
    // a query may have put its own fields first
    if (++seen >= 64) break;
  }
  return false;
}

/** Rows of [from, to); a row of another kind is handed out as it stands. */
export function* victoriaLogsEntries(source: ByteSource, from = 0, to?: number): Generator<StoreEntry> {
  const raw = new RawLines(source, from, to);
  if (newestFirst(source)) {
    yield* backwards(source, raw);
    return;
  }
  while (raw.next()) yield entryOf(raw.buffer.subarray(raw.start, raw.end), raw.offset, raw.length, raw.cut);
}

function* backwards(source: ByteSource, raw: RawLines): Generator<StoreEntry> {
  const offsets: number[] = [];
  const lengths: number[] = [];
  while (raw.next()) {
    offsets.push(raw.offset);
    lengths.push(raw.length);
  }
  for (let i = offsets.length - 1; i >= 0; i--) {
    const length = lengths[i]!;
    yield entryOf(readSlice(source, offsets[i]!, Math.min(length, LINE_CAP)), offsets[i]!, length, length > LINE_CAP);
  }
}

const HEAD = 64 * 1024;

const directions = new WeakMap<ByteSource, boolean>();

/** Lines of a crash text make sense in their order only. */
function newestFirst(source: ByteSource): boolean {
  let known = directions.get(source);
  if (known === undefined) {
    known = fallsOnly(source);
    directions.set(source, known);
  }
  return known;
}

/** By the first 64 KiB: times never rise and fall at least once. */
function fallsOnly(source: ByteSource): boolean {
  const head = readSlice(source, 0, HEAD);
  const raw = new RawLines(source, 0, head.length);
  let last: string | null = null;
  let fell = false;
  while (raw.next()) {
    if (raw.offset + raw.length >= head.length && head.length < source.sizeBytes) break;
    const { time } = entryOf(raw.buffer.subarray(raw.start, raw.end), raw.offset, raw.length, raw.cut);
    if (time === null) continue;
    if (last !== null) {
      const order = compareTimes(time, last);
      if (order > 0) return false;
      if (order < 0) fell = true;
    }
    last = time;
  }
  return fell;
}

/** RFC 3339 in UTC as the store writes it: equal to the second by text, below it by the digits padded. */
function compareTimes(a: string, b: string): number {
  const [x, y] = [padded(a), padded(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
const padded = (time: string): string =>
  time.slice(0, 19) +
  time
    .slice(19)
    .replace(/^\.?(\d{0,9}).*$/, '$1')
    .padEnd(9, '0');

function entryOf(line: Uint8Array, offset: number, length: number, cut: boolean): StoreEntry {
  const span = { offset, length };
  let time: string | null = null;
  let labels: string | null = null;
  let text: Uint8Array | null = null;
  let textOffset = -1;
  const fields: EntryField[] = [];
  let isRow = false;
  for (const m of members(line, 0)) {
    const string = line[m.value.offset] === QUOTE;
    const from = m.value.offset + (string ? 1 : 0);
    const to = m.value.offset + m.value.length - (string && m.whole ? 1 : 0);
    const value = string ? unescapeQuoted(line, from, to) : line.subarray(from, to);
    if (m.key === '_msg') {
      text = value;
      if (value.length === to - from) textOffset = offset + from;
    } else if (m.key === '_time') {
      time = decodeText(value);
      isRow = true;
    } else if (m.key === '_stream') labels = decodeText(value);
    else if (m.key !== '_stream_id') fields.push({ name: m.key, type: 'string', text: decodeText(value), span: { offset: offset + from, length: to - from } });
  }
  if (!isRow) return { span, time: null, text: line, textOffset: offset, fields: [], writer: null, stream: null, cut };
  return { span, time, text: text ?? new Uint8Array(0), textOffset: text === null ? -1 : textOffset, fields, writer: writerOf(fields, labels), stream: streamOf(fields), cut };
}
