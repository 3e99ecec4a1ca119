/** Where batches and generations begin and end: headers only, so that a file of any size is surveyed by looking at every 64th KiB of it. */
import { type ByteSource, readFully } from '../../model/index.ts';
import { moved } from './moved.ts';
import { Cursor, MAX_BATCH, NONE_64 } from './wire.ts';

const EVENT_BATCH = 1;
const STACKS = 2;
const STRINGS = 4;
const CPU_SAMPLES = 6;
const FREQUENCY = 8;
const EXPERIMENTAL_BATCH = 49;
const SYNC = 50;
const END_OF_GENERATION = 52;
const LONGEST_HEADER = 42;
const WINDOW = 8 * 1024;
/** A generation of the runtime holds some thousands of batches; more than this are no trace of any program. */
const MOST_BATCHES = 1_000_000;

/** Batches of one generation that hold events, in the order of the file; grows, is used again. */
export class BatchIndex {
  count = 0;
  offset = new Float64Array(256);
  size = new Int32Array(256);
  base = new Float64Array(256);
  /** Next batch of the same thread, -1 at the end. */
  next = new Int32Array(256);
  /** Threads in the order in which they first appear: id (-1 none), first and last batch, size of the largest. */
  readonly threads: number[] = [];
  readonly first: number[] = [];
  readonly last: number[] = [];
  readonly largest: number[] = [];
  readonly #ofThread = new Map<number, number>();

  clear(): void {
    this.count = 0;
    this.threads.length = 0;
    this.first.length = 0;
    this.last.length = 0;
    this.largest.length = 0;
    this.#ofThread.clear();
  }

  add(thread: number, base: number, offset: number, size: number): void {
    if (this.count === this.size.length) this.#grow();
    const at = this.count++;
    this.offset[at] = offset;
    this.size[at] = size;
    this.base[at] = base;
    this.next[at] = -1;
    let owner = this.#ofThread.get(thread);
    if (owner === undefined) {
      owner = this.threads.length;
      this.#ofThread.set(thread, owner);
      this.threads.push(thread);
      this.first.push(at);
      this.largest.push(0);
    } else this.next[this.last[owner] as number] = at;
    this.last[owner] = at;
    if (size > (this.largest[owner] as number)) this.largest[owner] = size;
  }

  #grow(): void {
    const room = this.size.length * 2;
    this.offset = moved(new Float64Array(room), this.offset);
    this.base = moved(new Float64Array(room), this.base);
    this.size = moved(new Int32Array(room), this.size);
    this.next = moved(new Int32Array(room), this.next);
  }
}

export interface Extent {
  readonly offset: number;
  readonly size: number;
  /** Base time of the batch, in ticks. */
  readonly base: number;
}

/** One generation as it lies in the file. */
export interface GenerationFrame {
  readonly number: number;
  readonly offset: number;
  readonly end: number;
  readonly batches: BatchIndex;
  readonly eventBytes: number;
  readonly strings: readonly Extent[];
  readonly stacks: readonly Extent[];
  readonly samples: readonly Extent[];
  readonly sync: readonly Extent[];
  readonly experiments: ReadonlyMap<number, { batches: number; bytes: number }>;
  /** Least base time of its batches, in ticks. */
  readonly minTicks: number;
}

export interface FrameFault {
  /** mixed: batches of several generations in one, so that what was gathered cannot be trusted to be one. */
  readonly kind: 'cut' | 'damaged' | 'mixed';
  readonly offset: number;
  readonly what: string;
}

/** Batches in a row that make a begin of a generation believable: four headers do not come out of other bytes by chance. */
const CHAIN = 4;
/** A generation may have been lost whole, many may not. */
const NEAR = 1000;

export interface FrameResult {
  /** null at the end of the trace, or when what there is of it is no whole generation. */
  readonly frame: GenerationFrame | null;
  /** What stopped the walk; the frame, when there is one, ends before it. */
  readonly fault: FrameFault | null;
}

