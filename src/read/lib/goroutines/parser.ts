/**
 * Goroutine tracebacks line by line: the grammar that dumps, panics, fatal errors and SIGQUIT share.
 * Written by: runtime/traceback.go (traceback2, printcreatedby, goroutineheader, printAncestorTraceback), Go 1.11 to 1.27.
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
 *   outside   2026/11/22 19:09:01 dump: goroutine 18 [running]:           header (a logger's words before it; as many bytes are passed over before the lines that follow, where they do not fit as they are)
 * A line that fits nowhere is foreign: the caller decides whether it interrupts (a log line of another thread) or ends the text.
 * Most of a dump repeats: `skim` goes over lines that are as guessed (frame-templates.ts) and leaves the first other one to `feed`. Both say the same.
 * Not kept: argument words (see goroutineArguments, which reads them again where a lock needs them), fp/sp/pc.
 */
import { decodeText } from '../../../model/index.ts';
import type { RawLines } from '../raw-lines.ts';
import { FrameTemplates, HeaderTails } from './frame-templates.ts';
import { parseHeader } from './header.ts';
import { IdSet } from './id-set.ts';
import type { GoroutineTableBuilder, InternedHeader } from './table.ts';

const LF = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;
const OPEN = 0x28;
const CLOSE = 0x29;
const COLON = 0x3a;
const DOT = 0x2e;
const G = 0x67;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const CLOSE_BRACE = 0x7d;
const GOROUTINE = [...'goroutine '].map((c) => c.charCodeAt(0));
const HEADER_CAP = 4600;
/** GOTRACEBACK prints 100 frames, tracebackancestors more; beyond this a stack is cut. */
const FRAME_CAP = 4096;

type State = 'outside' | 'header' | 'function' | 'file' | 'created' | 'ancestors';

/** Functions in which a goroutine waits and whose first argument is what it waits for. */
const WAIT_FUNCTIONS: ReadonlySet<string> = new Set([
  'internal/sync.(*Mutex).lockSlow',
  'internal/sync.(*Mutex).Lock',
  'sync.(*Mutex).lockSlow',
  'sync.(*Mutex).Lock',
  'sync.(*RWMutex).Lock',
  'sync.(*RWMutex).RLock',
  'sync.(*WaitGroup).Wait',
  'sync.(*Cond).Wait',
  'runtime.chansend',
  'runtime.chansend1',
  'runtime.chanrecv',
  'runtime.chanrecv1',
  'runtime.chanrecv2',
]);

const ELIDED = /^\.\.\.(?:(\d{1,9})|additional) frames elided\.\.\.$/;
const CREATED = 'created by ';
const IN_GOROUTINE = / in goroutine (\d{1,19})$/;

export class GoroutineParser {
  readonly #builder: GoroutineTableBuilder;
  /** Stamped on the rows: which dump or crash of the artifact. */
  block = 0;
  /** Begin a new block where an id comes again: within one dump ids are unique (0, one a thread, excepted). */
  splitOnRepeat = false;
  readonly #seen = new IdSet();
  #state: State = 'outside';
  #header: InternedHeader | null = null;
  #id = 0;
  #indent = 0;
  /** Bytes before the header on its line that are a logger's: the lines that follow may begin with as many. */
  #prefix = 0;
  #offset = 0;
  #end = 0;
  #creator = -1;
  #object = 0;
  /** By frame: its first argument says what the goroutine waits for. */
  #isWait = new Uint8Array(256);
  #framesSeen = 0;
  /** First argument of the function line under way; 0: none that is sure. */
  #firstWord = 0;
  /** createdBy, elided, elidedAt, frames… */
  readonly #sequence = new Int32Array(FRAME_CAP + 3);
  #length = 3;
  /** The function line waiting for its file line. */
  #function: Uint8Array = new Uint8Array(256);
  #functionLength = 0;
  #functionIsCreator = false;
  /** Its line is of the form that repeats. */
  #functionIsPlain = false;
  readonly #templates = new FrameTemplates();
  readonly #tails = new HeaderTails<InternedHeader>();
  #view: DataView = new DataView(new ArrayBuffer(0));
  #viewOf: Uint8Array | null = null;
  /** Rows whose text ended inside a frame. */
  broken = 0;
  /** Rows added so far by this parser. */
  rows = 0;

