/**
 * The one order of the events of all P: each P's are in order; of their next ones those are ready whose goroutine has come so far, and the
 * earliest of the ready ones follows. As Go's own reader does (internal/trace/internal/tracev1, Go 1.11 to 1.21).
 */
import type { ByteSource } from '../../../model/index.ts';
import type { Sample, Survey } from './survey.ts';
import { EV, NUMBERS, numbersOfEvent, RawEvents, STACKED } from './wire.ts';

const STATUS = { dead: 0, runnable: 1, running: 2, waiting: 3 } as const;
/** Of the garbage collector's cycles, which are numbered as the steps of a goroutine are. */
const COLLECTOR = -1;
const UNORDERED = -2;
const ANY = -1;
const LANE_WINDOW = 16 * 1024;

/** The next event of one P. */
export class LaneEvent {
  type = 0;
  ticks = 0;
  p = -1;
  /** 0 none. */
  goroutine = 0;
  readonly x: [number, number, number, number] = [0, 0, 0, 0];
  stack = 0;
  offset = 0;
  textOffset = 0;
  textLength = 0;
}

class Lane {
  readonly event = new LaneEvent();
  readonly raw: RawEvents | null;
  done = false;
  ready = false;
  readonly #batches: readonly number[];
  readonly #samples: readonly Sample[];
  #at = 0;
  #ticks = 0;
  #last = 0;

  constructor(p: number, batches: readonly number[], samples: readonly Sample[], raw: RawEvents | null) {
    this.event.p = p;
    this.#batches = batches;
    this.#samples = samples;
    this.raw = raw;
    raw?.seek(batches[0] as number);
  }

  /** Reads the next event; `done` where there is none. A string says what is wrong. */
  advance(): string | null {
    const e = this.event;
    const { raw } = this;
    if (raw === null) {
      const sample = this.#samples[this.#at++];
      if (sample === undefined) this.done = true;
      else {
        e.type = EV.cpuSample;
        e.ticks = sample.ticks;
        e.p = sample.p;
        e.goroutine = sample.goroutine;
        e.stack = sample.stack;
        e.offset = -1;
      }
      return null;
    }
    if (this.#walk(raw)) this.#take(raw);
    else if (raw.fault === null) this.done = true;
    return raw.fault;
  }

  /** To the next event of this P, from batch to batch; false at its end, or with a fault. */
  #walk(raw: RawEvents): boolean {
    while (raw.read()) {
      const { type } = raw;
      if (type === EV.batch) {
        const expected = this.#batches[this.#at];
        if (raw.offset === expected) {
          this.#at++;
          this.#ticks = raw.numbers[1] as number;
        } else if (expected === undefined) return false;
        else raw.seek(expected);
      } else if (type !== EV.string && type !== EV.stack && type !== EV.frequency && type !== EV.timerGoroutine && type !== EV.cpuSample) return true;
    }
    return false;
  }

  /** The event after this one says whether its system call blocked: then the P was taken from it. */
  blocks(): boolean {
    const { raw } = this;
    if (raw === null) return false;
    const back = raw.next;
    const at = this.#at;
    const ticks = this.#ticks;
    let found = this.#walk(raw);
    // what is said of other goroutines
    while (found && (raw.type === EV.goSysExit || raw.type === EV.goSysExitLocal || raw.type === EV.goWaiting || raw.type === EV.goInSyscall)) found = this.#walk(raw);
    const blocked = found && raw.type === EV.goSysBlock;
    raw.fault = null;
    raw.seek(back);
    this.#at = at;
    this.#ticks = ticks;
    return blocked;
  }

  #take(raw: RawEvents): void {
    const e = this.event;
    const { type, numbers } = raw;
    e.type = type;
    e.offset = raw.offset;
    e.goroutine = this.#last;
    this.#ticks += numbers[0] as number;
    e.ticks = this.#ticks;
    const count = NUMBERS[type] as number;
    const stacked = STACKED[type] === 1;
    e.stack = stacked ? (numbers[count - 1] as number) : 0;
    for (let i = 0; i < 4; i++) e.x[i] = i + 1 < count - (stacked ? 1 : 0) ? (numbers[i + 1] as number) : 0;
    e.textOffset = raw.textOffset;
    e.textLength = raw.textLength;
    switch (type) {
      case EV.goStart:
      case EV.goStartLocal:
      case EV.goStartLabel:
        this.#last = e.x[0];
        e.goroutine = e.x[0];
        break;
      case EV.goEnd:
      case EV.goStop:
      case EV.goSched:
      case EV.goPreempt:
      case EV.goSleep:
      case EV.goBlock:
      case EV.goBlockSend:
      case EV.goBlockRecv:
      case EV.goBlockSelect:
      case EV.goBlockSync:
      case EV.goBlockCond:
      case EV.goBlockNet:
      case EV.goSysBlock:
      case EV.goBlockGC:
        this.#last = 0;
        break;
      case EV.goSysExit:
      case EV.goSysExitLocal:
      case EV.goWaiting:
      case EV.goInSyscall:
        e.goroutine = e.x[0];
    }
  }
}

/** What a goroutine must have come to before an event, and where it is after it. */
interface Step {
  who: number;
  seq: number;
  status: number;
  nextSeq: number;
  nextStatus: number;
}

const INCREASE = -3;

