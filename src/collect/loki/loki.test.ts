/**
 * What Loki hands back is compared with what was put in. Its exchanges were recorded from the real server by
 * `node scripts/run.mjs loki-check`, which runs these very tests against it; here they are played back.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatInstant, type Instant, instant } from '../../model/index.ts';
import { crashText } from '../../read/crash-text/index.ts';
import { type LogRecord, openLog, traceIdOf } from '../../read/logs/index.ts';
import { endpointOf } from '../lib/http.ts';
import { artifactsOf, type StoreSlice } from '../lib/slice.ts';
import { type LogsWanted, MOST_LINES } from '../lib/wanted.ts';
import { type Between, playBack, recordBetween, writeFixture } from '../testing/exchanges.ts';
import { LOKI_VERSION, type LokiStream, pushStreams, startLoki, streamsOfShop, waitForLines } from '../testing/loki-server.ts';
import { type RunningServer, recordedLines } from '../testing/server-process.ts';
import { shopLogs, type Written } from '../testing/shop-logs.ts';
import { collectLoki } from './index.ts';

const REAL = process.env['GORCA_LOKI'] === 'real';
const FILE = join(import.meta.dirname, 'testdata', 'exchanges.json.gz');
/** Smaller than any page that would be asked for: every query is answered in pages of this size. */
const LIMITS = { entries: 50, queryLength: '45m' } as const;

const SECOND = 1_000_000_000n;
const start = BigInt(Date.parse('2026-11-24T02:46:12Z')) * 1_000_000n;
const end = start + 4n * SECOND;
const shop = shopLogs().filter((w) => w.service === 'notifier' || (w.ns >= start && w.ns < end));
/** Of one pod more lines at one time than a page holds, then three at each of many times. */
const burst: Written[] = [
  ...Array.from({ length: 60 }, (_none, i) => ({ service: 'burst', pod: 'burst-1', container: 'burst', text: `at once ${i}`, ns: end + SECOND })),
  ...Array.from({ length: 99 }, (_none, i) => ({ service: 'burst', pod: 'burst-1', container: 'burst', text: `by three ${i}`, ns: end + 2n * SECOND + BigInt(Math.floor(i / 3)) })),
];
/** A stream without the labels of the others, with the id of a request among its labels. */
const load: Written[] = recordedLines('rollout-leaks-goroutines/logs/load.log')
  .slice(0, 3)
  .map((text, i) => ({ service: 'load', pod: '', container: '', text, ns: start + BigInt(i) * SECOND }));
const written: readonly Written[] = [...shop, ...burst, ...load];
const streams: LokiStream[] = [...streamsOfShop([...shop, ...burst]), { stream: { job: 'shop/load', request_id: 'r-77' }, values: load.map((w) => [String(w.ns), w.text]) }];
const from = instant(start - 10n * SECOND);
const to = instant(written.reduce((n, w) => (w.ns > n ? w.ns : n), 0n) + SECOND);

let server: RunningServer | null = null;
let between: Between;
beforeAll(async () => {
  if (!REAL) {
    between = await playBack(FILE);
    return;
  }
  server = await startLoki(LIMITS);
  await pushStreams(server.url, streams);
  await waitForLines(server.url, shop.length + burst.length, to);
  between = await recordBetween(server.url);
}, 3_600_000);
afterAll(async () => {
  await between?.close();
  await server?.stop();
  expect(between.unknown).toEqual([]);
  if (!REAL) return;
  mkdirSync(join(import.meta.dirname, 'testdata'), { recursive: true });
  writeFixture(FILE, gzipSync(`${JSON.stringify(between.exchanges, null, 1)}\n`, { level: 9 }), {
    program: 'Loki, filled with lines of incidents/rollout-leaks-goroutines and incidents/image-pull-and-crash-loop',
    command: 'node scripts/run.mjs loki-check',
    version: `Loki ${LOKI_VERSION}`,
    redactions: 'none',
  });
});

const collect = (more: Partial<LogsWanted>): Promise<StoreSlice> => collectLoki({ from, to, most: MOST_LINES, ...more }, { endpoint: endpointOf(between.url) });

interface Answer {
  readonly data: { readonly result: readonly { readonly stream: Readonly<Record<string, string>>; readonly values: readonly (readonly [string, string, unknown?])[] }[] };
}

/** By service, time and text. */
const linesOf = (slice: StoreSlice): string[] =>
  slice.files.flatMap((f) =>
    (JSON.parse(new TextDecoder().decode(f.bytes)) as Answer).data.result.flatMap((s) => s.values.map(([ns, line]) => `${s.stream['service'] ?? 'load'} ${ns} ${line}`)),
  );
const putIn = (list: readonly Written[]): string[] => list.map((w) => `${w.service} ${w.ns} ${w.text}`);

