/**
 * Goroutine tracebacks line by line: the grammar that dumps, panics, fatal errors and SIGQUIT share.
 * Written by: runtime/traceback.go (traceback2, printcreatedby, goroutineheader, printAncestorTraceback), Go 1.19 to 1.27.
 *
 *   state     sample                                                      next
 *   outside   goroutine 18 [chan send, 5 minutes]:                        header
 *   header    shop/orders.(*Client).Reserve.func1(0xc000..., {0x1, ...})   function
 *             goroutine running on other thread; stack unavailable        header
 *   function  ⇥/src/orders/client.go:61 +0x1d fp=0x… sp=0x… pc=0x…        file
 *   file      main.main()                                                 function
 *             ...23 frames elided...                                      file
 *             created by main.main in goroutine 1                         function (of the creator; its file line leads to created)
 *   created   [originating from goroutine 1]:                             ancestors (frames that are skipped)
 *   any       an empty line                                               outside
 * A line that fits nowhere is foreign: the caller decides whether it interrupts (a log line of another thread) or ends the text.
 * Not kept: argument words (see goroutineArguments, which reads them again where a lock needs them), fp/sp/pc.
 */
import { decodeText } from '../../../model/index.ts';
import { type GoroutineHeader, parseHeader } from './header.ts';
import type { GoroutineTableBuilder } from './table.ts';

const TAB = 0x09;
const SPACE = 0x20;
const OPEN = 0x28;
const CLOSE = 0x29;
const COLON = 0x3a;
const DOT = 0x2e;
const G = 0x67;
const HEADER_CAP = 4600;
/** GOTRACEBACK prints 100 frames, tracebackancestors more; beyond this a stack is cut. */
const FRAME_CAP = 4096;

type State = 'outside' | 'header' | 'function' | 'file' | 'created' | 'ancestors';

const ELIDED = /^\.\.\.(?:(\d{1,9})|additional) frames elided\.\.\.$/;
const CREATED = 'created by ';
const IN_GOROUTINE = / in goroutine (\d{1,19})$/;

export class GoroutineParser {
  readonly #builder: GoroutineTableBuilder;
  /** Stamped on the rows: which dump or crash of the artifact. */
  block = 0;
  /** Begin a new block where an id comes again: within one dump ids are unique (0, one a thread, excepted). */
  splitOnRepeat = false;
  readonly #seen = new Set<number>();
  #state: State = 'outside';
  #header: GoroutineHeader | null = null;
  #indent = 0;
  #offset = 0;
  #end = 0;
  #creator = -1;
  /** createdBy, elided, elidedAt, frames… */
  readonly #sequence = new Int32Array(FRAME_CAP + 3);
  #length = 3;
  /** The function line waiting for its file line. */
  #function: Uint8Array = new Uint8Array(256);
  #functionLength = 0;
  #functionIsCreator = false;
  /** Rows whose text ended inside a frame. */
  broken = 0;
  /** Rows added so far by this parser. */
  rows = 0;

  onRow: ((row: number, header: GoroutineHeader) => void) | null = null;

  constructor(builder: GoroutineTableBuilder) {
    this.#builder = builder;
  }

  /** The goroutine under way may go on: nothing that ends it was seen. */
  get open(): boolean {
    return this.#state !== 'outside' && this.#state !== 'created';
  }

  get inside(): boolean {
    return this.#state !== 'outside';
  }

  /** The text stopped after a function line, before its file line. */
  get midFrame(): boolean {
    return this.#state === 'function';
  }

