/**
 * Entries of an answer of Loki's /loki/api/v1/query_range that holds lines.
 * Written by: pkg/util/marshal/query.go, EncodeResult and encodeStreams (v3.7.8). Times are nanoseconds as text. With the request header
 * `X-Loki-Response-Encoding-Flags: categorize-labels` each entry carries its structured metadata as a third element; without it Loki
 * puts metadata and parsed labels among the labels of the stream, and a stream falls apart into one for each set of them.
 * Sample: {"status":"success","data":{"resultType":"streams","encodingFlags":["categorize-labels"],"result":[{"stream":{"service_name":"orders"},
 *         "values":[["1795374541446878200","{\"level\":\"error\"}",{"structuredMetadata":{"trace_id":"4bf9…"}}]]}],"stats":{…}}}
 * Lines of one stream stand in the order that was asked for; `direction=backward`, Loki's default, is turned round here.
 */
import { type ByteSource, decodeLatin1, decodeText, formatInstant, type Instant, readSlice, type Span } from '../../../model/index.ts';
import type { EntryField } from '../entry-fields.ts';
import { unescapeQuoted } from '../escaped-text.ts';
import { elements, members, skipSpace } from '../json-scan.ts';
import { LINE_CAP } from '../raw-lines.ts';
import { type StoreEntry, streamOf, writerOf } from './entry.ts';
import { indexOfLoki, type LokiIndex } from './loki-index.ts';

const OPEN_OBJECT = 0x7b;
const QUOTE = 0x22;

