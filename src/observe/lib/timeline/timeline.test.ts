import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Instant, placeAt } from '../../../model/index.ts';
import { textArtifact } from '../../../model/testing/artifact.ts';
import { type LogSource, openLog } from '../../../read/logs/index.ts';
import { traceEvent } from '../traces/events.ts';
import { openFleet } from '../traces/fleet.ts';
import { TraceSample } from '../traces/sample.ts';
import { Columns } from './columns.ts';
import { Merge, orderUnknown, servicesOf } from './merge.ts';

describe('columns', () => {
  it('count everything once, wherever it falls and in whatever order it comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.double({ min: -1e6, max: 2e9, noNaN: true })), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 100 }),
        (events, most) => {
          const columns = new Columns();
          for (const [key, at] of events) columns.add(key, at);
          const { from, width, counts } = columns.spread(most);
          const all = [...counts.values()].flat().reduce((x, y) => x + y, 0);
          expect(all).toBe(events.length);
          for (const list of counts.values()) expect(list.length).toBeLessThanOrEqual(most);
          for (const [, at] of events) {
            expect(at).toBeGreaterThanOrEqual(from - 1e-6);
            expect(at).toBeLessThanOrEqual(from + width * Math.max(...[...counts.values()].map((c) => c.length)) + 1e-6);
          }
        },
      ),
      { seed: 4 },
    );
  });
});

const line = (at: string, service: string, msg: string, level = 'INFO') => JSON.stringify({ time: `2026-11-24T10:00:${at}Z`, level, msg, service });
const zerolog = (at: string, service: string, msg: string) => JSON.stringify({ level: 'info', service, time: `2026-11-24T10:00:${at}Z`, message: msg });

function mergeOf(...files: string[][]): Merge {
  const sources = files.map((lines, i) => ({ source: openLog(textArtifact(`${lines.join('\n')}\n`, { id: `${i}` })) as LogSource, file: `${i}.log` }));
  const logs = sources.map(({ source }, i) => {
    const sample = new TraceSample();
    source.scan({}, (r) => {
      const e = traceEvent(r, () => placeAt(`${i}`, r.span));
      if (e !== null) sample.add(e);
      return true;
    });
    return { artifact: `${i}`, process: `p${i}`, service: null, sample };
  });
  return new Merge(
    sources,
    openFleet(logs, () => null, { asPrinted: true }),
    null,
    true,
  );
}

const EVERYTHING = { from: null, to: null, minLevel: null };
const at = (text: string) => BigInt(Date.parse(`2026-11-24T10:00:${text}Z`)) * 1_000_000n;

describe('many logs in one order', () => {
  const a = [line('01.000', 'a', 'one'), line('03.000', 'a', 'three', 'ERROR'), line('02.500', 'a', 'late'), line('05.000', 'a', 'five')];
  const b = [line('02.000', 'b', 'two'), line('04.000', 'b', 'four', 'WARN')];

  it('by time, with what stands out of order in its file counted', () => {
    const overview = mergeOf(a, b).overview(EVERYTHING, 10);
    expect(overview.first.map((r) => r.message)).toEqual(['one', 'two', 'late', 'three', 'four', 'five']);
    expect(overview.files.map((f) => [f.records, f.outOfOrder, f.worstSeconds])).toEqual([
      [4, 1, 0.5],
      [2, 0, 0],
    ]);
    const { services } = servicesOf(overview, 10);
    expect(services.map((s) => [s.service, s.total, s.errors, Object.keys(s.counts)])).toEqual([
      ['a', 4, 1, ['error', 'info']],
      ['b', 2, 0, ['warn', 'info']],
    ]);
  });

  it('narrowed by time and level, and read in slices, it is the same records', () => {
    const merge = mergeOf(a, b);
    expect(merge.overview({ ...EVERYTHING, minLevel: 'warn' }, 10).first.map((r) => r.message)).toEqual(['three', 'four']);
    const query = { ...EVERYTHING, from: at('02.000') as Instant, to: at('04.500') as Instant };
    const overview = merge.overview(query, 2);
    expect(overview.matched).toBe(4);
    expect(overview.first).toHaveLength(2);
    expect([...merge.all(query, overview)].map((r) => r.message)).toEqual(['two', 'late', 'three', 'four']);
  });

  it('whole seconds leave open what was first, among several clocks only', () => {
    const first = mergeOf([zerolog('01', 'z', 'one'), zerolog('01', 'z', 'two')], [line('01.400', 'a', 'between')]).overview(EVERYTHING, 10).first;
    expect(first.map((r) => r.message)).toEqual(['between', 'one', 'two']);
    expect(first.map((r, i) => orderUnknown(first[i - 1] ?? null, r))).toEqual([false, true, false]);
    const apart = mergeOf([zerolog('01', 'z', 'one')], [line('02.400', 'a', 'after')]).overview(EVERYTHING, 10).first;
    expect(apart.map((r, i) => orderUnknown(apart[i - 1] ?? null, r))).toEqual([false, false]);
  });

  it('crash text has no time of its own and stands where it stands in its file', () => {
    const crash = ['panic: boom', '', 'goroutine 1 [running]:', 'main.main()', '\t/app/main.go:7 +0x1d'];
    const merge = mergeOf([line('01.000', 'a', 'one'), ...crash], [line('00.500', 'b', 'zero'), line('02.000', 'b', 'two')]);
    const overview = merge.overview(EVERYTHING, 10);
    expect(overview.first.map((r) => [r.message.slice(0, 11), r.borrowed])).toEqual([
      ['zero', false],
      ['one', false],
      ['panic: boom', true],
      ['two', false],
    ]);
    const query = { ...EVERYTHING, from: at('00.900') as Instant };
    expect([...merge.all(query, merge.overview(query, 0))].map((r) => r.message.slice(0, 5))).toEqual(['one', 'panic', 'two']);
  });
});
