/**
 * What Teddy needs to look for hundreds of literals at once: of each literal the three neighbouring bytes that are met most seldom (its window),
 * and which windows share one of eight buckets. A bucket lets through every text whose three bytes fit the nibbles of some of its windows, each
 * place by itself: windows that are alike cost nothing when they share one, others let through each other's mixtures.
 */
import { byteShare, type Needle } from './plan.ts';

export const TEDDY_BYTES = 3;
const BUCKETS = 8;
/** Above it neighbours in the alphabet are put together first: choosing pairs is at least quadratic. */
const PAIRS_CAP = 96;
/** So many places may pass where the first byte of a window is looked up by half. */
const ROUGH_MOST = 1 / 300;
/** Names that stand in most lines of most logs, and how many bytes of such a line each place of them is one of. */
const USUAL = ' time level msg message service caller source function file line logger trace_id span_id request_id method route path status duration elapsed info debug ';
const LINE = 250;
/** A window begins no further on: its place is one byte. */
const WINDOW_CAP = 255;

export interface Bucket {
  /** Bits of low and high nibbles that a place may have. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface Teddy {
  /** For each needle: where its window begins. */
  readonly windows: readonly number[];
  readonly buckets: readonly Bucket[];
  /** Of a window's first byte only the high nibble is looked up: a third less work, where few places pass all the same. */
  readonly rough: boolean;
}

const isLetter = (b: number): boolean => (b >= 97 && b <= 122) || (b >= 65 && b <= 90);
const keyOf = (needle: Needle, at: number): string => `${needle.bytes.subarray(at, at + TEDDY_BYTES).join(' ')} ${needle.fold}`;

const ALL_NIBBLES = 0xffff;

/** `rough`: of the first byte only the high nibble counts. */
function single(needle: Needle, window: number, rough: boolean): Bucket {
  const low: number[] = [];
  const high: number[] = [];
  for (let i = 0; i < TEDDY_BYTES; i++) {
    const b = needle.bytes[window + i] as number;
    low.push(rough && i === 0 ? ALL_NIBBLES : 1 << (b & 15));
    high.push((1 << (b >> 4)) | (needle.fold && isLetter(b) ? 1 << ((b ^ 32) >> 4) : 0));
  }
  return { low, high };
}

/** How often the last bytes of windows, or all of them, stand in what is usual. */
function usualOf(length: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (let at = 0; at + length <= USUAL.length; at++) {
    const text = USUAL.slice(at, at + length);
    found.set(text, (found.get(text) ?? 0) + 1);
  }
  return found;
}

/** A window that another literal has already costs nothing more. */
function windowsOf(needles: readonly Needle[], shares: Shares, rough: boolean): number[] {
  const taken = new Set<string>();
  const usual = usualOf(rough ? TEDDY_BYTES - 1 : TEDDY_BYTES);
  return needles.map((needle) => {
    const text = String.fromCharCode(...needle.bytes.subarray(0, WINDOW_CAP)).toLowerCase();
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    const last = Math.min(WINDOW_CAP, needle.bytes.length) - TEDDY_BYTES;
    for (let at = 0; at <= last; at++) {
      const known = usual.get(text.slice(rough ? at + 1 : at, at + TEDDY_BYTES)) ?? 0;
      const share = (taken.has(keyOf(needle, at)) ? 1e-3 : 1) * (shares.of(single(needle, at, rough)) + known / LINE);
      if (share >= least) continue;
      least = share;
      best = at;
    }
    taken.add(keyOf(needle, best));
    return best;
  });
}

/** Share of the places of a usual line that some bucket lets through. */
function usualShare(buckets: readonly Bucket[]): number {
  let passing = 0;
  for (let at = 0; at + TEDDY_BYTES <= USUAL.length; at++) if (buckets.some((b) => lets(b, at))) passing++;
  return passing / LINE;
}

function lets(bucket: Bucket, at: number): boolean {
  for (let i = 0; i < TEDDY_BYTES; i++) {
    const c = USUAL.charCodeAt(at + i);
    if ((((bucket.low[i] as number) >> (c & 15)) & ((bucket.high[i] as number) >> (c >> 4)) & 1) === 0) return false;
  }
  return true;
}

const together = (a: Bucket, b: Bucket): Bucket => ({
  low: a.low.map((bits, i) => bits | (b.low[i] as number)),
  high: a.high.map((bits, i) => bits | (b.high[i] as number)),
});

/** Share of places in a log that a bucket lets through. */
class Shares {
  readonly #places = new Map<number, number>();

