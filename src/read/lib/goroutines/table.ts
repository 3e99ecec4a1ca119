/**
 * Goroutines as columns: one row a goroutine, frames and stacks interned. No object a goroutine.
 */
import type { Span } from '../../../model/index.ts';
import { type FrameIndex, FrameInterner, SequenceInterner, type StackIndex } from './frame-interner.ts';
import type { GoroutineHeader } from './header.ts';

export interface FrameTable {
  /** As printed, arguments cut off: shop/orders/internal/inventory.(*Client).Reserve.func1 */
  readonly symbols: readonly string[];
  readonly files: readonly string[];
  /** 1-based; 0 where no file line stood. */
  readonly line: Int32Array;
}

export interface StackTable {
  /** frames[start[s] … start[s+1]) of stack s, innermost first. */
  readonly start: Int32Array;
  readonly frames: Int32Array;
  /** The frame that started it (`created by`); -1 where none is printed. */
  readonly createdBy: Int32Array;
  /** Frames the runtime left out: a count, 0 = none, -1 = some ("additional frames elided"). */
  readonly elided: Int32Array;
  /** How many frames stand before the elided ones. */
  readonly elidedAt: Int32Array;
}

export interface GoroutineTable {
  readonly frames: FrameTable;
  readonly stacks: StackTable;
  readonly count: number;
  readonly id: Float64Array;
  readonly stack: Int32Array;
  /** Index into `states`. */
  readonly state: Int32Array;
  readonly states: readonly string[];
  /** Whole minutes waited, a lower bound; -1 = none printed. */
  readonly minutes: Int32Array;
  /** Bit i set: `flagNames[i]`. */
  readonly flags: Int32Array;
  readonly flagNames: readonly string[];
  /** Index into `labelSets` (text between the braces, see parseLabels); -1 = none. */
  readonly labels: Int32Array;
  readonly labelSets: readonly string[];
  /** Goroutine that started it; -1 = not printed (before Go 1.21, or main). */
  readonly creator: Float64Array;
  /**
   * Address of what it waits for: the first argument of its innermost wait frame (see WAIT_FUNCTIONS), a lock, channel, wait group or condition
   * variable within one process life. 0: not printed, or marked as possibly stale.
   */
  readonly object: Float64Array;
  /** Which dump or crash text of the artifact it belongs to, from 0. */
  readonly block: Int32Array;
  /** Raw span in the artifact. */
  readonly offset: Float64Array;
  readonly length: Float64Array;
}

/** A header without the id, as numbers of the table. */
export interface InternedHeader {
  /** The state itself. */
  readonly word: string;
  readonly state: number;
  readonly minutes: number;
  readonly flags: number;
  readonly labels: number;
}

/** Bits of `flags` are 31 at most; the last one says "others too". */
const FLAG_CAP = 30;
/** Label values may be unique (trace ids): beyond this many sets they are not kept. */
const LABEL_SETS_CAP = 20_000;

export class GoroutineTableBuilder {
  readonly frames = new FrameInterner();
  readonly #stacks = new SequenceInterner();
  #size = 256;
  #id = new Float64Array(256);
  #stack = new Int32Array(256);
  #state = new Int32Array(256);
  #minutes = new Int32Array(256);
  #flags = new Int32Array(256);
  #labels = new Int32Array(256);
  #creator = new Float64Array(256);
  #object = new Float64Array(256);
  #block = new Int32Array(256);
  #offset = new Float64Array(256);
  #length = new Float64Array(256);
  readonly #states = new Map<string, number>();
  readonly #flagNames: string[] = [];
  readonly #labelSets = new Map<string, number>();
  count = 0;

  /** `sequence`: createdBy, elided, elidedAt, then frames. */
  internStack(sequence: Int32Array, length: number): StackIndex {
    return this.#stacks.intern(sequence, length);
  }

