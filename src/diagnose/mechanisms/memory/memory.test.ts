import { describe, expect, test } from 'vitest';
import { containerMemoryGrowing, containerOomKilled } from '../../../model/conditions/container.ts';
import { bucketGrowing } from '../../../model/conditions/goroutines.ts';
import { heapGrowing, heapSiteGrowing, notHeap } from '../../../model/conditions/memory.ts';
import { growsWithoutBound } from '../../../model/conditions/source.ts';
import { type Condition, container, type Edge, type Facts, goFunction, type Kind, type Mechanism, placeAt, processOf } from '../../../model/index.ts';
import { Chainer } from '../../chain.ts';
import { askOf, evidence, stated } from '../../testing/world.ts';
import { goroutinesHoldHeap } from './goroutines-hold-heap/index.ts';
import { goroutinesHoldSite } from './goroutines-hold-site/index.ts';
import { growthReachesLimit } from './growth-reaches-limit/index.ts';
import { heapFillsContainer } from './heap-fills-container/index.ts';
import { heapReachesLimit } from './heap-reaches-limit/index.ts';
import { nonHeapFillsContainer } from './non-heap-fills-container/index.ts';
import { siteGrowsHeap } from './site-grows-heap/index.ts';
import { unboundedCollection } from './unbounded-collection/index.ts';

const MIB = 1024 ** 2;
const c = container('shop', 'orders-1', 'orders');
const p = processOf('shop/orders-1/orders');
const other = processOf('shop/cart-1/cart');
const edges: Edge[] = [{ from: p, relation: 'part-of', to: c, strength: 'stated', places: [placeAt(evidence.id, { offset: 0, length: 6 })] }];

const heap = (from = 10, to = 60, at = 100): Condition =>
  stated(heapGrowing as Kind, p, at, { facts: { fromBytes: from * MIB, toBytes: to * MIB, perMinuteBytes: 25 * MIB, source: 'go_memstats_heap_inuse_bytes' } });
const site = (facts: Facts = {}): Condition =>
  stated(heapSiteGrowing as Kind, p, 100, {
    facts: {
      function: 'io.ReadAll',
      file: 'io.go',
      line: 10,
      fromBytes: 0,
      toBytes: 40 * MIB,
      share: 0.8,
      objects: 10,
      profiles: 2,
      stack: ['io.ReadAll io.go:10', 'shop.(*Client).post client.go:80', 'shop.(*Client).Reserve.func1 client.go:61'],
      ...facts,
    },
  });
const leaking = (counts: readonly number[] = [10, 1010], entity = p, createdBy: string | null = null): Condition =>
  stated(bucketGrowing as Kind, entity, 95, {
    facts: {
      function: 'shop.(*Client).Reserve.func1',
      file: 'client.go',
      line: 61,
      createdBy,
      counts,
      stack: ['runtime.chansend1 chan.go:1', 'shop.(*Client).Reserve.func1 client.go:61'],
    },
  });
const memory = (from = 12, to = 62): Condition =>
  stated(containerMemoryGrowing as Kind, c, 110, { facts: { container: 'orders', fromBytes: from * MIB, toBytes: to * MIB, limitBytes: 64 * MIB, perMinuteBytes: 25 * MIB } });
const killed = (limit = 64): Condition =>
  stated(containerOomKilled as Kind, c, 200, { facts: { container: 'orders', exitCode: 137, limitBytes: limit * MIB, restarts: 1, finishedAt: null } });

function verdict(m: Mechanism, effect: Condition, ...causes: Condition[]): string {
  const ask = askOf({ conditions: [effect, ...causes], covered: [], edges });
  const chainer = new Chainer([m], new Map(), ask);
  const explanation = chainer.explain(effect);
  const link = explanation.chains.find((x) => x.link !== null)?.link;
  return link?.verdict ?? (explanation.refuted.length > 0 ? 'refuted' : explanation.blocked.length > 0 ? 'blocked' : 'none');
}

