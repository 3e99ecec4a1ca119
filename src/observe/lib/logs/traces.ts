/**
 * Who calls whom, seen through shared trace ids. Each service logs when a request ended and how long it took; the one that began
 * first in a trace called the others, and the last to begin before another is its direct caller. Clocks may differ by a little, so
 * one trace proves nothing: most traces that hold both must agree.
 */
import type { Place } from '../../../model/index.ts';
import { type Exchange, placeOf } from './digest.ts';
import { fineSeconds } from './stretch.ts';
import type { LogOwner } from './who.ts';

export interface TraceCall {
  readonly caller: string;
  readonly callee: string;
  /** Traces in which this direction was seen, and in which the opposite was. */
  readonly seen: number;
  readonly against: number;
  /** One record of the caller and one of the callee from one trace. */
  readonly places: readonly Place[];
}

export interface Part {
  readonly service: string;
  readonly route: string | null;
  readonly code: number;
  readonly start: number;
  readonly end: number;
  readonly place: () => Place;
}

const TRACE_CAP = 200_000;
const AGREEMENT = 0.8;

const partsOf = new WeakMap<readonly LogOwner[], ReadonlyMap<string, readonly Part[]>>();
const callsOf = new WeakMap<readonly LogOwner[], readonly TraceCall[]>();

/** Parts of each trace by service; a retry is its first part. */
export function traceParts(owners: readonly LogOwner[]): ReadonlyMap<string, readonly Part[]> {
  let parts = partsOf.get(owners);
  if (parts === undefined) {
    parts = gatherParts(owners);
    partsOf.set(owners, parts);
  }
  return parts;
}

function gatherParts(owners: readonly LogOwner[]): ReadonlyMap<string, readonly Part[]> {
  const traces = new Map<string, Part[]>();
  for (const o of owners) {
    if (o.service === null) continue;
    for (const e of o.digest.exchanges) {
      if (e.trace === null || e.seconds === null) continue;
      let parts = traces.get(e.trace);
      if (parts === undefined) {
        if (traces.size >= TRACE_CAP) continue;
        parts = [];
        traces.set(e.trace, parts);
      }
      parts.push(partOf(o, o.service, e));
    }
  }
  return traces;
}

function partOf(o: LogOwner, name: string, e: Exchange): Part {
  const end = fineSeconds(e.at);
  return { service: name, route: e.route, code: e.code, start: end - (e.seconds ?? 0), end, place: () => placeOf(o.digest, e) };
}

export function callsByTrace(owners: readonly LogOwner[]): readonly TraceCall[] {
  let calls = callsOf.get(owners);
  if (calls === undefined) {
    calls = orderedCalls(owners);
    callsOf.set(owners, calls);
  }
  return calls;
}

function orderedCalls(owners: readonly LogOwner[]): TraceCall[] {
  const seen = new Map<string, { caller: string; callee: string; count: number; places: Place[] }>();
  for (const parts of traceParts(owners).values()) {
    if (parts.length < 2) continue;
    const ordered = [...parts].sort((a, b) => a.start - b.start || b.end - a.end || (a.service < b.service ? -1 : 1));
    const done = new Set<string>();
    for (let i = 1; i < ordered.length; i++) {
      const callee = ordered[i]!;
      const caller = ordered[i - 1]!;
      if (caller.service === callee.service || done.has(callee.service)) continue;
      done.add(callee.service);
      // what began after the other had answered was not called by it, save that a caller gives up before its callee ends
      const inside = ordered.slice(0, i).filter((p) => p.service !== callee.service && p.end >= callee.start);
      const direct = inside.at(-1);
      if (direct === undefined) continue;
      const key = `${direct.service}\u0000${callee.service}`;
      const known = seen.get(key);
      if (known === undefined) seen.set(key, { caller: direct.service, callee: callee.service, count: 1, places: [direct.place(), callee.place()] });
      else known.count++;
    }
  }
  const out: TraceCall[] = [];
  for (const s of seen.values()) {
    const against = seen.get(`${s.callee}\u0000${s.caller}`)?.count ?? 0;
    if (s.count >= AGREEMENT * (s.count + against)) out.push({ caller: s.caller, callee: s.callee, seen: s.count, against, places: s.places });
  }
  return out.sort((a, b) => (a.caller !== b.caller ? (a.caller < b.caller ? -1 : 1) : a.callee < b.callee ? -1 : 1));
}
