import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HeldHits, visitByTime } from './by-time.ts';
import { putInOrder } from './in-order.ts';
import { NO_TIME } from './tasks.ts';

const SUMMARY = { bytes: 0, hits: 0, looked: 0, asked: 0, longLines: 0, stopped: false };

const held = (file: number, task: number, times: readonly (bigint | null)[]): HeldHits => ({
  file,
  hits: {
    task,
    count: times.length,
    base: 0,
    offsets: Uint32Array.from(times, (_none, i) => i),
    lengths: new Uint32Array(times.length),
    times: BigInt64Array.from(times, (t) => t ?? NO_TIME),
    ordered: null,
    early: [],
    late: [],
    summary: SUMMARY,
  },
});

function visited(all: readonly HeldHits[], most = Number.POSITIVE_INFINITY): string[] {
  const out: string[] = [];
  // hits are put in order where they are
  visitByTime(structuredClone(all), most, ({ hits }, place) => out.push(`${hits.task}/${hits.offsets[place]}`));
  return out;
}

/** The same, said simply. */
function expected(all: readonly HeldHits[]): string[] {
  const rows: { name: string; time: bigint }[] = [];
  for (const [h, { hits, file }] of all.entries()) {
    for (let i = 0; i < hits.count; i++) {
      const before = rows.at(-1);
      const sameFile = i > 0 || (before !== undefined && all.slice(0, h).findLast((o) => o.hits.count > 0)?.file === file);
      const time = hits.times[i] !== NO_TIME ? (hits.times[i] as bigint) : sameFile ? (before?.time ?? NO_TIME) : NO_TIME;
      rows.push({ name: `${hits.task}/${i}`, time });
    }
  }
  return rows
    .map((r, i) => ({ ...r, i }))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.i - b.i))
    .map((r) => r.name);
}

test('tasks of several files come out as one, those without a time behind the one before', () => {
  const all = [held(0, 0, [10n, 30n, null]), held(0, 1, [null, 50n]), held(1, 2, [null, 20n, 40n, 30n])];
  expect(visited(all)).toEqual(['2/0', '0/0', '2/1', '0/1', '0/2', '1/0', '2/3', '2/2', '1/1']);
  expect(visited(all, 2)).toEqual(['2/0', '0/0']);
});

test('any times, before 1970 and beyond 32 bits, in any order', () => {
  const time = fc.option(fc.oneof(fc.bigInt(-5n, 5n), fc.bigInt(-(2n ** 62n), 2n ** 62n), fc.bigInt(2n ** 32n - 2n, 2n ** 32n + 2n)), { nil: null });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.array(time, { maxLength: 12 })), { maxLength: 8 }), (tasks) => {
      const all = [...tasks].sort((a, b) => a[0] - b[0]).map(([file, times], i) => held(file, i, times));
      expect(visited(all)).toEqual(expected(all));
      // threads put those of their tasks in order that all have a time
      const ordered = structuredClone(all).map((h): HeldHits => {
        const last = h.hits.times[h.hits.count - 1];
        if (last === undefined || h.hits.times.includes(NO_TIME)) return h;
        putInOrder(h.hits, h.hits.times);
        return { ...h, hits: { ...h.hits, ordered: last } };
      });
      expect(visited(ordered)).toEqual(expected(all));
    }),
  );
});
