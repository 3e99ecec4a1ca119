/** The plain twin of src/kernels/assembly/merge.ts: the earliest stream is looked for among all. */
import { FULL, MERGED, type Merger, OUT_BYTES, type RecordSlot, windowFor } from './merge-plan.ts';

const LF = 10;

interface PlainStream {
  slot: RecordSlot | null;
  time: bigint;
  at: number;
  count: number;
  last: boolean;
}

export class PlainMerger implements Merger {
  readonly engine = 'plain';
  readonly window: number;
  readonly most: number;
  #streams: PlainStream[] = [];
  readonly #out: Uint8Array;
  #filled = 0;
  left = 0;

  constructor(heads: BigInt64Array, room = OUT_BYTES) {
    this.#out = new Uint8Array(room);
    this.window = windowFor(heads.length);
    this.most = this.window >> 6;
    this.begin(heads);
  }

  begin(heads: BigInt64Array): void {
    this.#streams = [...heads].map((time) => ({ slot: null, time, at: 0, count: 0, last: false }));
  }

  slot(stream: number): RecordSlot {
    const s = this.#streams[stream] as PlainStream;
    s.slot ??= { times: new BigInt64Array(this.most), offsets: new Uint32Array(this.most), lengths: new Uint32Array(this.most), bytes: new Uint8Array(this.window) };
    return s.slot;
  }

  loaded(stream: number, count: number, last: boolean): void {
    const s = this.#streams[stream] as PlainStream;
    if (count > 0) s.time = s.slot?.times[0] as bigint;
    Object.assign(s, { at: 0, count, last });
  }

  expect(stream: number, time: bigint | null): void {
    this.loaded(stream, 0, time === null);
    if (time !== null) (this.#streams[stream] as PlainStream).time = time;
  }

  run(): number {
    while (this.left > 0) {
      const s = this.#earliest();
      if (s === null) return MERGED;
      if (s.at >= s.count) return this.#streams.indexOf(s);
      const { offsets, lengths, bytes, times } = s.slot as RecordSlot;
      const length = lengths[s.at] as number;
      if (this.#filled + length + 1 > this.#out.length) return FULL;
      const offset = offsets[s.at] as number;
      this.#out.set(bytes.subarray(offset, offset + length), this.#filled);
      this.#filled += length;
      this.#out[this.#filled++] = LF;
      this.left--;
      s.at++;
      if (s.at < s.count) s.time = times[s.at] as bigint;
      else if (s.last) s.slot = null;
    }
    return MERGED;
  }

  #earliest(): PlainStream | null {
    let first: PlainStream | null = null;
    for (const s of this.#streams) if (!(s.last && s.at >= s.count) && (first === null || s.time < first.time)) first = s;
    return first;
  }

  taken(): Uint8Array {
    const bytes = this.#out.subarray(0, this.#filled);
    this.#filled = 0;
    return bytes;
  }
}
