import { describe, expect, it } from 'vitest';
import { calleeLatency, deadlineExceeded, requestsFailing, requestsSlow } from '../../../model/conditions/calls.ts';
import { rollout } from '../../../model/conditions/change.ts';
import { deadlineTooShort } from '../../../model/conditions/config.ts';
import { processCrashed } from '../../../model/conditions/crash.ts';
import { sqlPoolWaitedFor } from '../../../model/conditions/error-texts.ts';
import { deadlineSet } from '../../../model/conditions/source.ts';
import {
  bucket,
  type Condition,
  container,
  type Edge,
  type Facts,
  goFunction,
  type Kind,
  type Link,
  type Mechanism,
  placeAt,
  pod,
  processOf,
  revision,
  service,
  workload,
} from '../../../model/index.ts';
import { Chainer, isUsable, rootOf } from '../../chain.ts';
import { askOf, evidence, stated } from '../../testing/world.ts';
import { calleeFailsRequests } from './callee-fails-requests/index.ts';
import { calleeSlow } from './callee-slow/index.ts';
import { calleeSlowsRequests } from './callee-slows-requests/index.ts';
import { deadlineFailsRequests } from './deadline-fails-requests/index.ts';
import { deadlineShorterThanCallee } from './deadline-shorter-than-callee/index.ts';
import { deadlineSlowsRequests } from './deadline-slows-requests/index.ts';
import { panicFailsRequests } from './panic-fails-requests/index.ts';
import { rolloutCutDeadline } from './rollout-cut-deadline/index.ts';
import { rolloutShortenedDeadline } from './rollout-shortened-deadline/index.ts';
import { sqlPoolHoldsCallee } from './sql-pool-holds-callee/index.ts';

const at = placeAt(evidence.id, { offset: 0, length: 6 });
const edge = (from: Edge['from'], relation: Edge['relation'], to: Edge['to'], strength: Edge['strength'] = 'derived'): Edge => ({ from, relation, to, strength, places: [at] });
const edges: Edge[] = [
  edge(service('gateway'), 'calls', service('orders')),
  edge(service('orders'), 'calls', service('inventory')),
  edge(container('shop', 'orders-2-a', 'orders'), 'part-of', pod('shop', 'orders-2-a'), 'stated'),
  edge(pod('shop', 'orders-2-a'), 'part-of', revision('shop', 'orders-2'), 'stated'),
  edge(revision('shop', 'orders-2'), 'part-of', workload('shop', 'deployment', 'orders'), 'stated'),
  edge(container('shop', 'orders-2-a', 'orders'), 'part-of', service('orders'), 'stated'),
];

const failed = (facts: Facts = {}, more: { at?: number; lastWell?: number | null } = {}): Condition =>
  stated(deadlineExceeded as Kind, service('orders'), more.at ?? 100, {
    ...(more.lastWell === undefined ? {} : { lastWell: more.lastWell }),
    facts: {
      caller: 'orders',
      callee: 'inventory',
      operation: 'reserve',
      count: 400,
      ratePerSecond: 4,
      deadlineSeconds: 0.2,
      deadlineKnown: 'stated',
      setting: 'reserve_timeout',
      previousSeconds: 2,
      tookSeconds: 0.201,
      calleeRoute: 'POST /reservations',
      calleeAnswered: 120,
      calleeAnsweredSeconds: 0.27,
      how: 'context',
      cancelled: false,
      sampled: false,
      site: null,
      share: 0.5,
      instances: [
        { name: 'shop/orders-1-a/orders', failed: 0, answered: 120 },
        { name: 'shop/orders-2-a/orders', failed: 400, answered: 300 },
      ],
      traces: [],
      ...facts,
    },
  });
const tooShort = (facts: Facts = {}): Condition =>
  stated(deadlineTooShort as Kind, service('orders'), 100, {
    facts: {
      where: 'reserve_timeout of orders',
      value: '200ms',
      seconds: 0.2,
      neededSeconds: 0.34,
      neededKnown: 'p99',
      caller: 'orders',
      callee: 'inventory',
      operation: 'reserve',
      setting: 'RESERVE_TIMEOUT',
      previousSeconds: 2,
      function: null,
      file: null,
      line: null,
      ...facts,
    },
  });
const latency = (facts: Facts = {}): Condition =>
  stated(calleeLatency as Kind, service('inventory'), null, {
    discriminator: 'POST /reservations',
    facts: {
      service: 'inventory',
      route: 'POST /reservations',
      p50Seconds: 0.2,
      p99Seconds: 0.34,
      count: 282,
      failing: false,
      steady: true,
      p50LaterSeconds: 0.2,
      p99LaterSeconds: 0.34,
      from: 'log',
      ...facts,
    },
  });
