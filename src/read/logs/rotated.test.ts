import { describe, expect, it } from 'vitest';
import { textArtifact } from '../../model/testing/artifact.ts';
import { rotationOf } from '../lib/rotation.ts';
import { type LogSource, openLog, rotatedSets } from './index.ts';

const log = (path: string, minute: number | null): LogSource => {
  const at = minute === null ? '' : `"ts":"2026-11-27T00:${String(minute).padStart(2, '0')}:00Z",`;
  return openLog(textArtifact(`${`{"level":"info",${at}"msg":"m"}\n`.repeat(2)}`, { id: path, path }))!;
};
const order = (...logs: LogSource[]): string[][] => rotatedSets(logs).map((s) => s.parts.map((p) => p.artifact.path));

describe('rotated logs', () => {
  it.each([
    ['var/app.log', 'var/app.log', null, null],
    ['var/app.log.1', 'var/app.log', 1, null],
    ['var/app.log.12.gz', 'var/app.log', 12, null],
    ['app.log-20261127', 'app.log', null, '20261127000000'],
    ['app.log-20261127-1795738204.zst', 'app.log', null, '202611271795738204'],
    ['app-2026-11-27T00-10-04.250.log.gz', 'app.log', null, '20261127001004250'],
    ['0.log.20261127-001004', '0.log', null, '20261127001004'],
    ['3f1-json.log.2', '3f1-json.log', 2, null],
    // near misses: an instance, a version, a pod
    ['orders-2.log', 'orders-2.log', null, null],
    ['app.v1.2.log', 'app.v1.2.log', null, null],
    ['dump.1', 'dump.1', null, null],
  ])('%s is a part of %s', (path, base, number, stamp) => expect(rotationOf(path)).toEqual({ base, number, stamp }));

  it('are one log, oldest first, in whatever order they are given', () => {
    const parts = [log('a/app.log', 30), log('a/app.log.1', 20), log('a/app.log.10', 5), log('a/app.log.2.gz', 10)];
    for (const given of [parts, [...parts].reverse()]) expect(order(...given)).toEqual([['a/app.log.10', 'a/app.log.2.gz', 'a/app.log.1', 'a/app.log']]);
    expect(order(log('app-2026-11-27T00-10-04.250.log', 4), log('app.log', 20), log('app-2026-11-27T00-05-04.250.log', 1))).toEqual([
      ['app-2026-11-27T00-05-04.250.log', 'app-2026-11-27T00-10-04.250.log', 'app.log'],
    ]);
  });

  it('are ordered by what stands in them where names say otherwise, and that is said', () => {
    const [set] = rotatedSets([log('app.log', 10), log('app.log.1', 30), log('app.log.2', 20)]);
    expect(set!.parts.map((p) => p.artifact.path)).toEqual(['app.log', 'app.log.2', 'app.log.1']);
    expect(set!.orderedBy).toBe('time');
    expect(set!.problems.map((p) => p.code)).toEqual(['logs/rotated-order']);
  });

  it('are ordered by name where no record has a time', () => {
    const [set] = rotatedSets([log('app.log', 10), log('app.log.1', null)]);
    expect([set!.parts.map((p) => p.artifact.path), set!.orderedBy]).toEqual([['app.log.1', 'app.log'], 'name']);
  });

  it('logs of other folders, services and replicas are no parts of it', () => {
    expect(order(log('a/app.log', 1), log('b/app.log.1', 0), log('a/other.log.1', 0)).map((s) => s.length)).toEqual([1, 1, 1]);
    expect(order(log('orders-1.log', 1), log('orders-2.log', 2))).toHaveLength(2);
  });
});