function sameLines(slice: StoreSlice, list: readonly Written[]): void {
  const [there, here] = [putIn(list).sort(), linesOf(slice).sort()];
  const at = there.findIndex((line, i) => line !== here[i]);
  expect(at < 0 ? null : here[at]).toBe(at < 0 ? null : there[at]);
  expect(here.length).toBe(there.length);
  expect(slice.lines).toBe(list.length);
}

function recordsOf(slice: StoreSlice): LogRecord[] {
  const out: LogRecord[] = [];
  for (const artifact of artifactsOf(slice)) {
    openLog(artifact)?.scan({}, (record) => {
      out.push(record);
      return true;
    });
  }
  return out;
}

const withoutBurst = written.filter((w) => !w.text.startsWith('at once'));
const idOf = (w: Written): string | undefined => /"trace_id":"([0-9a-f]{32})"/.exec(w.text)?.[1];
const traceThroughAll = (): string => {
  const services = new Map<string, Set<string>>();
  for (const w of shop) {
    const id = idOf(w);
    if (id !== undefined) services.set(id, (services.get(id) ?? new Set()).add(w.service));
  }
  const found = [...services].find(([, s]) => s.size === 3);
  if (found === undefined) throw new Error('no trace goes through all three services');
  return found[0];
};

describe('Loki', () => {
  it('hands back everything in pages: nothing lost, nothing twice, times exact, in order', async () => {
    const slice = await collect({});
    // of the nanosecond that holds more lines than a page, a page came back, and that is said
    const atOnce = linesOf(slice).filter((l) => l.includes('at once'));
    expect(atOnce).toHaveLength(LIMITS.entries);
    expect(slice.gaps.map((g) => g.what)).toEqual([
      `Loki holds more than ${LIMITS.entries} matching lines of ${formatInstant(instant(end + SECOND))}: the rest of that nanosecond is missing`,
    ]);
    const rest = linesOf(slice).filter((l) => !l.includes('at once'));
    expect(rest.sort()).toEqual(putIn(withoutBurst).sort());
    // each source's lines in the order in which they were printed; Loki does not keep the order of lines of one nanosecond
    for (const service of ['gateway', 'orders', 'notifier']) {
      expect(linesOf(slice).filter((l) => l.startsWith(`${service} `))).toEqual(
        putIn(
          withoutBurst
            .filter((w) => w.service === service)
            .slice()
            .sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0)),
        ),
      );
    }
    expect(slice.files.map((f) => f.path)).toEqual([
      'loki/job-shop-load_request_id-r-77.json',
      'loki/shop_burst-1_burst.json',
      'loki/shop_gateway-5b76dbdc7f-r6lxl_gateway.json',
      'loki/shop_inventory-54db6659bf-b2dq8_inventory.json',
      'loki/shop_notifier-fc8f9774c-jxp5f_notifier.json',
      'loki/shop_orders-68f495bf69-5w94w_orders.json',
    ]);
    expect(between.exchanges.some((e) => e.status === 400 && e.body.includes('max entries limit per query exceeded'))).toBe(true);
  });

  it('the lines are read as the logs they were', async () => {
    const records = recordsOf(await collect({ service: 'orders' }));
    const mine = shop.filter((w) => w.service === 'orders');
    expect(records.map((r) => [r.format, r.time?.at, r.text()])).toEqual(mine.map((w) => ['slog-json', w.ns, w.text]));
    // the id stands in the line and beside it
    const first = records.find((r) => traceIdOf(r) !== null)!;
    expect(first.fields.filter((f) => f.name === 'trace_id').map((f) => f.text)).toEqual([traceIdOf(first)!.text, traceIdOf(first)!.text]);
    expect(first.field('pod')?.text).toBe('orders-68f495bf69-5w94w');
  });

  it('a crash text stored line by line is read as one', async () => {
    const [artifact] = artifactsOf(await collect({ service: 'notifier' }));
    expect(crashText.read(artifact!).model?.crashes.map((c) => [c.kind, c.complete, c.writer])).toEqual([['panic', true, 'pod/notifier-fc8f9774c-jxp5f/notifier']]);
  });

  it('a trace: structured metadata, then the text around it; the same lines as grep finds', async () => {
    const id = traceThroughAll();
    const grep = written.filter((w) => w.text.includes(id));
    const slice = await collect({ trace: id });
    sameLines(slice, grep);
    expect(slice.asked.filter((a) => a.lines > 0).map((a) => [a.what.replace(/ trace_id.*/, ''), a.lines])).toEqual([
      ['structured metadata', grep.filter((w) => w.service === 'orders').length],
      ['text of the line', grep.filter((w) => w.service !== 'orders').length],
    ]);
    expect(slice.incomplete?.how).toBe('filtered');
  });

  it('an id among the labels is found by the index; one that is nowhere is not found', async () => {
    const slice = await collect({ trace: 'r-77' });
    sameLines(slice, load);
    expect(slice.asked.find((a) => a.lines > 0)?.what).toBe('label request_id');
    const none = await collect({ trace: '00000000000000000000000000000001' });
    expect([none.lines, none.files]).toEqual([0, []]);
    expect(new Set(none.asked.map((a) => a.lines))).toEqual(new Set([0]));
  });

  it('service, level, text and time are pushed down', async () => {
    sameLines(await collect({ service: 'load' }), load);
    sameLines(
      await collect({ service: 'orders', text: 'context deadline exceeded' }),
      written.filter((w) => w.service === 'orders' && w.text.includes('context deadline exceeded')),
    );
    sameLines(
      await collect({ service: 'orders', level: 'error' }),
      written.filter((w) => w.service === 'orders' && /"level":"ERROR"/.test(w.text)),
    );
    const [a, b] = [instant(start + SECOND), instant(start + 2n * SECOND)];
    sameLines(
      await collect({ from: a, to: b }),
      written.filter((w) => w.ns >= a && w.ns <= b),
    );
    const none = await collect({ service: 'nowhere' });
    expect([none.lines, none.gaps.map((g) => g.why)]).toEqual([0, [expect.stringContaining('burst, gateway, inventory')]]);
  });

  it('a query of the user; numbers and nonsense are refused in clear text', async () => {
    sameLines(
      await collect({ query: '{service="inventory"} |= "error"' }),
      written.filter((w) => w.service === 'inventory' && w.text.includes('error')),
    );
    await expect(collect({ query: 'count_over_time({service="orders"}[1m])' })).rejects.toMatchObject({ kind: 'refused', message: 'that query gives numbers, not lines' });
    await expect(collect({ query: '{service=' })).rejects.toMatchObject({ kind: 'refused', status: 400, said: expect.stringContaining('parse error') });
  });

  it('the limit: the earliest are taken, whole nanoseconds, and what is missing is a gap', async () => {
    const slice = await collect({ service: 'burst', from: instant(end + 2n * SECOND), most: 80 });
    // 26 times of three lines are 78; the 27th would be the 79th to 81st
    sameLines(
      slice,
      burst.filter((w) => w.ns >= end + 2n * SECOND && w.ns < end + 2n * SECOND + 26n),
    );
    expect(slice.to).toBe(end + 2n * SECOND + 25n);
    expect(slice.gaps.map((g) => g.what)).toEqual([expect.stringContaining('holds more matching lines: those after')]);
  });

  it('a time before anything that is kept is a gap', async () => {
    const slice = await collect({ service: 'orders', from: instant(start - 3600n * SECOND) });
    sameLines(
      slice,
      written.filter((w) => w.service === 'orders'),
    );
    const first: Instant = instant(shop.filter((w) => w.service === 'orders')[0]!.ns);
    expect(slice.gaps.map((g) => g.what)).toEqual([expect.stringContaining(`its first is of ${formatInstant(first)}`)]);
    // what was asked for is longer than Loki answers at once
    expect(between.exchanges.some((e) => e.status === 400 && e.body.includes('query time range exceeds the limit'))).toBe(true);
  });
});