/** Reads a few bytes here and there without reading the file. */
class Peek {
  readonly source: ByteSource;
  readonly cursor = new Cursor(new Uint8Array(WINDOW), 0, 0);
  #from = 0;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** The cursor, standing at `offset`, with all bytes up to the longest header that there are. */
  at(offset: number): Cursor {
    const { cursor } = this;
    const inside = offset - this.#from;
    cursor.bad = false;
    if (inside >= 0 && inside + LONGEST_HEADER + 1 <= cursor.end) cursor.at = inside;
    else {
      cursor.end = readFully(this.source, offset, cursor.bytes);
      cursor.at = 0;
      this.#from = offset;
    }
    return cursor;
  }

  position(): number {
    return this.#from + this.cursor.at;
  }

  /** The next byte without taking it; -1 where the window ends. */
  peek(): number {
    return this.cursor.at < this.cursor.end ? (this.cursor.bytes[this.cursor.at] as number) : -1;
  }
}

/** Walks from generation to generation. */
export class Framing {
  readonly #peek: Peek;
  readonly #size: number;
  readonly #version: number;
  readonly #source: ByteSource;
  /** Number of the last generation that was found whole, or begun after damage. */
  #number = 0;
  /** Where the next generation begins. */
  offset: number;

  constructor(source: ByteSource, version: number, offset: number) {
    this.#peek = new Peek(source);
    this.#source = source;
    this.#size = source.sizeBytes;
    this.#version = version;
    this.offset = offset;
  }

