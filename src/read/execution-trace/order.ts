/**
 * Puts the events of all threads into the one order in which they can have happened. Times may be wrong; sequence numbers and the rules of
 * the scheduler are the truth: an event whose turn has not come (its goroutine is not yet runnable, its P not yet given up) waits, and the
 * next earliest of another thread is tried. The rules are those of Go's own reader (internal/trace/order.go, Go 1.22 to 1.27).
 */
import { BLOCK, type EventColumns, eventColumns, putEvent } from './columns.ts';
import { ARGUMENTS, KIND, kindName, PROC_STATUS } from './events.ts';
import type { Frontier } from './frontier.ts';
import type { Generation, IdMap, Samples } from './generation.ts';
import { needs, notIn } from './needs.ts';
import { OtherEvents } from './other-events.ts';
import { Goroutines, Procs, Threads } from './state.ts';
import type { TraceTables } from './tables.ts';
import { NONE_64 } from './wire.ts';

/** Three of them may come of one event on the wire. */
const MARGIN = 4;
const WAITS = -1;
const FAULT = -2;

export class Ordering {
  readonly columns: EventColumns = eventColumns(BLOCK);
  readonly goroutines: Goroutines;
  readonly procs = new Procs();
  readonly threads: Threads;
  readonly frontier: Frontier;
  /** Why nothing more can be put in order, and where. */
  fault: string | null = null;
  faultOffset = 0;
  /** Time of the last event. */
  last: number;
  readonly #tables: TraceTables;
  readonly #other: OtherEvents;
  readonly #arguments = new Float64Array(4);
  #missing = 0;
  #generation = 0;
  #texts: IdMap | null = null;
  #stacks: IdMap | null = null;
  #samples: Samples | null = null;
  #sample = 0;
  #nsPerTick = 1;
  #originNs = 0;

  constructor(tables: TraceTables, frontier: Frontier, originNs: number) {
    this.#tables = tables;
    this.frontier = frontier;
    this.goroutines = new Goroutines(tables);
    this.threads = new Threads(tables);
    this.#other = new OtherEvents(this.goroutines, this.procs, this.threads);
    this.#originNs = originNs;
    // Go's reader begins to count at 0
    this.last = -originNs;
  }

  /** Events whose stack or string the generation does not have. */
  get missing(): number {
    return this.#missing + this.#other.missing;
  }

  /** Regions that ended though another one was innermost. */
  get regionMisuse(): number {
    return this.#other.regionMisuse;
  }

  /** `place`: which generation of the stream this is, from 0. */
  begin(place: number, tables: Generation, samples: Samples, nsPerTick: number): void {
    this.#generation = place + 1;
    this.#texts = tables.texts;
    this.#stacks = tables.stacks;
    this.#samples = samples;
    this.#sample = 0;
    this.#nsPerTick = nsPerTick;
  }

  /** The marker before a generation and after the last. */
  sync(place: number, at: number): void {
    const n = this.columns.length++;
    this.last = at > this.last ? at : this.last + 1;
    putEvent(this.columns, n, KIND.Sync, this.last, -1, -1, -1, -1, 0, 0, place, 0, -1);
  }

