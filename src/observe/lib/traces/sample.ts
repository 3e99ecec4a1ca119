/**
 * Events of as many traces as fit into memory. Which traces are kept depends on their ids alone, so that several logs keep the same ones.
 * Events are kept in columns: as objects, those of a few large logs would take a gigabyte.
 */
import type { Instant, Place } from '../../../model/index.ts';
import type { EventKind, TraceEvent } from './events.ts';
import { type OwnedEvent, owned } from './spans.ts';
import { Texts } from './texts.ts';

const EVENTS_CAP = 40_000;
const FEW = 2000;
const FIRST_ROWS = 2 * FEW;

/** FNV-1a with a final mix: consecutive ids must not fall together. */
export function hashOf(id: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  return h >>> 0;
}

const KINDS: readonly EventKind[] = ['server-start', 'server-end', 'client-start', 'client-end', 'sent', 'received', 'point'];
const FAILED: readonly TraceEvent['failed'][] = [null, 'late', 'canceled', 'error'];

/** Columns of texts: each holds the number of a text, -1 for none. */
const TEXTS = ['trace', 'span', 'parent', 'carried', 'service', 'writer', 'peer', 'address', 'method', 'route', 'message', 'artifact', 'decoders'] as const;
type TextColumn = (typeof TEXTS)[number];
const SEPARATOR = '\u0000';
/** No record has that status. */
const NO_CODE = -1;

/** One row an event. */
interface Columns {
  readonly texts: Readonly<Record<TextColumn, Int32Array>>;
  readonly kind: Uint8Array;
  readonly failed: Uint8Array;
  readonly code: Int16Array;
  readonly at: BigInt64Array;
  readonly stepNs: BigInt64Array;
  /** NaN: not said. */
  readonly seconds: Float64Array;
  readonly secondsStep: Float64Array;
  readonly offset: Float64Array;
  readonly length: Float64Array;
}

function columns(rows: number): Columns {
  return {
    texts: Object.fromEntries(TEXTS.map((t) => [t, new Int32Array(rows)])) as Record<TextColumn, Int32Array>,
    kind: new Uint8Array(rows),
    failed: new Uint8Array(rows),
    code: new Int16Array(rows),
    at: new BigInt64Array(rows),
    stepNs: new BigInt64Array(rows),
    seconds: new Float64Array(rows),
    secondsStep: new Float64Array(rows),
    offset: new Float64Array(rows),
    length: new Float64Array(rows),
  };
}

export class TraceSample {
  #rows = 0;
  #room = 0;
  #of: Columns = columns(0);
  #texts = new Texts();
  /** Trace ids of a row behind its first: few records name several. */
  #more = new Map<number, readonly string[]>();
  /** Traces whose hash is below are kept. */
  #below = 2 ** 32;
  /** As long as they are few: the events as they came, which costs a small log less than columns do. null: in columns. */
  #few: TraceEvent[] | null = [];