  /** Row, id, state. */
  onRow: ((row: number, id: number, state: string) => void) | null = null;

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
    if (this.#take(bytes, start, end, offset, length)) return true;
    // a logger may write its own words before the first line, or before each
    const prefix = this.#state === 'outside' || this.#state === 'created' ? prefixOf(bytes, start, end) : 0;
    if (prefix > 0 && this.#take(bytes, start + prefix, end, offset, length)) {
      this.#prefix = prefix;
      return true;
    }
    if (this.#prefix === 0 || this.#state === 'outside' || end - start < this.#prefix) return false;
    return this.#take(bytes, start + this.#prefix, end, offset, length);
  }

  #take(bytes: Uint8Array, start: number, end: number, offset: number, length: number): boolean {
    let s = start;
    while (s < end && (bytes[s] === SPACE || bytes[s] === TAB)) s++;
    const blank = s === end;
    if (!blank && bytes[s] === G && end - s > 14 && bytes[s + 9] === SPACE) {
      const header = startsWith(bytes, s, end, 'goroutine ') ? parseHeader(decodeText(bytes.subarray(s, Math.min(end, s + HEADER_CAP)))) : null;
      if (header !== null) {
        this.close();
        this.#header = this.#builder.internHeader(header);
        this.#id = header.id;
        if (s === start) this.#keepTail(bytes, s, end);
        this.#indent = s - start;
        this.#prefix = 0;
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

  /** Goes on over whole goroutines and frames that are as guessed, and stops before the first line that is not. */
  skim(raw: RawLines): void {
    if (this.#state === 'function' || this.#state === 'ancestors' || (this.#state !== 'outside' && (this.#indent !== 0 || this.#prefix !== 0))) return;
    const { buffer: bytes, base, limit: end } = raw;
    if (this.#viewOf !== bytes) {
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#viewOf = bytes;
    }
    let at = raw.position;
    while (at < end) {
      if (this.#state === 'header' || this.#state === 'file') {
        const key = this.#templates.match(this.#length > 3 ? this.#sequence[this.#length - 1]! : -1, bytes, this.#view, at, end);
        if (key >= 0) {
          if ((key & 1) === 0) {
            if (this.#object === 0 && this.#isWait[key >> 1] === 1) this.#object = firstWord(bytes, this.#templates.args, end);
            this.#pushFrame(key >> 1);
            this.#state = 'file';
          } else {
            this.#sequence[0] = key >> 1;
            this.#creator = this.#templates.creator;
            this.#state = 'created';
          }
          this.#end = base + this.#templates.lineEnd;
          at = this.#templates.after;
          continue;
        }
      }
      if (bytes[at] === LF) {
        this.close();
        at++;
        continue;
      }
      const after = this.#state === 'outside' || this.#state === 'created' ? this.#skimHeader(bytes, at, end, base) : -1;
      if (after < 0) break;
      at = after;
    }
    raw.position = at;
  }

  /** `goroutine 18 [chan send]:` whose end was seen before; where the next line begins, or -1. */
  #skimHeader(bytes: Uint8Array, start: number, end: number, base: number): number {
    let at = start;
    if (end - start < 16) return -1;
    for (let i = 0; i < GOROUTINE.length; i++) if (bytes[at++] !== GOROUTINE[i]) return -1;
    const tail = afterDigits(bytes, at, Math.min(end, at + 16));
    if (tail === at || bytes[tail] !== SPACE || bytes[tail + 1] !== OPEN_BRACKET) return -1;
    let id = 0;
    while (at < tail) id = id * 10 + (bytes[at++]! - 0x30);
    const lineEnd = bytes.indexOf(LF, tail);
    if (lineEnd < 0 || lineEnd >= end || lineEnd - start > HEADER_CAP) return -1;
    const header = this.#tails.find(bytes, tail, lineEnd);
    if (header === null) return -1;
    this.close();
    this.#header = header;
    this.#id = id;
    this.#indent = 0;
    this.#offset = base + start;
    this.#end = base + lineEnd;
    this.#state = 'header';
    return lineEnd + 1;
  }

  #keepTail(bytes: Uint8Array, start: number, end: number): void {
    const tail = afterDigits(bytes, start + GOROUTINE.length, end);
    if (bytes[tail + 1] === OPEN_BRACKET && end - start <= HEADER_CAP) this.#tails.keep(bytes, tail, end, this.#header as InternedHeader);
  }

  /** Ends the goroutine under way, if any. */
  close(): void {
    if (this.#header !== null) {
      if (this.#state === 'function') {
        this.broken++;
        this.#pushFrame(this.#builder.frames.intern(this.#function, this.#functionLength, this.#function, 0, 0, 0));
      }
      if (this.splitOnRepeat && this.#id !== 0) {
        if (this.#seen.has(this.#id)) {
          this.block++;
          this.#seen.clear();
          // a dump begins with the goroutine that takes it (or with an idle thread): its id is new each time
          const first = this.#builder.reassignDumper(this.block);
          if (first !== null) this.#seen.add(first);
        }
        this.#seen.add(this.#id);
      }
      const stack = this.#builder.internStack(this.#sequence, this.#length);
      const row = this.#builder.add(this.#id, this.#header, stack, this.#creator, this.#object, this.block, this.#offset, this.#end - this.#offset);
      this.rows++;
      this.onRow?.(row, this.#id, this.#header.word);
    }
    this.#header = null;
    this.#state = 'outside';
    this.#creator = -1;
    this.#object = 0;
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
    this.#firstWord = creator || bytes[end] !== OPEN ? 0 : firstWord(bytes, end + 1, bytes.length);
    this.#functionIsPlain = this.#indent === 0 && (creator || bytes[end] === OPEN);
    this.#state = 'function';
  }

  /** `/src/orders/client.go:61 +0x1d`: the line number follows the last colon (a Windows path has one more). */
  #takeFile(bytes: Uint8Array, start: number, end: number): boolean {
    let colon = end - 1;
    while (colon > start && bytes[colon] !== COLON) colon--;
    if (colon <= start) {
      // C frames without debug information: "⇥pc=0x7f…"
      if (!startsWith(bytes, start, end, 'pc=0x')) return false;
      this.#functionIsPlain = false;
      this.#frame(bytes, start, start, 0, start);
      return true;
    }
    let line = 0;
    let i = colon + 1;
    while (i < end && bytes[i]! >= 0x30 && bytes[i]! <= 0x39 && i - colon < 10) line = line * 10 + (bytes[i++]! - 0x30);
    if (i === colon + 1) return false;
    if (i < end && bytes[i] !== SPACE) return false;
    this.#frame(bytes, start, colon, line, i);
    return true;
  }

  #frame(bytes: Uint8Array, pathStart: number, pathEnd: number, line: number, lineEnd: number): void {
    const frame = this.#builder.frames.intern(this.#function, this.#functionLength, bytes, pathStart, pathEnd, line);
    if (this.#functionIsPlain)
      this.#templates.learn(
        this.#length > 3 ? this.#sequence[this.#length - 1]! : -1,
        frame,
        this.#functionIsCreator,
        this.#function,
        this.#functionLength,
        bytes,
        pathStart,
        lineEnd,
      );
    if (this.#functionIsCreator) {
      this.#sequence[0] = frame;
      return;
    }
    if (this.#waitsIn(frame) && this.#object === 0) this.#object = this.#firstWord;
    this.#pushFrame(frame);
  }

  #waitsIn(frame: number): boolean {
    if (frame >= this.#isWait.length) {
      const larger = new Uint8Array(Math.max(frame + 1, this.#isWait.length * 2));
      larger.set(this.#isWait);
      this.#isWait = larger;
    }
    for (; this.#framesSeen <= frame; this.#framesSeen++) if (WAIT_FUNCTIONS.has(this.#builder.frames.symbol(this.#framesSeen))) this.#isWait[this.#framesSeen] = 1;
    return this.#isWait[frame] === 1;
  }

  #pushFrame(frame: number): void {
    if (this.#length < this.#sequence.length) this.#sequence[this.#length++] = frame;
  }
}

/** `0xc000012345` before a comma or the closing parenthesis; 0: something else, null, or marked "?" as possibly stale. */
function firstWord(bytes: Uint8Array, start: number, end: number): number {
  if (start + 3 >= end || bytes[start] !== 0x30 || bytes[start + 1] !== 0x78) return 0;
  let value = 0;
  let at = start + 2;
  for (; at < end && at - start < 18; at++) {
    const c = bytes[at]!;
    const digit = c >= 0x30 && c <= 0x39 ? c - 0x30 : c >= 0x61 && c <= 0x66 ? c - 0x57 : -1;
    if (digit < 0) break;
    value = value * 16 + digit;
  }
  return (bytes[at] === 0x2c || bytes[at] === CLOSE) && Number.isSafeInteger(value) ? value : 0;
}

const PREFIX_MOST = 200;

/** Bytes before "goroutine N [" on a line that ends as a header does; 0: none, or no such line. */
function prefixOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 16 || bytes[end - 1] !== COLON || (bytes[end - 2] !== CLOSE_BRACKET && bytes[end - 2] !== CLOSE_BRACE)) return 0;
  const last = Math.min(end - 14, start + PREFIX_MOST);
  for (let at = bytes.indexOf(G, start + 1); at > start && at <= last; at = bytes.indexOf(G, at + 1))
    if (startsWith(bytes, at, end, 'goroutine ') && !isWordByte(bytes[at - 1]!)) return at - start;
  return 0;
}

const isWordByte = (c: number): boolean => (c >= 0x30 && c <= 0x39) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a) || c === 0x5f;

function afterDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  return at;
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
