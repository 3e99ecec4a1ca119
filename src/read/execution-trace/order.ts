/**
 * Puts the events of all threads into the one order in which they can have happened. Times may be wrong; sequence numbers and the rules of
 * the scheduler are the truth: an event whose turn has not come (its goroutine is not yet runnable, its P not yet given up) waits, and the
 * next earliest of another thread is tried. The rules are those of Go's own reader (internal/trace/order.go, Go 1.22 to 1.27).
 */
import { BLOCK, type EventColumns, eventColumns } from './columns.ts';
import { ARGUMENTS, KIND, kindName, PROC_STATUS } from './events.ts';
import type { Frontier } from './frontier.ts';
import type { Generation, IdMap, Samples } from './generation.ts';
import { needs, notIn } from './needs.ts';
import { RareEvents } from './rare-events.ts';
import { Goroutines, Procs, Threads } from './state.ts';
import type { TraceTables } from './tables.ts';
import { Cursor, NONE_64 } from './wire.ts';

/** Three of them may come of one event on the wire. */
const MARGIN = 4;

export class Ordering {
  readonly columns: EventColumns = eventColumns(BLOCK);
  readonly goroutines: Goroutines;
  readonly procs = new Procs();
  readonly threads: Threads;
  readonly frontier: Frontier;
  /** Why nothing more can be put in order, and where. */
  fault: string | null = null;
  faultOffset = 0;
  /** Events whose stack or string the generation does not have. */
  missing = 0;
  last: number;
  readonly #tables: TraceTables;
  readonly #rare: RareEvents;
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
    this.#rare = new RareEvents(this.goroutines, this.procs, this.threads);
    this.#originNs = originNs;
    // Go's reader begins to count at 0
    this.last = -originNs;
  }

  /** `place`: which generation of the trace this is, from 0. */
  begin(place: number, tables: Generation, samples: Samples, nsPerTick: number): void {
    this.#generation = place + 1;
    this.#texts = tables.texts;
    this.#stacks = tables.stacks;
    this.#samples = samples;
    this.#sample = 0;
    this.#nsPerTick = nsPerTick;
  }

  /** Regions that ended though another one was innermost. */
  get regionMisuse(): number {
    return this.#rare.regionMisuse;
  }

  /** The marker before a generation and after the last. */
  sync(place: number, at: number): void {
    const n = this.columns.length++;
    this.last = at > this.last ? at : this.last + 1;
    this.#put(n, KIND.Sync, this.last, -1, -1, -1, -1, 0, 0, place, 0, -1);
  }

  /** Fills the block; true while there is more in this generation. */
  run(): boolean {
    const { columns, frontier, procs, threads } = this;
    this.goroutines.settle(BLOCK);
    threads.settle(BLOCK);
    const { status: gStatus, seq: gSeq, seqGeneration: gGen, thread: gThread, ids } = this.goroutines;
    const { goroutine: mG, proc: mP, seen: mSeen } = threads;
    const { goroutines } = this;
    let { status: pStatus, seq: pSeq, seqGeneration: pGen } = procs;
    const { kind, time, thread, proc, goroutine, subject, stack, text, a, b, offset } = columns;
    const rare = this.#rare;
    const generation = this.#generation;
    const texts = this.#texts as IdMap;
    const stacks = this.#stacks as IdMap;
    const textOf = texts.dense;
    const stackOf = stacks.dense;
    const most = BLOCK - MARGIN;
    let n = columns.length;
    let last = this.last;
    let sampleAt = this.#sampleTime();
    let fault: string | null = null;

    while (n < most) {
      if (sampleAt < Number.POSITIVE_INFINITY && (frontier.size === 0 || sampleAt < (frontier.key[0] as number))) {
        last = sampleAt > last ? sampleAt : last + 1;
        this.#putSample(n++, last);
        sampleAt = this.#sampleTime();
        continue;
      }
      if (frontier.size === 0) break;
      const { bytes, heap } = frontier;
      // the head first; when its turn has not come, the others by time
      let i = 0;
      let c = heap[0] as number;
      for (;;) {
        const type = frontier.type[c] as number;
        let at = frontier.at[c] as number;
        let x0 = 0;
        let x1 = 0;
        let x2 = 0;
        let x3 = 0;
        const count = ARGUMENTS[type] as number;
        if (count > 0) {
          let v = bytes[at++] as number;
          if (v >= 0x80) {
            const w = bytes[at++] as number;
            v = w < 0x80 ? (v & 0x7f) | (w << 7) : this.#long(c, at - 2);
            if (w >= 0x80) at = this.#at;
          }
          x0 = v;
          if (count > 1) {
            v = bytes[at++] as number;
            if (v >= 0x80) {
              const w = bytes[at++] as number;
              v = w < 0x80 ? (v & 0x7f) | (w << 7) : this.#long(c, at - 2);
              if (w >= 0x80) at = this.#at;
            }
            x1 = v;
            if (count > 2) {
              v = bytes[at++] as number;
              if (v >= 0x80) {
                const w = bytes[at++] as number;
                v = w < 0x80 ? (v & 0x7f) | (w << 7) : this.#long(c, at - 2);
                if (w >= 0x80) at = this.#at;
              }
              x2 = v;
              if (count > 3) {
                v = bytes[at++] as number;
                if (v >= 0x80) {
                  const w = bytes[at++] as number;
                  v = w < 0x80 ? (v & 0x7f) | (w << 7) : this.#long(c, at - 2);
                  if (w >= 0x80) at = this.#at;
                }
                x3 = v;
              }
            }
          }
        }

        const m = frontier.thread[c] as number;
        let g = -1;
        let p = -1;
        if (m >= 0) {
          mSeen[m] = 1;
          g = mG[m] as number;
          p = mP[m] as number;
        }
        let ok = true;
        let s = -1;
        let k = 0;
        let x = 0;
        let av = 0;
        let bv = 0;
        let m2 = m;
        let g2 = g;

        switch (type) {
          case 16: {
            // GoStart: runnable, next in its sequence
            const slot = ids.get(x0);
            if (slot < 0 || gStatus[slot] !== 1 || gGen[slot] !== generation || x1 !== (gSeq[slot] as number) + 1) {
              ok = false;
              break;
            }
            if (p < 0 || g >= 0) {
              fault = needs(m, p, g, 1, -1);
              break;
            }
            gStatus[slot] = 2;
            gSeq[slot] = x1;
            gThread[slot] = m;
            mG[m] = slot;
            s = slot;
            break;
          }
          case 19: // GoStop
          case 20: {
            // GoBlock: a running goroutine is bound to its thread, so its turn has always come
            if (p < 0 || g < 0) {
              fault = needs(m, p, g, 1, 1);
              break;
            }
            if (gStatus[g] !== 2) {
              fault = notIn(type, 'running');
              break;
            }
            gStatus[g] = type === 19 ? 1 : 4;
            gThread[g] = -1;
            mG[m] = -1;
            s = g;
            x = x0 < textOf.length ? (textOf[x0] as number) : texts.get(x0);
            k = x1 < stackOf.length ? (stackOf[x1] as number) : stacks.get(x1);
            break;
          }
          case 21: {
            // GoUnblock: waiting, next in its sequence; anybody may do it
            const slot = ids.get(x0);
            if (slot < 0 || gStatus[slot] !== 4 || gGen[slot] !== generation || x1 !== (gSeq[slot] as number) + 1) {
              ok = false;
              break;
            }
            gStatus[slot] = 1;
            gSeq[slot] = x1;
            s = slot;
            k = x2 < stackOf.length ? (stackOf[x2] as number) : stacks.get(x2);
            break;
          }
          case 14: // GoCreate
          case 47: {
            // GoCreateBlocked: on a P, by a running goroutine or by the runtime
            if (p < 0) {
              fault = needs(m, p, g, 1, 0);
              break;
            }
            if (g >= 0 && gStatus[g] !== 2) {
              fault = notIn(type, 'running');
              break;
            }
            if (ids.get(x0) >= 0) {
              fault = `goroutine ${x0} is created, but it is there already`;
              break;
            }
            s = goroutines.begin(x0, type === 14 ? 1 : 4, generation);
            av = x1 < stackOf.length ? (stackOf[x1] as number) : stacks.get(x1);
            if (av < 0) {
              av = 0;
              this.missing++;
            }
            k = x2 < stackOf.length ? (stackOf[x2] as number) : stacks.get(x2);
            break;
          }
          case 17: {
            // GoDestroy
            if (p < 0 || g < 0) {
              fault = needs(m, p, g, 1, 1);
              break;
            }
            if (gStatus[g] !== 2) {
              fault = notIn(type, 'running');
              break;
            }
            goroutines.end(g);
            mG[m] = -1;
            s = g;
            break;
          }
          case 22: {
            // GoSyscallBegin: still on its P, whose sequence it carries so that it is clear from which call a P is stolen
            if (p < 0 || g < 0) {
              fault = needs(m, p, g, 1, 1);
              break;
            }
            if (gStatus[g] !== 2) {
              fault = notIn(type, 'running');
              break;
            }
            if (pGen[p] !== generation || x0 !== (pSeq[p] as number) + 1) {
              fault = `a system call carries number ${x0} of P ${p}, but ${(pSeq[p] as number) + 1} is due`;
              break;
            }
            gStatus[g] = 3;
            pStatus[p] = 3;
            pSeq[p] = x0;
            s = g;
            k = x1 < stackOf.length ? (stackOf[x1] as number) : stacks.get(x1);
            break;
          }
          case 23: {
            // GoSyscallEnd
            if (p < 0 || g < 0) {
              fault = needs(m, p, g, 1, 1);
              break;
            }
            if (gStatus[g] !== 3) {
              fault = notIn(type, 'in a system call');
              break;
            }
            if (pStatus[p] !== 3) {
              fault = `a system call ends on P ${p}, which is in none`;
              break;
            }
            gStatus[g] = 2;
            pStatus[p] = 1;
            s = g;
            break;
          }
          case 24: {
            // GoSyscallEndBlocked: it will have lost its P by then, so it waits for that
            if (p >= 0 && pStatus[p] === 3) {
              ok = false;
              break;
            }
            if (m < 0 || g < 0) {
              fault = needs(m, p, g, 0, 1);
              break;
            }
            if (gStatus[g] !== 3) {
              fault = notIn(type, 'in a system call');
              break;
            }
            gStatus[g] = 1;
            gThread[g] = -1;
            mG[m] = -1;
            s = g;
            break;
          }
          case 10: {
            // ProcStart: idle, next in its sequence, and the thread has given up its last one
            if (x0 >= pStatus.length || pStatus[x0] !== 2 || pGen[x0] !== generation || x1 !== (pSeq[x0] as number) + 1 || p >= 0) {
              ok = false;
              break;
            }
            if (m < 0) {
              fault = needs(m, p, g, -1, 0);
              break;
            }
            pStatus[x0] = 1;
            pSeq[x0] = x1;
            mP[m] = x0;
            s = x0;
            break;
          }
          case 11: {
            // ProcStop
            if (p < 0) {
              fault = needs(m, p, g, 1, 0);
              break;
            }
            if (pStatus[p] !== 1 && pStatus[p] !== 3) {
              fault = `P ${p} stops, but it does not run`;
              break;
            }
            pStatus[p] = 2;
            mP[m] = -1;
            s = p;
            break;
          }
          case 9: // ProcsChange
          case 39: // GoLabel
          case 44: {
            // UserLog
            if (p < 0 || g < 0) {
              fault = needs(m, p, g, 1, 1);
              break;
            }
            if (type === 39) {
              x = texts.get(x0);
              s = g;
              break;
            }
            av = x0;
            if (type === 9) k = stacks.get(x1);
            else {
              bv = Math.max(0, texts.get(x1));
              x = texts.get(x2);
              k = stacks.get(x3);
            }
            break;
          }
          case 37: // HeapAlloc
          case 38: {
            // HeapGoal
            if (p < 0) {
              fault = needs(m, p, g, 1, 0);
              break;
            }
            av = x0;
            break;
          }
          default: {
            rare.at(type, m, p, g, generation, texts, stacks);
            fault = rare.advance(x0, x1, x2, x3);
            if (procs.status !== pStatus) ({ status: pStatus, seq: pSeq, seqGeneration: pGen } = procs);
            ok = rare.ok;
            s = rare.subject;
            k = rare.stack;
            x = rare.text;
            av = rare.a;
            bv = rare.b;
            m2 = rare.thread;
            g2 = rare.goroutine;
            p = rare.proc;
          }
        }

        if (fault !== null) break;
        if (ok) {
          let t = frontier.time[c] as number;
          t = t > last ? t : last + 1;
          last = t;
          if (x < 0) {
            x = 0;
            this.missing++;
          }
          if (k < 0) {
            k = 0;
            this.missing++;
          }
          if (type === 18 && rare.stolen >= 0) {
            this.#put(n++, KIND.ProcSteal, t, m, p, g, rare.stolen, 0, 0, m, PROC_STATUS.syscall, -1);
            t++;
            last = t;
          }
          kind[n] = type;
          time[n] = t;
          thread[n] = m2;
          proc[n] = p;
          goroutine[n] = g2;
          subject[n] = s;
          stack[n] = k;
          text[n] = x;
          a[n] = av;
          b[n] = bv;
          offset[n] = (frontier.start[c] as number) + (frontier.shift[c] as number);
          n++;
          if (type === 45 || type === 46) {
            this.#put(n++, type === 45 ? KIND.GoBlock : KIND.GoDestroy, t + 1, m, p, g, g, 0, 0, 0, 0, -1);
            this.#put(n++, KIND.GoStart, t + 2, m, p, -1, s, 0, 0, 0, 0, -1);
            last = t + 2;
          }
          frontier.at[c] = at;
          if (at > frontier.endOf(c)) {
            fault = 'an event runs over the end of its batch';
            n--;
            break;
          }
          if (frontier.next(c)) frontier.update(i);
          else if (frontier.fault !== null) {
            fault = frontier.fault;
            this.faultOffset = frontier.faultOffset;
          } else frontier.remove(i);
          break;
        }

        if (i === 0) frontier.sort();
        i++;
        if (i >= frontier.size) {
          fault = `no thread can go on: ${this.#waiting()}`;
          break;
        }
        c = heap[i] as number;
      }
      if (fault !== null) {
        this.fault = fault;
        if (frontier.fault === null) this.faultOffset = frontier.offsetOf(c);
        break;
      }
    }
    columns.length = n;
    this.last = last;
    return this.fault === null && (frontier.size > 0 || sampleAt < Number.POSITIVE_INFINITY);
  }

  #at = 0;

  /** A number of more than two bytes that begins at `at`; `#at` is where it ends. */
  #long(c: number, at: number): number {
    const cursor = new Cursor(this.frontier.bytes, at, this.frontier.endOf(c));
    const value = cursor.uvarint();
    // one too far, so that the end of the batch is found passed
    this.#at = cursor.bad ? this.frontier.endOf(c) + 1 : cursor.at;
    return value;
  }

  #put(
    n: number,
    kind: number,
    time: number,
    thread: number,
    proc: number,
    goroutine: number,
    subject: number,
    stack: number,
    text: number,
    a: number,
    b: number,
    offset: number,
  ): void {
    const to = this.columns;
    to.kind[n] = kind;
    to.time[n] = time;
    to.thread[n] = thread;
    to.proc[n] = proc;
    to.goroutine[n] = goroutine;
    to.subject[n] = subject;
    to.stack[n] = stack;
    to.text[n] = text;
    to.a[n] = a;
    to.b[n] = b;
    to.offset[n] = offset;
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
    if (stack < 0) this.missing++;
    this.#put(
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
