/** Against the real server, one node and a cluster: what comes back is compared with what was put in. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Artifact, formatInstant, instant, parseInstant } from '../../model/index.ts';
import { crashText } from '../../read/crash-text/index.ts';
import { type LogRecord, openLog } from '../../read/logs/index.ts';
import { endpointOf } from '../lib/http.ts';
import { artifactsOf, type StoreSlice } from '../lib/slice.ts';
import { type LogsWanted, MOST_LINES } from '../lib/wanted.ts';
import type { RunningServer } from '../testing/server-process.ts';
import { iso, shopLogs, type Written } from '../testing/shop-logs.ts';
import { type Cluster, pushRows, startCluster, startVictoriaLogs, waitForRows } from '../testing/victorialogs-server.ts';
import { collectVictoriaLogs } from './index.ts';

const written = shopLogs();
const times = written.map((w) => w.ns).sort((a, b) => (a < b ? -1 : 1));
const from = instant(times[0]! - 1_000_000_000n);
const to = instant(times.at(-1)! + 1_000_000_000n);
const labelsOf = (w: Written): Record<string, string> => ({ service: w.service, namespace: 'shop', pod: w.pod, container: w.container });
const STREAM = '_stream_fields=service,namespace,pod,container';

/** gateway's JSON is taken apart as the store does it by itself; of the others the lines are kept as they were printed. */
async function feed(insert: string): Promise<void> {
  const flat = written.filter((w) => w.service === 'gateway');
  const whole = written.filter((w) => w.service !== 'gateway');
  const stream = Object.fromEntries(new URLSearchParams(STREAM));
  await pushRows(
    insert,
    flat.map((w) => JSON.stringify({ ...(JSON.parse(w.text) as object), ...labelsOf(w) })),
    { ...stream, _time_field: 'time', _msg_field: 'msg' },
  );
  await pushRows(
    insert,
    whole.map((w) => JSON.stringify({ _time: iso(w.ns), _msg: w.text, ...labelsOf(w) })),
    stream,
  );
}

const collect = (url: string, more: Partial<LogsWanted>, options: Partial<Parameters<typeof collectVictoriaLogs>[1]> = {}): Promise<StoreSlice> =>
  collectVictoriaLogs({ from, to, most: MOST_LINES, ...more }, { endpoint: endpointOf(url), ...options });

function recordsOf(slice: StoreSlice): { artifact: Artifact; record: LogRecord }[] {
  return artifactsOf(slice).flatMap((artifact) => {
    const found: { artifact: Artifact; record: LogRecord }[] = [];
    openLog(artifact)?.scan({}, (record) => {
      found.push({ artifact, record });
      return true;
    });
    return found;
  });
}

/** Rows of a slice as they lie in its files. */
const rowsOf = (slice: StoreSlice): Record<string, string>[] =>
  slice.files.flatMap((f) =>
    new TextDecoder()
      .decode(f.bytes)
      .split('\n')
      .filter((l) => l !== '')
      .map((l) => JSON.parse(l) as Record<string, string>),
  );

/** One line a row, told apart by service, time and text: what was put in and what came back must be one list. */
const putIn = (list: readonly Written[]): string[] =>
  list.map(
    (w) =>
      `${w.service} ${w.ns} ${w.service === 'gateway' ? (JSON.parse(w.text) as { msg: string; span_id?: string }).msg + (JSON.parse(w.text) as { span_id?: string }).span_id : w.text}`,
  );
const cameBack = (rows: readonly Record<string, string>[]): string[] =>
  rows.map((r) => `${r['service']} ${parseInstant(r['_time']!)} ${r['service'] === 'gateway' ? `${r['_msg']}${r['span_id']}` : r['_msg']}`);

function sameLines(slice: StoreSlice, list: readonly Written[]): void {
  // thousands of lines: the first that differs says enough
  const [there, here] = [putIn(list).sort(), cameBack(rowsOf(slice)).sort()];
  const at = there.findIndex((line, i) => line !== here[i]);
  expect(at < 0 ? null : here[at]).toBe(at < 0 ? null : there[at]);
  expect(here.length).toBe(there.length);
  expect(slice.lines).toBe(list.length);
}

const traceOf = (service: string): string => {
  const counts = new Map<string, Set<string>>();
  for (const w of written) {
    const id = /"trace_id":"([0-9a-f]{32})"/.exec(w.text)?.[1];
    if (id !== undefined) counts.set(id, (counts.get(id) ?? new Set()).add(w.service));
  }
  const found = [...counts].find(([id, services]) => services.size === 3 && written.some((w) => w.service === service && w.text.includes(id)));
  if (found === undefined) throw new Error('no trace goes through all three services');
  return found[0];
};

let server: RunningServer;
beforeAll(async () => {
  server = await startVictoriaLogs();
  await feed(server.url);
  await waitForRows(server.url, written.length);
}, 300_000);
afterAll(() => server?.stop());

