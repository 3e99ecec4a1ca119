/** Grep where the logs lie, against a real VictoriaLogs: what it finds is what a search over all rows finds, though few of them come back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '../../collect/testing/server-process.ts';
import { iso, shopLogs, type Written } from '../../collect/testing/shop-logs.ts';
import { pushRows, startVictoriaLogs, waitForRows } from '../../collect/testing/victorialogs-server.ts';
import { said } from '../testing/said.ts';

const written = shopLogs();
const times = written.map((w) => w.ns).sort((a, b) => (a < b ? -1 : 1));
const STRETCH = ['--since', iso(times[0]! - 1_000_000_000n), '--until', iso(times.at(-1)! + 60_000_000_000n)];
const labelsOf = (w: Written): Record<string, string> => ({ service: w.service, namespace: 'shop', pod: w.pod, container: w.container });
const STREAM = { _stream_fields: 'service,namespace,pod,container' };
const TRACE = /"trace_id":"([0-9a-f]{32})"/.exec(written.find((w) => w.service === 'orders' && w.text.includes('"trace_id":"'))!.text)![1]!;

/** What a filter of the store by fields alone would lose: ids and levels that stand in the text, beside it, or in a field of another name. */
const ODD: readonly Record<string, string>[] = [
  { _msg: 'handed on', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` },
  { _msg: `{"level":"error","ts":1795487489.05,"caller":"a.go:1","msg":"of the text","trace_id":"${TRACE}","path":"/b"}`, level: 'info' },
  { _msg: 'of the field', level: 'ERROR', path: '/orders' },
  { _msg: 'of a letter', level: 'E' },
  { _msg: 'not of the message: level=error', level: 'info' },
  { _msg: '{"level":"error","ts":1795487489.06,"caller":"a.go:1","msg":"r\\u0065serve escaped"}' },
  { _msg: 'E1124 02:31:28.330000       1 handler.go:69] "Reserve failed" err="context deadline exceeded"' },
  { _msg: `prefix${TRACE}suffix`, level: 'warn' },
  { _msg: 'over the wire', note: 'context deadline exceeded', level: 'warn' },
];

let server: RunningServer;
beforeAll(async () => {
  server = await startVictoriaLogs();
  const flat = written.filter((w) => w.service === 'gateway');
  const whole = written.filter((w) => w.service !== 'gateway');
  await pushRows(
    server.url,
    flat.map((w) => JSON.stringify({ ...(JSON.parse(w.text) as object), ...labelsOf(w) })),
    { ...STREAM, _time_field: 'time', _msg_field: 'msg' },
  );
  await pushRows(
    server.url,
    [
      ...whole.map((w) => JSON.stringify({ _time: iso(w.ns), _msg: w.text, ...labelsOf(w) })),
      ...ODD.map((row, n) => JSON.stringify({ _time: iso(times.at(-1)! + BigInt(n + 1)), ...row, service: 'odd', namespace: 'shop', pod: 'odd-1', container: 'odd' })),
    ],
    STREAM,
  );
  await waitForRows(server.url, written.length + ODD.length);
}, 300_000);
afterAll(() => server?.stop());

const grep = (...argv: string[]): ReturnType<typeof said> => said('logs', 'grep', ...argv, '--victorialogs', server.url, ...STRETCH);
const looked = (err: string): number => Number(/(\d+) bytes searched/.exec(err)?.[1]);

describe('in VictoriaLogs', () => {
  test.each([
    ['level=error', true],
    ['level>=warn', true],
    [`trace_id=${TRACE}`, true],
    [`trace=${TRACE} level=error`, true],
    ['"context deadline exceeded"', true],
    ['msg~"reserve.*escaped"', true],
    ['path=/orders or path=/b', true],
    ['service=orders level=error', true],
    ['service=odd', true],
    ['not level=info', false],
    ['level!=info', false],
  ])('%s', async (query, pushed) => {
    // a query that nothing can be asked of brings all rows here
    const all = await grep('-o', 'msg', '--order', 'time', `(${query}) or (nobody=here and not nobody=here)`, '--stats');
    const every = await grep('-c', `not (nobody=${'x'.repeat(3)})`, '--stats');
    const found = await grep('-o', 'msg', '--order', 'time', query, '--stats');
    expect(found.out.split('\n').sort()).toEqual(all.out.split('\n').sort());
    expect(found.out).not.toBe('');
    if (pushed) {
      expect(looked(found.err)).toBeLessThan(looked(every.err) / 2);
      expect(found.err).toContain('only the rows that hold what is sought came back');
    } else expect(looked(found.err)).toBe(looked(every.err));
  });

  test('a level that a message only names is none', async () => {
    const { out } = await grep('-o', 'msg', 'level=error service=odd');
    expect(out.trim().split('\n').sort()).toEqual(['Reserve failed', 'of a letter', 'of the field', 'of the text', 'reserve escaped']);
  });

  test('what was cut is said, and what was found comes with it', async () => {
    const { err, exit, out } = await grep('-c', 'level>=debug', '--limit', '10');
    expect(exit).toBe(0);
    expect(Number(out)).toBeLessThanOrEqual(10);
    expect(err).toMatch(/10/);
    expect(err).toContain('--limit');
  });

  test('nothing that matches is no fault, a store that cannot be asked is', async () => {
    expect(await grep('-c', 'user=nobody-at-all')).toMatchObject({ exit: 0, out: '0\n' });
    const gone = await said('logs', 'grep', 'level=error', '--victorialogs', 'http://127.0.0.1:1', ...STRETCH);
    expect(gone.exit).not.toBe(0);
    expect(gone.err).toContain('VictoriaLogs');
    expect((await said('logs', 'grep', 'since=14:02', '--victorialogs', server.url)).err).toContain('needs its date');
    expect((await said('logs', 'grep', 'level=error', '-f', '--victorialogs', server.url)).err).toContain('--follow');
  });
});
