/**
 * Counts over time in fixed memory: buckets are powers of two of a second, aligned to 1970, so that two of them add up whoever came first. When
 * the times reach too far apart, neighbours are folded.
 */
const FINEST = -4;

export interface HistogramState {
  readonly exponent: number;
  readonly base: number;
  readonly counts: Uint32Array;
}

export class Histogram {
  readonly #cap: number;
  #exponent = FINEST;
  #width = 2 ** FINEST;
  /** Number of the first bucket; counts[0] is its count. */
  #base = 0;
  #used = 0;
  #counts: Uint32Array;

  constructor(cap: number) {
    this.#cap = cap;
    this.#counts = new Uint32Array(Math.min(cap, 8));
  }

  /** Seconds a bucket. */
  get width(): number {
    return this.#width;
  }
  /** Where the first bucket begins, seconds. */
  get from(): number {
    return this.#base * this.#width;
  }
  get counts(): Uint32Array {
    return this.#counts.subarray(0, this.#used);
  }

  add(at: number, n = 1): void {
    let i = Math.floor(at / this.#width) - this.#base;
    if (this.#used === 0) {
      this.#base += i;
      this.#used = 1;
      i = 0;
    } else if (i < 0 || i >= this.#used) {
      this.#reach(at);
      i = Math.floor(at / this.#width) - this.#base;
    }
    this.#counts[i]! += n;
  }

  /** Makes room for a bucket outside of those there are. */
  #reach(at: number): void {
    for (;;) {
      const bucket = Math.floor(at / this.#width);
      const base = Math.min(bucket, this.#base);
      const used = Math.max(bucket + 1, this.#base + this.#used) - base;
      if (used <= this.#cap) {
        if (used > this.#counts.length || base < this.#base) {
          const grown = new Uint32Array(Math.min(this.#cap, Math.max(used, this.#counts.length * 2)));
          grown.set(this.counts, this.#base - base);
          this.#counts = grown;
        }
        this.#base = base;
        this.#used = used;
        return;
      }
      this.#fold();
    }
  }

  #fold(): void {
    const base = Math.floor(this.#base / 2);
    const used = Math.floor((this.#base + this.#used - 1) / 2) - base + 1;
    const counts = new Uint32Array(this.#counts.length);
    for (let i = 0; i < this.#used; i++) counts[Math.floor((this.#base + i) / 2) - base]! += this.#counts[i]!;
    this.#counts = counts;
    this.#base = base;
    this.#used = used;
    this.#exponent++;
    this.#width *= 2;
  }

  merge(s: HistogramState): void {
    while (this.#exponent < s.exponent) this.#fold();
    const width = 2 ** s.exponent;
    for (let i = 0; i < s.counts.length; i++) if (s.counts[i]! > 0) this.add((s.base + i) * width, s.counts[i]!);
  }

  state(): HistogramState {
    return { exponent: this.#exponent, base: this.#base, counts: this.counts.slice() };
  }

  /** Counts of so many equal stretches of [from, to]; a bucket counts where its middle lies. */
  bars(from: number, to: number, n: number): number[] {
    const out = new Array<number>(n).fill(0);
    const step = Math.max(1e-9, (to - from) / n);
    for (let i = 0; i < this.#used; i++) {
      const at = (this.#base + i + 0.5) * this.#width;
      out[Math.max(0, Math.min(n - 1, Math.floor((at - from) / step)))]! += this.#counts[i]!;
    }
    return out;
  }
}
