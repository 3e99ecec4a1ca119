import { lockContended } from '../../../../model/conditions/contention.ts';
import { bucketSeen, lockConvoy } from '../../../../model/conditions/goroutines.ts';
import { unlockDeferredInLoop } from '../../../../model/conditions/source.ts';
import { type Ask, type Condition, defineMechanism, enclosingFunction, fails, holds, unknown } from '../../../../model/index.ts';
import { bucketsBeside, seenBeside } from '../../../lib/buckets.ts';
import { tiedWithin } from '../../../lib/join.ts';
import { isLockWait, lockWantedAt } from '../../../lib/lock-edges.ts';
import { codeCulprit } from '../../../lib/site-source.ts';
import { framesOf, joinSource, sourceIsBound, waitingFrame } from '../../../lib/source-frames.ts';

/** Goroutines of the process that stand behind the loop, with all its locks held. */
function holders(cause: Condition, effect: Condition, ask: Ask): { bucket: Condition; line: number }[] {
  return seenBeside(effect, ask).flatMap((bucket) => {
    const frame = framesOf(bucket.facts['stack']).find((f) => enclosingFunction(f.function) === cause.entity.key && f.line > Number(cause.facts['loopEndLine']));
    return frame === undefined ? [] : [{ bucket, line: frame.line }];
  });
}

/** Each turn of a loop takes one more lock, and all of them are held until the function ends. */
export const unlockDeferredInLoopHoldsConvoy = defineMechanism({
  id: 'runtime/unlock-deferred-in-loop',
  title: 'locks of a loop are given back only when the function ends',
  to: lockConvoy,
  from: [
    {
      kind: unlockDeferredInLoop,
      role: 'defect',
      // whoever waits must wait for a lock of that kind
      join: (effect, ask) => {
        // goroutines at one stack may wait for several locks: the function they wait in is what they share
        const waiting = bucketsBeside(effect, ask)
          .filter((b) => isLockWait(String(b.facts['wait'])) && b.facts['function'] === effect.facts['waitFunction'])
          .map(waitingFrame);
        if (waiting.length === 0) return unknown('where goroutines wait for the lock is not known', lockConvoy.next);
        return joinSource(unlockDeferredInLoop, ask, waiting, (c, frame) => lockWantedAt(frame, ask) === c.facts.lock);
      },
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `the Unlock deferred at line ${f?.['line']} runs when the function returns, not when the turn of the loop at line ${f?.['loopLine']} is over: all locks of the loop are held until then`;
  },
  requires: [
    sourceIsBound((link) => {
      const f = link.causes[0]?.facts;
      return f === undefined ? [] : [{ frame: { function: String(f['function']), file: String(f['file']), line: Number(f['line']) }, shows: ['defer', 'unlock', 'runlock'] }];
    }),
    {
      id: 'holder-behind-the-loop',
      title: 'a goroutine stands behind the loop, where its locks need not be held',
      test({ effect, causes }, ask) {
        const [cause] = causes;
        if (cause == null) return unknown('the loop is not known', bucketSeen.next);
        const [first] = holders(cause, effect, ask);
        if (first !== undefined) return holds(`${first.bucket.says} stands at line ${first.line}, behind the loop`, first.bucket.places);
        return seenBeside(effect, ask).length === 0
          ? unknown('no other goroutine of the process is at hand', bucketSeen.next)
          : fails('no goroutine stands behind the loop: the locks are held for as long as the loop takes', effect.places);
      },
    },
  ],
  supports: [
    {
      id: 'profile-names-function',
      title: 'most of the waiting ended when this function unlocked',
      test({ effect, causes }, ask) {
        const answer = ask.look(lockContended);
        if (answer.state !== 'observed') return unknown('no mutex profile shows who gave the lock back', lockContended.next);
        const own = answer.conditions.filter((c) => c.facts.side === 'released' && tiedWithin(effect, c, ask, ['process', 'container']) !== null);
        const named = own.find((c) => enclosingFunction(c.facts.function) === causes[0]?.entity.key);
        if (named !== undefined) return holds(named.says, named.places);
        return own[0] === undefined ? unknown('no mutex profile of this process is at hand', lockContended.next) : fails(own[0].says, own[0].places);
      },
    },
  ],
  refutes: [],
  rivals: ['go/lock-across-io', 'go/lock-cycle-holds-convoy', 'go/kept-lock-holds-convoy'],
  order: 'standing',
  status: 'trial',
  culprits: (link) => codeCulprit(link.causes[0]),
  mitigation: () => null,
  acceptedFalsePositives: ['locks that must all be held for what follows the loop (a transaction over several accounts): then what is done with them held is too slow'],
});