describe('memory mechanisms', () => {
  test('site-grows-heap: most of the growth, two profiles; one profile or a small share is not it', () => {
    expect(verdict(siteGrowsHeap, heap(), site())).toBe('supported');
    expect(verdict(siteGrowsHeap, heap(), site({ profiles: 1 }))).toBe('unproven');
    expect(verdict(siteGrowsHeap, heap(), site({ toBytes: 5 * MIB, share: 0.1 }))).toBe('associated');
  });

  test('unbounded-collection: the inserting function is on the allocating stack and nothing deletes', () => {
    const grows = (fn: string, deletes = 0): Condition =>
      stated(growsWithoutBound as Kind, goFunction(fn), null, { facts: { function: fn, file: 'client.go', line: 82, artifact: 'a', target: 'c.seen', kind: 'map', deletes } });
    expect(verdict(unboundedCollection, site(), grows('shop.(*Client).post'))).toBe('supported');
    expect(verdict(unboundedCollection, site(), grows('shop.(*Client).post', 1))).toBe('refuted');
    expect(verdict(unboundedCollection, site(), grows('shop.(*Index).Add'))).toBe('none');
  });

  test('goroutines-hold-heap: enough bytes for each, and not allocated elsewhere', () => {
    expect(verdict(goroutinesHoldHeap, heap(), leaking())).toBe('supported');
    expect(verdict(goroutinesHoldHeap, heap(), leaking(), site())).toBe('supported');
    expect(verdict(goroutinesHoldHeap, heap(10, 11), leaking([10, 1_000_010]))).toBe('refuted');
    expect(verdict(goroutinesHoldHeap, heap(), leaking(), site({ stack: ['main.grow main.go:9', 'main.tick main.go:20'] }))).toBe('unproven');
    expect(verdict(goroutinesHoldHeap, heap(), leaking([10, 1010], other))).toBe('none');
  });

  test('goroutines-hold-site: the site lies below the function the goroutines were started with', () => {
    expect(verdict(goroutinesHoldSite, site(), leaking())).toBe('supported');
    expect(verdict(goroutinesHoldSite, site({ stack: ['main.grow main.go:9', 'main.tick main.go:20'] }), leaking())).toBe('none');
    // the function that starts them made what they were handed
    const handed = site({ stack: ['shop.newSession session.go:9', 'shop.(*Server).create server.go:56'] });
    expect(verdict(goroutinesHoldSite, handed, leaking(undefined, p, 'shop.(*Server).create'))).toBe('supported');
    expect(verdict(goroutinesHoldSite, handed, leaking(undefined, p, 'shop.(*Server).remove'))).toBe('none');
    expect(verdict(goroutinesHoldSite, handed, leaking(undefined, other, 'shop.(*Server).create'))).toBe('none');
  });

  test('goroutines-hold-site: what net/http serves shares its entry, and no more than that', () => {
    const SERVE = ['net/http.HandlerFunc.ServeHTTP server.go:1', 'net/http.(*conn).serve server.go:2'];
    const waiting = stated(bucketGrowing as Kind, p, 95, {
      facts: {
        function: 'shop.(*Directory).Get',
        file: 'd.go',
        line: 30,
        createdBy: 'net/http.(*Server).Serve',
        counts: [10, 1010],
        stack: ['sync.(*Mutex).Lock mutex.go:1', 'shop.(*Directory).Get d.go:30', 'shop.(*Server).show s.go:9', ...SERVE],
      },
    });
    expect(verdict(goroutinesHoldSite, site({ stack: ['io.ReadAll io.go:10', 'shop.(*Server).show s.go:5', ...SERVE] }), waiting)).toBe('supported');
    expect(verdict(goroutinesHoldSite, site({ stack: ['shop.render r.go:10', 'shop.(*Server).picture s.go:40', ...SERVE] }), waiting)).toBe('none');
  });

  test('heap-fills-container and its rival are told apart by shares', () => {
    expect(verdict(heapFillsContainer, memory(), heap())).toBe('supported');
    expect(verdict(heapFillsContainer, memory(12, 512), heap())).toBe('associated');
    // profiles span less time and show what is alive only: the pace decides
    const alive = (perMinuteBytes: number): Condition =>
      stated(heapGrowing as Kind, p, 100, { facts: { fromBytes: 10 * MIB, toBytes: 22 * MIB, perMinuteBytes, source: 'heap profiles' } });
    expect(verdict(heapFillsContainer, memory(12, 62), alive(14 * MIB))).toBe('supported');
    expect(verdict(heapFillsContainer, memory(12, 62), alive(2 * MIB))).toBe('associated');
    const outside = stated(notHeap as Kind, p, 100, { facts: { rssBytes: 60 * MIB, heapBytes: 8 * MIB, growthBytes: 48 * MIB, heapGrowthBytes: 0 } });
    expect(verdict(nonHeapFillsContainer, memory(), outside)).toBe('supported');
    expect(verdict(nonHeapFillsContainer, memory())).toBe('blocked');
  });

  test.each([
    ['growth', growthReachesLimit, memory],
    ['heap', heapReachesLimit, heap],
  ] as const)('%s reaches the limit; not when it was far from it', (_name, mechanism, growing) => {
    expect(verdict(mechanism, killed(), growing())).toBe('supported');
    expect(verdict(mechanism, killed(64), growing(10, 20))).toBe('supported');
    expect(verdict(mechanism, killed(4096), growing(10, 60))).toBe('unproven');
  });
});
