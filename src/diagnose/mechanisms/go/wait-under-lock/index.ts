import { defineMechanism } from '../../../../model/index.ts';
import { bothSides, waitsUnderLock } from '../../../lib/wait-under-lock.ts';

/** Wait keeps the lock until the workers are done; the workers need the lock to get done. */
export const waitWithLockHeld = defineMechanism({
  ...waitsUnderLock('wait-group', 'cond'),
  id: 'go/wait-under-lock',
  title: 'a goroutine waits for others with a lock held that they need',
  because: (link) => bothSides(link, (own) => ({ own: 'waits for', before: own.op === 'cond' ? 'it can signal' : 'it can be done' })),
  acceptedFalsePositives: ['a goroutine that is started later and signals without the lock'],
});
