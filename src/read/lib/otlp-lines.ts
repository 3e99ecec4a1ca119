/**
 * Log records of OTLP as JSON: `resourceLogs` → `scopeLogs` → `logRecords`, many to a line and lines of megabytes (the collector's file
 * exporter writes one line a batch), or one pretty-printed ExportLogsServiceRequest. The text is walked byte by byte without a tree, and
 * each record is handed out with the resource and scope it stands under. Text between requests is handed out by the line.
 */
import { type ByteSource, readSlice } from '../../model/index.ts';
import { LINE_CAP } from './raw-lines.ts';

export interface Piece {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

export interface OtlpPiece {
  /** text: a line that is no part of a request. */
  readonly kind: 'record' | 'text';
  /** At most LINE_CAP bytes. A view that holds until the next piece is asked for. */
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
  readonly cut: boolean;
  /** Objects; kept, and the same for all records that stand under them. */
  readonly resource: Piece | null;
  readonly scope: Piece | null;
}

const WINDOW = 1024 * 1024;
const KEY_CAP = 32;
const DEPTH_CAP = 512;
/** A resource or scope larger than this is passed over. */
const CONTEXT_CAP = 64 * 1024;

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const REQUEST = new TextEncoder().encode('{"resourceLogs"');

export function* otlpPieces(source: ByteSource, from: number, to: number): Generator<OtlpPiece> {
  const stop = Math.min(to, source.sizeBytes);
  let window = new Uint8Array(0);
  let base = from;
  /** Keys of the open containers; '' for elements of arrays. */
  const keys: string[] = [];
  const arrays: boolean[] = [];
  let key = '';
  let wantsKey = false;
  let resource: Piece | null = null;
  let scope: Piece | null = null;
  /** Where what is being captured begins, and at which depth. */
  let begun = -1;
  let begunDepth = -1;
  let kind: 'record' | 'resource' | 'scope' = 'record';
  /** Where a line outside any request begins. */
  let text = -1;
  let at = from;
  /** Where the outermost object begins, and whether it brought a record. */
  let root = from;
  let brought = false;

  const fill = (): boolean => {
    const keepFrom = Math.max(base, Math.min(...[begun, text].filter((n) => n >= 0), at - 1));
    // what is longer than the cap keeps its head only: it is read once more when it ends
    const start = at - keepFrom > LINE_CAP ? at : keepFrom;
    const made = new Uint8Array(Math.min(Math.max(WINDOW, at - start + WINDOW / 2), stop - start));
    const old = window.subarray(start - base, window.length);
    made.set(old.subarray(0, made.length));
    const kept = Math.min(old.length, made.length);
    const more = readSlice(source, start + kept, made.length - kept);
    made.set(more, kept);
    window = made.subarray(0, kept + more.length);
    base = start;
    return at < base + window.length;
  };
  const slice = (start: number, end: number): Uint8Array => {
    const most = Math.min(end, start + LINE_CAP);
    if (start >= base && most <= base + window.length) return window.subarray(start - base, most - base);
    return readSlice(source, start, most - start);
  };
  const piece = (of: 'record' | 'text', start: number, end: number): OtlpPiece => ({
    kind: of,
    bytes: slice(start, end),
    offset: start,
    length: end - start,
    cut: end - start > LINE_CAP,
    resource,
    scope,
  });
  const reset = (): void => {
    keys.length = 0;
    arrays.length = 0;
    begun = -1;
    begunDepth = -1;
    wantsKey = false;
    resource = null;
    scope = null;
  };
  /** Where what would be lost begins: the record that is open, or all of an object that brought none. */
  const rest = (): number => (begun >= 0 && kind === 'record' ? begun : brought ? -1 : root);
  /** A request begins anew at `at`: the one before was cut. */
  const anew = (): boolean => {
    for (let i = 0; i < REQUEST.length; i++) if (window[at - base + i] !== REQUEST[i]) return false;
    return true;
  };

  let inString = false;
  let stringFrom = -1;
  while (at < stop) {
    if (at >= base + window.length && !fill()) break;
    const c = window[at - base]!;
    if (inString) {
      if (c === BACKSLASH) {
        at += 2;
        continue;
      }
      if (c === QUOTE) {
        inString = false;
        // a short string lies in the window, or was cut by its border: keys of interest are short
        if (wantsKey && at - stringFrom <= KEY_CAP) key = latin(slice(stringFrom + 1, at));
        else if (wantsKey) key = '';
      } else if (c === LF) {
        // no JSON string holds a raw line end: what was begun is damaged, its lines are text
        inString = false;
        const cut = rest();
        if (cut >= 0) yield piece('text', cut, at);
        reset();
      }
      at++;
      continue;
    }
    if (arrays.length === 0) {
      if (text >= 0) {
        if (c === LF) {
          yield piece('text', text, at);
          text = -1;
        }
        at++;
        continue;
      }
      if (c === LF || c === 0x0d || c === 0x20 || c === 0x09) {
        at++;
        continue;
      }
      if (c !== 0x7b) {
        text = at;
        continue;
      }
    }
    switch (c) {
      case QUOTE:
        inString = true;
        stringFrom = at;
        break;
      case 0x7b:
      case 0x5b: {
        if (at > from && arrays.length > 0 && c === 0x7b && base + window.length - at < REQUEST.length) fill();
        const restarts = arrays.length > 0 && c === 0x7b && window[at - base - 1] === LF && anew();
        if (restarts) {
          const cut = rest();
          if (cut >= 0) yield piece('text', cut, at - 1);
          reset();
        }
        if (arrays.length === 0) {
          root = at;
          brought = false;
        }
        const inArray = arrays.at(-1) === true;
        keys.push(inArray ? '' : key);
        arrays.push(c === 0x5b);
        wantsKey = c === 0x7b;
        const depth = keys.length;
        if (c === 0x7b && begun < 0) {
          if (inArray && depth === 7 && keys[1] === 'resourceLogs' && keys[3] === 'scopeLogs' && keys[5] === 'logRecords') kind = 'record';
          else if (!inArray && depth === 4 && keys[1] === 'resourceLogs' && key === 'resource') kind = 'resource';
          else if (!inArray && depth === 6 && keys[1] === 'resourceLogs' && keys[3] === 'scopeLogs' && key === 'scope') kind = 'scope';
          else {
            if (inArray && depth === 3) resource = null;
            if (inArray && depth <= 5) scope = null;
            break;
          }
          begun = at;
          begunDepth = depth;
        }
        if (depth > DEPTH_CAP) {
          reset();
          text = root;
        }
        break;
      }
      case 0x7d:
      case 0x5d:
        if (begun >= 0 && keys.length === begunDepth) {
          const start = begun;
          begun = -1;
          begunDepth = -1;
          if (kind === 'record') {
            keys.pop();
            arrays.pop();
            at++;
            brought = true;
            yield piece('record', start, at);
            continue;
          }
          const kept = at + 1 - start > CONTEXT_CAP ? null : { bytes: slice(start, at + 1).slice(), offset: start };
          if (kind === 'resource') resource = kept;
          else scope = kept;
        }
        keys.pop();
        arrays.pop();
        wantsKey = false;
        // an object that is no request is a line like any other
        if (arrays.length === 0 && !brought) {
          yield piece('text', root, at + 1);
          brought = true;
        }
        break;
      case 0x2c:
        wantsKey = arrays.at(-1) === false;
        break;
      case 0x3a:
        wantsKey = false;
        break;
    }
    at++;
  }
  const left = text >= 0 ? text : arrays.length > 0 ? rest() : -1;
  if (left >= 0) yield piece('text', left, Math.min(at, stop));
}

function latin(bytes: Uint8Array): string {
  let out = '';
  for (const b of bytes) out += String.fromCharCode(b);
  return out;
}
