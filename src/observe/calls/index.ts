/** Calls and requests as the services' own logs tell of them: what failed, what was slow, and what the callee says of itself. */

import { calleeLatency, deadlineExceeded, requestsFailing, requestsSlow } from '../../model/conditions/calls.ts';
import type { Kind, Observation, Observer, Readings } from '../../model/index.ts';
import { logOwners } from '../lib/logs/who.ts';
import { lookCallees } from './callee.ts';
import { failedGroups, type Group, lookFailed } from './failed.ts';
import { lookFailing, lookSlow } from './requests.ts';

const memo = new WeakMap<Readings, readonly Group[]>();

function groupsOf(readings: Readings): readonly Group[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const made = failedGroups(logOwners(readings));
  memo.set(readings, made);
  return made;
}

export const calls: Observer = {
  id: 'calls',
  answers: [deadlineExceeded as Kind, calleeLatency as Kind, requestsFailing as Kind, requestsSlow as Kind],
  look(kind, _query, world): Observation {
    const owners = logOwners(world.readings);
    if (owners.length === 0) return { conditions: [], covered: [], notObservable: [{ why: 'no log of a known logger is at hand', next: kind.next }] };
    switch (kind.id) {
      case deadlineExceeded.id:
        return lookFailed(owners, groupsOf(world.readings));
      case calleeLatency.id:
        return withExchanges(kind, lookCallees(owners, groupsOf(world.readings)));
      case requestsFailing.id:
        return withExchanges(kind, lookFailing(owners));
      default:
        return withExchanges(kind, lookSlow(owners));
    }
  },
};

/** A log without request records covers nothing about requests. */
function withExchanges(kind: Kind, made: Observation): Observation {
  return made.covered.length > 0 ? made : { ...made, notObservable: [{ why: 'the logs hold no records of answered requests', next: kind.next }] };
}
