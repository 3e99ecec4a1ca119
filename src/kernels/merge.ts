import { kernelExports } from './instance.ts';
import { Layout } from './layout.ts';
import { type Merger, OUT_BYTES, type RecordSlot, windowFor } from './merge-plan.ts';
import { PlainMerger } from './plain-merge.ts';
import { PAD } from './plan.ts';
import type { Engine } from './search.ts';

const STREAM = 40;
const STATE = 32;

/** `heads`: the time of each stream's first record. `room`: bytes of the output, at least OUT_BYTES. */
export function openMerger(heads: BigInt64Array, engine: Engine = 'auto', room = OUT_BYTES): Merger {
  const kernel = engine === 'plain' ? null : kernelExports();
  if (kernel !== null) return wasmMerger(kernel, heads, room);
  if (engine === 'wasm') throw new Error('WebAssembly with SIMD is missing here');
  return new PlainMerger(heads, room);
}

interface Place {
  readonly times: number;
  readonly offsets: number;
  readonly lengths: number;
  readonly bytes: number;
}

function wasmMerger(kernel: NonNullable<ReturnType<typeof kernelExports>>, heads: BigInt64Array, room: number): Merger {
  const { memory } = kernel;
  const window = windowFor(heads.length);
  const most = window >> 6;
  const layout = new Layout(kernel);
  const state = layout.reserve(STATE);
  const heap = layout.reserve(Math.max(4, heads.length * 4));
  const table = layout.reserve(Math.max(STREAM, heads.length * STREAM));
  const out = layout.reserve(room + PAD);
  const words = (at: number, values: readonly number[]): void => new Uint32Array(memory.buffer).set(values, at / 4);
  words(state, [heap, 0, table, out, room, 0, 0]);
  const begin = (times: BigInt64Array): void => {
    new Uint8Array(memory.buffer, table, times.length * STREAM).fill(0);
    const streams = new DataView(memory.buffer, table);
    for (const [i, time] of times.entries()) streams.setBigInt64(i * STREAM, time, true);
    kernel.beginMerge(state, times.length);
  };
  begin(heads);
  const places = new Map<number, Place>();
  /** Of streams of an earlier beginning. */
  const unused: Place[] = [];
  /** Streams of which no more will come. */
  const lasting = new Set<number>();
  /** The place of a stream that was handed out to its end. */
  const free = (): Place | null => {
    for (const stream of lasting) {
      const [at, count] = new Uint32Array(memory.buffer, table + stream * STREAM + 8, 2);
      if (at !== count) continue;
      const place = places.get(stream) as Place;
      lasting.delete(stream);
      places.delete(stream);
      return place;
    }
    return null;
  };
  const make = (): Place => ({
    times: layout.reserve(most * 8),
    offsets: layout.reserve(most * 4),
    lengths: layout.reserve(most * 4),
    bytes: layout.reserve(window + PAD),
  });
  return {
    engine: 'wasm',
    window,
    most,
    begin(times) {
      if (times.length > heads.length) throw new RangeError(`${times.length} streams, opened for ${heads.length}`);
      unused.push(...places.values());
      places.clear();
      lasting.clear();
      begin(times);
    },
    get left() {
      return new Uint32Array(memory.buffer, state + 24, 1)[0] as number;
    },
    set left(n) {
      words(state + 24, [n]);
    },
    slot(stream): RecordSlot {
      const place = places.get(stream) ?? unused.pop() ?? free() ?? make();
      places.set(stream, place);
      return {
        times: new BigInt64Array(memory.buffer, place.times, most),
        offsets: new Uint32Array(memory.buffer, place.offsets, most),
        lengths: new Uint32Array(memory.buffer, place.lengths, most),
        bytes: new Uint8Array(memory.buffer, place.bytes, window),
      };
    },
    loaded(stream, count, last) {
      this.slot(stream);
      const place = places.get(stream) as Place;
      const at = table + stream * STREAM;
      const { buffer } = memory;
      if (count > 0) new BigInt64Array(buffer, at, 1)[0] = new BigInt64Array(buffer, place.times, 1)[0] as bigint;
      words(at + 8, [0, count, place.times, place.offsets, place.lengths, place.bytes, last ? 1 : 0]);
      if (last) lasting.add(stream);
    },
    expect(stream, time) {
      this.loaded(stream, 0, time === null);
      if (time !== null) new BigInt64Array(memory.buffer, table + stream * STREAM, 1)[0] = time;
    },
    run() {
      return kernel.mergeRecords(state);
    },
    taken() {
      const view = new Uint32Array(memory.buffer, state + 20, 1);
      const bytes = new Uint8Array(memory.buffer, out, view[0] as number);
      view[0] = 0;
      return bytes;
    },
  };
}
