import { describe, expect, it } from 'vitest';
import { calleeLatency, requestsSlow } from '../../../model/conditions/calls.ts';
import { containerThrottled } from '../../../model/conditions/container.ts';
import { bucketBlocked, lockConvoy } from '../../../model/conditions/goroutines.ts';
import { bucket, type Condition, container, type Edge, type Facts, type Kind, type Mechanism, placeAt, processOf, service } from '../../../model/index.ts';
import { Chainer, rootOf } from '../../chain.ts';
import { askOf, evidence, stated } from '../../testing/world.ts';
import { lockConvoySlowsRequests } from '../go/lock-convoy-slows-requests/index.ts';
import { convoySlowsCallee } from './convoy-slows-callee/index.ts';
import { ownCalleeSlowsCallee } from './own-callee-slows-callee/index.ts';
import { slowRequestsSlowCallee } from './slow-requests-slow-callee/index.ts';
import { throttleSlowsCallee } from './throttle-slows-callee/index.ts';

const at = placeAt(evidence.id, { offset: 0, length: 6 });
const edge = (from: Edge['from'], relation: Edge['relation'], to: Edge['to']): Edge => ({ from, relation, to, strength: 'derived', places: [at] });
const replica = (n: number) => `shop/inventory-${n}/inventory`;
const edges: Edge[] = [
  edge(service('orders'), 'calls', service('inventory')),
  edge(service('inventory'), 'calls', service('stock')),
  ...[1, 2].flatMap((n) => [
    edge(processOf(replica(n)), 'part-of', container('shop', `inventory-${n}`, 'inventory')),
    edge(container('shop', `inventory-${n}`, 'inventory'), 'part-of', service('inventory')),
    edge(bucket(replica(n), 'handlers'), 'part-of', processOf(replica(n))),
  ]),
];
const latency = (name: string, facts: Facts = {}): Condition =>
  stated(calleeLatency as Kind, service(name), 100, {
    facts: {
      service: name,
      route: 'POST /reservations',
      p50Seconds: 0.02,
      p99Seconds: 0.05,
      count: 400,
      failing: false,
      steady: false,
      p50LaterSeconds: 0.3,
      p99LaterSeconds: 0.9,
      slowIn: [replica(1)],
      from: 'log',
      ...facts,
    },
  });
const convoy = (n: number): Condition =>
  stated(lockConvoy as Kind, processOf(replica(n)), 105, {
    facts: {
      lock: '0xa',
      waiters: 40,
      waitFunction: 'shop/inventory.(*Stock).Take',
      holderFunction: null,
      holderFile: null,
      holderLine: null,
      holderWait: null,
      longestMinutes: null,
    },
  });
const handlers = (n: number, onLock = '0xa'): Condition =>
  stated(bucketBlocked as Kind, bucket(replica(n), 'handlers'), 105, {
    facts: {
      wait: 'sync.Mutex.Lock',
      function: 'shop/inventory.(*Stock).Take',
      file: 'stock.go',
      line: 9,
      onLock,
      stack: ['shop/inventory.(*Stock).Take stock.go:9', 'net/http.(*conn).serve server.go:2067'],
    },
  });
const throttled = (n: number, from = 95): Condition =>
  stated(containerThrottled as Kind, container('shop', `inventory-${n}`, 'inventory'), from, { facts: { container: 'inventory', ratio: 0.6, limitCores: 0.5 } });

function verdict(mechanisms: readonly Mechanism[], effect: Condition, ...others: Condition[]): string {
  const e = new Chainer(mechanisms, new Map(), askOf({ conditions: [effect, ...others], covered: [], edges })).explain(effect);
  return e.chains.find((c) => c.link !== null)?.link?.verdict ?? e.refuted[0]?.verdict ?? 'none';
}

describe('a callee that is slow by its own measure', () => {
  it('queues for a lock in the process that is slow', () => {
    expect(verdict([convoySlowsCallee], latency('inventory'), convoy(1), handlers(1))).toBe('supported');
  });
  it('near misses: another replica queues, other handlers wait, it only fails, it is as quick as ever', () => {
    expect(verdict([convoySlowsCallee], latency('inventory'), convoy(2), handlers(2))).toBe('none');
    expect(verdict([convoySlowsCallee], latency('inventory'), convoy(1), handlers(1, '0xb'))).toBe('unproven');
    expect(verdict([convoySlowsCallee], latency('inventory', { steady: true, failing: true }), convoy(1), handlers(1))).toBe('refuted');
  });
  it('a histogram of all replicas does not say which one is meant', () => {
    expect(verdict([convoySlowsCallee], latency('inventory', { slowIn: [] }), convoy(2), handlers(2))).toBe('supported');
    expect(verdict([convoySlowsCallee], latency('stock', { slowIn: [] }), convoy(2), handlers(2))).toBe('none');
  });
  it('is throttled in the container that is slow, and was so before', () => {
    expect(verdict([throttleSlowsCallee], latency('inventory'), throttled(1))).toBe('supported');
    expect(verdict([throttleSlowsCallee], latency('inventory'), throttled(2))).toBe('none');
    expect(verdict([throttleSlowsCallee], latency('inventory', { steady: true }), throttled(1))).toBe('refuted');
    expect(verdict([throttleSlowsCallee], latency('inventory'), throttled(1, 200))).toBe('refuted');
  });
  it('waits for its own callee, if that added the time', () => {
    expect(verdict([ownCalleeSlowsCallee], latency('inventory'), latency('stock'))).toBe('supported');
    expect(verdict([ownCalleeSlowsCallee], latency('inventory'), latency('stock', { p99LaterSeconds: 0.08 }))).toBe('associated');
    expect(verdict([ownCalleeSlowsCallee], latency('inventory'), latency('stock', { steady: true }))).toBe('none');
    expect(verdict([ownCalleeSlowsCallee], latency('inventory'), latency('orders'))).toBe('none');
  });
  it('is slow for all who ask, on that route, and what made them slow is followed', () => {
    const slow = (route: string | null, name = 'inventory'): Condition =>
      stated(requestsSlow as Kind, service(name), 100, { facts: { service: name, route, quantile: '0.99', seconds: 0.9, baselineSeconds: 0.05 } });
    expect(verdict([slowRequestsSlowCallee], latency('inventory'), slow('/reservations'))).toBe('supported');
    expect(verdict([slowRequestsSlowCallee], latency('inventory'), slow('/health'))).toBe('none');
    expect(verdict([slowRequestsSlowCallee], latency('inventory'), slow(null, 'orders'))).toBe('none');
    const effect = latency('inventory');
    const e = new Chainer(
      [slowRequestsSlowCallee, lockConvoySlowsRequests],
      new Map(),
      askOf({ conditions: [effect, slow(null), convoy(1), handlers(1)], covered: [], edges }),
    ).explain(effect);
    expect(rootOf(e.chains[0]!).kind).toBe('goroutines/lock-convoy');
  });
});
