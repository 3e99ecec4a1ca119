import { describe, expect, test } from 'vitest';
import { type Artifact, container, type Instant, parseInstant, processOf } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { prometheusApi } from '../../read/prometheus-api/index.ts';
import { openWorld } from '../lib/world.ts';
import { listenAddress } from './index.ts';

const answer = (name: string, pod: string): Artifact =>
  textArtifact(
    JSON.stringify({
      status: 'success',
      data: { resultType: 'matrix', result: [{ metric: { __name__: name, instance: '10.244.1.7:6060', job: 'pods', pod }, values: [[1795487743, '1']] }] },
    }),
    { id: 'series.json' },
  );
const dump = (command: string): Artifact => textArtifact('x', { id: 'dump', command, covers: [{ entity: container('shop', 'orders-1', 'orders'), strength: 'stated' }] });

const joined = (...artifacts: Artifact[]) =>
  openWorld(openReadings(artifacts, [prometheusApi]), [listenAddress]).identity.same(processOf('shop/orders-1/orders'), processOf('pods@10.244.1.7:6060'));

describe('listen address', () => {
  test('joins a capture and the series of the same address', () =>
    expect(joined(answer('go_goroutines', 'orders-1'), dump('curl http://10.244.1.7:6060/debug/pprof/heap'))).toBe('derived'));
  test('not another port, not another pod that had the address, not what an exporter says of others', () => {
    expect(joined(answer('go_goroutines', 'orders-1'), dump('curl http://10.244.1.7:8080/debug/pprof/heap'))).toBeNull();
    expect(joined(answer('go_goroutines', 'orders-2'), dump('curl http://10.244.1.7:6060/debug/pprof/heap'))).toBeNull();
    expect(joined(answer('kube_pod_info', 'orders-1'), dump('curl http://10.244.1.7:6060/debug/pprof/heap'))).toBeNull();
  });

  describe('reached at one address one after the other', () => {
    const at = (pod: string, name: string, minute: string, path: string): Artifact =>
      textArtifact('x', {
        id: path,
        path,
        command: 'curl http://10.244.1.7:6060/debug/pprof/heap',
        takenAt: parseInstant(`2026-11-24T02:${minute}:00Z`) as Instant,
        covers: [{ entity: container('shop', pod, name), strength: 'stated' }],
      });
    const series = textArtifact(
      JSON.stringify({
        status: 'success',
        data: { resultType: 'matrix', result: [{ metric: { __name__: 'go_goroutines', instance: '10.244.1.7:6060', job: 'pods' }, values: [[1795487743, '1']] }] },
      }),
      { id: 'series.json' },
    );
    const identity = (...artifacts: Artifact[]) => openWorld(openReadings([series, ...artifacts], [prometheusApi]), [listenAddress]).identity;
    const [orders, cart, address] = [processOf('shop/orders-1/orders'), processOf('shop/cart-1/cart'), processOf('pods@10.244.1.7:6060')];
    const when = (minute: string) => ({ from: parseInstant(`2026-11-24T02:${minute}:00Z`), to: parseInstant(`2026-11-24T02:${minute}:00Z`) });

    test('two pods stay two processes, and the series is each one’s at its time', () => {
      const found = identity(at('orders-1', 'orders', '10', 'a'), at('orders-1', 'orders', '20', 'b'), at('cart-1', 'cart', '40', 'c'));
      expect(found.same(orders, cart)).toBeNull();
      expect(found.same(address, orders, when('15'))).toBe('derived');
      expect(found.same(address, orders, when('40'))).toBeNull();
      expect(found.same(address, cart, when('40'))).toBe('derived');
    });

    test('a port that is forwarded to one pod and another in turn names none', () => {
      const found = identity(at('orders-1', 'orders', '10', 'a'), at('cart-1', 'cart', '20', 'b'), at('orders-1', 'orders', '30', 'c'));
      expect(found.same(address, orders)).toBeNull();
      expect(found.same(address, cart)).toBeNull();
    });
  });
});
