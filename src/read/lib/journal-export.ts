/**
 * Entries of the journal export format (`journalctl -o export`, systemd docs/JOURNAL_EXPORT_FORMATS.md). A field is `KEY=value` and a line
 * end, or, where the value holds a line end or other control bytes, `KEY`, a line end, its length as 64 bits little-endian, its bytes and a
 * line end. An empty line ends the entry.
 */
import { type ByteSource, decodeLatin1, readSlice } from '../../model/index.ts';
import { LINE_CAP } from './raw-lines.ts';

export interface ExportField {
  readonly name: string;
  /** At most LINE_CAP bytes of all fields of the entry together. */
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
}

export interface ExportEntry {
  readonly offset: number;
  /** Without the empty line behind it. */
  readonly length: number;
  readonly fields: readonly ExportField[];
  readonly cut: boolean;
}

const LF = 0x0a;
const EQUALS = 0x3d;
const WINDOW = 256 * 1024;
const FIELD_CAP = 1024;
const NAME = /^[A-Z_][A-Z0-9_]{0,63}$/;

/** Bytes of a source by absolute offset, a window at a time. */
class Window {
  readonly #source: ByteSource;
  readonly end: number;
  #buffer: Uint8Array = new Uint8Array(0);
  #base = 0;

  constructor(source: ByteSource, end: number) {
    this.#source = source;
    this.end = end;
  }

  /** At most `length` bytes at `at`; a view that holds until the next call. */
  bytes(at: number, length: number): Uint8Array {
    const want = Math.max(0, Math.min(length, this.end - at));
    if (at < this.#base || at + want > this.#base + this.#buffer.length) {
      this.#buffer = readSlice(this.#source, at, Math.max(want, Math.min(WINDOW, this.end - at)));
      this.#base = at;
    }
    return this.#buffer.subarray(at - this.#base, Math.min(this.#buffer.length, at - this.#base + want));
  }

  /** Offset of the next line end, or of the end. */
  lineEnd(at: number): number {
    for (let from = at; from < this.end; ) {
      // what is held is looked through before more is read: a field is a line, and a window has thousands of them
      const held = from >= this.#base && from < this.#base + this.#buffer.length;
      if (!held && this.bytes(from, WINDOW).length === 0) return from;
      const lf = this.#buffer.indexOf(LF, from - this.#base);
      if (lf >= 0 && this.#base + lf < this.end) return this.#base + lf;
      from = this.#base + this.#buffer.length;
    }
    return this.end;
  }
}

export function* journalEntries(source: ByteSource, from: number, to: number): Generator<ExportEntry> {
  const window = new Window(source, Math.min(to, source.sizeBytes));
  let at = from;
  while (at < window.end) {
    // several empty lines between entries, or at the head, are no entry
    if (window.bytes(at, 1)[0] === LF) {
      at++;
      continue;
    }
    const start = at;
    const fields: ExportField[] = [];
    let cut = false;
    let kept = 0;
    let last = at;
    while (at < window.end) {
      const end = window.lineEnd(at);
      if (end === at) break;
      const head = window.bytes(at, Math.min(end - at, LINE_CAP));
      const equals = head.indexOf(EQUALS);
      const name = ascii(head.subarray(0, equals < 0 ? Math.min(head.length, 65) : Math.min(equals, 65)));
      if (equals > 0) {
        const length = end - at - equals - 1;
        const bytes = head.slice(equals + 1, equals + 1 + LINE_CAP - kept);
        if (NAME.test(name) && fields.length < FIELD_CAP) fields.push({ name, bytes, offset: at + equals + 1, length });
        kept += bytes.length;
        if (bytes.length < length) cut = true;
        last = end;
        at = end + 1;
        continue;
      }
      const size = NAME.test(name) && head.length === name.length ? sizeAt(window, end + 1) : -1;
      if (size < 0) {
        // neither form: damage, kept in the entry it stands in
        last = end;
        at = end + 1;
        continue;
      }
      const value = end + 9;
      const bytes = window.bytes(value, Math.min(size, LINE_CAP - kept)).slice();
      if (fields.length < FIELD_CAP) fields.push({ name, bytes, offset: value, length: size });
      kept += bytes.length;
      if (bytes.length < size) cut = true;
      last = value + size;
      at = last + 1;
    }
    yield { offset: start, length: Math.min(last, window.end) - start, fields, cut };
  }
}

/** The length that stands at `at`, where a line end follows as many bytes; else -1. A last value may lack its end: the file was cut. */
function sizeAt(window: Window, at: number): number {
  const eight = window.bytes(at, 8);
  if (eight.length < 8) return -1;
  let size = 0;
  for (let i = 7; i >= 0; i--) size = size * 256 + eight[i]!;
  const end = at + 8 + size;
  if (end > window.end) {
    const left = window.end - at - 8;
    // a length that leaps over the next entry is damaged
    return left > 0 && size < 64 * LINE_CAP && !holdsEntry(window.bytes(at + 8, Math.min(left, LINE_CAP))) ? left : -1;
  }
  return end === window.end || window.bytes(end, 1)[0] === LF ? size : -1;
}

const NEXT = new TextEncoder().encode('\n\n__CURSOR=');

function holdsEntry(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(LF); at >= 0 && at + NEXT.length <= bytes.length; at = bytes.indexOf(LF, at + 1)) if (NEXT.every((b, i) => bytes[at + i] === b)) return true;
  return false;
}

const ascii = (bytes: Uint8Array): string => decodeLatin1(bytes);