  add(e: TraceEvent): void {
    if (!this.#kept(e.traces)) return;
    if (this.#few !== null) {
      this.#few.push(e);
      if (this.#few.length <= FEW) return;
      const few = this.#few;
      this.#few = null;
      for (const one of few) this.#add(one);
    } else this.#add(e);
  }

  #add(e: TraceEvent): void {
    if (this.#rows === this.#room) this.#grow();
    this.#put(this.#rows++, e);
    while (this.#rows > EVENTS_CAP) {
      this.#below /= 2;
      this.#thin();
    }
  }

  #kept(traces: readonly string[]): boolean {
    return this.#below === 2 ** 32 || traces.some((id) => hashOf(id) < this.#below);
  }

  #grow(): void {
    const room = Math.min(EVENTS_CAP + 1, Math.max(FIRST_ROWS, this.#room * 2));
    const grown = columns(room);
    const was = this.#of;
    for (const t of TEXTS) grown.texts[t].set(was.texts[t]);
    grown.kind.set(was.kind);
    grown.failed.set(was.failed);
    grown.code.set(was.code);
    grown.at.set(was.at);
    grown.stepNs.set(was.stepNs);
    grown.seconds.set(was.seconds);
    grown.secondsStep.set(was.secondsStep);
    grown.offset.set(was.offset);
    grown.length.set(was.length);
    this.#of = grown;
    this.#room = room;
  }

  #put(row: number, e: TraceEvent): void {
    const { texts, ...c } = this.#of;
    const number = (text: string | null): number => this.#texts.numberOf(text);
    texts.trace[row] = number(e.traces[0] ?? null);
    if (e.traces.length > 1) this.#more.set(row, e.traces.slice(1));
    texts.span[row] = number(e.span);
    texts.parent[row] = number(e.parent);
    texts.carried[row] = number(e.carried);
    texts.service[row] = number(e.service);
    texts.writer[row] = number(e.writer);
    texts.peer[row] = number(e.peer);
    texts.address[row] = number(e.address);
    texts.method[row] = number(e.method);
    texts.route[row] = number(e.route);
    texts.message[row] = number(e.message);
    texts.artifact[row] = number(e.place.artifact);
    texts.decoders[row] = number(e.place.decoders === undefined ? null : e.place.decoders.join(SEPARATOR));
    c.kind[row] = KINDS.indexOf(e.kind);
    c.failed[row] = FAILED.indexOf(e.failed);
    c.code[row] = e.code ?? NO_CODE;
    c.at[row] = e.at;
    c.stepNs[row] = e.stepNs;
    c.seconds[row] = e.seconds ?? Number.NaN;
    c.secondsStep[row] = e.secondsStep;
    c.offset[row] = e.place.offset;
    c.length[row] = e.place.length;
  }

  /** Leaves out the rows of traces that are no longer kept, and the texts that only they had. */
  #thin(): void {
    const [rows, texts, more] = [this.#rows, this.#texts, this.#more];
    this.#rows = 0;
    this.#texts = new Texts();
    this.#more = new Map();
    // rows move towards the front: what is read next was not written yet
    for (let row = 0; row < rows; row++) {
      const e = this.#event(row, texts, more, '', '', 0);
      if (this.#kept(e.traces)) this.#put(this.#rows++, e);
    }
  }

  #event(row: number, texts: Texts, more: ReadonlyMap<number, readonly string[]>, clock: string, owner: string, seq: number): OwnedEvent {
    const { texts: numbers, ...c } = this.#of;
    const text = (column: TextColumn): string | null => texts.at(numbers[column][row] as number);
    const code = c.code[row] as number;
    const seconds = c.seconds[row] as number;
    const decoders = text('decoders');
    const place: Place = { artifact: text('artifact') as string, offset: c.offset[row] as number, length: c.length[row] as number };
    return {
      traces: tracesOf(text('trace'), more.get(row)),
      kind: KINDS[c.kind[row] as number] as EventKind,
      at: c.at[row] as Instant,
      stepNs: c.stepNs[row] as bigint,
      span: text('span'),
      parent: text('parent'),
      carried: text('carried'),
      service: text('service'),
      writer: text('writer'),
      peer: text('peer'),
      address: text('address'),
      method: text('method'),
      route: text('route'),
      code: code === NO_CODE ? null : code,
      seconds: Number.isNaN(seconds) ? null : seconds,
      secondsStep: c.secondsStep[row] as number,
      failed: FAILED[c.failed[row] as number] as TraceEvent['failed'],
      message: text('message'),
      place: decoders === null ? place : { ...place, decoders: decoders.split(SEPARATOR) },
      clock,
      owner,
      seq,
    };
  }

  /** An event with whose it is. */
  owned(row: number, clock: string, owner: string, seq: number): OwnedEvent {
    return this.#few === null ? this.#event(row, this.#texts, this.#more, clock, owner, seq) : owned(this.#few[row] as TraceEvent, clock, owner, seq);
  }

  traces(row: number): readonly string[] {
    return this.#few === null ? tracesOf(this.#text('trace', row), this.#more.get(row)) : this.#one(row).traces;
  }
  writer(row: number): string | null {
    return this.#few === null ? this.#text('writer', row) : this.#one(row).writer;
  }
  service(row: number): string | null {
    return this.#few === null ? this.#text('service', row) : this.#one(row).service;
  }
  at(row: number): Instant {
    return this.#few === null ? (this.#of.at[row] as Instant) : this.#one(row).at;
  }
  offset(row: number): number {
    return this.#few === null ? (this.#of.offset[row] as number) : this.#one(row).place.offset;
  }

  #one(row: number): TraceEvent {
    return this.#few?.[row] as TraceEvent;
  }

  #text(column: TextColumn, row: number): string | null {
    return this.#texts.at(this.#of.texts[column][row] as number);
  }

  get length(): number {
    return this.#few?.length ?? this.#rows;
  }

  /** Share of all traces that is kept, 0…1. */
  get share(): number {
    return this.#below / 2 ** 32;
  }
}

const tracesOf = (first: string | null, more: readonly string[] | undefined): readonly string[] => (first === null ? [] : more === undefined ? [first] : [first, ...more]);
