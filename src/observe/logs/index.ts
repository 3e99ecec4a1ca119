/** Says which error texts surged, whose log is whose, and who calls whom by shared trace ids. */

import { errorBurst, logGap, logSampled } from '../../model/conditions/logs.ts';
import { type Edge, type Kind, type NotObservable, type Observer, type Place, service } from '../../model/index.ts';
import { placeOf } from '../lib/logs/digest.ts';
import { callsByTrace } from '../lib/logs/traces.ts';
import { type LogOwner, logOwners, ownerEdges } from '../lib/logs/who.ts';
import { lookBursts } from './bursts.ts';
import { lookGaps, lookSampled } from './missing.ts';

export const logs: Observer = {
  id: 'logs',
  answers: [errorBurst, logGap, logSampled] as readonly unknown[] as readonly Kind[],
  identify(readings) {
    const owners = logOwners(readings);
    const { aliases, edges } = ownerEdges(owners);
    return { aliases, edges: [...edges, ...callEdges(owners)] };
  },
  look(kind, _query, world) {
    const owners = logOwners(world.readings);
    if (owners.length === 0) return { conditions: [], covered: [], notObservable: [NO_LOG] };
    return kind.id === logGap.id ? lookGaps(owners) : kind.id === logSampled.id ? lookSampled(owners) : lookBursts(owners);
  },
};

const NO_LOG: NotObservable = { why: 'no log of a known logger is at hand', next: errorBurst.next };

/** Span ids say it: stated. Calls that name the service, or most traces agree on a direction: derived. A URL that a failing call names: stated by the record itself. */
function callEdges(owners: readonly LogOwner[]): Edge[] {
  const edges: Edge[] = callsByTrace(owners).map((c) => ({
    from: service(c.caller),
    relation: 'calls',
    to: service(c.callee),
    strength: c.strength,
    places: c.places,
  }));
  const named = new Map<string, { from: string; to: string; place: Place }>();
  for (const o of owners) {
    if (o.service === null) continue;
    for (const call of o.digest.failedCalls) {
      if (call.callee === null || call.callee === o.service) continue;
      const key = `${o.service}\u0000${call.callee}`;
      if (!named.has(key)) named.set(key, { from: o.service, to: call.callee, place: placeOf(o.digest, call) });
    }
  }
  for (const n of named.values()) edges.push({ from: service(n.from), relation: 'calls', to: service(n.to), strength: 'stated', places: [n.place] });
  return edges;
}