describe('a single node', () => {
  it('hands back everything that was put in: nothing lost, nothing twice, times exact to the nanosecond, in order', async () => {
    const slice = await collect(server.url, {});
    sameLines(slice, written);
    expect(slice.gaps).toEqual([]);
    expect(slice.files.map((f) => f.path)).toEqual([
      'victorialogs/shop_gateway-5b76dbdc7f-r6lxl_gateway.jsonl',
      'victorialogs/shop_inventory-54db6659bf-b2dq8_inventory.jsonl',
      'victorialogs/shop_notifier-fc8f9774c-jxp5f_notifier.jsonl',
      'victorialogs/shop_orders-68f495bf69-5w94w_orders.jsonl',
    ]);
    // lines of one source stand in the order in which they were printed, those of one time, too
    for (const service of ['orders', 'inventory', 'notifier']) {
      const inOrder = written.filter((w) => w.service === service).sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0));
      expect(
        rowsOf(slice)
          .filter((r) => r['service'] === service)
          .map((r) => r['_msg']),
      ).toEqual(inOrder.map((w) => w.text));
    }
  });

  it('the rows are read as the logs they were, with what the store knows beside them', async () => {
    const slice = await collect(server.url, {});
    const records = recordsOf(slice);
    const formats = new Set(records.map((r) => r.record.format));
    expect(formats).toContain('slog-json');
    expect(formats).toContain('zap-json');
    expect(formats).toContain('victorialogs');
    const gateway = records.filter((r) => r.record.field('service', 'last')?.text === 'gateway');
    const first = JSON.parse(written[0]!.text) as Record<string, string>;
    const same = gateway.find((r) => r.record.field('span_id')?.text === first['span_id'])!;
    expect(same.record.level).toBe('info');
    expect(same.record.message).toBe(first['msg']);
    expect(same.record.time?.at).toBe(written[0]!.ns);
    // durations are int64 nanoseconds
    expect(same.record.field('duration')?.text).toBe(String(first['duration']));
  });

  it('a crash text that was stored line by line is read as one', async () => {
    const [artifact] = artifactsOf(await collect(server.url, { service: 'notifier' }));
    const { model } = crashText.read(artifact!);
    expect(model?.crashes.map((c) => [c.kind, c.complete])).toEqual([['panic', true]]);
  });

  it('a trace: fields first, then words of messages around it; the same lines as grep finds', async () => {
    const id = traceOf('orders');
    const slice = await collect(server.url, { trace: id });
    const grep = written.filter((w) => w.text.includes(id));
    sameLines(slice, grep);
    expect(slice.asked.map((a) => [a.what, a.lines])).toEqual([
      ['field trace_id', grep.filter((w) => w.service === 'gateway').length],
      ['word of the message', grep.filter((w) => w.service !== 'gateway').length],
    ]);
    expect(slice.incomplete).toEqual({ how: 'filtered', why: `only lines that match the id ${id}` });
  });

  it('a part of an id is found only in the text, and an id that is nowhere is not found', async () => {
    const part = traceOf('orders').slice(0, 20);
    const found = await collect(server.url, { trace: part });
    sameLines(
      found,
      written.filter((w) => w.service !== 'gateway' && w.text.includes(part)),
    );
    expect(found.asked.at(-1)?.what).toBe('text of the message');
    const none = await collect(server.url, { trace: '00000000000000000000000000000001' });
    expect([none.lines, none.files, none.asked.length]).toEqual([0, [], 3]);
  });

  it('service, level, text and time are pushed down', async () => {
    sameLines(
      await collect(server.url, { service: 'orders' }),
      written.filter((w) => w.service === 'orders'),
    );
    sameLines(
      await collect(server.url, { service: 'orders', text: 'context deadline exceeded' }),
      written.filter((w) => w.service === 'orders' && w.text.includes('context deadline exceeded')),
    );
    // the store knows gateway's level only; a lower one is left out, an unknown one is not
    sameLines(
      await collect(server.url, { service: 'gateway', level: 'warn' }),
      written.filter((w) => w.service === 'gateway' && !/"level":"(?:DEBUG|INFO)"/.test(w.text)),
    );
    const [a, b] = [instant(times[500]!), instant(times[900]!)];
    sameLines(
      await collect(server.url, { from: a, to: b }),
      written.filter((w) => w.ns >= a && w.ns <= b),
    );
    const none = await collect(server.url, { service: 'nowhere' });
    expect([none.lines, none.gaps.length]).toEqual([0, 1]);
  });

  it('a query of the user', async () => {
    sameLines(
      await collect(server.url, { query: 'service:="inventory" _msg:"error"' }),
      written.filter((w) => w.service === 'inventory' && /\berror\b/.test(w.text)),
    );
    await expect(collect(server.url, { query: '* | stats by (service) count()' })).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('_time') });
    await expect(collect(server.url, { query: 'a:(' })).rejects.toMatchObject({ kind: 'refused', status: 400, said: expect.stringContaining('cannot parse query') });
  });

  it('the limit: the earliest are taken, whole nanoseconds, and what is missing is a gap', async () => {
    const slice = await collect(server.url, { most: 100 });
    expect(slice.lines).toBeLessThanOrEqual(100);
    expect(slice.lines).toBeGreaterThan(0);
    sameLines(
      slice,
      written.filter((w) => w.ns <= slice.to),
    );
    expect(slice.gaps.map((g) => g.what)).toEqual([expect.stringContaining('holds more matching lines')]);
    // an answer larger than may be held is asked for in a smaller part
    const small = await collect(server.url, {}, { mostBytes: 300_000 });
    expect(small.lines).toBeGreaterThan(0);
    sameLines(
      small,
      written.filter((w) => w.ns <= small.to),
    );
    expect(small.gaps).not.toEqual([]);
  });

  it('a time before anything that is kept is a gap', async () => {
    const slice = await collect(server.url, { from: instant(from - 86_400n * 1_000_000_000n) });
    sameLines(slice, written);
    expect(slice.gaps.map((g) => g.what)).toEqual([expect.stringContaining(`its first is of ${formatInstant(instant(times[0]!))}`)]);
  });

  it('the artifacts say whose they are, how they were taken, and for when', async () => {
    const [artifact] = artifactsOf(await collect(server.url, { service: 'orders' }));
    expect(artifact).toMatchObject({
      path: 'victorialogs/shop_orders-68f495bf69-5w94w_orders.jsonl',
      covers: [
        { entity: { kind: 'container', key: 'shop/orders-68f495bf69-5w94w/orders' }, strength: 'stated' },
        { entity: { kind: 'service', key: 'orders' }, strength: 'stated' },
      ],
      interval: { from, to },
    });
    expect(artifact?.command).toContain(`${server.url}/select/logsql/query?query=`);
  });
});