  of(bucket: Bucket): number {
    let all = 1;
    for (let i = 0; i < TEDDY_BYTES; i++) all *= this.#place(bucket.low[i] as number, bucket.high[i] as number);
    return all;
  }

  #place(low: number, high: number): number {
    const key = low * 65536 + high;
    let one = this.#places.get(key);
    if (one === undefined) {
      one = 0;
      // only the bits that are set: code that has just begun to run is slow
      for (let h = high; h !== 0; h &= h - 1) {
        const above = (31 - Math.clz32(h & -h)) << 4;
        for (let l = low; l !== 0; l &= l - 1) one += byteShare(above | (31 - Math.clz32(l & -l)));
      }
      this.#places.set(key, one);
    }
    return one;
  }
}

export function teddyOf(needles: readonly Needle[], opening: number): Teddy {
  const rough = bucketed(needles, true, opening === 0 ? BUCKETS : BUCKETS - 2);
  if (rough.share <= ROUGH_MOST) return { ...rough, buckets: [...rough.buckets, ...(opening === 0 ? [] : otherLines(opening))], rough: true };
  return { ...bucketed(needles, false, BUCKETS), rough: false };
}

function bucketed(needles: readonly Needle[], rough: boolean, most: number): Omit<Teddy, 'rough'> & { readonly share: number } {
  const shares = new Shares();
  const windows = windowsOf(needles, shares, rough);
  // those that begin with the same two bytes let through hardly more together: nothing is to be weighed there
  const alike = new Map<string, Bucket>();
  for (const [i, needle] of needles.entries()) {
    const window = windows[i] as number;
    const key = `${needle.bytes.subarray(window, window + 2).join(' ')} ${needle.fold}`;
    const bucket = single(needle, window, rough);
    const known = alike.get(key);
    alike.set(key, known === undefined ? bucket : together(known, bucket));
  }
  const singles = [...alike].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, bucket]) => bucket);
  const chunk = Math.max(1, Math.ceil(singles.length / PAIRS_CAP));
  const begun: Bucket[] = [];
  for (let i = 0; i < singles.length; i += chunk) begun.push(singles.slice(i, i + chunk).reduce(together));
  const buckets = fewBuckets(begun, shares, most);
  return { windows, buckets, share: buckets.reduce((n, b) => n + shares.of(b), 0) + usualShare(buckets) };
}

/** Two buckets that let through a line feed and the byte behind it, unless it is `opening`: by its high nibble, and by its low one. */
const otherLines = (opening: number): Bucket[] => [
  { low: [ALL_NIBBLES, 1 << 10, ALL_NIBBLES], high: [ALL_NIBBLES, 1, ALL_NIBBLES & ~(1 << (opening >> 4))] },
  { low: [ALL_NIBBLES, 1 << 10, ALL_NIBBLES & ~(1 << (opening & 15))], high: [ALL_NIBBLES, 1, ALL_NIBBLES] },
];

interface Weighed {
  readonly bucket: Bucket;
  readonly share: number;
  /** Whom it would be put together with, of those behind it, and how much more that lets through. */
  partner: Weighed | null;
  more: number;
}

/** Two by two, always the pair that lets through least more. */
function fewBuckets(begun: readonly Bucket[], shares: Shares, most: number): Bucket[] {
  const weigh = (bucket: Bucket): Weighed => ({ bucket, share: shares.of(bucket), partner: null, more: Number.POSITIVE_INFINITY });
  let all = begun.map(weigh);
  const choose = (of: Weighed, among: readonly Weighed[]): void => {
    of.partner = null;
    of.more = Number.POSITIVE_INFINITY;
    for (const o of among) {
      const more = shares.of(together(of.bucket, o.bucket)) - of.share - o.share;
      if (more >= of.more) continue;
      of.more = more;
      of.partner = o;
    }
  };
  for (const [i, w] of all.entries()) choose(w, all.slice(i + 1));
  while (all.length > most) {
    const best = all.reduce((a, b) => (b.more < a.more ? b : a));
    const { partner } = best;
    if (partner === null) break;
    const made = weigh(together(best.bucket, partner.bucket));
    all = [made, ...all.filter((w) => w !== best && w !== partner)];
    choose(made, all.slice(1));
    for (const [i, w] of all.entries()) if (w.partner === best || w.partner === partner) choose(w, all.slice(i + 1));
  }
  return all.map((w) => w.bucket);
}

export const WINDOW_SLOTS = 2048;
/** Of a window, whatever the case of its letters. The same in the kernel: src/kernels/assembly/needles.ts windowSlot. */
export function windowSlot(bytes: Uint8Array, at: number): number {
  const key = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | 0x202020;
  return Math.imul(key, -1640531535) >>> 21;
}
