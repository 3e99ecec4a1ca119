/** Records of several logs as they stand there, in one order: their bytes are read by the window and put in order by a kernel. */
import { FULL, MERGED, openMerger } from '../../../kernels/index.ts';
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
  const merger = openMerger(BigInt64Array.from(filled, (s) => s.times[0] as bigint));
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
