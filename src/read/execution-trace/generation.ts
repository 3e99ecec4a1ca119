/** What a generation says besides its events: clock, strings, stacks, CPU samples; its own numbers are translated to those of the whole trace. */
import { type ByteSource, readFully } from '../../model/index.ts';
import type { Extent, GenerationFrame } from './framing.ts';
import { moved } from './moved.ts';
import type { TraceTables } from './tables.ts';
import { Cursor, MAX_BATCH, MAX_FRAMES, MAX_STRING } from './wire.ts';

const STACK = 3;
const STRING = 5;
const CPU_SAMPLE = 7;
const FREQUENCY = 8;
const SYNC = 50;
const CLOCK_SNAPSHOT = 51;

export interface ClockReading {
  readonly nsPerTick: number;
  /** Since Go 1.25: the trace clock (ticks), the monotonic clock and the wall clock, read together. */
  readonly snapshot: { readonly ticks: number; readonly monoNs: number; readonly wallSeconds: number; readonly wallNs: number } | null;
}

/** CPU samples of a generation, by time. */
export interface Samples {
  readonly count: number;
  /** Indices into the columns, in order of time. */
  readonly order: Uint32Array;
  readonly ticks: Float64Array;
  readonly thread: Float64Array;
  readonly proc: Float64Array;
  readonly goroutine: Float64Array;
  /** Ids of the generation. */
  readonly stack: Float64Array;
}

/** Ids below are kept in a table; the runtime counts from 1. */
const DENSE = 1 << 20;
/** Of one generation: five hours of a processor. */
const MOST_SAMPLES = 2_000_000;

/** Ids of a generation to ids of the trace; small ids in a table, the others in a map. */
export class IdMap {
  dense = new Int32Array(4096).fill(-1);
  #used = 0;
  readonly #sparse = new Map<number, number>();

