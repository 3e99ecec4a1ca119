import { describe, expect, it } from 'vitest';
import { deadlineExceeded, requestsFailing } from '../../../model/conditions/calls.ts';
import { containerCrashLooping } from '../../../model/conditions/container.ts';
import { processCrashed } from '../../../model/conditions/crash.ts';
import { errorBurst } from '../../../model/conditions/logs.ts';
import { type Condition, container, type Edge, type Facts, type Kind, type Mechanism, placeAt, processOf, service } from '../../../model/index.ts';
import { Chainer } from '../../chain.ts';
import { askOf, evidence, stated } from '../../testing/world.ts';
import { errorsFromCalleeDown } from './errors-from-callee-down/index.ts';
import { errorsFromCrash } from './errors-from-crash/index.ts';
import { errorsFromDeadline } from './errors-from-deadline/index.ts';
import { errorsFromFailingCallee } from './errors-from-failing-callee/index.ts';

const at = placeAt(evidence.id, { offset: 0, length: 6 });
const orders = processOf('shop/orders-1/orders');
const edges: Edge[] = [
  { from: orders, relation: 'part-of', to: service('orders'), strength: 'stated', places: [at] },
  { from: container('shop', 'stock-1', 'stock'), relation: 'part-of', to: service('stock'), strength: 'derived', places: [at] },
  { from: service('orders'), relation: 'calls', to: service('stock'), strength: 'derived', places: [at] },
];
const burst = (facts: Facts = {}, onset = 100): Condition =>
  stated(errorBurst as Kind, service('orders'), onset, {
    facts: {
      service: 'orders',
      pattern: 'p',
      level: 'error',
      count: 100,
      baseline: 0,
      sampled: false,
      example: 'reserve: context deadline exceeded',
      callee: null,
      ends: 'context',
      ...facts,
    },
  });
const missed = (facts: Facts = {}): Condition =>
  stated(deadlineExceeded as Kind, service('orders'), 100, { facts: { caller: 'orders', callee: 'stock', operation: null, count: 100, ...facts } });
const crash = (message: string, entity = orders): Condition =>
  stated(processCrashed as Kind, entity, 99, { facts: { class: 'nil-map-write', message, fatal: false, recovered: true, count: 3, goroutine: 7 } });
const refused = (name: string, code = '500'): Condition =>
  stated(requestsFailing as Kind, service(name), 99, { facts: { service: name, route: null, code, count: 100, share: 0.5, ratePerSecond: 4 } });
const looping = (pod: string, name: string): Condition =>
  stated(containerCrashLooping as Kind, container('shop', pod, name), 95, { facts: { container: name, restarts: 5, reason: 'CrashLoopBackOff' } });

function verdict(m: Mechanism, effect: Condition, ...others: Condition[]): string {
  const explanation = new Chainer([m], new Map(), askOf({ conditions: [effect, ...others], covered: [], edges })).explain(effect);
  const link = explanation.chains.find((x) => x.link !== null)?.link;
  return link?.verdict ?? (explanation.refuted.length > 0 ? 'refuted' : explanation.blocked.length > 0 ? 'blocked' : 'none');
}

describe('an error text joins the incident of what it reports', () => {
  it('errors-from-deadline: the caller’s own timeouts; not other errors, not another callee', () => {
    expect(verdict(errorsFromDeadline, burst(), missed())).toBe('supported');
    expect(verdict(errorsFromDeadline, burst({ ends: null, example: 'no stock left' }), missed())).toBe('none');
    expect(verdict(errorsFromDeadline, burst({ ends: 'canceled' }), missed())).toBe('none');
    expect(verdict(errorsFromDeadline, burst({ callee: 'pricing' }), missed())).toBe('none');
    expect(verdict(errorsFromDeadline, burst(), missed({ caller: 'gateway' }))).toBe('none');
  });

  it('errors-from-crash: same process and same words', () => {
    const text = 'panic recovered: assignment to entry in nil map';
    expect(verdict(errorsFromCrash, burst({ ends: null, example: text }), crash('assignment to entry in nil map'))).toBe('supported');
    expect(verdict(errorsFromCrash, burst({ ends: null, example: 'no stock left' }), crash('assignment to entry in nil map'))).toBe('refuted');
    expect(verdict(errorsFromCrash, burst({ ends: null, example: text }), crash('assignment to entry in nil map', processOf('shop/cart-1/cart')))).toBe('none');
  });

  it('errors-from-failing-callee: over a call edge, and the text says so', () => {
    expect(verdict(errorsFromFailingCallee, burst({ ends: null, example: 'stock answered 500 Internal Server Error' }), refused('stock'))).toBe('supported');
    expect(verdict(errorsFromFailingCallee, burst({ ends: null, example: 'no tariff for tea' }), refused('stock'))).toBe('refuted');
    expect(verdict(errorsFromFailingCallee, burst({ ends: null, example: 'answered 500' }), refused('pricing'))).toBe('none');
  });

  it('errors-from-callee-down: the peer is gone because it crashes', () => {
    const text = 'Post "http://stock/x": dial tcp 10.0.0.1:80: connect: connection refused';
    expect(verdict(errorsFromCalleeDown, burst({ ends: null, example: text }), looping('stock-1', 'stock'))).toBe('supported');
    expect(verdict(errorsFromCalleeDown, burst(), looping('stock-1', 'stock'))).toBe('refuted');
    expect(verdict(errorsFromCalleeDown, burst({ ends: null, example: text }), looping('cart-1', 'cart'))).toBe('none');
  });
});
