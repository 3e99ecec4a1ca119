/**
 * Which literals share one of Teddy's eight buckets. A bucket lets through every text whose three first bytes fit the nibbles of some of its
 * literals, each place by itself: literals that begin alike cost nothing when they share one, others let through each other's mixtures.
 */
import { byteShare, type Needle } from './plan.ts';

export const TEDDY_BYTES = 3;
const BUCKETS = 8;
/** Above it neighbours in the alphabet are put together first: choosing pairs is cubic. */
const PAIRS_CAP = 48;

export interface Bucket {
  /** Numbers of needles. */
  readonly members: number[];
  /** Bits of low and high nibbles that a place may have. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const isLetter = (b: number): boolean => (b >= 97 && b <= 122) || (b >= 65 && b <= 90);

function single(needle: Needle, number: number): Bucket {
  const low: number[] = [];
  const high: number[] = [];
  for (let i = 0; i < TEDDY_BYTES; i++) {
    const b = needle.bytes[i] as number;
    low.push(1 << (b & 15));
    high.push((1 << (b >> 4)) | (needle.fold && isLetter(b) ? 1 << ((b ^ 32) >> 4) : 0));
  }
  return { members: [number], low, high };
}

const together = (a: Bucket, b: Bucket): Bucket => ({
  members: [...a.members, ...b.members],
  low: a.low.map((bits, i) => bits | (b.low[i] as number)),
  high: a.high.map((bits, i) => bits | (b.high[i] as number)),
});

/** Share of places in a log that the bucket lets through. */
function share(bucket: Bucket): number {
  let all = 1;
  for (let i = 0; i < TEDDY_BYTES; i++) {
    let one = 0;
    for (let b = 0; b < 256; b++) if ((((bucket.low[i] as number) >> (b & 15)) & ((bucket.high[i] as number) >> (b >> 4)) & 1) === 1) one += byteShare(b);
    all *= one;
  }
  return all;
}

export function teddyBuckets(needles: readonly Needle[]): readonly Bucket[] {
  const order = [...needles.keys()].sort((a, b) => compare(needles[a] as Needle, needles[b] as Needle));
  const chunk = Math.max(1, Math.ceil(order.length / PAIRS_CAP));
  let buckets: { bucket: Bucket; share: number }[] = [];
  for (let i = 0; i < order.length; i += chunk) {
    const bucket = order
      .slice(i, i + chunk)
      .map((n) => single(needles[n] as Needle, n))
      .reduce(together);
    buckets.push({ bucket, share: share(bucket) });
  }
  while (buckets.length > BUCKETS) {
    let best: { i: number; j: number; made: { bucket: Bucket; share: number }; more: number } | null = null;
    for (let i = 0; i < buckets.length; i++) {
      for (let j = i + 1; j < buckets.length; j++) {
        const bucket = together(buckets[i]!.bucket, buckets[j]!.bucket);
        const made = { bucket, share: share(bucket) };
        const more = made.share - buckets[i]!.share - buckets[j]!.share;
        if (best === null || more < best.more) best = { i, j, made, more };
      }
    }
    if (best === null) break;
    const { i, j, made } = best;
    buckets = [...buckets.filter((_b, k) => k !== i && k !== j), made];
  }
  return buckets.map((b) => b.bucket);
}

function compare(a: Needle, b: Needle): number {
  for (let i = 0; i < Math.min(a.bytes.length, b.bytes.length); i++) if (a.bytes[i] !== b.bytes[i]) return (a.bytes[i] as number) - (b.bytes[i] as number);
  return a.bytes.length - b.bytes.length;
}
