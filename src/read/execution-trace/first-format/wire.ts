/**
 * Events of the first format (Go 1.11 to 1.21, runtime/trace.go), one after the other: the low six bits of a byte are the type, the upper two
 * how many numbers follow the time, 3 meaning that their length in bytes comes first.
 */
import { type ByteSource, readFully } from '../../../model/index.ts';

export const EV = {
  batch: 1,
  frequency: 2,
  stack: 3,
  gomaxprocs: 4,
  procStart: 5,
  procStop: 6,
  gcStart: 7,
  gcDone: 8,
  stwStart: 9,
  stwDone: 10,
  sweepStart: 11,
  sweepDone: 12,
  goCreate: 13,
  goStart: 14,
  goEnd: 15,
  goStop: 16,
  goSched: 17,
  goPreempt: 18,
  goSleep: 19,
  goBlock: 20,
  goUnblock: 21,
  goBlockSend: 22,
  goBlockRecv: 23,
  goBlockSelect: 24,
  goBlockSync: 25,
  goBlockCond: 26,
  goBlockNet: 27,
  goSysCall: 28,
  goSysExit: 29,
  goSysBlock: 30,
  goWaiting: 31,
  goInSyscall: 32,
  heapAlloc: 33,
  heapGoal: 34,
  timerGoroutine: 35,
  futileWakeup: 36,
  string: 37,
  goStartLocal: 38,
  goUnblockLocal: 39,
  goSysExitLocal: 40,
  goStartLabel: 41,
  goBlockGC: 42,
  assistStart: 43,
  assistDone: 44,
  taskCreate: 45,
  taskEnd: 46,
  region: 47,
  log: 48,
  cpuSample: 49,
} as const;
export const EV_COUNT = 50;
/** Only since Go 1.19. */
const SAMPLES_SINCE = 19;

/** How many numbers an event has, its time among them; the last is its stack where STACKED says so. */
export const NUMBERS: Uint8Array = (() => {
  const n = new Uint8Array(EV_COUNT).fill(1);
  for (const t of [EV.gomaxprocs, EV.gcStart, EV.goUnblockLocal, EV.sweepDone, EV.goStart, EV.goSysExitLocal, EV.taskEnd]) n[t] = 3;
  for (const t of [EV.goCreate, EV.goUnblock, EV.goSysExit, EV.goStartLabel, EV.log]) n[t] = 4;
  for (const t of [EV.taskCreate, EV.region, EV.cpuSample]) n[t] = 5;
  for (const t of [EV.procStart, EV.stwStart, EV.sweepStart, EV.goStartLocal, EV.goWaiting, EV.goInSyscall, EV.heapAlloc, EV.heapGoal, EV.assistStart]) n[t] = 2;
  for (const t of [EV.goStop, EV.goSched, EV.goPreempt, EV.goSleep, EV.goBlock, EV.goBlockSend, EV.goBlockRecv, EV.goBlockSelect, EV.goBlockSync, EV.goBlockCond]) n[t] = 2;
  for (const t of [EV.goBlockNet, EV.goSysCall, EV.goBlockGC]) n[t] = 2;
  return n;
})();
export const STACKED: Uint8Array = (() => {
  const stacked = new Uint8Array(EV_COUNT);
  for (const t of [EV.gomaxprocs, EV.gcStart, EV.sweepStart, EV.goCreate, EV.goStop, EV.goSched, EV.goPreempt, EV.goSleep, EV.goBlock, EV.goUnblock]) stacked[t] = 1;
  for (const t of [EV.goBlockSend, EV.goBlockRecv, EV.goBlockSelect, EV.goBlockSync, EV.goBlockCond, EV.goBlockNet, EV.goSysCall, EV.goUnblockLocal]) stacked[t] = 1;
  for (const t of [EV.goBlockGC, EV.assistStart, EV.taskCreate, EV.taskEnd, EV.region, EV.log, EV.cpuSample]) stacked[t] = 1;
  return stacked;
})();

/** Longest event: a stack or a string. */
const MOST_ARGUMENT_BYTES = 8192;
const MOST_STRING = 1_000_000;
const WINDOW = 128 * 1024;

export const numbersOfEvent = (): Float64Array => new Float64Array(MOST_ARGUMENT_BYTES);