/** By the head of the file: an answer of streams. */
export function isLokiAnswer(head: Uint8Array): boolean {
  const at = skipSpace(head, 0);
  if (head[at] !== OPEN_OBJECT) return false;
  const data = memberIn(head, at, 'data');
  if (data === null || head[data.offset] !== OPEN_OBJECT) return false;
  const type = memberIn(head, data.offset, 'resultType');
  if (type !== null) return decodeLatin1(head.subarray(type.offset, type.offset + type.length)) === '"streams"';
  // written anew by another tool with its keys sorted: the type stands behind the result
  const result = memberIn(head, data.offset, 'result');
  return (
    result !== null && /^\[\s{0,64}\{\s{0,64}"(?:stream"\s{0,8}:\s{0,8}\{|values"\s{0,8}:\s{0,8}\[\s{0,64}\[)/.test(decodeLatin1(head.subarray(result.offset, result.offset + 512)))
  );
}

function memberIn(bytes: Uint8Array, at: number, key: string): Span | null {
  for (const m of members(bytes, at)) if (m.key === key) return m.value;
  return null;
}

const indexes = new WeakMap<ByteSource, LokiIndex>();

export function lokiIndex(source: ByteSource): LokiIndex {
  let index = indexes.get(source);
  if (index === undefined) {
    index = indexOfLoki(source);
    indexes.set(source, index);
  }
  return index;
}

/** Entries whose bytes touch [from, to), stream by stream, oldest first within each. */
export function* lokiEntries(source: ByteSource, from = 0, to = source.sizeBytes): Generator<StoreEntry> {
  const index = lokiIndex(source);
  const { starts, lengths, of } = index;
  const labels = new Map<number, readonly EntryField[]>();
  let i = from === 0 ? 0 : firstAt(index, from);
  const backward = isBackward(source, index);
  while (i < starts.length && starts[i]! < to) {
    const stream = of[i]!;
    let end = i + 1;
    while (end < starts.length && of[end] === stream && starts[end]! < to) end++;
    let known = labels.get(stream);
    if (known === undefined) {
      known = fieldsOf(source, index.streams[stream]!);
      labels.set(stream, known);
    }
    const writer = writerOf(known, labelText(known));
    for (let k = 0; k < end - i; k++) {
      const n = backward ? end - 1 - k : i + k;
      yield entryAt(source, { offset: starts[n]!, length: lengths[n]! }, known, writer);
    }
    i = end;
  }
}

/** The first entry that ends behind `at`. */
function firstAt(index: LokiIndex, at: number): number {
  let low = 0;
  let high = index.starts.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (index.starts[mid]! + index.lengths[mid]! <= at) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** One direction for the whole answer: the first stream with two different times says which. */
function isBackward(source: ByteSource, index: LokiIndex): boolean {
  let known = directions.get(index);
  if (known === undefined) {
    known = fallsFirst(source, index);
    directions.set(index, known);
  }
  return known;
}

const directions = new WeakMap<LokiIndex, boolean>();

function fallsFirst(source: ByteSource, index: LokiIndex): boolean {
  const { starts, lengths, of } = index;
  let first = 0;
  for (let i = 0; i <= starts.length; i++) {
    if (i < starts.length && of[i] === of[first]) continue;
    const [a, b] = [first, i - 1].map((n) => timeOf(readSlice(source, starts[n] ?? 0, Math.min(lengths[n] ?? 0, 64))));
    if (a !== null && b !== null && a !== undefined && b !== undefined && a !== b) return a > b;
    first = i;
  }
  return false;
}

const HEAD = /^\[\s{0,16}"(\d{1,19})"/;

function timeOf(entry: Uint8Array): Instant | null {
  const m = HEAD.exec(decodeLatin1(entry.subarray(0, 64)));
  return m === null ? null : (BigInt(m[1]!) as Instant);
}

function entryAt(source: ByteSource, span: Span, labels: readonly EntryField[], writer: string | null): StoreEntry {
  const cut = span.length > 2 * LINE_CAP;
  const bytes = readSlice(source, span.offset, cut ? 2 * LINE_CAP : span.length);
  const at = timeOf(bytes);
  const parts = [...elements(bytes, 0)];
  const line = parts[1] ?? (cut && parts[0] !== undefined ? cutLine(bytes, parts[0]) : undefined);
  let text = new Uint8Array(0);
  let textOffset = -1;
  if (line !== undefined && bytes[line.offset] === QUOTE) {
    const [start, end] = [line.offset + 1, line.offset + line.length - (parts[1] === undefined ? 0 : 1)];
    text = unescapeQuoted(bytes, start, end) as Uint8Array<ArrayBuffer>;
    if (text.length === end - start) textOffset = span.offset + start;
  }
  const beside = parts[2];
  const metadata: EntryField[] = [];
  if (beside !== undefined && bytes[beside.offset] === OPEN_OBJECT) {
    for (const m of members(bytes, beside.offset)) {
      if (bytes[m.value.offset] !== OPEN_OBJECT) push(metadata, bytes, m.key, m.value, span.offset);
      // {"structuredMetadata":{…},"parsed":{…}}: what a query parsed out of the line stands in the line itself
      else if (m.key === 'structuredMetadata') for (const f of members(bytes, m.value.offset)) push(metadata, bytes, f.key, f.value, span.offset);
    }
  }
  const fields = metadata.length === 0 ? labels : [...labels, ...metadata];
  return {
    span,
    time: at === null ? null : formatInstant(at),
    text,
    textOffset,
    fields,
    writer: metadata.length === 0 ? writer : writerOf(fields, writer),
    stream: streamOf(fields),
    cut: cut || text.length > LINE_CAP,
  };
}

/** The line of an entry that was not read to its end. */
function cutLine(bytes: Uint8Array, time: Span): Span | undefined {
  const start = bytes.indexOf(QUOTE, time.offset + time.length);
  return start < 0 ? undefined : { offset: start, length: bytes.length - start };
}

function fieldsOf(source: ByteSource, span: Span): EntryField[] {
  if (span.offset < 0) return [];
  const bytes = readSlice(source, span.offset, Math.min(span.length, LINE_CAP));
  const out: EntryField[] = [];
  for (const m of members(bytes, 0)) push(out, bytes, m.key, m.value, span.offset);
  return out;
}

function push(out: EntryField[], bytes: Uint8Array, name: string, value: Span, base: number): void {
  const string = bytes[value.offset] === QUOTE;
  const from = value.offset + (string ? 1 : 0);
  const to = Math.max(from, value.offset + value.length - (string ? 1 : 0));
  const text = decodeText(string ? unescapeQuoted(bytes, from, to) : bytes.subarray(from, to));
  out.push({ name, type: 'string', text, span: { offset: base + from, length: to - from } });
}

/** What Loki adds to a line, or what belongs to one request, names no writer. */
const OF_THE_LINE = /^(?:detected_level|level|severity(?:_text|_number)?|trace_?id|span_?id|trace_?flags|flags|request_?id)$/i;

function labelText(labels: readonly EntryField[]): string {
  const parts = labels
    .filter((l) => !OF_THE_LINE.test(l.name))
    .map((l) => `${l.name}=${JSON.stringify(l.text)}`)
    .sort();
  return `{${parts.join(',')}}`;
}
