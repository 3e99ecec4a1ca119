/**
 * Where the entries of a Loki answer stand: one pass over the document in fixed windows, so that an answer of any size is never held whole.
 * Followed is only what matters: {… "data": {… "result": [ {"stream": {…}, "values": [ ["ns", "line", {…}], … ]}, … ] …} …}.
 */
import { type ByteSource, readSlice, type Span } from '../../../model/index.ts';

export interface LokiIndex {
  /** Labels of each stream. */
  readonly streams: readonly Span[];
  /** By entry: where it begins, how long it is, whose stream it is of; in the order of the document. */
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
  readonly of: readonly number[];
  /** The document ends inside: what came before is listed. */
  readonly cut: boolean;
}

const WINDOW = 1024 * 1024;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OBJECT = 0x7b;
const ARRAY = 0x5b;
const KEY_CAP = 64;
/** Deeper nesting is skipped by counting. */
const PATH_CAP = 8;

export function indexOfLoki(source: ByteSource): LokiIndex {
  const streams: Span[] = [];
  const starts: number[] = [];
  const lengths: number[] = [];
  const of: number[] = [];
  /** Kinds of the open containers and the key under which each of their values stands. */
  const kinds = new Uint8Array(PATH_CAP);
  const keys: string[] = new Array(PATH_CAP).fill('');
  const begins: number[] = new Array(PATH_CAP).fill(0);
  let depth = 0;
  let inString = false;
  let escaped = false;
  let isKey = false;
  let key = '';
  let expectsKey = false;
  /** A stream object was opened and its labels are not yet known. */
  let current = -1;

  const isResult = (): boolean => depth >= 3 && kinds[0] === OBJECT && keys[0] === 'data' && kinds[1] === OBJECT && keys[1] === 'result' && kinds[2] === ARRAY;

  for (let base = 0; base < source.sizeBytes; base += WINDOW) {
    const bytes = readSlice(source, base, WINDOW);
    if (bytes.length === 0) break;
    let i = 0;
    while (i < bytes.length) {
      if (inString) {
        if (escaped) {
          escaped = false;
          if (isKey && key.length < KEY_CAP) key += String.fromCharCode(bytes[i]!);
          i++;
          continue;
        }
        // to the next quote or backslash: most of an answer is text
        const from = i;
        while (i < bytes.length && bytes[i] !== QUOTE && bytes[i] !== BACKSLASH) i++;
        if (isKey && key.length < KEY_CAP) for (let k = from; k < i && key.length < KEY_CAP; k++) key += String.fromCharCode(bytes[k]!);
        if (i >= bytes.length) break;
        if (bytes[i] === BACKSLASH) escaped = true;
        else {
          inString = false;
          if (isKey && depth >= 1 && depth <= PATH_CAP) keys[depth - 1] = key;
          isKey = false;
        }
        i++;
        continue;
      }
      const c = bytes[i]!;
      const at = base + i;
      i++;
      if (c === QUOTE) {
        inString = true;
        isKey = expectsKey;
        key = '';
        expectsKey = false;
      } else if (c === OBJECT || c === ARRAY) {
        // an element of data.result: a stream begins
        if (c === OBJECT && depth === 3 && isResult()) current = streams.push({ offset: -1, length: 0 }) - 1;
        if (depth < PATH_CAP) {
          kinds[depth] = c;
          begins[depth] = at;
          keys[depth] = '';
        }
        depth++;
        expectsKey = c === OBJECT;
      } else if (c === 0x7d || c === 0x5d) {
        if (depth === 0) continue;
        depth--;
        expectsKey = false;
        if (depth >= PATH_CAP || current < 0) continue;
        const begun = begins[depth]!;
        if (depth === 4 && keys[3] === 'stream' && c === 0x7d && isResult()) streams[current] = { offset: begun, length: at + 1 - begun };
        else if (depth === 5 && keys[3] === 'values' && kinds[4] === ARRAY && c === 0x5d && isResult()) {
          starts.push(begun);
          lengths.push(at + 1 - begun);
          of.push(current);
        } else if (depth === 3) current = -1;
      } else if (c === 0x2c) expectsKey = depth > 0 && depth <= PATH_CAP && kinds[depth - 1] === OBJECT;
    }
  }
  return { streams, starts, lengths, of, cut: depth > 0 };
}