  clear(): void {
    this.dense.fill(-1, 0, this.#used);
    this.#used = 0;
    this.#sparse.clear();
    this.dense[0] = 0;
    this.#used = 1;
  }

  /** false: there is no room for more. */
  set(id: number, to: number): boolean {
    if (id >= DENSE) {
      if (this.#sparse.size >= DENSE) return false;
      this.#sparse.set(id, to);
      return true;
    }
    if (id >= this.dense.length) {
      this.dense = moved(new Int32Array(Math.max(id + 1, this.dense.length * 2)).fill(-1), this.dense);
    }
    this.dense[id] = to;
    if (id >= this.#used) this.#used = id + 1;
    return true;
  }

  /** -1 where the generation has no such id. */
  get(id: number): number {
    return id < this.dense.length ? (this.dense[id] as number) : (this.#sparse.get(id) ?? -1);
  }
}

export class Generation {
  /** Batches of strings, stacks or samples that broke, of all generations. */
  broken = 0;
  readonly texts = new IdMap();
  readonly stacks = new IdMap();
  readonly #source: ByteSource;
  readonly #tables: TraceTables;
  readonly #buffer = new Uint8Array(MAX_BATCH);
  readonly #frames = new Int32Array(MAX_FRAMES);
  readonly #ofPc = new Map<number, number>();

  constructor(source: ByteSource, tables: TraceTables) {
    this.#source = source;
    this.#tables = tables;
  }

  /**
   * Strings first: stacks name them, though they may stand before them in the file. A batch that is broken is left where it breaks: the events are
   * right without it, and what they refer to in vain is counted.
   */
  load(frame: GenerationFrame): void {
    this.texts.clear();
    this.stacks.clear();
    this.#ofPc.clear();
    for (const extent of frame.strings) {
      if (!this.#strings(this.#batch(extent))) this.broken++;
    }
    for (const extent of frame.stacks) {
      if (!this.#stacks(this.#batch(extent))) this.broken++;
    }
  }

  samples(frame: GenerationFrame): Samples {
    // a sample takes at least six bytes
    const most = Math.min(
      MOST_SAMPLES,
      frame.samples.reduce((n, e) => n + Math.ceil(e.size / 6), 0),
    );
    const ticks = new Float64Array(most);
    const thread = new Float64Array(most);
    const proc = new Float64Array(most);
    const goroutine = new Float64Array(most);
    const stack = new Float64Array(most);
    let count = 0;
    for (const extent of frame.samples) {
      const c = this.#batch(extent);
      c.at++;
      while (c.at < c.end) {
        if (c.byte() !== CPU_SAMPLE || count === most) {
          this.broken++;
          break;
        }
        ticks[count] = c.uvarint();
        thread[count] = c.uvarint();
        proc[count] = c.uvarint();
        goroutine[count] = c.uvarint();
        stack[count] = c.uvarint();
        if (c.bad) this.broken++;
        else count++;
      }
    }
    const order = Uint32Array.from({ length: count }, (_, i) => i).sort((i, j) => (ticks[i] as number) - (ticks[j] as number) || i - j);
    return { count, order, ticks, thread, proc, goroutine, stack };
  }

  #batch(extent: Extent): Cursor {
    return readBatch(this.#source, extent, this.#buffer);
  }

  /** false: what follows in the batch makes no sense. */
  #strings(c: Cursor): boolean {
    c.at++;
    while (c.at < c.end) {
      if (c.byte() !== STRING) return false;
      const id = c.uvarint();
      const length = c.uvarint();
      if (c.bad || length > MAX_STRING || c.at + length > c.end) return false;
      if (id !== 0) {
        if (this.texts.get(id) >= 0) return false;
        if (!this.texts.set(id, this.#tables.texts.add(c.bytes, c.at, c.at + length))) return false;
      }
      c.at += length;
    }
    return true;
  }

  #stacks(c: Cursor): boolean {
    const { texts } = this;
    const frames = this.#frames;
    const all = this.#tables.stacks.frames;
    c.at++;
    while (c.at < c.end) {
      if (c.byte() !== STACK) return false;
      const id = c.uvarint();
      const length = c.uvarint();
      if (c.bad || length > MAX_FRAMES) return false;
      for (let i = 0; i < length; i++) {
        const pc = c.uvarint();
        const fn = c.uvarint();
        const file = c.uvarint();
        const line = c.uvarint();
        // one address is one frame within a generation, as Go's reader has it
        let frame = this.#ofPc.get(pc);
        if (frame === undefined) {
          frame = all.add(pc, Math.max(0, texts.get(fn)), Math.max(0, texts.get(file)), line);
          this.#ofPc.set(pc, frame);
        }
        frames[i] = frame;
      }
      if (c.bad) return false;
      if (id === 0) continue;
      if (this.stacks.get(id) >= 0) return false;
      if (!this.stacks.set(id, this.#tables.stacks.add(frames, length))) return false;
    }
    return true;
  }
}

function readBatch(source: ByteSource, extent: Extent, buffer: Uint8Array): Cursor {
  const n = readFully(source, extent.offset, buffer.subarray(0, extent.size));
  return new Cursor(buffer, 0, n);
}

/** The clock of a generation, or what is wrong with it. */
export function readClock(source: ByteSource, frame: GenerationFrame, version: number): ClockReading | string {
  let frequency = 0;
  let snapshot: ClockReading['snapshot'] = null;
  const buffer = new Uint8Array(MAX_BATCH);
  for (const extent of frame.sync) {
    const c = readBatch(source, extent, buffer);
    if (version >= 25 && c.byte() !== SYNC) return 'the batch of clocks begins with something else';
    let ticks = extent.base;
    while (c.at < c.end) {
      const type = c.byte();
      if (type === FREQUENCY) {
        if (frequency !== 0) return 'its clock has two frequencies';
        frequency = c.uvarint();
      } else if (type === CLOCK_SNAPSHOT && version >= 25) {
        if (snapshot !== null) return 'its clock was read twice';
        ticks += c.uvarint();
        snapshot = { ticks, monoNs: c.uvarint(), wallSeconds: c.uvarint(), wallNs: c.uvarint() };
      } else return 'the batch of clocks holds something else';
      if (c.bad) return 'the batch of clocks is not whole';
    }
  }
  if (frequency === 0) return 'it does not say how long a tick of its clock is';
  if (version >= 25 && snapshot === null) return 'it does not say what time it was';
  return { nsPerTick: 1 / (frequency / 1e9), snapshot };
}