describe('what the retention drops', () => {
  it('rows too old when they came in are gone without an error; the gap says so', async () => {
    const short = await startVictoriaLogs(['-retentionPeriod=2d']);
    try {
      const now = BigInt(Date.now()) * 1_000_000n;
      const rows = [now - 5n * 86_400n * 1_000_000_000n, now - 3_600_000_000_000n].map((ns, i) => JSON.stringify({ _time: iso(ns), _msg: `line ${i}`, service: 'orders' }));
      await pushRows(short.url, rows, { _stream_fields: 'service' });
      await waitForRows(short.url, 1);
      const slice = await collectVictoriaLogs({ from: instant(now - 6n * 86_400n * 1_000_000_000n), to: instant(now), most: 1000 }, { endpoint: endpointOf(short.url) });
      expect(rowsOf(slice).map((r) => r['_msg'])).toEqual(['line 1']);
      expect(slice.gaps).toMatchObject([{ what: expect.stringContaining('holds no line of'), why: expect.stringContaining('retentionPeriod') }]);
    } finally {
      await short.stop();
    }
  }, 60_000);
});

describe('a cluster of two storage nodes', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
    await feed(cluster.insert);
    await waitForRows(cluster.select, written.length);
  }, 120_000);
  afterAll(() => cluster?.stop());

  it('hands back everything, as a single node does', async () => {
    const slice = await collect(cluster.select, {});
    sameLines(slice, written);
    expect(slice.gaps).toEqual([]);
    const id = traceOf('orders');
    sameLines(
      await collect(cluster.select, { trace: id }),
      written.filter((w) => w.text.includes(id)),
    );
  });

  it('with a node down the rest is taken, and what is missing is a gap', async () => {
    await cluster.storage[0]!.stop();
    const slice = await collect(cluster.select, {});
    expect(slice.lines).toBeGreaterThan(0);
    expect(slice.lines).toBeLessThan(written.length);
    expect(slice.gaps).toMatchObject([{ what: expect.stringContaining('answered partially'), why: expect.stringContaining(cluster.storage[0]!.url.slice('http://'.length)) }]);
    expect(slice.incomplete).toEqual({ how: 'cut', why: 'a storage node did not answer' });
    // a query that allows a part by itself says nothing, so that is said
    const own = await collect(cluster.select, { query: 'options(allow_partial_response=true) *' });
    expect(own.lines).toBeLessThan(written.length);
    expect(own.gaps).toMatchObject([{ what: expect.stringContaining('not known whether all storage nodes') }]);
  });
});

describe('an interruption', () => {
  it('keeps the whole rows that had come', async () => {
    const stop = new AbortController();
    // a proxy in between that hands on one row and then nothing: the moment in which somebody presses Ctrl-C
    const slow = createServer((request, response) => {
      const url = new URL(request.url ?? '/', server.url);
      void fetch(url).then(async (answer) => {
        const text = await answer.text();
        const query = url.searchParams.get('query') ?? '';
        if (query.includes('stats count') || url.pathname.endsWith('field_names')) {
          response.end(text);
          return;
        }
        response.write(text.slice(0, text.indexOf('\n') + 40));
        setTimeout(() => stop.abort(), 50);
      });
    });
    await new Promise<void>((ready) => slow.listen(0, '127.0.0.1', ready));
    const { port } = slow.address() as { port: number };
    const slice = await collect(`http://127.0.0.1:${port}`, { service: 'orders' }, { signal: stop.signal });
    slow.closeAllConnections();
    slow.close();
    expect([slice.interrupted, slice.lines, slice.gaps.length, slice.incomplete?.how]).toEqual([true, 1, 1, 'cut']);
  });
});