const rolled = (path: string, before: string | null, after: string, more: { at?: number; name?: string } = {}): Condition =>
  stated(rollout as Kind, workload('shop', 'deployment', more.name ?? 'orders'), more.at ?? 95, {
    discriminator: path,
    facts: { workload: `deployment/${more.name ?? 'orders'}`, fromRevision: '1', toRevision: '2', fields: [{ path, before, after }], at: null },
  });
const ENV = 'containers[orders].env[RESERVE_TIMEOUT]';
const refused = (name: string, rate: number, onset = 101, code = '504'): Condition =>
  stated(requestsFailing as Kind, service(name), onset, { facts: { service: name, route: 'POST /x', code, count: rate * 100, share: 0.5, ratePerSecond: rate } });
const slow = (name: string, from: number, to: number): Condition =>
  stated(requestsSlow as Kind, service(name), 100, { facts: { service: name, route: null, quantile: 'p95', seconds: to, baselineSeconds: from } });

function verdict(m: Mechanism, effect: Condition, ...others: Condition[]): string {
  const ask = askOf({ conditions: [effect, ...others], covered: [], edges });
  const explanation = new Chainer([m], new Map(), ask).explain(effect);
  const link = explanation.chains.find((x) => x.link !== null)?.link;
  return link?.verdict ?? (explanation.refuted.length > 0 ? 'refuted' : explanation.blocked.length > 0 ? 'blocked' : 'none');
}

describe('deadline-shorter-than-callee', () => {
  it('is confirmed where the callee answered the failed calls, later than the caller waited', () => {
    expect(verdict(deadlineShorterThanCallee, failed(), tooShort(), latency())).toBe('confirmed');
  });
  it('is supported where only the callee’s usual durations are known', () => {
    expect(verdict(deadlineShorterThanCallee, failed({ calleeAnswered: null, calleeAnsweredSeconds: null }), tooShort(), latency())).toBe('supported');
  });
  it('near miss: the callee became slower, or fails', () => {
    expect(verdict(deadlineShorterThanCallee, failed(), tooShort(), latency({ steady: false }))).toBe('refuted');
    expect(verdict(deadlineShorterThanCallee, failed(), tooShort(), latency({ failing: true }))).toBe('refuted');
  });
  it('near miss: the calls ended long before the limit', () => {
    expect(verdict(deadlineShorterThanCallee, failed({ tookSeconds: 0.02 }), tooShort(), latency())).toBe('refuted');
  });
  it('near miss: the short deadline belongs to another call', () => {
    expect(verdict(deadlineShorterThanCallee, failed(), tooShort({ callee: 'pricing' }), latency())).toBe('none');
    expect(verdict(deadlineShorterThanCallee, failed(), tooShort({ caller: 'gateway' }), latency())).toBe('none');
  });
  it('without the callee’s own measure it is unproven', () => {
    expect(verdict(deadlineShorterThanCallee, failed(), tooShort())).toBe('unproven');
  });
});

describe('deadline-slows-requests', () => {
  it('requests take as long as the calls they wait for', () => {
    expect(verdict(deadlineSlowsRequests, slow('orders', 0.03, 0.203), failed())).toBe('supported');
  });
  it('near misses: they take much longer, or less, or are another service’s', () => {
    expect(verdict(deadlineSlowsRequests, slow('orders', 0.03, 2.4), failed())).toBe('refuted');
    expect(verdict(deadlineSlowsRequests, slow('orders', 0.03, 0.09), failed())).toBe('refuted');
    expect(verdict(deadlineSlowsRequests, slow('gateway', 0.03, 0.203), failed())).toBe('none');
  });
});

describe('sql-pool-holds-callee', () => {
  const replica = 'shop/inventory-1-a/inventory';
  const parts = [
    edge(bucket(replica, 'rows'), 'part-of', processOf(replica)),
    edge(processOf(replica), 'part-of', container('shop', 'inventory-1-a', 'inventory')),
    edge(container('shop', 'inventory-1-a', 'inventory'), 'part-of', service('inventory')),
  ];
  const pool = (facts: Facts = {}): Condition =>
    stated(sqlPoolWaitedFor as Kind, bucket(replica, 'rows'), null, {
      facts: { service: 'inventory', waiting: 345, inStatements: 0, function: 'stock.(*Store).Free', file: 'store.go', line: 57, ...facts },
    });
  const ask = (effect: Condition, cause: Condition): string => {
    const e = new Chainer([sqlPoolHoldsCallee], new Map(), askOf({ conditions: [effect, cause], covered: [], edges: [...edges, ...parts] })).explain(effect);
    return e.chains.find((x) => x.link !== null)?.link?.verdict ?? (e.refuted.length > 0 ? 'refuted' : 'none');
  };
  const silent = { calleeAnswered: null, calleeAnsweredSeconds: null };

  it('the callee’s handlers wait for a connection, and its callers for them', () => expect(ask(failed(silent), pool())).toBe('supported'));
  it('near miss: the statements are slow', () => expect(ask(failed(silent), pool({ inStatements: 8 }))).toBe('refuted'));
  it('near miss: the callee answered those very calls', () => expect(ask(failed({ calleeAnswered: 390 }), pool())).toBe('refuted'));
  it('near miss: another service was called', () => expect(ask(failed({ ...silent, callee: 'pricing' }), pool())).toBe('none'));
});

