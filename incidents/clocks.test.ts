/**
 * Runs whose clocks are known to disagree: what is estimated from their logs against what each clock was really off by, and a trace of them as
 * a person sees it. After a change that is meant: npx vitest run incidents/clocks.test.ts -u, and read the difference.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { timelineOf } from '../src/cli/logs/timeline.ts';
import { traceIn } from '../src/cli/logs/trace.ts';
import { openLogs } from '../src/cli/logs/open-logs.ts';
import { addSeconds, type Instant, parseInstant } from '../src/model/index.ts';
import { processOfArtifact } from '../src/observe/lib/process-of-artifact.ts';
import { traceEvent } from '../src/observe/lib/traces/events.ts';
import { type Fleet, openFleet } from '../src/observe/lib/traces/fleet.ts';
import { TraceSample } from '../src/observe/lib/traces/sample.ts';
import { renderTimeline } from '../src/report/timeline/index.ts';
import { renderTrace } from '../src/report/trace/index.ts';

const folder = import.meta.dirname;
const silent = { out: () => {}, err: () => {}, outIsTerminal: false, errIsTerminal: false, columns: 80, env: {} };

interface Truth {
  readonly aheadSeconds: number;
  readonly step?: { readonly at: string; readonly afterSeconds: number; readonly seconds: number };
  readonly drift?: { readonly from: string; readonly ppm: number };
}

/** What a clock was ahead by when true time was `t`. */
function ahead(c: Truth, t: Instant): number {
  const since = (from: string): number => Number(t - (parseInstant(from) as Instant)) / 1e9;
  const stepped = c.step !== undefined && since(c.step.at) > c.step.afterSeconds ? c.step.seconds : 0;
  return c.aheadSeconds + stepped + (c.drift === undefined ? 0 : c.drift.ppm * 1e-6 * since(c.drift.from));
}

async function fleetOf(name: string): Promise<{ fleet: Fleet; clock: (service: string) => string; from: Instant; to: Instant }> {
  const opened = await openLogs(silent, [join(folder, name)]);
  let from: bigint | null = null;
  let to: bigint | null = null;
  const traced = opened.logs.map((o) => {
    const sample = new TraceSample();
    o.source.scan({}, (r) => {
      const e = traceEvent(r, () => ({ artifact: o.artifact.id, offset: r.span.offset, length: r.span.length }));
      if (e !== null) sample.add(e);
      return true;
    });
    from = from === null || (o.artifact.interval.from ?? from) > from ? (o.artifact.interval.from ?? from) : from;
    to = to === null || (o.artifact.interval.to ?? to) < to ? (o.artifact.interval.to ?? to) : to;
    return { artifact: o.artifact.id, process: processOfArtifact(o.artifact, opened.readings).process.key, service: null, sample };
  });
  const fleet = openFleet(traced, () => null);
  return { fleet, clock: (service) => fleet.clocks.clocks.find((c) => c.startsWith(`${service}@`)) as string, from: from as unknown as Instant, to: to as unknown as Instant };
}

const recorded = readdirSync(folder)
  .filter((f) => f.endsWith('.clocks.json'))
  .map((f) => f.replace('.clocks.json', ''));
const truthOf = (name: string): Record<string, Truth> => JSON.parse(readFileSync(join(folder, `${name}.clocks.json`), 'utf8')).clocks;

test('there are runs with known clocks', () => expect(recorded.length).toBeGreaterThanOrEqual(3));

describe.each(recorded.filter((n) => n !== 'crash-unknown-clock'))('%s', (name) => {
  test('every pair of clocks is estimated, its range holds the truth and its estimate is near', async () => {
    const truth = truthOf(name);
    const { fleet, clock, from, to } = await fleetOf(name);
    const services = Object.keys(truth);
    let held = 0;
    let near = 0;
    let asked = 0;
    for (const a of services) {
      for (const b of services) {
        if (a >= b) continue;
        // a clock that moves is asked at several moments
        for (const share of [0.15, 0.35, 0.7, 0.9]) {
          const t = addSeconds(from, (Number(to - from) / 1e9) * share);
          const real = ahead(truth[b] as Truth, t) - ahead(truth[a] as Truth, t);
          // asked in the time that the logs print
          const found = fleet.clocks.between(clock(a), clock(b), addSeconds(t, ahead(truth[a] as Truth, t)));
          expect(found, `${a} ${b}`).not.toBeNull();
          if (found === null) continue;
          asked++;
          if (found.low <= real && real <= found.high) held++;
          const pair = fleet.clocks.pairs.find((p) => [p.a, p.b].includes(clock(a)) && [p.a, p.b].includes(clock(b)));
          const half = (pair?.smallestRoundTrip ?? found.high - found.low) / 2;
          if (Math.abs(found.seconds - real) <= Math.max(0.005, half)) near++;
        }
      }
    }
    expect(asked).toBeGreaterThanOrEqual(40);
    expect(held / asked).toBeGreaterThanOrEqual(0.95);
    expect(near / asked).toBeGreaterThanOrEqual(0.95);
  });
});

