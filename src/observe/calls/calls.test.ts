import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calleeLatency, deadlineExceeded, requestsFailing, requestsSlow } from '../../model/conditions/calls.ts';
import { deadlineTooShort } from '../../model/conditions/config.ts';
import { errorBurst } from '../../model/conditions/logs.ts';
import { type Artifact, type Condition, type Facts, type Kind, type Reader, service, type World } from '../../model/index.ts';
import { testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { logs as logReader } from '../../read/logs/index.ts';
import { prometheusApi } from '../../read/prometheus-api/index.ts';
import { checkOrigin, fixtureBytes } from '../../read/testing/check-reader.ts';
import { deadlines } from '../deadlines/index.ts';
import { openWorld } from '../lib/world.ts';
import { logs } from '../logs/index.ts';
import { calls } from './index.ts';

const folder = join(import.meta.dirname, 'testdata');

function worldOf(story: string, parts: readonly string[] = ['front', 'stock']): World {
  const artifacts = parts.map((part) => {
    const file = join(folder, `${story}.${part}.log.gz`);
    checkOrigin(file);
    return testArtifact(fixtureBytes(file), { id: `${part}.log`, path: `${part}.log` });
  });
  return openWorld(openReadings(artifacts, [logReader as Reader<unknown>]), [logs, calls, deadlines]);
}

const seen = <F extends Facts>(world: World, kind: Kind<F>): readonly Condition<F>[] => {
  const answer = world.look(kind);
  return answer.state === 'observed' ? answer.conditions : [];
};
const stateOf = (world: World, kind: Kind): string => world.look(kind).state;

describe('a deadline that was shortened', () => {
  const world = worldOf('shortened');
  const [failed, ...others] = seen(world, deadlineExceeded);

  it('is seen at the caller, with its callee, its value and its onset', () => {
    expect(others).toEqual([]);
    expect(failed?.entity).toEqual(service('front'));
    expect(failed?.facts).toMatchObject({
      caller: 'front',
      callee: 'stock',
      operation: '/stock/teapot',
      how: 'context',
      deadlineKnown: 'stated',
      setting: 'stock_timeout',
      cancelled: false,
    });
    expect(failed?.facts.deadlineSeconds).toBeCloseTo(0.045, 6);
    expect(failed?.quantity?.baseline).toBe(0);
    expect(failed?.onset.lastWell).not.toBeNull();
    expect(failed!.onset.lastWell! < failed!.onset.firstIll!).toBe(true);
    expect(failed?.places.length).toBeGreaterThan(2);
  });

  it('the callee answered those very calls, later than the caller waited', () => {
    expect(failed?.facts.calleeAnswered).toBeGreaterThan(20);
    expect(failed?.facts.calleeAnsweredSeconds).toBeGreaterThan(0.045);
  });

  it('the callee is well and as quick as before', () => {
    const [l] = seen(world, calleeLatency).filter((c) => c.facts.service === 'stock');
    expect(l?.facts).toMatchObject({ route: 'GET /stock/{sku}', failing: false, steady: true, slowIn: [] });
    expect(l?.facts.p99Seconds).toBeGreaterThan(0.06);
  });

  it('so the deadline is shorter than the callee needs', () => {
    const [d] = seen(world, deadlineTooShort);
    expect(d?.facts).toMatchObject({ caller: 'front', callee: 'stock', setting: 'stock_timeout', seconds: 0.045, previousSeconds: 0.5 });
    expect(d?.facts.neededSeconds).toBeGreaterThan(0.06);
  });

  it('requests of the caller fail, and its error text surges', () => {
    expect(seen(world, requestsFailing).map((c) => [c.facts.service, c.facts.route, c.facts.code])).toEqual([['front', 'GET /articles/{sku}', '504']]);
    const bursts = seen(world, errorBurst);
    expect(bursts.map((c) => [c.facts.service, c.facts.callee, c.facts.ends, c.facts.baseline])).toEqual([['front', 'stock', 'context', 0]]);
  });

  it('front calls stock: stated by the URL of a failing call', () => {
    expect(world.identity.neighbours(service('front'), 'calls').map((r) => [r.entity.key, r.strength])).toEqual([['stock', 'stated']]);
  });

  it("without the callee's log nobody can say whether the deadline is too short", () => {
    const alone = worldOf('shortened', ['front']);
    expect(seen(alone, deadlineExceeded)[0]?.facts.callee).toBe('stock');
    const answer = alone.look(deadlineTooShort);
    expect(answer.state).toBe('not-observable');
    expect(answer.state === 'not-observable' && answer.reasons[0]?.next).toContain('stock');
  });
});

describe('near misses', () => {
  it('a callee that became slower is no short deadline', () => {
    const world = worldOf('slow');
    expect(seen(world, deadlineExceeded)[0]?.facts).toMatchObject({ caller: 'front', callee: 'stock' });
    const [l] = seen(world, calleeLatency).filter((c) => c.facts.service === 'stock');
    expect(l?.facts.steady).toBe(false);
    expect(l?.facts.slowIn).toHaveLength(1);
    expect(l?.facts.slowIn?.[0]).toContain('stock');
    expect(l?.facts.p50LaterSeconds).toBeGreaterThan(2 * l!.facts.p50Seconds);
    expect(stateOf(world, deadlineTooShort)).toBe('absent');
    expect(seen(world, requestsSlow).map((c) => c.facts.service)).toContain('stock');
  });

  it('a callee that answers 500 is no missed deadline', () => {
    const world = worldOf('failing');
    expect(seen(world, deadlineExceeded)).toEqual([]);
    expect(stateOf(world, deadlineExceeded)).toBe('absent');
    expect(seen(world, requestsFailing).map((c) => [c.facts.service, c.facts.code])).toEqual([
      ['front', '502'],
      ['stock', '500'],
    ]);
    expect(seen(world, calleeLatency).find((c) => c.facts.service === 'stock')?.facts.failing).toBe(true);
  });

  it('customers who go away are no missed deadline either', () => {
    const world = worldOf('cancelled');
    expect(stateOf(world, deadlineExceeded)).toBe('absent');
    expect(stateOf(world, requestsFailing)).toBe('absent');
    expect(stateOf(world, errorBurst)).toBe('absent');
  });

  it('timeouts that were always there are no symptom', () => {
    const world = worldOf('noise');
    expect(stateOf(world, deadlineExceeded)).toBe('absent');
    expect(stateOf(world, errorBurst)).toBe('absent');
    expect(stateOf(world, requestsFailing)).toBe('absent');
  });

  it('retries count as calls, and the requests they save do not fail', () => {
    const world = worldOf('retries');
    const [failed] = seen(world, deadlineExceeded);
    expect(failed?.facts.tookSeconds).toBeCloseTo(0.045, 2);
    expect(failed?.facts).toMatchObject({ setting: 'stock_timeout', deadlineSeconds: 0.045 });
    const failing = seen(world, requestsFailing).reduce((n, c) => n + c.facts.count, 0);
    expect(failed?.facts.count).toBeGreaterThan(failing);
  });

  it('a healthy pair shows nothing', () => {
    const world = worldOf('healthy');
    for (const kind of [deadlineExceeded, requestsFailing, requestsSlow, errorBurst, deadlineTooShort]) expect(stateOf(world, kind), kind.id).toBe('absent');
  });
});

describe('a counter of timeouts', () => {
  const points = (f: (i: number) => number): string => JSON.stringify(Array.from({ length: 40 }, (_, i) => [1795488280 + 5 * i, String(f(i))]));
  const counter = (name: string, f: (i: number) => number) =>
    textArtifact(
      `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"${name}","app":"orders","pod":"orders-5798b9fb86-tszrh"},"values":${points(f)}}]}}`,
      { id: 'c.json' },
    );
  const look = (artifact: Artifact) => openWorld(openReadings([artifact], [logReader as Reader<unknown>, prometheusApi as Reader<unknown>]), [calls]).look(deadlineExceeded);

  it('tells of missed deadlines where there is no log', () => {
    const answer = look(counter('orders_reservation_timeouts_total', (i) => (i < 20 ? 0 : 7 * (i - 19))));
    expect(answer.state === 'observed' && answer.conditions[0]?.facts).toMatchObject({ caller: 'orders', callee: null, count: 140, how: 'counter' });
    expect(answer.state === 'observed' && answer.conditions[0]?.quantity?.baseline).toBe(0);
  });

  it('near miss: it grows as it always did, or is a setting', () => {
    expect(look(counter('orders_reservation_timeouts_total', (i) => i)).state).toBe('absent');
    expect(look(counter('orders_timeout_seconds', (i) => (i < 20 ? 2 : 0.2))).state).toBe('not-observable');
  });
});

describe('a callee without a log', () => {
  const onset = Date.parse('2026-11-24T03:00:00Z') / 1000;
  const series = (query: string, labels: object, f: (i: number) => number) =>
    textArtifact(
      JSON.stringify({
        request: { query },
        response: {
          status: 'success',
          data: { resultType: 'matrix', result: [{ metric: labels, values: Array.from({ length: 40 }, (_, i) => [onset - 100 + 5 * i, String(f(i))]) }] },
        },
      }),
      { id: `${query}.json` },
    );
  const stock = { job: 'stock', instance: '127.0.0.1:8082', route: 'GET /stock/{sku}' };
  const p99 = (f: (i: number) => number) => series('histogram_quantile(0.99, sum by (job, instance, route, le) (rate(http_request_duration_seconds_bucket[20s])))', stock, f);
  const p50 = series('histogram_quantile(0.5, sum by (job, instance, route, le) (rate(http_request_duration_seconds_bucket[20s])))', stock, () => 0.12);
  const line = (s: number, level: string, message: string, more: object) =>
    JSON.stringify({ time: new Date((onset + s) * 1000).toISOString(), level, msg: message, service: 'front', ...more });
  const front = textArtifact(
    [
      ...Array.from({ length: 60 }, (_, i) => line(i - 100, 'INFO', 'request', { route: '/articles', status: 200, elapsed: '120ms', request_id: `w-${i}` })),
      ...Array.from({ length: 60 }, (_, i) => [
        line(i, 'ERROR', 'no stock', { error: 'Get "http://127.0.0.1:8082/stock/7": context deadline exceeded', deadline: '150ms', request_id: `r-${i}` }),
        line(i, 'WARN', 'request', { route: '/articles', status: 504, elapsed: '151ms', request_id: `r-${i}` }),
      ]).flat(),
    ].join('\n'),
    { id: 'front.log', path: 'front.log' },
  );
  const world = (...more: Artifact[]) => openWorld(openReadings([front, ...more], [logReader as Reader<unknown>, prometheusApi as Reader<unknown>]), [logs, calls, deadlines]);

  it('is named by the address its metrics come from, and judged by its own histogram', () => {
    const w = world(
      p50,
      p99(() => 0.24),
    );
    expect(seen(w, deadlineExceeded)[0]?.facts).toMatchObject({ callee: 'stock', deadlineSeconds: 0.15, tookSeconds: 0.151 });
    expect(seen(w, calleeLatency).find((c) => c.facts.service === 'stock')?.facts).toMatchObject({ from: 'histogram', steady: true, failing: false, p99Seconds: 0.24 });
    expect(seen(w, deadlineTooShort)[0]?.facts).toMatchObject({ callee: 'stock', seconds: 0.15 });
  });

  it('near miss: its histogram says that it became slower, or the caller’s own client says so', () => {
    expect(
      stateOf(
        world(
          p50,
          p99((i) => (i < 20 ? 0.24 : 1.5)),
        ),
        deadlineTooShort,
      ),
    ).toBe('absent');
    const client = series(
      'histogram_quantile(0.99, sum by (job, instance, le) (rate(http_client_request_duration_seconds_bucket[20s])))',
      { job: 'stock', instance: '127.0.0.1:8082' },
      () => 0.24,
    );
    expect(stateOf(world(client), deadlineTooShort)).toBe('not-observable');
  });

  it('is named by what it says it listens at', () => {
    const own = textArtifact(
      `${JSON.stringify({ time: new Date((onset - 200) * 1000).toISOString(), level: 'INFO', msg: 'listening', service: 'tariffs', addr: '127.0.0.1:8082' })}\n`,
      { id: 't.log', path: 't.log' },
    );
    expect(seen(world(own), deadlineExceeded)[0]?.facts.callee).toBe('tariffs');
    // metrics that call the same address something else: then nobody knows
    expect(seen(world(own, p50), deadlineExceeded)[0]?.facts.callee).toBe('127.0.0.1:8082');
  });
});

describe('a callee of which nothing is at hand', () => {
  const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 24, 10, 0, 0) + seconds * 1000).toISOString();
  const line = (seconds: number, level: string, msg: string, more: object) => `${JSON.stringify({ time: at(seconds), level, msg, ...more })}\n`;
  const id = (n: number): string => `${n.toString(16).padStart(8, '0')}4bf92f3577b34da6a3ce929d`;
  const failure = (n: number): string => (n < 60 ? '' : `Post "http://${callee}/v2/charges/${n}": context deadline exceeded`);
  let callee = '127.0.0.1:9443';
  /** shop waits for payments, which waits for another's service; shop's clock is behind. */
  const worldWith = (front: object, back: object, address = callee): World => {
    callee = address;
    let shop = line(-1, 'INFO', 'shop listening on 127.0.0.1:7191', front);
    let payments = line(-1, 'INFO', 'listening', { addr: '127.0.0.1:7192', ...back });
    for (let n = 0; n < 120; n++) {
      const [seconds, code] = n < 60 ? [0.08, 200] : [2, 504];
      const end = n * 0.5 + seconds;
      const told = { trace_id: id(n), route: '/pay', status: code, elapsed: `${seconds * 1000}ms`, ...back };
      payments += code === 200 ? line(end, 'INFO', 'charged', told) : line(end, 'ERROR', 'charge failed', { ...told, error: failure(n) });
      shop += line(end - 0.63, 'INFO', 'request', { trace_id: id(n), route: '/orders', status: code === 200 ? 200 : 502, elapsed: `${seconds * 1000 + 1}ms`, ...front });
    }
    return openWorld(openReadings([textArtifact(shop, { id: 's', path: 's.log' }), textArtifact(payments, { id: 'p', path: 'p.log' })], [logReader as Reader<unknown>]), [
      logs,
      calls,
      deadlines,
    ]);
  };

  it('is not the service that called the caller, though it stands alone with it in every trace', () => {
    const found = seen(worldWith({ service: 'shop' }, { service: 'payments' }), deadlineExceeded);
    expect(found.map((c) => [c.facts.caller, c.facts.callee])).toEqual([['payments', '127.0.0.1:9443']]);
  });

  it('nor one that says it answers at another port of that host', () => {
    const found = seen(worldWith({ service: 'shop' }, { service: 'payments' }, '127.0.0.1:7191'), deadlineExceeded);
    // by its own words shop answers there: then it is shop
    expect(found.map((c) => c.facts.callee)).toEqual(['shop']);
  });
});

describe('without logs', () => {
  it('nothing is absent', () => {
    const world = openWorld(openReadings([], [logReader as Reader<unknown>]), [logs, calls, deadlines]);
    for (const kind of [deadlineExceeded, requestsFailing, calleeLatency, errorBurst]) expect(stateOf(world, kind), kind.id).toBe('not-observable');
  });
});
