import { describe, expect, test } from 'vitest';
import { type Artifact, container, processOf } from '../../model/index.ts';
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
});