/** Steps over the events of a file from any offset on, through a window. */
export class RawEvents {
  type = 0;
  /** Offset of the event, and of what follows it. */
  offset = 0;
  next = 0;
  /** Its numbers: time first, but for batch (P, ticks), frequency, stack, timerGoroutine and string (id). */
  readonly numbers: Float64Array;
  count = 0;
  /** string and log: where the text stands in the file. */
  textOffset = 0;
  textLength = 0;
  fault: string | null = null;

  readonly #source: ByteSource;
  readonly #version: number;
  readonly #size: number;
  readonly #window: Uint8Array;
  #from = 0;
  #filled = 0;
  #at = 0;
  #bad = false;

  /** Several that are read in turns may share their `numbers`: each holds its own until another reads. */
  constructor(source: ByteSource, version: number, window: number = WINDOW, numbers: Float64Array = numbersOfEvent()) {
    this.#source = source;
    this.#size = source.sizeBytes;
    this.#version = version;
    this.#window = new Uint8Array(window);
    this.numbers = numbers;
  }

  seek(offset: number): void {
    this.next = offset;
  }

  /** false at the end, or with a fault. */
  read(): boolean {
    const offset = this.next;
    if (offset >= this.#size) return false;
    this.offset = offset;
    this.#at = offset;
    this.#bad = false;
    this.count = 0;
    const head = this.#byte();
    const type = head & 63;
    const wire = head >> 6;
    this.type = type;
    if (type === 0 || type >= EV_COUNT || (type === EV.cpuSample && this.#version < SAMPLES_SINCE)) return this.#stop(`event type ${type} is unknown`);
    if (type === EV.string) {
      this.numbers[this.count++] = this.#number();
      if (!this.#text()) return false;
    } else if (type === EV.batch) {
      this.numbers[this.count++] = this.#number();
      this.numbers[this.count++] = this.#number();
    } else if (wire < 3) for (let i = 0; i <= wire; i++) this.numbers[this.count++] = this.#number();
    else {
      const length = this.#number();
      if (length > MOST_ARGUMENT_BYTES) return this.#stop(`an event of ${length} bytes`);
      const end = this.#at + length;
      while (this.#at < end && !this.#bad) this.numbers[this.count++] = this.#number();
      if (this.#at !== end && !this.#bad) return this.#stop('the numbers of an event run over its end');
      if (type === EV.log && !this.#text()) return false;
    }
    if (this.#bad) return this.#stop('an event is not whole');
    if (type !== EV.string && type !== EV.batch && type !== EV.stack && this.count !== NUMBERS[type]) return this.#stop(`an event of type ${type} has ${this.count} numbers`);
    this.next = this.#at;
    return true;
  }

  /** Copies the text of a string or a log. */
  text(): Uint8Array {
    const bytes = new Uint8Array(this.textLength);
    readFully(this.#source, this.textOffset, bytes);
    return bytes;
  }

  #text(): boolean {
    const length = this.#number();
    if (this.#bad) return this.#stop('an event is not whole');
    if (length > MOST_STRING) return this.#stop(`a string of ${length} bytes`);
    this.textOffset = this.#at;
    this.textLength = length;
    this.#at += length;
    if (this.#at > this.#size) return this.#stop('a string is not whole');
    return true;
  }

  #stop(what: string): boolean {
    this.fault = what;
    return false;
  }

  #byte(): number {
    const at = this.#at - this.#from;
    if (at < 0 || at >= this.#filled) {
      this.#from = this.#at;
      this.#filled = this.#at >= this.#size ? 0 : readFully(this.#source, this.#at, this.#window);
      if (this.#filled === 0) {
        this.#bad = true;
        return 0;
      }
      this.#at++;
      return this.#window[0] as number;
    }
    this.#at++;
    return this.#window[at] as number;
  }

  #number(): number {
    let b = this.#byte();
    if (b < 0x80) return b;
    let value = b & 0x7f;
    let scale = 128;
    for (let i = 1; i < 10; i++) {
      b = this.#byte();
      value += (b & 0x7f) * scale;
      if (b < 0x80) return value;
      scale *= 128;
    }
    this.#bad = true;
    return 0;
  }
}
