/** All dumps at hand, each with the process it is of. */
import type { Readings } from '../../model/index.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';
import { type Snapshot, snapshotsIn } from './snapshots.ts';

const memo = new WeakMap<Readings, readonly Snapshot[]>();

export function snapshots(readings: Readings): readonly Snapshot[] {
  const known = memo.get(readings) ?? snapshotsIn(readings, (artifact) => processOfArtifact(artifact, readings));
  memo.set(readings, known);
  return known;
}
