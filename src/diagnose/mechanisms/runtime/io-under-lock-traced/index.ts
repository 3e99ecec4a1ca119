import { heldAcrossWait } from '../../../../model/conditions/execution-trace.ts';
import { ioUnderLock } from '../../../../model/conditions/source.ts';
import { type Condition, defineMechanism } from '../../../../model/index.ts';
import { callUnderLockTold } from '../../../lib/io-under-lock.ts';
import { type Frame, joinSource, sourceIsBound } from '../../../lib/source-frames.ts';

/** The call under the lock, in the function that takes it. */
const callFrame = ({ facts: f }: Condition): Frame => ({ function: String(f['lockFunction']), file: String(f['lockFile']), line: Number(f['callLine'] ?? f['line']) });

/** What the holder was seen to wait for is a call that the source makes between Lock and Unlock. */
export const ioUnderLockTraced = defineMechanism({
  id: 'runtime/io-under-lock-traced',
  title: 'a lock is held across a call that waits',
  to: heldAcrossWait,
  from: [{ kind: ioUnderLock, role: 'defect', join: (effect, ask) => joinSource(ioUnderLock, ask, [callFrame(effect)], (c, frame) => c.facts.line === frame.line) }],
  requires: [sourceIsBound((link) => [{ frame: callFrame(link.effect), shows: ['call', 'http-call', 'sleep'] }])],
  refutes: [],
  rivals: [],
  sameFaultAs: ['go/lock-across-io'],
  order: 'standing',
  status: 'trial',
  ...callUnderLockTold,
});
