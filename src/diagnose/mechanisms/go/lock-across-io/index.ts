import { lockContended } from '../../../../model/conditions/contention.ts';
import { lockConvoy } from '../../../../model/conditions/goroutines.ts';
import { ioUnderLock } from '../../../../model/conditions/source.ts';
import { type Condition, defineMechanism, enclosingFunction, fails, holds, unknown } from '../../../../model/index.ts';
import { callUnderLockTold } from '../../../lib/io-under-lock.ts';
import { tiedWithin } from '../../../lib/join.ts';
import { convoyFacts } from '../../../lib/lock-edges.ts';
import { type Frame, joinSource, sourceIsBound } from '../../../lib/source-frames.ts';

/** Wait reasons of a goroutine that is inside a call to the network, a file or a sleep; HTTP clients wait in select. */
const IO_WAITS = new Set(['IO wait', 'select', 'sleep', 'syscall', 'chan receive']);

function holderFrame(convoy: Condition): Frame | null {
  const f = convoyFacts(convoy);
  return f.holderFunction === null || f.holderLine === null ? null : { function: f.holderFunction, file: f.holderFile ?? '', line: f.holderLine };
}

/** Everybody waits for a lock whose holder waits for somebody else's answer. */
export const lockAcrossIo = defineMechanism({
  id: 'go/lock-across-io',
  title: 'a lock is held across a call that waits',
  to: lockConvoy,
  from: [
    {
      kind: ioUnderLock,
      role: 'defect',
      join: (effect, ask) => {
        const holder = holderFrame(effect);
        if (holder === null) return unknown('which goroutine holds the lock is not known', lockConvoy.next);
        return joinSource(
          ioUnderLock,
          ask,
          [holder],
          (c, frame) => c.facts.line === frame.line || (c.facts.lockLine < frame.line && frame.line <= (c.facts.unlockLine ?? frame.line) && c.facts.line === frame.line),
        );
      },
    },
  ],
  requires: [
    sourceIsBound((link) => {
      const holder = holderFrame(link.effect);
      return holder === null ? [] : [{ frame: holder, shows: ['call', 'http-call', 'sleep'] }];
    }),
    {
      id: 'holder-waits-outside',
      title: 'the holder waits for I/O, not for a lock',
      test({ effect }) {
        const wait = convoyFacts(effect).holderWait;
        if (wait === null) return unknown('what the holder waits for is not known', lockConvoy.next);
        return IO_WAITS.has(wait) ? holds(`the holder waits in [${wait}]`, effect.places) : fails(`the holder waits in [${wait}]`, effect.places);
      },
    },
  ],
  supports: [
    {
      id: 'profile-names-holder',
      title: 'most of the waiting ended when this function unlocked',
      test({ effect, causes }, ask) {
        const answer = ask.look(lockContended);
        if (answer.state !== 'observed') return unknown('no mutex profile shows who gave the lock back', lockContended.next);
        const own = answer.conditions.filter((c) => c.facts.side === 'released' && tiedWithin(effect, c, ask, ['process', 'container']) !== null);
        const [first] = own;
        if (first === undefined) return unknown('no mutex profile of this process shows who gave the lock back', lockContended.next);
        const holder = enclosingFunction(String(causes[0]?.facts['lockFunction'] ?? ''));
        const named = own.find((c) => enclosingFunction(c.facts.function) === holder);
        return named === undefined ? fails(first.says, first.places) : holds(named.says, named.places);
      },
    },
  ],
  refutes: [],
  rivals: ['go/lock-cycle-holds-convoy'],
  order: 'standing',
  status: 'trial',
  ...callUnderLockTold,
});
