/**
 * How durations are distributed, in fixed memory: buckets that are 1/32 of their octave wide, so that a percentile is at most 3.2 % below the
 * true one. Count, total and greatest are exact. Nanoseconds.
 */
const PER_OCTAVE = 32;
const OCTAVES = 53;

export class Durations {
  count = 0;
  total = 0;
  most = 0;
  readonly #buckets = new Float64Array(PER_OCTAVE * OCTAVES);

  add(ns: number): void {
    this.count++;
    this.total += ns;
    if (ns > this.most) this.most = ns;
    (this.#buckets[bucketOf(ns)] as number)++;
  }

  /** The lower end of the bucket that holds the value below which the share `q` lies; 0 when there are none. */
  quantile(q: number): number {
    if (this.count === 0) return 0;
    let left = Math.min(this.count - 1, Math.floor(q * this.count));
    for (let i = 0; i < this.#buckets.length; i++) {
      const n = this.#buckets[i] as number;
      if (left < n) return lowerEnd(i);
      left -= n;
    }
    return this.most;
  }
}

function bucketOf(ns: number): number {
  if (ns < PER_OCTAVE) return ns < 0 ? 0 : ns | 0;
  let octave: number;
  let within: number;
  if (ns < 0x80000000) {
    octave = 31 - Math.clz32(ns);
    within = (ns | 0) >>> (octave - 5);
  } else {
    octave = 63 - Math.clz32(Math.floor(ns / 0x100000000));
    if (ns < 0x100000000) octave = 31;
    within = Math.floor(ns / 2 ** (octave - 5));
  }
  return (octave - 4) * PER_OCTAVE + within - PER_OCTAVE;
}

function lowerEnd(bucket: number): number {
  if (bucket < PER_OCTAVE) return bucket;
  const octave = Math.floor(bucket / PER_OCTAVE) + 4;
  return ((bucket % PER_OCTAVE) + PER_OCTAVE) * 2 ** (octave - 5);
}
