import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectionsNotClosed } from '../../model/conditions/sockets.ts';
import { type Artifact, entityId, type Kind, parseInstant, processOf } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { logs } from '../../read/logs/index.ts';
import { socketTable } from '../../read/socket-table/index.ts';
import { openWorld } from '../lib/world.ts';
import { sockets } from './index.ts';

const folder = join(import.meta.dirname, 'testdata');
const table = (name: string, more: Partial<Artifact> = {}): Artifact => textArtifact(readFileSync(join(folder, name), 'utf8'), { id: name, path: name, ...more });
const observed = (...artifacts: Artifact[]) => {
  const answer = openWorld(openReadings(artifacts, [socketTable, logs]), [sockets]).look(connectionsNotClosed as Kind);
  return answer.state === 'observed' ? answer.conditions : [];
};

describe('sockets/not-closed', () => {
  it('the same connections in two tables, and more of them', () => {
    const [c, ...others] = observed(table('ss-body-not-closed-1.txt'), table('ss-body-not-closed-2.txt'));
    expect(others).toEqual([]);
    expect(c?.facts).toMatchObject({ peer: '127.0.0.1:9090', side: 'opened', program: 'rates', fromCount: 80, count: 160, kept: 80, tables: 2 });
    expect(c?.quantity).toMatchObject({ value: 160, baseline: 80 });
  });

  it('one table counts only beyond any pool', () => {
    expect(observed(table('ss-body-not-closed-1.txt'))).toEqual([]);
    expect(observed(table('ss-body-not-closed-2.txt'))[0]?.facts).toMatchObject({ count: 160, kept: null });
  });

  it('other connections each time come and go', () => {
    const again = textArtifact(
      readFileSync(join(folder, 'ss-body-not-closed-1.txt'), 'utf8').replace(/127\.0\.0\.1:(\d{5}) /g, (_m, port: string) => `127.0.0.1:${Number(port) - 20000} `),
      { id: 'z', path: 'z' },
    );
    expect(observed(table('ss-body-not-closed-1.txt'), again)).toEqual([]);
  });

  it('many open connections and many that wait for time are those of a busy program', () => {
    expect(observed(table('ss-busy-1.txt'), table('ss-busy-2.txt'))).toEqual([]);
    expect(observed(table('ss-time-wait-1.txt'), table('ss-time-wait-2.txt'))).toEqual([]);
  });

  it('belongs to the process the capture states, or the one of that name as a guess', () => {
    const stated = { covers: [{ entity: processOf('rates@1'), strength: 'stated' as const }], takenAt: parseInstant('2026-11-24T04:04:00Z')! };
    const log = textArtifact('{"time":"2026-11-24T02:00:00Z","level":"INFO","msg":"a"}\n'.repeat(3), { id: 'rates.log', path: 'rates.log' });
    const who = (...a: Artifact[]) => observed(...a).map((c) => [entityId(c.entity), c.strength]);
    expect(who(table('ss-body-not-closed-2.txt', stated))).toEqual([['process:rates@1', 'stated']]);
    expect(who(table('ss-body-not-closed-2.txt'), log)).toEqual([['process:rates', 'guessed']]);
    expect(who(table('ss-body-not-closed-2.txt'))[0]?.[0]).toMatch(/^process:rates pid \d+$/);
  });
});
