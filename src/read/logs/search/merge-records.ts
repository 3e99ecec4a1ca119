/** Records of several logs as they stand there, in one order: their bytes are read by the window and put in order by a kernel. */
import { FULL, MERGED, type Merger, openMerger } from '../../../kernels/index.ts';
import { type ByteSource, readFully } from '../../../model/index.ts';

/** Records of one source, in the order of their times. */
export interface OrderedRecords {
  readonly source: ByteSource;
  /** What offsets count from. */
  readonly base: number;
  readonly offsets: Uint32Array | Float64Array;
  readonly lengths: Uint32Array;
  /** ns since 1970. */
  readonly times: BigInt64Array;
}

/** At most `most` records, the earliest first, of one time in the order of the streams; a line feed behind each. What is written holds until the call returns. */
export function mergeRecords(streams: readonly OrderedRecords[], most: number, write: (bytes: Uint8Array) => void): void {
  const filled = streams.filter((s) => s.offsets.length > 0);
  merge(openMerger(headsOf(filled)), filled, most, write);
}

const headsOf = (filled: readonly OrderedRecords[]): BigInt64Array => BigInt64Array.from(filled, (s) => s.times[0] as bigint);

function merge(merger: Merger, filled: readonly OrderedRecords[], most: number, write: (bytes: Uint8Array) => void): void {
  const at = filled.map(() => 0);
  /** The record whose time the kernel was told without its bytes. */
  const told = filled.map(() => -1);
  merger.left = most;
  for (let asked = merger.run(); asked !== MERGED; asked = merger.run()) {
    if (asked === FULL) {
      write(merger.taken());
      continue;
    }
    const s = filled[asked] as OrderedRecords;
    const { source, base, offsets, lengths, times } = s;
    const begin = at[asked] as number;
    const count = offsets.length;
    let low = Number.POSITIVE_INFINITY;
    let high = 0;
    let n = 0;
    for (; begin + n < count && n < merger.most; n++) {
      const p = begin + n;
      const from = Math.min(low, offsets[p] as number);
      const to = Math.max(high, (offsets[p] as number) + (lengths[p] as number));
      if (to - from > merger.window) break;
      low = from;
      high = to;
    }
    if (n === 0) {
      // no window holds it: it is told of, and handed out when it is asked for again
      if (told[asked] === begin) {
        write(merger.taken());
        large(source, base + (offsets[begin] as number), lengths[begin] as number, write);
        merger.left--;
        at[asked] = begin + 1;
      }
      const next = at[asked] as number;
      told[asked] = next;
      merger.expect(asked, next < count ? (times[next] as bigint) : null);
      continue;
    }
    const slot = merger.slot(asked);
    const got = readFully(source, base + low, slot.bytes.subarray(0, high - low));
    slot.times.set(times.subarray(begin, begin + n));
    for (let i = 0; i < n; i++) {
      const p = begin + i;
      const offset = (offsets[p] as number) - low;
      slot.offsets[i] = Math.min(offset, got);
      // of a log that was cut meanwhile what is left of it
      slot.lengths[i] = Math.max(0, Math.min(lengths[p] as number, got - offset));
    }
    at[asked] = begin + n;
    merger.loaded(asked, n, begin + n >= count);
  }
  write(merger.taken());
}

/** Of each stream one record in so many is looked at to find times between which a stretch of the output lies. */
const SAMPLED = 64;

/** Rising times that cut the output of all streams into stretches of about so many bytes; records of one time are not cut apart. */
export function cutsOf(streams: readonly OrderedRecords[], bytes: number): bigint[] {
  let records = 0;
  let sampled = 0;
  let length = 0;
  const times: number[] = [];
  for (const s of streams) {
    records += s.times.length;
    for (let i = SAMPLED - 1; i < s.times.length; i += SAMPLED) {
      times.push(Number(s.times[i] as bigint));
      length += (s.lengths[i] as number) + 1;
      sampled++;
    }
  }
  if (sampled === 0) return [];
  // a time rounded to a double cuts as well as any other
  const sorted = Float64Array.from(times).sort();
  const step = Math.max(1, Math.round(bytes / ((length / sampled) * (records / sampled))));
  const cuts: bigint[] = [];
  for (let i = step; i < sorted.length; i += step) {
    const cut = BigInt(sorted[i] as number);
    if (cuts.length === 0 || cut > (cuts[cuts.length - 1] as bigint)) cuts.push(cut);
  }
  return cuts;
}

/** Bytes of a stretch that are kept until they may be written. */
const ROOM = 3 * 1024 * 1024;

/** Merges stretches of the output, each by itself: those that lie between neighbouring cuts. */
export class StretchMerger {
  readonly #streams: readonly OrderedRecords[];
  readonly #cuts: readonly bigint[];
  #merger: Merger | null = null;

  constructor(streams: readonly OrderedRecords[], cuts: readonly bigint[]) {
    this.#streams = streams;
    this.#cuts = cuts;
  }

  get count(): number {
    return this.#cuts.length + 1;
  }

  /** `write` is called once, unless a stretch has far more bytes than were asked for. */
  merge(stretch: number, write: (bytes: Uint8Array) => void): void {
    const filled: OrderedRecords[] = [];
    for (const s of this.#streams) {
      const from = stretch === 0 ? 0 : firstAt(s.times, this.#cuts[stretch - 1] as bigint);
      const to = stretch === this.#cuts.length ? s.times.length : firstAt(s.times, this.#cuts[stretch] as bigint);
      if (from < to) filled.push({ ...s, offsets: s.offsets.subarray(from, to), lengths: s.lengths.subarray(from, to), times: s.times.subarray(from, to) });
    }
    if (filled.length === 0) return;
    if (this.#merger === null) this.#merger = openMerger(new BigInt64Array(this.#streams.length), 'auto', ROOM);
    this.#merger.begin(headsOf(filled));
    merge(this.#merger, filled, Number.MAX_SAFE_INTEGER, write);
  }
}

/** Place of the first time that is not before `time`. */
function firstAt(times: BigInt64Array, time: bigint): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as bigint) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

const PART = 256 * 1024;
const LINE_FEED = new Uint8Array([10]);

function large(source: ByteSource, offset: number, length: number, write: (bytes: Uint8Array) => void): void {
  const part = new Uint8Array(PART);
  for (let at = 0; at < length; ) {
    const n = readFully(source, offset + at, part.subarray(0, Math.min(PART, length - at)));
    if (n === 0) break;
    write(part.subarray(0, n));
    at += n;
  }
  write(LINE_FEED);
}
