/**
 * What is kept of each goroutine that may run on a processor, to say what the processor is busy with: columns by its slot. A slot is given away
 * again after its goroutine has ended.
 */
import { roomFor, wider } from './grow.ts';

export class Occupants {
  room = 0;
  /** Highest slot seen, plus one. */
  used = 0;
  /** Text id of the function it starts in; 0 not known. */
  entry = new Int32Array(0);
  /** Nanoseconds running that belong to no other row of the ledger. */
  plain = new Float64Array(0);
  /** Thread it runs on; -1. */
  thread = new Int32Array(0);
  /** 1: in a system call. */
  calling = new Uint8Array(0);
  /** Index of the assist it is in; -1. */
  assist = new Int32Array(0);
  assistSince = new Float64Array(0);
  /** Row of the ledger that its label names; 0 none. */
  label = new Uint8Array(0);

  /** Makes room for a slot. */
  ensure(slot: number): void {
    if (slot >= this.room) this.#grow(roomFor(slot + 1, this.room * 2));
    if (slot >= this.used) this.used = slot + 1;
  }

  /** A goroutine begins in this slot. */
  begin(slot: number): void {
    this.ensure(slot);
    this.entry[slot] = 0;
    this.plain[slot] = 0;
    this.thread[slot] = -1;
    this.calling[slot] = 0;
    this.assist[slot] = -1;
    this.label[slot] = 0;
  }

  #grow(room: number): void {
    this.room = room;
    this.entry = wider(this.entry, room);
    this.plain = wider(this.plain, room);
    this.thread = wider(this.thread, room, -1);
    this.calling = wider(this.calling, room);
    this.assist = wider(this.assist, room, -1);
    this.assistSince = wider(this.assistSince, room);
    this.label = wider(this.label, room);
  }
}