test('a clock that stepped and one that drifts are said to', async () => {
  const { fleet, clock } = await fleetOf('healthy-skewed-clocks');
  const change = (a: string, b: string) => fleet.clocks.pairs.find((p) => [p.a, p.b].includes(clock(a)) && [p.a, p.b].includes(clock(b)))?.change;
  expect(change('purchases', 'payments')?.kind).toBe('step');
  const drift = change('storefront', 'purchases');
  expect(drift?.kind === 'drift' && Math.abs(Math.abs(drift.perSecond) - 150e-6)).toBeLessThan(20e-6);
  expect(change('purchases', 'warehouse')).toBeNull();
});

test('messages go one way: that clock is not estimated, only bounded', async () => {
  const { fleet, clock } = await fleetOf('crash-unknown-clock');
  expect(fleet.clocks.between(clock('purchases'), clock('notifier'), null)).toBeNull();
  const [pair] = fleet.clocks.pairs;
  expect(pair?.offset).toBeNull();
  expect([pair?.forth, pair?.back].sort()).toEqual([0, 320]);
  // notifier's clock is 95 s behind: purchases is at least that far ahead of it, less what a message took
  const bound = pair?.a === clock('notifier') ? pair.low : -(pair?.high ?? 0);
  expect(bound).toBeLessThan(95);
  expect(bound).toBeGreaterThan(94.9);
});

test('a trace of five services is drawn on one clock', async () => {
  const opened = await openLogs(silent, [join(folder, 'skewed-clocks-short-deadline')]);
  const storefront = opened.logs.find((l) => l.artifact.path.endsWith('storefront.log'));
  const failed: string[] = [];
  storefront?.source.scan({ fields: [{ name: 'status', value: '504' }] }, (r) => {
    if (r.message === 'request') failed.push(r.field('trace_id')?.text ?? '');
    return true;
  });
  const id = failed[2] as string;
  const tree = traceIn(id, opened);
  // no answer before its request once the clocks are corrected, whatever they printed
  for (const s of tree.spans) if (s.parent !== null) expect(s.fromSeconds ?? 0).toBeGreaterThanOrEqual((tree.spans[s.parent]?.fromSeconds ?? 0) - 0.002);
  expect(tree.spans.every((s) => s.parent !== null || s.service === 'storefront')).toBe(true);
  expect(tree.records.every((r) => (r.line ?? 0) > 0)).toBe(true);
  await expect(renderTrace(tree)).toMatchFileSnapshot(join(folder, 'skewed-clocks-short-deadline.trace.txt'));
  for (const line of renderTrace(tree).split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(traceIn(id, opened, true).spans.every((s) => s.start.corrected !== null)).toBe(true);
});

test('the README shows that trace as it is', () => {
  const drawn = readFileSync(join(folder, 'skewed-clocks-short-deadline.trace.txt'), 'utf8');
  const readme = readFileSync(join(folder, '..', 'README.md'), 'utf8');
  const start = readme.indexOf('```text\n', readme.indexOf('<!-- a trace of')) + 8;
  const shown = readme.slice(start, readme.indexOf('```', start));
  expect(shown.length).toBeGreaterThan(500);
  expect(drawn.startsWith(shown)).toBe(true);
});

test('a timeline of five services, whose clocks differ, step and drift', async () => {
  const opened = await openLogs(silent, [join(folder, 'healthy-skewed-clocks')]);
  const { timeline, rest } = timelineOf(opened, { from: null, to: null, minLevel: null, raw: false, keep: 20, columns: 48 }, true);
  await expect(renderTimeline(timeline)).toMatchFileSnapshot(join(folder, 'healthy-skewed-clocks.timeline.txt'));
  expect(timeline.services.reduce((n, s) => n + s.total, 0)).toBe(timeline.matched);
  let count = 0;
  let before = '';
  for (const r of rest()) {
    count++;
    const at = (r.time.corrected as string).padEnd(30, '0');
    expect(at.slice(0, 19) >= before.slice(0, 19)).toBe(true);
    before = at;
  }
  expect(count).toBe(timeline.matched);
});