describe('panic-fails-requests', () => {
  const replica = 'shop/orders-2-a/orders';
  const all = [...edges, edge(processOf(replica), 'part-of', container('shop', 'orders-2-a', 'orders'))];
  const panicked = (onset: number | null, facts: Facts = {}): Condition =>
    stated(processCrashed as Kind, processOf(replica), onset, {
      facts: { class: 'nil-map-write', message: 'panic: assignment to entry in nil map', fatal: false, recovered: true, count: 396, goroutine: null, ...facts },
    });
  const ask = (cause: Condition): string => {
    const effect = refused('orders', 4, 101, '500');
    const e = new Chainer([panicFailsRequests], new Map(), askOf({ conditions: [effect, cause], covered: [], edges: all })).explain(effect);
    return e.chains.find((x) => x.link !== null)?.link?.verdict ?? (e.refuted.length > 0 ? 'refuted' : 'none');
  };

  it('what has no time is said to have none', () => {
    const says = (onset: number | null): string => {
      const link = { effect: refused('orders', 4, 101, '500'), causes: [panicked(onset)] } as Link;
      const found = panicFailsRequests.requires[0]!.test(link, askOf({ conditions: [], covered: [], edges: all }));
      return found.state === 'unknown' ? found.why : found.says;
    };
    expect(says(null)).toContain('is not known');
    expect(says(101)).not.toContain('is not known');
  });
  it('each recovered panic is one answer of 500', () => expect(ask(panicked(101))).toBe('supported'));
  it('near misses: few panics among many failures, at another time, or one that ended the process', () => {
    expect(ask(panicked(101, { count: 12 }))).toBe('refuted');
    expect(ask(panicked(160))).toBe('refuted');
    expect(ask(panicked(101, { recovered: false }))).toBe('none');
  });
});

describe('callee-slow', () => {
  it('blames a callee that became slower by its own measure', () => {
    expect(verdict(calleeSlow, failed(), latency({ steady: false, p50LaterSeconds: 0.9 }))).toBe('supported');
    expect(verdict(calleeSlow, failed(), latency({ failing: true }))).toBe('supported');
  });
  it('near miss: the callee is as quick as before', () => {
    expect(verdict(calleeSlow, failed(), latency())).toBe('none');
  });
  it('near miss: another service, or another route, is slow', () => {
    expect(verdict(calleeSlow, failed(), latency(), { ...latency({ service: 'pricing', steady: false }), id: 'other', entity: service('pricing') })).toBe('none');
    expect(verdict(calleeSlow, failed(), latency(), { ...latency({ route: 'GET /stock/{sku}', steady: false }), id: 'route' })).toBe('none');
  });
  it('the callee unseen is a frontier, not a culprit', () => {
    expect(verdict(calleeSlow, failed())).toBe('blocked');
  });
});

describe('rollout-shortened-deadline', () => {
  it('is confirmed by name and value', () => {
    expect(verdict(rolloutShortenedDeadline, tooShort(), failed(), rolled(ENV, '2s', '200ms'))).toBe('confirmed');
    // a default took the place of "before"
    expect(verdict(rolloutShortenedDeadline, tooShort(), failed(), rolled(ENV, null, '200ms'))).toBe('confirmed');
  });
  it('the value alone supports', () => {
    expect(verdict(rolloutShortenedDeadline, tooShort({ setting: null }), failed({ setting: null }), rolled('containers[orders].env[STOCK_WAIT]', '2s', '200ms'))).toBe(
      'supported',
    );
  });
  it('the name may come from the source', () => {
    const source = stated(deadlineSet as Kind, goFunction('shop/cmd/orders.(*service).place'), null, {
      facts: { function: 'shop/cmd/orders.(*service).place', file: 'cmd/orders/orders.go', line: 50, artifact: 'a', seconds: null, from: 'env', name: 'STOCK_WAIT' },
    });
    expect(verdict(rolloutShortenedDeadline, tooShort({ setting: null }), failed({ setting: null }), source, rolled('containers[orders].env[STOCK_WAIT]', null, '200ms'))).toBe(
      'confirmed',
    );
  });
  it('near miss: the deadline did not change, grew, or is another value', () => {
    expect(verdict(rolloutShortenedDeadline, tooShort(), failed(), rolled(ENV, '200ms', '200ms'))).toBe('none');
    expect(verdict(rolloutShortenedDeadline, tooShort(), failed(), rolled(ENV, '100ms', '200ms'))).toBe('none');
    expect(verdict(rolloutShortenedDeadline, tooShort(), failed(), rolled(ENV, '5s', '2s'))).toBe('none');
  });
  it('near miss: a rollout that changes something else, or of another service', () => {
    expect(verdict(rolloutShortenedDeadline, tooShort(), failed(), rolled('containers[orders].image', 'orders:1', 'orders:2'))).toBe('none');
    expect(verdict(rolloutShortenedDeadline, tooShort(), failed(), rolled(ENV, '2s', '200ms', { name: 'pricing' }))).toBe('none');
  });
  it('near miss: the rollout came after', () => {
    expect(verdict(rolloutShortenedDeadline, tooShort(), failed(), rolled(ENV, '2s', '200ms', { at: 300 }))).toBe('refuted');
  });
});

