/**
 * What is kept of each goroutine that lives: columns by its slot. A slot is given away again after its goroutine has ended, so memory follows
 * the goroutines that live at once.
 */
import { roomFor, wider } from './grow.ts';
import { SPENT_KINDS } from './waits.ts';

/** Waits of a goroutine that are remembered, to say what the holder of a lock did while it held it. */
export const REMEMBERED = 6;
/** System calls shorter than this are not worth remembering. */
export const SHORT_CALL_NS = 10_000;

/** Why it is runnable. */
export const RUNNABLE_BY = { created: 0, unblocked: 1, syscall: 2, stopped: 3, already: 4 } as const;
export const RUNNABLE_BY_NAMES = Object.keys(RUNNABLE_BY) as readonly (keyof typeof RUNNABLE_BY)[];

export class Goroutines {
  room = 0;
  /** GO_STATUS. */
  status = new Uint8Array(0);
  /** Nanoseconds: when the present status began. */
  since = new Float64Array(0);
  /** What is charged when it leaves this status: SPENT. */
  spends = new Uint8Array(0);
  /** Index into the table of waits, while it waits or is in a system call. */
  wait = new Int32Array(0);
  /** The same of those that still waited when the trace ended. */
  lastWait = new Int32Array(0);
  runnableBy = new Uint8Array(0);
  /** Stack that unblocked or created it, and slot of that goroutine (-1 the scheduler). */
  wokenByStack = new Int32Array(0);
  /** When it was created; -1 before the trace. */
  born = new Float64Array(0);
  bornStack = new Int32Array(0);
  /** Nanoseconds by SPENT. */
  spent = new Float64Array(0);
  /** The last waits that ended, REMEMBERED of each: index into the table of waits, begin, end. */
  past = new Int32Array(0);
  pastFrom = new Float64Array(0);
  pastTo = new Float64Array(0);
  pastAt = new Uint8Array(0);
  /** When the last of them ended; -1. */
  pastLast = new Float64Array(0);
  /** What it last waited in, and who ended that: the next one is mostly the same. Indices, -1. */
  usualWait = new Int32Array(0);
  usualWake = new Int32Array(0);
  /** Highest slot seen, plus one. */
  used = 0;

  /** Makes room for a slot. */
  ensure(slot: number): void {
    if (slot >= this.room) this.#grow(roomFor(slot + 1, this.room * 2));
    if (slot >= this.used) this.used = slot + 1;
  }

  /** A goroutine begins in this slot. */
  begin(slot: number, time: number, born: number): void {
    this.ensure(slot);
    this.status[slot] = 0;
    this.since[slot] = time;
    this.spends[slot] = 0;
    this.wait[slot] = -1;
    this.runnableBy[slot] = RUNNABLE_BY.already;
    this.wokenByStack[slot] = 0;
    this.born[slot] = born;
    this.bornStack[slot] = 0;
    this.pastAt[slot] = 0;
    this.pastLast[slot] = -1;
    this.usualWait[slot] = -1;
    this.usualWake[slot] = -1;
    this.spent.fill(0, slot * SPENT_KINDS, (slot + 1) * SPENT_KINDS);
    this.past.fill(-1, slot * REMEMBERED, (slot + 1) * REMEMBERED);
  }

  /** Nobody is known to live any more. */
  forget(): void {
    this.status.fill(0, 0, this.used);
    this.spends.fill(0, 0, this.used);
    this.used = 0;
  }

  /** Remembers a wait that ended. */
  remember(slot: number, wait: number, from: number, to: number): void {
    const at = this.pastAt[slot] as number;
    const i = slot * REMEMBERED + at;
    this.past[i] = wait;
    this.pastFrom[i] = from;
    this.pastTo[i] = to;
    this.pastLast[slot] = to;
    this.pastAt[slot] = (at + 1) % REMEMBERED;
  }

  #grow(room: number): void {
    this.room = room;
    this.status = wider(this.status, room);
    this.since = wider(this.since, room);
    this.spends = wider(this.spends, room);
    this.wait = wider(this.wait, room, -1);
    this.lastWait = wider(this.lastWait, room, -1);
    this.runnableBy = wider(this.runnableBy, room);
    this.wokenByStack = wider(this.wokenByStack, room);
    this.born = wider(this.born, room, -1);
    this.bornStack = wider(this.bornStack, room);
    this.spent = wider(this.spent, room * SPENT_KINDS);
    this.past = wider(this.past, room * REMEMBERED, -1);
    this.pastFrom = wider(this.pastFrom, room * REMEMBERED);
    this.pastTo = wider(this.pastTo, room * REMEMBERED);
    this.pastAt = wider(this.pastAt, room);
    this.pastLast = wider(this.pastLast, room, -1);
    this.usualWait = wider(this.usualWait, room, -1);
    this.usualWake = wider(this.usualWake, room, -1);
  }
}
