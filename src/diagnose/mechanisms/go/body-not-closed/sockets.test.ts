import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { bucket, type Condition, condition, type Kind, placeAt, processOf } from '../../../../model/index.ts';
import { textArtifact } from '../../../../model/testing/artifact.ts';
import { openWorld } from '../../../../observe/lib/world.ts';
import { sockets } from '../../../../observe/sockets/index.ts';
import { openReadings } from '../../../../read/lib/readings.ts';
import { socketTable } from '../../../../read/socket-table/index.ts';
import { bodyNotClosedLeak } from './index.ts';

const folder = join(import.meta.dirname, '../../../../observe/sockets/testdata');
const piledUp = condition(bucketGrowing as Kind, {
  entity: bucket('rates@1', 'a'),
  during: { from: null, to: null },
  onset: { lastWell: null, firstIll: null },
  facts: {},
  says: 'goroutines pile up',
  places: [placeAt('dump', { offset: 0, length: 1 })],
}) as Condition;

/** Which connections of which process, as the check is asked. */
function peerHasClosed(file: string, process: string): string {
  const artifact = textArtifact(readFileSync(join(folder, file), 'utf8'), { covers: [{ entity: processOf(process), strength: 'stated' }] });
  const part = {
    id: 'buckets',
    answers: [],
    identify: () => ({ aliases: [], edges: [{ from: piledUp.entity, relation: 'part-of' as const, to: processOf('rates@1'), strength: 'stated' as const, places: [] }] }),
    look: () => ({ conditions: [], covered: [], notObservable: [] }),
  };
  const world = openWorld(openReadings([artifact], [socketTable]), [sockets, part]);
  return bodyNotClosedLeak.supports!.find((c) => c.id === 'peer-has-closed')!.test({ effect: piledUp, causes: [] }, world).state;
}

it('connections that only wait to be closed by this process support it; those of another, or that are busy, do not', () => {
  expect(peerHasClosed('ss-body-not-closed-2.txt', 'rates@1')).toBe('holds');
  expect(peerHasClosed('ss-body-not-closed-2.txt', 'stock@1')).toBe('fails');
  expect(peerHasClosed('ss-busy-2.txt', 'rates@1')).toBe('unknown');
  expect(peerHasClosed('ss-time-wait-2.txt', 'rates@1')).toBe('unknown');
});