describe('rollout-cut-deadline', () => {
  it('is unproven where the callee’s own measure is missing', () => {
    expect(verdict(rolloutCutDeadline, failed(), rolled(ENV, '2s', '200ms'))).toBe('unproven');
  });
  it('is supported where the callee is well, and refuted where it is not', () => {
    expect(verdict(rolloutCutDeadline, failed(), rolled(ENV, '2s', '200ms'), latency())).toBe('supported');
    expect(verdict(rolloutCutDeadline, failed(), rolled(ENV, '2s', '200ms'), latency({ steady: false }))).toBe('refuted');
  });
  it('near miss: the deadline is the old one', () => {
    expect(verdict(rolloutCutDeadline, failed(), rolled('containers[orders].env[BOOK_SIZE]', '64', '128'))).toBe('none');
  });
});

describe('failures pass up', () => {
  it('deadline-fails-requests: at the caller, with a code that fits', () => {
    expect(verdict(deadlineFailsRequests, refused('orders', 4), failed())).toBe('supported');
  });
  it('near miss: another service fails at the same time', () => {
    expect(verdict(deadlineFailsRequests, refused('pricing', 4), failed())).toBe('none');
  });
  it('near miss: requests fail that were refused, not late', () => {
    expect(verdict(deadlineFailsRequests, refused('orders', 4, 101, '429'), failed())).toBe('refuted');
  });
  it('callee-fails-requests: over a call edge only', () => {
    expect(verdict(calleeFailsRequests, refused('gateway', 4), refused('orders', 4, 100))).toBe('supported');
    expect(verdict(calleeFailsRequests, refused('orders', 4), refused('pricing', 4, 100))).toBe('none');
    // not downwards: that the gateway fails explains nothing of orders
    expect(verdict(calleeFailsRequests, refused('orders', 4), refused('gateway', 4, 100))).toBe('none');
  });
  it('callee-slows-requests: the callee must have added the time', () => {
    expect(verdict(calleeSlowsRequests, slow('gateway', 0.2, 1), slow('orders', 0.1, 0.9))).toBe('supported');
    expect(verdict(calleeSlowsRequests, slow('gateway', 0.2, 1), slow('orders', 0.01, 0.03))).toBe('associated');
    expect(verdict(calleeSlowsRequests, slow('gateway', 0.2, 1), slow('pricing', 0.1, 0.9))).toBe('none');
  });
});

it('the whole way from the gateway to the field of the rollout', () => {
  const effect = refused('gateway', 4, 102);
  const conditions = [effect, refused('orders', 4), failed(), tooShort(), latency(), rolled(ENV, '2s', '200ms')];
  const ask = askOf({ conditions, covered: [], edges });
  const kinds = new Map<string, Kind>([rollout, deadlineTooShort, deadlineExceeded, requestsFailing].map((k) => [k.id, k as Kind]));
  const all = [calleeFailsRequests, calleeSlow, deadlineFailsRequests, deadlineShorterThanCallee, rolloutCutDeadline, rolloutShortenedDeadline];
  const best = new Chainer(all, kinds, ask).explain(effect).chains[0]!;
  expect(isUsable(best)).toBe(true);
  expect(rootOf(best).kind).toBe('change/rollout');
  const shown: string[] = [];
  for (let c: typeof best | null = best; c !== null; c = c.cause) shown.push(c.link?.mechanism.id ?? rootOf(best).kind);
  expect(shown).toEqual([
    'calls/callee-fails-requests',
    'calls/deadline-fails-requests',
    'calls/deadline-shorter-than-callee',
    'calls/rollout-shortened-deadline',
    'change/rollout',
  ]);
});
