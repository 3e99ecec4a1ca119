/**
 * Records of many streams, each in the order of its times, into one: their bytes, a line feed behind each.
 *
 * State is u32 words, addresses absolute: 0 heap (u32 stream numbers)   4 its size   8 table of streams   12 output   16 its room   20 filled   24 how many
 * records may still come. A stream is STREAM bytes: time of its next record i64, place of it u32, records at hand u32, then addresses of their
 * times (i64), offsets (u32), lengths (u32) and bytes; 32: 1 when nothing comes behind them.
 */
const STREAM: usize = 40;

@inline
function streamOf(state: usize, number: u32): usize {
  return <usize>load<u32>(state, 8) + <usize>number * STREAM;
}

/** Earlier, or of one time the stream of the smaller number. */
@inline
function before(table: usize, a: u32, b: u32): bool {
  const x = load<i64>(table + <usize>a * STREAM);
  const y = load<i64>(table + <usize>b * STREAM);
  return x < y || (x === y && a < b);
}

/** Puts the first of the heap where it belongs. */
function sink(state: usize): void {
  const heap: usize = load<u32>(state);
  const size = load<u32>(state, 4);
  const table: usize = load<u32>(state, 8);
  if (size === 0) return;
  const moved = load<u32>(heap);
  let at: u32 = 0;
  while (true) {
    let child = at * 2 + 1;
    if (child >= size) break;
    let least = load<u32>(heap + (<usize>child << 2));
    if (child + 1 < size) {
      const other = load<u32>(heap + (<usize>(child + 1) << 2));
      if (before(table, other, least)) {
        child++;
        least = other;
      }
    }
    if (!before(table, least, moved)) break;
    store<u32>(heap + (<usize>at << 2), least);
    at = child;
  }
  store<u32>(heap + (<usize>at << 2), moved);
}

/** 16 bytes a step: both have so many behind them. */
@inline
function copy(to: usize, from: usize, length: u32): void {
  for (let i: u32 = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
}

/** -1: no record is left, or none wanted; -2: the output is full; else the stream that has none at hand. */
export function mergeRecords(state: usize): i32 {
  const out: usize = load<u32>(state, 12);
  const room = load<u32>(state, 16);
  // whoever put records into a stream may have changed its time
  sink(state);
  while (true) {
    if (load<u32>(state, 4) === 0 || load<u32>(state, 24) === 0) return -1;
    const number = load<u32>(load<u32>(state));
    const stream = streamOf(state, number);
    let place = load<u32>(stream, 8);
    const count = load<u32>(stream, 12);
    if (place >= count) {
      if (load<u32>(stream, 32) === 0) return <i32>number;
      const heap: usize = load<u32>(state);
      const size = load<u32>(state, 4) - 1;
      store<u32>(state, size, 4);
      store<u32>(heap, load<u32>(heap + (<usize>size << 2)));
      sink(state);
      continue;
    }
    const length = load<u32>(<usize>load<u32>(stream, 24) + (<usize>place << 2));
    const filled = load<u32>(state, 20);
    if (filled + length + 1 > room) return -2;
    const to = out + filled;
    copy(to, <usize>load<u32>(stream, 28) + load<u32>(<usize>load<u32>(stream, 20) + (<usize>place << 2)), length);
    store<u8>(to + length, 10);
    store<u32>(state, filled + length + 1, 20);
    store<u32>(state, load<u32>(state, 24) - 1, 24);
    place++;
    store<u32>(stream, place, 8);
    if (place < count) {
      store<i64>(stream, load<i64>(<usize>load<u32>(stream, 16) + (<usize>place << 3)));
      sink(state);
    }
  }
}

/** Makes a heap of the streams 0 to `count` - 1. */
export function beginMerge(state: usize, count: u32): void {
  const heap: usize = load<u32>(state);
  const table: usize = load<u32>(state, 8);
  // one after the other, each raised to where it belongs
  for (let n: u32 = 0; n < count; n++) {
    let at = n;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = load<u32>(heap + (<usize>parent << 2));
      if (!before(table, n, above)) break;
      store<u32>(heap + (<usize>at << 2), above);
      at = parent;
    }
    store<u32>(heap + (<usize>at << 2), n);
  }
  store<u32>(state, count, 4);
}