function step(e: LaneEvent, to: Step): void {
  const set = (who: number, seq: number, status: number, nextSeq: number, nextStatus: number): void => {
    to.who = who;
    to.seq = seq;
    to.status = status;
    to.nextSeq = nextSeq;
    to.nextStatus = nextStatus;
  };
  switch (e.type) {
    case EV.goCreate:
      set(e.x[0], 0, STATUS.dead, 1, STATUS.runnable);
      return;
    case EV.goWaiting:
    case EV.goInSyscall:
      set(e.goroutine, 1, STATUS.runnable, 2, STATUS.waiting);
      return;
    case EV.goStart:
    case EV.goStartLabel:
      set(e.goroutine, e.x[1], STATUS.runnable, e.x[1] + 1, STATUS.running);
      return;
    case EV.goStartLocal:
      set(e.goroutine, ANY, STATUS.runnable, INCREASE, STATUS.running);
      return;
    case EV.goBlock:
    case EV.goBlockSend:
    case EV.goBlockRecv:
    case EV.goBlockSelect:
    case EV.goBlockSync:
    case EV.goBlockCond:
    case EV.goBlockNet:
    case EV.goSleep:
    case EV.goSysBlock:
    case EV.goBlockGC:
      set(e.goroutine, ANY, STATUS.running, ANY, STATUS.waiting);
      return;
    case EV.goSched:
    case EV.goPreempt:
      set(e.goroutine, ANY, STATUS.running, ANY, STATUS.runnable);
      return;
    case EV.goUnblock:
    case EV.goSysExit:
      set(e.x[0], e.x[1], STATUS.waiting, e.x[1] + 1, STATUS.runnable);
      return;
    case EV.goUnblockLocal:
    case EV.goSysExitLocal:
      set(e.x[0], ANY, STATUS.waiting, INCREASE, STATUS.runnable);
      return;
    case EV.gcStart:
      set(COLLECTOR, e.x[0], STATUS.dead, e.x[0] + 1, STATUS.dead);
      return;
    default:
      set(UNORDERED, 0, 0, 0, 0);
  }
}

export interface OrderFault {
  readonly offset: number;
  readonly what: string;
}

/** Goroutines beyond this many at once are none of any program. */
const MOST = 4_000_000;

/** Gives every event in order to `take`; `blocks` says of a system call whether it blocked. `take` says false when it has enough. */
export function orderEvents(source: ByteSource, version: number, of: Survey, take: (e: LaneEvent, blocks: () => boolean) => boolean): OrderFault | null {
  const numbers = numbersOfEvent();
  const lanes = of.lanes.map((l) => new Lane(l.p, l.batches, [], new RawEvents(source, version, LANE_WINDOW, numbers)));
  lanes.push(new Lane(-1, [], of.samples, null));
  const states = new Map<number, { seq: number; status: number }>();
  const s: Step = { who: 0, seq: 0, status: 0, nextSeq: 0, nextStatus: 0 };
  const isReady = (): boolean => {
    if (s.who === UNORDERED) return true;
    const state = states.get(s.who);
    return (s.seq === ANY || s.seq === (state?.seq ?? 0)) && s.status === (state?.status ?? STATUS.dead);
  };
  for (const lane of lanes) {
    const fault = lane.advance();
    if (fault !== null) return { offset: lane.raw?.offset ?? 0, what: fault };
  }
  for (;;) {
    let first: Lane | null = null;
    let left = false;
    for (const lane of lanes) {
      if (lane.done) continue;
      left = true;
      if (!lane.ready) {
        step(lane.event, s);
        if (!isReady()) continue;
        lane.ready = true;
      }
      if (first === null || lane.event.ticks < first.event.ticks) first = lane;
    }
    if (first === null) return left ? { offset: waiting(lanes), what: 'no P can go on' } : null;
    const e = first.event;
    step(e, s);
    if (!isReady()) return { offset: Math.max(0, e.offset), what: 'two P have the next step of one goroutine' };
    if (s.who !== UNORDERED) {
      const state = states.get(s.who);
      const seq = s.nextSeq === ANY ? (state?.seq ?? 0) : s.nextSeq === INCREASE ? (state?.seq ?? 0) + 1 : s.nextSeq;
      if (state !== undefined) {
        state.seq = seq;
        state.status = s.nextStatus;
      } else if (states.size >= MOST) return { offset: Math.max(0, e.offset), what: 'more goroutines at once than fit into any machine' };
      else states.set(s.who, { seq, status: s.nextStatus });
    }
    if (e.type === EV.goStartLocal) e.type = EV.goStart;
    else if (e.type === EV.goUnblockLocal) {
      e.type = EV.goUnblock;
      e.x[1] = 0;
    } else if (e.type === EV.goSysExitLocal) {
      e.type = EV.goSysExit;
      e.x[2] = e.x[1];
    }
    const lane = first;
    if (!take(e, () => lane.blocks())) return null;
    if (e.type === EV.goEnd) states.delete(e.goroutine);
    lane.ready = false;
    const fault = lane.advance();
    if (fault !== null) return { offset: lane.raw?.offset ?? 0, what: fault };
  }
}

const waiting = (lanes: readonly Lane[]): number => Math.max(0, Math.min(...lanes.filter((l) => !l.done).map((l) => l.event.offset)));
