import { lockCycle } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { edgesOf } from '../../../lib/lock-edges.ts';
import { stallsProbe } from '../../../lib/stalled-probe.ts';

/** A deadlocked part of the process takes its health endpoint along. */
export const lockCycleStallsProbe = defineMechanism({
  ...stallsProbe(lockCycle, (cycle) => edgesOf(cycle).map((e) => ({ kind: 'code', function: e.function, file: e.file, line: e.line }))),
  id: 'go/lock-cycle-stalls-probe',
  title: 'the probe waits behind goroutines that wait for each other',
  because: 'the handler of the probe needs a lock of the circle and never answers',
});
