import { defineMechanism } from '../../../../model/index.ts';
import { bothSides, waitsUnderLock } from '../../../lib/wait-under-lock.ts';

/** The sender keeps the lock until somebody receives; whoever receives needs the lock first. */
export const channelUnderLock = defineMechanism({
  ...waitsUnderLock('send', 'receive'),
  id: 'go/channel-under-lock',
  title: 'a goroutine waits at a channel with a lock held that the other side needs',
  because: (link) => bothSides(link, (own) => (own.op === 'send' ? { own: 'sends on', before: 'it can receive again' } : { own: 'receives from', before: 'it can send' })),
  acceptedFalsePositives: ['a receiver that is started later and needs no lock for its first value'],
});
