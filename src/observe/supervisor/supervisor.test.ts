import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { processExited } from '../../model/conditions/crash.ts';
import { type Artifact, type Condition, entityId, processOf, type Reader, service } from '../../model/index.ts';
import { testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { supervisor } from '../../read/supervisor/index.ts';
import { openWorld } from '../lib/world.ts';
import { supervision } from './index.ts';

type Exit = Condition<NonNullable<(typeof processExited)['facts']>>;
const exits = (...artifacts: Artifact[]): readonly Exit[] => {
  const a = openWorld(openReadings(artifacts, [supervisor] as Reader<unknown>[]), [supervision]).look(processExited);
  return a.state === 'observed' ? a.conditions : [];
};
const recorded = (name: string, more: Partial<Artifact> = {}): Artifact =>
  testArtifact(new Uint8Array(readFileSync(fileURLToPath(new URL(`../../read/supervisor/testdata/${name}`, import.meta.url)))), { id: name, path: name, ...more });

describe('recorded supervisors', () => {
  it('count the endings of each program', () => {
    const all = exits(recorded('supervisord.log'));
    expect(all.map((c) => [entityId(c.entity), c.facts.code])).toEqual([
      ['process:invoices@supervisord', 2],
      ['process:worker@supervisord', 2],
    ]);
    expect(all.every((c) => c.facts.count > 1 && c.onset.firstIll !== null)).toBe(true);
  });
  it('belong to the process that the capture states', () => {
    const covers = [
      { entity: processOf('invoices@1'), strength: 'stated' as const },
      { entity: service('invoices'), strength: 'stated' as const },
    ];
    const [c] = exits(recorded('supervise.log', { covers }));
    expect(c?.entity).toEqual(processOf('invoices@1'));
    expect(c?.facts).toMatchObject({ code: 2, supervisor: 'supervise', count: 3 });
  });
  it('go run tells it last', () => {
    expect(exits(recorded('go-run.log')).map((c) => c.facts.code)).toEqual([2]);
    expect(exits(textArtifact('exit status 2\nstarted again\n'))).toEqual([]);
  });
});

describe('no harm', () => {
  it('is a stop that somebody asked for, or a clean end', () => {
    expect(exits(textArtifact('2026-11-24 03:26:17,131 WARN stopped: invoices (terminated by SIGTERM)\n'))).toEqual([]);
    expect(exits(textArtifact('orders.service: Main process exited, code=exited, status=0/SUCCESS\n'))).toEqual([]);
  });
});
