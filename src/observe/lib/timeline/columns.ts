/** Counts in columns of equal width whose range is not known beforehand: when it does not fit, neighbours are put together. */
const COLUMNS = 1024;

export class Columns {
  #from = 0;
  #width: number;
  #started = false;
  readonly #counts = new Map<string, Float64Array>();

  /** `least`: no column is narrower, seconds. */
  constructor(least = 0.001) {
    this.#width = least;
  }

  add(key: string, seconds: number): void {
    if (!this.#started) {
      this.#from = Math.floor(seconds / this.#width) * this.#width;
      this.#started = true;
    }
    while (seconds < this.#from || seconds >= this.#from + COLUMNS * this.#width) this.#double(seconds < this.#from);
    let counts = this.#counts.get(key);
    if (counts === undefined) {
      counts = new Float64Array(COLUMNS);
      this.#counts.set(key, counts);
    }
    const i = Math.min(COLUMNS - 1, Math.floor((seconds - this.#from) / this.#width));
    counts[i] = (counts[i] as number) + 1;
  }

  /** Twice as wide, with the room before or after what is there. */
  #double(before: boolean): void {
    const shift = before ? COLUMNS / 2 : 0;
    for (const counts of this.#counts.values()) {
      const half = new Float64Array(COLUMNS);
      for (let i = 0; i < COLUMNS; i++) half[shift + (i >> 1)] = (half[shift + (i >> 1)] as number) + (counts[i] as number);
      counts.set(half);
    }
    if (before) this.#from -= COLUMNS * this.#width;
    this.#width *= 2;
  }

  keys(): string[] {
    return [...this.#counts.keys()];
  }

  /** The columns between the first and the last that hold anything, put together to at most `most`. */
  spread(most: number): { from: number; width: number; counts: ReadonlyMap<string, readonly number[]> } {
    const used = [...this.#counts.values()];
    let first = COLUMNS;
    let last = -1;
    for (const counts of used) {
      for (let i = 0; i < COLUMNS; i++) {
        if (counts[i] === 0) continue;
        first = Math.min(first, i);
        last = Math.max(last, i);
      }
    }
    if (last < 0) return { from: 0, width: this.#width, counts: new Map() };
    const each = Math.max(1, Math.ceil((last - first + 1) / most));
    const many = Math.ceil((last - first + 1) / each);
    const out = new Map<string, number[]>();
    for (const [key, counts] of this.#counts) {
      const put = new Array<number>(many).fill(0);
      for (let i = first; i <= last; i++) put[Math.floor((i - first) / each)] = (put[Math.floor((i - first) / each)] as number) + (counts[i] as number);
      out.set(key, put);
    }
    return { from: this.#from + first * this.#width, width: each * this.#width, counts: out };
  }
}