  /** Until Go 1.25 a generation ends where a batch of the next one begins, or the file ends; since 1.26 a byte ends it. */
  next(batches: BatchIndex): FrameResult {
    batches.clear();
    const begin = this.offset;
    const explicit = this.#version >= 26;
    const strings: Extent[] = [];
    const stacks: Extent[] = [];
    const samples: Extent[] = [];
    const sync: Extent[] = [];
    const experiments = new Map<number, { batches: number; bytes: number }>();
    let number = 0;
    let minTicks = Number.POSITIVE_INFINITY;
    let eventBytes = 0;
    let at = begin;
    let fault: FrameFault | null = null;
    let ended = false;
    let count = 0;
    const stop = (kind: FrameFault['kind'], offset: number, what: string): void => {
      fault = { kind, offset, what };
    };
    while (at < this.#size && fault === null) {
      const c = this.#peek.at(at);
      const type = c.byte();
      if (type === END_OF_GENERATION && explicit) {
        at++;
        if (number === 0) continue;
        ended = true;
        break;
      }
      if (type !== EVENT_BATCH && type !== EXPERIMENTAL_BATCH) {
        stop('damaged', at, `a batch should begin here, but the byte is ${type}`);
        break;
      }
      const experiment = type === EXPERIMENTAL_BATCH ? c.byte() : 0;
      const generation = c.uvarint();
      const thread = c.uvarint();
      const base = c.uvarint();
      const size = c.uvarint();
      if (c.bad) {
        stop(this.#size - at < LONGEST_HEADER ? 'cut' : 'damaged', at, 'the header of a batch is not whole');
        break;
      }
      const data = this.#peek.position();
      if (generation === 0) {
        stop('damaged', at, 'a batch of generation 0, which the runtime never writes');
        break;
      }
      if (size > MAX_BATCH) {
        stop('damaged', at, `a batch of ${size} bytes, more than the ${MAX_BATCH} that a batch may have`);
        break;
      }
      if (number === 0) number = generation;
      else if (generation !== number) {
        if (!explicit && generation === number + 1) ended = true;
        else stop('mixed', at, explicit ? `generation ${number} has no end, and a batch of generation ${generation} follows` : `generation ${generation} follows ${number}`);
        break;
      }
      if (data + size > this.#size) {
        stop('cut', at, `a batch of ${size} bytes has only ${this.#size - data}`);
        break;
      }
      if (++count > MOST_BATCHES) {
        stop('damaged', at, `more than ${MOST_BATCHES} batches in one generation`);
        break;
      }
      if (base < minTicks) minTicks = base;
      const kind = size === 0 ? -1 : this.#peek.peek();
      const extent = { offset: data, size, base };
      if (type === EXPERIMENTAL_BATCH && experiment !== 0) {
        const known = experiments.get(experiment);
        if (known === undefined) experiments.set(experiment, { batches: 1, bytes: size });
        else {
          known.batches++;
          known.bytes += size;
        }
      } else if (kind === STRINGS) strings.push(extent);
      else if (kind === STACKS) stacks.push(extent);
      else if (kind === CPU_SAMPLES) samples.push(extent);
      else if (kind === (this.#version < 25 ? FREQUENCY : SYNC)) sync.push(extent);
      else if (size > 0) {
        batches.add(thread >= NONE_64 / 2 ? -1 : thread, base, data, size);
        eventBytes += size;
      }
      at = data + size;
    }
    if (fault === null && !ended && number !== 0 && explicit) stop('cut', at, `generation ${number} has no end`);
    const stopped = fault as FrameFault | null;
    // before 1.26 what was read may be whole though what follows is not: its clock decides
    const whole = number !== 0 && (stopped === null || (!explicit && stopped.offset > begin && sync.length > 0 && stopped.kind !== 'mixed'));
    if (!whole) return { frame: null, fault };
    const end = stopped === null || ended ? at : stopped.offset;
    this.offset = end;
    this.#number = number;
    return { frame: { number, offset: begin, end, batches, eventBytes, strings, stacks, samples, sync, experiments, minTicks }, fault };
  }

  /**
   * After damage in the generation that begins at `from`, found at `fault`: looks for the begin of a later one and goes there; false when there is
   * none. It may lie before the fault: a wrong length leads into the next generation before anything is amiss.
   */
  resume(from: number, fault: number): boolean {
    // without the byte that ends a generation, its own batches look like the begin of one
    const least = this.#version < 26 ? this.#number + 2 : this.#number + 1;
    // only the end of the one before may be what is damaged
    if (this.#begins(fault, this.#number + 2)) {
      this.offset = fault;
      return true;
    }
    const window = new Uint8Array(64 * 1024);
    let before = -1;
    for (let at = from + 1; at < this.#size; ) {
      const n = readFully(this.#source, at, window);
      for (let i = 0; i < n; i++) {
        const byte = window[i] as number;
        if ((byte === EVENT_BATCH || byte === EXPERIMENTAL_BATCH) && (this.#version < 26 || before === END_OF_GENERATION) && this.#begins(at + i, least)) {
          this.offset = at + i;
          return true;
        }
        before = byte;
      }
      if (n < window.length) return false;
      at += n;
    }
    return false;
  }

  #begins(offset: number, least: number): boolean {
    let at = offset;
    let number = 0;
    for (let i = 0; i < CHAIN; i++) {
      if (at >= this.#size) return this.#resumed(number, i > 1);
      const c = this.#peek.at(at);
      const type = c.byte();
      if (type === END_OF_GENERATION && this.#version >= 26) return this.#resumed(number, i > 1);
      if (type === EXPERIMENTAL_BATCH) c.byte();
      else if (type !== EVENT_BATCH) return false;
      const generation = c.uvarint();
      c.uvarint();
      c.uvarint();
      const size = c.uvarint();
      if (c.bad || size > MAX_BATCH) return false;
      if (i === 0) number = generation;
      if (generation !== number || number < least || number > this.#number + NEAR) return false;
      at = this.#peek.position() + size;
    }
    return this.#resumed(number, true);
  }

  #resumed(number: number, here: boolean): boolean {
    if (here) this.#number = number - 1;
    return here;
  }
}