  /**
   * Fills the block; true while there is more in this generation. The four events that make up most of any trace are handled here, all others
   * in `#step`: this function stays small enough to be compiled at once, and is not thrown away when something rare comes first.
   */
  run(): boolean {
    const { columns, frontier, threads } = this;
    this.goroutines.settle(BLOCK);
    threads.settle(BLOCK);
    const { status: gStatus, seq: gSeq, seqGeneration: gGen, thread: gThread, ids } = this.goroutines;
    const { goroutine: mG, proc: mP, seen: mSeen } = threads;
    const { kind, time, thread, proc, goroutine, subject, stack, text, offset } = columns;
    const { bytes, heap, key, type: types, at: starts, start, shift, limit, thread: owners, time: times } = frontier;
    const generation = this.#generation;
    const textOf = (this.#texts as IdMap).dense;
    const stackOf = (this.#stacks as IdMap).dense;
    const most = BLOCK - MARGIN;
    const nsPerTick = this.#nsPerTick;
    let n = columns.length;
    let last = this.last;
    let sampleAt = this.#sampleTime();

    while (n < most) {
      const size = frontier.size;
      if (size === 0 || sampleAt < (key[0] as number)) {
        if (sampleAt === Number.POSITIVE_INFINITY) break;
        last = sampleAt > last ? sampleAt : last + 1;
        this.#putSample(n++, last);
        sampleAt = this.#sampleTime();
        continue;
      }
      // the head first; when its turn has not come, the others by time
      let i = 0;
      let c = heap[0] as number;
      for (;;) {
        const type = types[c] as number;
        let at = starts[c] as number;
        const m = owners[c] as number;
        let advanced = false;
        if (type >= 16 && type <= 21 && type !== 17 && type !== 18 && m >= 0) {
          // GoStart, GoStop, GoBlock, GoUnblock: two numbers, and a third for GoUnblock
          let x0 = bytes[at++] as number;
          if (x0 >= 0x80) {
            let w = bytes[at++] as number;
            x0 = (x0 & 0x7f) | ((w & 0x7f) << 7);
            if (w >= 0x80) {
              w = bytes[at++] as number;
              x0 |= (w & 0x7f) << 14;
              if (w >= 0x80) {
                x0 = this.#long(c, at - 3);
                at = this.#at;
              }
            }
          }
          let x1 = bytes[at++] as number;
          if (x1 >= 0x80) {
            let w = bytes[at++] as number;
            x1 = (x1 & 0x7f) | ((w & 0x7f) << 7);
            if (w >= 0x80) {
              w = bytes[at++] as number;
              x1 |= (w & 0x7f) << 14;
              if (w >= 0x80) {
                x1 = this.#long(c, at - 3);
                at = this.#at;
              }
            }
          }
          mSeen[m] = 1;
          const g = mG[m] as number;
          const p = mP[m] as number;
          let s = g;
          let k = 0;
          let x = 0;
          if (type === 16) {
            // GoStart: runnable, next in its sequence
            s = ids.get(x0);
            if (s >= 0 && gStatus[s] === 1 && gGen[s] === generation && x1 === (gSeq[s] as number) + 1) {
              if (p < 0 || g >= 0) {
                this.fault = needs(m, p, g, 1, -1);
                break;
              }
              gStatus[s] = 2;
              gSeq[s] = x1;
              gThread[s] = m;
              mG[m] = s;
              advanced = true;
            }
          } else if (type === 21) {
            // GoUnblock: waiting, next in its sequence; anybody may do it
            s = ids.get(x0);
            if (s >= 0 && gStatus[s] === 4 && gGen[s] === generation && x1 === (gSeq[s] as number) + 1) {
              let x2 = bytes[at++] as number;
              if (x2 >= 0x80) {
                x2 = this.#long(c, at - 1);
                at = this.#at;
              }
              gStatus[s] = 1;
              gSeq[s] = x1;
              k = x2 < stackOf.length ? (stackOf[x2] as number) : this.#stackOf(x2);
              advanced = true;
            }
          } else {
            // GoStop, GoBlock: a running goroutine is bound to its thread, so its turn has always come
            if (p < 0 || g < 0 || gStatus[g] !== 2) {
              this.fault = p < 0 || g < 0 ? needs(m, p, g, 1, 1) : notIn(type, 'running');
              break;
            }
            gStatus[g] = type === 19 ? 1 : 4;
            gThread[g] = -1;
            mG[m] = -1;
            x = x0 < textOf.length ? (textOf[x0] as number) : this.#textOf(x0);
            k = x1 < stackOf.length ? (stackOf[x1] as number) : this.#stackOf(x1);
            advanced = true;
          }
          if (advanced) {
            if (x < 0 || k < 0) {
              if (x < 0) this.#missing++;
              if (k < 0) this.#missing++;
              x = x < 0 ? 0 : x;
              k = k < 0 ? 0 : k;
            }
            const t = times[c] as number;
            last = t > last ? t : last + 1;
            kind[n] = type;
            time[n] = last;
            thread[n] = m;
            proc[n] = p;
            goroutine[n] = g;
            subject[n] = s;
            stack[n] = k;
            text[n] = x;
            offset[n] = (start[c] as number) + (shift[c] as number);
            n++;
          }
        } else {
          this.last = last;
          const put = this.#step(c, type, at, m, n);
          if (put === FAULT) break;
          if (put !== WAITS) {
            n = put;
            last = this.last;
            at = this.#at;
            advanced = true;
          }
        }

        if (advanced) {
          starts[c] = at;
          // the next event of the thread: type and time
          let there = false;
          if (at <= (limit[c] as number)) {
            const following = bytes[at] as number;
            const dt = bytes[at + 1] as number;
            if (dt < 0x80 && (ARGUMENTS[following] as number) >= 0) {
              start[c] = at;
              starts[c] = at + 2;
              types[c] = following;
              times[c] = (times[c] as number) + Math.floor(dt * nsPerTick);
              there = true;
            } else there = frontier.next(c);
          } else there = frontier.next(c);
          if (there) frontier.update(i);
          else if (frontier.fault === null) frontier.remove(i);
          else {
            this.fault = frontier.fault;
            this.faultOffset = frontier.faultOffset;
            // it took bytes of what stands behind its batch
            if (at > frontier.endOf(c)) n--;
          }
          break;
        }
        if (i === 0) frontier.sort();
        i++;
        if (i >= size) {
          this.fault = `no thread can go on: ${this.#waiting()}`;
          break;
        }
        c = heap[i] as number;
      }
      if (this.fault !== null) {
        if (frontier.fault === null) this.faultOffset = frontier.offsetOf(c);
        break;
      }
    }
    columns.length = n;
    this.last = last;
    return this.fault === null && (frontier.size > 0 || sampleAt < Number.POSITIVE_INFINITY);
  }

  /** Any other event: how many events the block holds after it, WAITS or FAULT; `#at` is where it ends. */
  #step(c: number, type: number, from: number, m: number, n: number): number {
    const { frontier, threads } = this;
    const other = this.#other;
    const count = ARGUMENTS[type] as number;
    const x = this.#arguments;
    this.#at = from;
    for (let i = 0; i < count; i++) x[i] = this.#long(c, this.#at);
    let g = -1;
    let p = -1;
    if (m >= 0) {
      threads.seen[m] = 1;
      g = threads.goroutine[m] as number;
      p = threads.proc[m] as number;
    }
    other.at(type, m, p, g, this.#generation, this.#texts as IdMap, this.#stacks as IdMap);
    if (this.#at > frontier.endOf(c)) {
      this.fault = 'an event runs over the end of its batch';
      return FAULT;
    }
    const fault = other.advance(x[0] as number, x[1] as number, x[2] as number, x[3] as number);
    if (fault !== null) {
      this.fault = fault;
      return FAULT;
    }
    if (!other.ok) return WAITS;
    let { text, stack } = other;
    if (text < 0) {
      text = 0;
      this.#missing++;
    }
    if (stack < 0) {
      stack = 0;
      this.#missing++;
    }
    const at = frontier.time[c] as number;
    let last = at > this.last ? at : this.last + 1;
    let put = n;
    if (other.stolen >= 0) putEvent(this.columns, put++, KIND.ProcSteal, last++, m, p, g, other.stolen, 0, 0, m, PROC_STATUS.syscall, -1);
    putEvent(this.columns, put++, type, last, other.thread, other.proc, other.goroutine, other.subject, stack, text, other.a, other.b, frontier.offsetOf(c));
    if (type === KIND.GoSwitch || type === KIND.GoSwitchDestroy) {
      putEvent(this.columns, put++, type === KIND.GoSwitch ? KIND.GoBlock : KIND.GoDestroy, ++last, m, p, g, g, 0, 0, 0, 0, -1);
      putEvent(this.columns, put++, KIND.GoStart, ++last, m, p, -1, other.subject, 0, 0, 0, 0, -1);
    }
    this.last = last;
    return put;
  }

  #at = 0;

  /** A number that begins at `from`; `#at` is where it ends, beyond the batch when it is not whole. */
  #long(c: number, from: number): number {
    const { bytes } = this.frontier;
    const end = this.frontier.endOf(c);
    let value = 0;
    let scale = 1;
    for (let at = from; at < end && at < from + 10; at++) {
      const b = bytes[at] as number;
      value += (b & 0x7f) * scale;
      if (b < 0x80) {
        this.#at = at + 1;
        return value;
      }
      scale *= 128;
    }
    this.#at = end + 1;
    return 0;
  }

  #stackOf(id: number): number {
    return (this.#stacks as IdMap).get(id);
  }

  #textOf(id: number): number {
    return (this.#texts as IdMap).get(id);
  }

  #sampleTime(): number {
    const samples = this.#samples as Samples;
    if (this.#sample >= samples.count) return Number.POSITIVE_INFINITY;
    return Math.floor((samples.ticks[samples.order[this.#sample] as number] as number) * this.#nsPerTick) - this.#originNs;
  }

  #putSample(n: number, time: number): void {
    const samples = this.#samples as Samples;
    const at = samples.order[this.#sample++] as number;
    const id = samples.goroutine[at] as number;
    const thread = samples.thread[at] as number;
    const proc = samples.proc[at] as number;
    const stack = (this.#stacks as IdMap).get(samples.stack[at] as number);
    if (stack < 0) this.#missing++;
    putEvent(
      this.columns,
      n,
      KIND.CPUSample,
      time,
      thread >= NONE_64 / 2 ? -1 : this.threads.number(thread),
      proc >= 2 ** 31 ? -1 : proc,
      id === 0 ? -1 : this.goroutines.ids.get(id),
      -1,
      Math.max(0, stack),
      0,
      id === 0 ? -1 : id,
      0,
      -1,
    );
  }

  #waiting(): string {
    const { frontier } = this;
    const some: string[] = [];
    for (let i = 0; i < frontier.size && some.length < 3; i++) {
      const c = frontier.heap[i] as number;
      some.push(`thread ${this.#tables.threadId(frontier.thread[c] as number)} waits with ${kindName(frontier.type[c] as number)}`);
    }
    return `${some.join(', ')}${frontier.size > some.length ? ` and ${frontier.size - some.length} more` : ''}`;
  }
}