  internHeader(header: GoroutineHeader): InternedHeader {
    let flags = 0;
    for (const f of header.flags) flags |= 1 << this.#flag(f);
    return {
      word: header.state,
      state: indexIn(this.#states, header.state),
      minutes: header.minutes,
      flags,
      labels: header.labels === '' ? -1 : this.#labelSets.size >= LABEL_SETS_CAP ? (this.#labelSets.get(header.labels) ?? -1) : indexIn(this.#labelSets, header.labels),
    };
  }

  add(id: number, header: InternedHeader, stack: StackIndex, creator: number, object: number, block: number, offset: number, length: number): number {
    if (this.count === this.#size) this.#grow();
    const i = this.count++;
    this.#id[i] = id;
    this.#stack[i] = stack;
    this.#state[i] = header.state;
    this.#minutes[i] = header.minutes;
    this.#flags[i] = header.flags;
    this.#labels[i] = header.labels;
    this.#creator[i] = creator;
    this.#object[i] = object;
    this.#block[i] = block;
    this.#offset[i] = offset;
    this.#length[i] = length;
    return i;
  }

  /** Whether a frame of the row's stack is one of these functions. */
  holdsFunction(row: number, names: ReadonlySet<string>): boolean {
    const sequence = this.#stacks.at(this.#stack[row]!);
    for (let i = 3; i < sequence.length; i++) if (names.has(this.frames.symbol(sequence[i]!))) return true;
    return false;
  }

  /** The last row belongs to the block that begins with it when it is the goroutine that takes the dump; its id, or null. */
  reassignDumper(block: number): number | null {
    const last = this.count - 1;
    if (last < 1 || this.#block[last - 1] !== this.#block[last]) return null;
    const id = this.#id[last]!;
    if (id !== 0 && this.#state[last] !== this.#states.get('running')) return null;
    this.#block[last] = block;
    return id;
  }

  finish(): GoroutineTable {
    const n = this.count;
    const { start, values } = this.#stacks.finish();
    const stackCount = this.#stacks.count;
    const createdBy = new Int32Array(stackCount);
    const elided = new Int32Array(stackCount);
    const elidedAt = new Int32Array(stackCount);
    const frameStart = new Int32Array(stackCount + 1);
    const frames = new Int32Array(Math.max(0, values.length - 3 * stackCount));
    let at = 0;
    for (let s = 0; s < stackCount; s++) {
      const from = start[s]!;
      createdBy[s] = values[from]!;
      elided[s] = values[from + 1]!;
      elidedAt[s] = values[from + 2]!;
      frameStart[s] = at;
      for (let i = from + 3; i < start[s + 1]!; i++) frames[at++] = values[i]!;
    }
    frameStart[stackCount] = at;
    return {
      frames: this.frames.finish(),
      stacks: { start: frameStart, frames, createdBy, elided, elidedAt },
      count: n,
      id: this.#id.slice(0, n),
      stack: this.#stack.slice(0, n),
      state: this.#state.slice(0, n),
      states: [...this.#states.keys()],
      minutes: this.#minutes.slice(0, n),
      flags: this.#flags.slice(0, n),
      flagNames: this.#flagNames,
      labels: this.#labels.slice(0, n),
      labelSets: [...this.#labelSets.keys()],
      creator: this.#creator.slice(0, n),
      object: this.#object.slice(0, n),
      block: this.#block.slice(0, n),
      offset: this.#offset.slice(0, n),
      length: this.#length.slice(0, n),
    };
  }

  #flag(name: string): number {
    const known = this.#flagNames.indexOf(name);
    if (known >= 0) return known;
    if (this.#flagNames.length >= FLAG_CAP) return FLAG_CAP;
    this.#flagNames.push(name);
    return this.#flagNames.length - 1;
  }

  #grow(): void {
    this.#size *= 2;
    const f64 = (from: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(this.#size);
      to.set(from);
      return to;
    };
    const i32 = (from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(this.#size);
      to.set(from);
      return to;
    };
    this.#id = f64(this.#id);
    this.#stack = i32(this.#stack);
    this.#state = i32(this.#state);
    this.#minutes = i32(this.#minutes);
    this.#flags = i32(this.#flags);
    this.#labels = i32(this.#labels);
    this.#creator = f64(this.#creator);
    this.#object = f64(this.#object);
    this.#block = i32(this.#block);
    this.#offset = f64(this.#offset);
    this.#length = f64(this.#length);
  }
}

function indexIn(map: Map<string, number>, key: string): number {
  const known = map.get(key);
  if (known !== undefined) return known;
  map.set(key, map.size);
  return map.size - 1;
}

export interface Frame {
  readonly symbol: string;
  readonly file: string;
  readonly line: number;
}

export const frameAt = (t: GoroutineTable, f: FrameIndex): Frame => ({
  symbol: t.frames.symbols[f] as string,
  file: t.frames.files[f] as string,
  line: t.frames.line[f] as number,
});

/** Frames of a stack, innermost first. */
export function stackFrames(t: GoroutineTable, stack: StackIndex): Frame[] {
  const out: Frame[] = [];
  for (let i = t.stacks.start[stack]!; i < t.stacks.start[stack + 1]!; i++) out.push(frameAt(t, t.stacks.frames[i]!));
  return out;
}

export function createdBy(t: GoroutineTable, stack: StackIndex): Frame | null {
  const f = t.stacks.createdBy[stack] ?? -1;
  return f < 0 ? null : frameAt(t, f);
}

export const flagsOf = (t: GoroutineTable, row: number): string[] => t.flagNames.filter((_name, i) => ((t.flags[row]! >> i) & 1) === 1);

export const rowSpan = (t: GoroutineTable, row: number): Span => ({ offset: t.offset[row]!, length: t.length[row]! });

/** Throws when an index is out of range: what every reader with a goroutine table checks in its tests. */
export function checkTable(t: GoroutineTable, sizeBytes: number): void {
  const assert = (ok: boolean, what: string): void => {
    if (!ok) throw new Error(`goroutine table: ${what}`);
  };
  const stackCount = t.stacks.createdBy.length;
  assert(t.stacks.start.length === stackCount + 1, 'stack starts');
  assert(t.frames.files.length === t.frames.symbols.length && t.frames.line.length === t.frames.symbols.length, 'frame columns');
  for (const column of [t.id, t.stack, t.state, t.minutes, t.flags, t.labels, t.creator, t.object, t.block, t.offset, t.length]) assert(column.length === t.count, 'column length');
  for (const f of t.stacks.frames) assert(f >= 0 && f < t.frames.symbols.length, 'frame index');
  for (const f of t.stacks.createdBy) assert(f >= -1 && f < t.frames.symbols.length, 'creator frame');
  for (let i = 0; i < t.count; i++) {
    assert(t.stack[i]! >= 0 && t.stack[i]! < stackCount, 'stack index');
    assert(t.state[i]! >= 0 && t.state[i]! < t.states.length, 'state index');
    assert(t.labels[i]! >= -1 && t.labels[i]! < t.labelSets.length, 'label index');
    assert(t.offset[i]! >= 0 && t.offset[i]! + t.length[i]! <= sizeBytes, 'row span');
  }
}