// what Loki does then cannot be played back: held by an ingester it is dropped without a word, from chunks no answer comes
describe.runIf(REAL)('an answer of more than 4 MiB', () => {
  const wideAt = (pod: string, from: bigint): Written[] =>
    Array.from({ length: 40 }, (_none, i) => ({ service: 'wide', pod, container: 'wide', text: `${i} ${'x'.repeat(200_000)}`, ns: from + BigInt(i) * 10_000_000n }));
  it.each([
    ['held-by-an-ingester', () => BigInt(Date.now() - 60_000) * 1_000_000n],
    ['from-its-chunks', () => start - 7200n * SECOND],
  ])(
    '%s: it is noticed and taken in smaller pages',
    async (held, from_) => {
      const wide = wideAt(held, from_());
      const { url } = server as RunningServer;
      for (const line of wide) await pushStreams(url, streamsOfShop([line]));
      if (held === 'from-its-chunks') await fetch(`${url}/flush`, { method: 'POST' });
      await new Promise((next) => setTimeout(next, 3000));
      const slice = await collectLoki(
        { service: 'wide', from: instant(wide[0]!.ns), to: instant(wide.at(-1)!.ns), most: MOST_LINES },
        { endpoint: endpointOf(url, { timeoutMs: 4000 }) },
      );
      sameLines(slice, wide);
      expect(slice.gaps).toEqual([]);
    },
    180_000,
  );
});
