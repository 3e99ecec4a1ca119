/**
 * The least share of processor time that the program itself had in any window of a given length (minimum mutator utilization): what marking by
 * dedicated and fractional workers, assists, sweeping and pauses leave. Idle workers take nothing. Each window that begins or ends at a change
 * is tried, as they come; memory is bounded by the changes within the longest window.
 */
const WINDOWS_NS: readonly number[] = [100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];
const MOST_STEPS = 1 << 19;

export interface Utilization {
  readonly windowNs: number;
  readonly least: number;
  /** When the worst window begins. */
  readonly at: number;
}

class Window {
  readonly ns: number;
  least = 1;
  at = 0;
  /** One of this length fits into what was traced. */
  fits = false;
  /** Indices of the steps that hold the left end of the window that ends, and the right end of the window that begins, at a step. */
  left = 0;
  right = 0;
  /** Next step at which a window begins that is not yet whole. */
  begins = 0;

  constructor(ns: number) {
    this.ns = ns;
  }

  try(taken: number, begin: number): void {
    const least = 1 - taken / this.ns;
    if (least < this.least) {
      this.least = least;
      this.at = begin;
    }
  }
}

export class UtilizationSteps {
  readonly #windows = WINDOWS_NS.map((ns) => new Window(ns));
  /** Ring of steps: time, share that the program has not, and time taken up to there. */
  #at = new Float64Array(1024);
  #of = new Float64Array(1024);
  #taken = new Float64Array(1024);
  #from = 0;
  #to = 0;
  #first = Number.NaN;
  /** There were more changes than are kept: the curve is of a part. */
  cut = false;

  begin(time: number): void {
    this.#first = time;
  }

  /** From `time` on the program lacks the share `of` of all processors. */
  step(time: number, of: number): void {
    const n = this.#to;
    const before = n > this.#from ? (this.#of[(n - 1) & this.#mask()] as number) : 0;
    if (n > this.#from && before === of) return;
    this.#advance(time);
    if (this.#to - this.#from > this.#at.length - 2) this.#grow();
    const i = this.#to & this.#mask();
    const j = (this.#to - 1) & this.#mask();
    this.#taken[i] = this.#to > this.#from ? (this.#taken[j] as number) + before * (time - (this.#at[j] as number)) : 0;
    this.#at[i] = time;
    this.#of[i] = of;
    this.#to++;
    for (const w of this.#windows) {
      if (time - w.ns < this.#first) continue;
      const begin = time - w.ns;
      w.left = this.#find(w.left, begin);
      w.try((this.#taken[i] as number) - this.#upTo(begin, w.left), begin);
    }
    this.#drop(time);
  }

  finish(time: number): Utilization[] {
    this.#advance(time);
    // the window that ends with the trace
    for (const w of this.#windows) {
      const begin = time - w.ns;
      if (begin < this.#first || this.#to === this.#from) continue;
      w.left = this.#find(w.left, begin);
      w.try(this.#upTo(time, this.#to - 1) - this.#upTo(begin, w.left), begin);
    }
    for (const w of this.#windows) if (w.ns <= time - this.#first) w.fits = true;
    return this.#windows.filter((w) => w.fits).map((w) => ({ windowNs: w.ns, least: Math.max(0, w.least), at: w.at }));
  }

  /** After `finish`: no window bridges what is not in the trace. */
  forget(): void {
    this.#from = 0;
    this.#to = 0;
    this.#first = Number.NaN;
    for (const w of this.#windows) {
      w.left = 0;
      w.right = 0;
      w.begins = 0;
    }
  }

  /** Windows that began at a step and are whole by `time`. */
  #advance(time: number): void {
    if (this.#to === this.#from) return;
    for (const w of this.#windows) {
      if (w.begins < this.#from) w.begins = this.#from;
      for (; w.begins < this.#to; w.begins++) {
        const begin = this.#at[w.begins & this.#mask()] as number;
        const end = begin + w.ns;
        if (end > time) break;
        w.right = this.#find(w.right, end);
        w.try(this.#upTo(end, w.right) - (this.#taken[w.begins & this.#mask()] as number), begin);
      }
    }
  }

  /** The step that holds `time`, sought from `from` on. */
  #find(from: number, time: number): number {
    let i = Math.max(from, this.#from);
    const mask = this.#mask();
    while (i + 1 < this.#to && (this.#at[(i + 1) & mask] as number) <= time) i++;
    return i;
  }

  #upTo(time: number, step: number): number {
    const i = step & this.#mask();
    const at = this.#at[i] as number;
    return (this.#taken[i] as number) + (time > at ? (this.#of[i] as number) * (time - at) : 0);
  }

  /** Forgets steps that no window reaches any more. */
  #drop(time: number): void {
    const longest = WINDOWS_NS[WINDOWS_NS.length - 1] as number;
    const mask = this.#mask();
    while (this.#from + 1 < this.#to && (this.#at[(this.#from + 1) & mask] as number) < time - 2 * longest) this.#from++;
  }

  #grow(): void {
    if (this.#at.length >= MOST_STEPS) {
      this.cut = true;
      this.#from += this.#at.length >> 1;
      return;
    }
    const room = this.#at.length * 2;
    const mask = this.#mask();
    const at = new Float64Array(room);
    const of = new Float64Array(room);
    const taken = new Float64Array(room);
    for (let i = this.#from; i < this.#to; i++) {
      at[i & (room - 1)] = this.#at[i & mask] as number;
      of[i & (room - 1)] = this.#of[i & mask] as number;
      taken[i & (room - 1)] = this.#taken[i & mask] as number;
    }
    this.#at = at;
    this.#of = of;
    this.#taken = taken;
  }

  #mask(): number {
    return this.#at.length - 1;
  }
}
