/** Calls and requests as the services' own logs tell of them: what failed, what was slow, and what the callee says of itself. */

import { calleeLatency, deadlineExceeded, requestsFailing, requestsSlow } from '../../model/conditions/calls.ts';
import { type Kind, type Observation, type Observer, type Readings, service, uniquePlaces } from '../../model/index.ts';
import { servicesByAddress } from '../lib/logs/addresses.ts';
import { instantOfSeconds } from '../lib/logs/stretch.ts';
import { logOwners } from '../lib/logs/who.ts';
import { lookCallees } from './callee.ts';
import { fromCounter, timeoutCounters } from './counters.ts';
import { failedGroups, type Group, lookFailed } from './failed.ts';
import { lookHistograms } from './histograms.ts';
import { lookFailing, lookSlow } from './requests.ts';

const memo = new WeakMap<Readings, readonly Group[]>();

function groupsOf(readings: Readings): readonly Group[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const owners = logOwners(readings);
  const made = failedGroups(owners, servicesByAddress(readings, owners));
  memo.set(readings, made);
  return made;
}

export const calls: Observer = {
  id: 'calls',
  answers: [deadlineExceeded as Kind, calleeLatency as Kind, requestsFailing as Kind, requestsSlow as Kind],
  look(kind, _query, world): Observation {
    const owners = logOwners(world.readings);
    if (kind.id === deadlineExceeded.id) return missedDeadlines(kind, world.readings);
    if (kind.id === calleeLatency.id) return callees(kind, world.readings);
    if (owners.length === 0) return { conditions: [], covered: [], notObservable: [{ why: 'no log of a known logger is at hand', next: kind.next }] };
    switch (kind.id) {
      case requestsFailing.id:
        return withExchanges(kind, lookFailing(owners));
      default:
        return withExchanges(kind, lookSlow(owners));
    }
  },
};

/** A log has each answer; a histogram only where none is at hand. */
function callees(kind: Kind, readings: Readings): Observation {
  const groups = groupsOf(readings);
  const logged = lookCallees(logOwners(readings), groups);
  const told = new Set(logged.conditions.map((c) => c.facts['service']));
  const measured = lookHistograms(readings, groups);
  const conditions = [...logged.conditions, ...measured.conditions.filter((c) => !told.has(c.facts['service'] ?? null))];
  const covered = [...logged.covered, ...measured.covered];
  if (conditions.length > 0 || covered.length > 0) return { conditions, covered, notObservable: logged.notObservable };
  return { conditions: [], covered: [], notObservable: [{ why: 'neither a request log with durations nor a latency histogram is at hand', next: kind.next }] };
}

function missedDeadlines(kind: Kind, readings: Readings): Observation {
  const owners = logOwners(readings);
  const counters = timeoutCounters(readings);
  const made = lookFailed(owners, groupsOf(readings));
  const conditions = made.conditions.map((c) => {
    const counted = counters.find((x) => x.caller === c.facts['caller'] && x.times.length > 0);
    return counted === undefined ? c : { ...c, places: uniquePlaces([...c.places, ...counted.places.slice(0, 1)]) };
  });
  for (const c of counters) {
    if (made.conditions.some((m) => m.facts['caller'] === c.caller)) continue;
    const found = fromCounter(c);
    if (found !== null) conditions.push(found);
  }
  const covered = [
    ...made.covered,
    ...counters.flatMap((c) =>
      c.places[0] === undefined ? [] : [{ entity: service(c.caller), interval: { from: instantOfSeconds(c.from), to: instantOfSeconds(c.to) }, places: [c.places[0]] }],
    ),
  ];
  if (conditions.length > 0 || covered.length > 0) return { conditions, covered, notObservable: made.notObservable };
  return { conditions: [], covered: [], notObservable: [{ why: 'neither a log of a known logger nor a counter of timeouts is at hand', next: kind.next }] };
}

/** A log without request records covers nothing about requests. */
function withExchanges(kind: Kind, made: Observation): Observation {
  return made.covered.length > 0 ? made : { ...made, notObservable: [{ why: 'the logs hold no records of answered requests', next: kind.next }] };
}
