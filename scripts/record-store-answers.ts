/**
 * `node scripts/run.mjs record-store-answers`: fills real log stores with recorded lines and keeps what they answer, as the reader of logs
 * is tested with it. Loki is built first where it is not there: a quarter of an hour.
 */
import { join } from 'node:path';
import process from 'node:process';
import { writeFixture } from '../src/collect/testing/exchanges.ts';
import { LOKI_VERSION, pushStreams, startLoki, streamsOfShop, waitForLines } from '../src/collect/testing/loki-server.ts';
import { iso, shopLogs } from '../src/collect/testing/shop-logs.ts';
import { pushRows, startVictoriaLogs, VICTORIALOGS_VERSION, waitForRows } from '../src/collect/testing/victorialogs-server.ts';

const FOLDER = join('src', 'read', 'logs', 'testdata');
const all = shopLogs();
/** A crash with what was logged before it, and some requests of each of the others. */
const some = ['gateway', 'inventory', 'orders', 'notifier'].flatMap((service) => {
  const of = all.filter((w) => w.service === service);
  return service === 'notifier' ? of.slice(-20) : of.slice(0, 8);
});
const start = some.reduce((n, w) => (w.ns < n ? w.ns : n), some[0]!.ns);
const end = some.reduce((n, w) => (w.ns > n ? w.ns : n), 0n) + 1n;
const filled = 'filled with lines of incidents/rollout-leaks-goroutines and incidents/image-pull-and-crash-loop';

async function get(url: string, params: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer = await fetch(`${url}?${new URLSearchParams(params)}`, { headers: { 'accept-encoding': 'identity', ...headers } });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

const loki = await startLoki({ entries: 5000, queryLength: '30d' });
try {
  await pushStreams(loki.url, streamsOfShop(some));
  await waitForLines(loki.url, some.length, end);
  const params = { query: '{namespace="shop"}', start: String(start), end: String(end), limit: '1000' };
  const origin = { program: `Loki, ${filled}`, version: `Loki ${LOKI_VERSION}`, redactions: 'none' };
  const at = `${loki.url}/loki/api/v1/query_range`;
  const shown = `GET /loki/api/v1/query_range?${new URLSearchParams(params)}`;
  writeFixture(join(FOLDER, 'loki-categorized.json'), await get(at, { ...params, direction: 'forward' }, { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' }), {
    ...origin,
    command: `${shown}&direction=forward with X-Loki-Response-Encoding-Flags: categorize-labels`,
  });
  writeFixture(join(FOLDER, 'loki-default.json'), await get(at, params), { ...origin, command: shown });
} finally {
  await loki.stop();
}

const store = await startVictoriaLogs();
try {
  const labels = { _stream_fields: 'service,namespace,pod,container' };
  const labelled = (w: (typeof some)[number]): object => ({ service: w.service, namespace: 'shop', pod: w.pod, container: w.container });
  // gateway's JSON is taken apart by the store; of the others the lines are kept as they were printed
  const [flat, whole] = [some.filter((w) => w.service === 'gateway'), some.filter((w) => w.service !== 'gateway')];
  await pushRows(
    store.url,
    flat.map((w) => JSON.stringify({ ...(JSON.parse(w.text) as object), ...labelled(w) })),
    { ...labels, _time_field: 'time', _msg_field: 'msg' },
  );
  await pushRows(
    store.url,
    whole.map((w) => JSON.stringify({ _time: iso(w.ns), _msg: w.text, ...labelled(w) })),
    labels,
  );
  await waitForRows(store.url, some.length);
  const at = `${store.url}/select/logsql/query`;
  const origin = { program: `VictoriaLogs, ${filled}`, version: `VictoriaLogs ${VICTORIALOGS_VERSION}`, redactions: 'none' };
  writeFixture(join(FOLDER, 'victorialogs.jsonl'), await get(at, { query: '* | sort by (_time)' }), { ...origin, command: 'GET /select/logsql/query?query=* | sort by (_time)' });
  writeFixture(join(FOLDER, 'victorialogs-limit.jsonl'), await get(at, { query: '*', limit: '1000' }), { ...origin, command: 'GET /select/logsql/query?query=*&limit=1000' });
} finally {
  await store.stop();
}
process.exitCode = 0;