  /** One line without line end, `bytes[start, end)`; `offset` and `length` of the raw line. False: the line is foreign. */
  feed(bytes: Uint8Array, start: number, end: number, offset: number, length: number): boolean {
    let s = start;
    while (s < end && (bytes[s] === SPACE || bytes[s] === TAB)) s++;
    const blank = s === end;
    if (!blank && bytes[s] === G && end - s > 14 && bytes[s + 9] === SPACE) {
      const header = startsWith(bytes, s, end, 'goroutine ') ? parseHeader(decodeText(bytes.subarray(s, Math.min(end, s + HEADER_CAP)))) : null;
      if (header !== null) {
        this.close();
        this.#header = header;
        this.#indent = s - start;
        this.#offset = offset;
        this.#end = offset + length;
        this.#state = 'header';
        return true;
      }
    }
    if (this.#state === 'outside') return false;
    if (blank) {
      this.close();
      return true;
    }
    const nested = s - start > this.#indent;
    if (this.#state === 'function') {
      if (nested && this.#takeFile(bytes, s, end)) {
        this.#state = this.#functionIsCreator ? 'created' : 'file';
        return this.#extend(offset, length);
      }
      return false;
    }
    if (nested) {
      // "goroutine running on other thread; stack unavailable" is printed with a tab
      if (this.#state === 'header' && startsWith(bytes, s, end, 'goroutine running on other thread')) return this.#extend(offset, length);
      return this.#state === 'ancestors' && this.#extend(offset, length);
    }
    const first = bytes[s]!;
    if (first === DOT && end - s < 64) {
      const m = ELIDED.exec(decodeText(bytes.subarray(s, end)));
      if (m === null) return false;
      this.#sequence[1] = m[1] === undefined ? -1 : Number(m[1]);
      this.#sequence[2] = this.#length - 3;
      return this.#extend(offset, length);
    }
    if (first === 0x5b && startsWith(bytes, s, end, '[originating from goroutine ')) {
      this.#state = 'ancestors';
      return this.#extend(offset, length);
    }
    if (this.#state === 'created') return false;
    if (this.#state === 'ancestors') return looksLikeFunction(bytes, s, end) && this.#extend(offset, length);
    if (first === 0x63 && startsWith(bytes, s, end, CREATED)) {
      let nameEnd = end;
      const text = end - s < 4096 ? decodeText(bytes.subarray(Math.max(s, end - 40), end)) : '';
      const m = IN_GOROUTINE.exec(text);
      if (m !== null) {
        this.#creator = Number(m[1]);
        nameEnd = end - m[0].length;
      }
      this.#keepFunction(bytes, s + CREATED.length, nameEnd, true);
      return this.#extend(offset, length);
    }
    const nameEnd = functionEnd(bytes, s, end);
    if (nameEnd < 0) return false;
    this.#keepFunction(bytes, s, nameEnd, false);
    return this.#extend(offset, length);
  }

  /** Ends the goroutine under way, if any. */
  close(): void {
    if (this.#header !== null) {
      if (this.#state === 'function') {
        this.broken++;
        this.#pushFrame(this.#builder.frames.intern(this.#function, this.#functionLength, this.#function, 0, 0, 0));
      }
      if (this.splitOnRepeat && this.#header.id !== 0) {
        if (this.#seen.has(this.#header.id)) {
          this.block++;
          this.#seen.clear();
          // a dump begins with the goroutine that takes it (or with an idle thread): its id is new each time
          const first = this.#builder.reassignDumper(this.block);
          if (first !== null) this.#seen.add(first);
        }
        this.#seen.add(this.#header.id);
      }
      const stack = this.#builder.internStack(this.#sequence, this.#length);
      const row = this.#builder.add(this.#header, stack, this.#creator, this.block, this.#offset, this.#end - this.#offset);
      this.rows++;
      this.onRow?.(row, this.#header);
    }
    this.#header = null;
    this.#state = 'outside';
    this.#creator = -1;
    this.#length = 3;
    this.#sequence[0] = -1;
    this.#sequence[1] = 0;
    this.#sequence[2] = 0;
  }

  /** An answer of a log store gives lines by time: the next one may stand before the last in the file. */
  #extend(offset: number, length: number): true {
    this.#offset = Math.min(this.#offset, offset);
    this.#end = Math.max(this.#end, offset + length);
    return true;
  }

  #keepFunction(bytes: Uint8Array, start: number, end: number, creator: boolean): void {
    const n = Math.max(0, end - start);
    if (n > this.#function.length) this.#function = new Uint8Array(n * 2);
    // a manual copy: names are short, and a view a line costs more than its bytes
    for (let i = 0; i < n; i++) this.#function[i] = bytes[start + i]!;
    this.#functionLength = n;
    this.#functionIsCreator = creator;
    this.#state = 'function';
  }

  /** `/src/orders/client.go:61 +0x1d`: the line number follows the last colon (a Windows path has one more). */
  #takeFile(bytes: Uint8Array, start: number, end: number): boolean {
    let colon = end - 1;
    while (colon > start && bytes[colon] !== COLON) colon--;
    if (colon <= start) {
      // C frames without debug information: "⇥pc=0x7f…"
      if (!startsWith(bytes, start, end, 'pc=0x')) return false;
      this.#frame(bytes, start, start, 0);
      return true;
    }
    let line = 0;
    let i = colon + 1;
    while (i < end && bytes[i]! >= 0x30 && bytes[i]! <= 0x39 && i - colon < 10) line = line * 10 + (bytes[i++]! - 0x30);
    if (i === colon + 1) return false;
    if (i < end && bytes[i] !== SPACE) return false;
    this.#frame(bytes, start, colon, line);
    return true;
  }

  #frame(bytes: Uint8Array, pathStart: number, pathEnd: number, line: number): void {
    const frame = this.#builder.frames.intern(this.#function, this.#functionLength, bytes, pathStart, pathEnd, line);
    if (this.#functionIsCreator) this.#sequence[0] = frame;
    else this.#pushFrame(frame);
  }

  #pushFrame(frame: number): void {
    if (this.#length < this.#sequence.length) this.#sequence[this.#length++] = frame;
  }
}

function startsWith(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Where the name of a function line ends, its arguments cut off; -1 when the line is none. */
function functionEnd(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[end - 1] === CLOSE) {
    for (let i = end - 2; i > start; i--) {
      // arguments hold no parentheses: the last "(" opens them
      if (bytes[i] === OPEN) return bytes[i - 1] === SPACE ? -1 : holdsSpace(bytes, start, i) ? -1 : i;
    }
    return -1;
  }
  // C frames have no arguments, and neither have the stack traces that loggers write
  return end - start < 512 && !holdsSpace(bytes, start, end) && looksLikeName(bytes, start, end) ? end : nonGo(bytes, start, end);
}

const nonGo = (bytes: Uint8Array, start: number, end: number): number => (startsWith(bytes, start, end, 'non-Go function') ? start + 'non-Go function'.length : -1);

const looksLikeFunction = (bytes: Uint8Array, start: number, end: number): boolean => functionEnd(bytes, start, end) >= 0 || startsWith(bytes, start, end, CREATED);

/** Type arguments may hold spaces (`F[struct { A int }]`): only those outside brackets count. */
function holdsSpace(bytes: Uint8Array, start: number, end: number): boolean {
  let depth = 0;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (c === 0x5b) depth++;
    else if (c === 0x5d) depth--;
    else if (c === SPACE && depth === 0) return true;
  }
  return false;
}

/** A letter or underscore first, no braces, quotes or equals signs: JSON and logfmt lines are no names. */
function looksLikeName(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]! | 0x20;
  if (!((first >= 0x61 && first <= 0x7a) || bytes[start] === 0x5f || bytes[start]! >= 0x80)) return false;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (c === 0x22 || c === 0x3d || c === 0x7b || c === 0x7d || c === COLON || c === 0x3b || c === 0x2c) return false;
  }
  return true;
}
