/**
 * Who calls whom, seen through shared trace ids. Span ids and the calls that services log say it outright. Where they do not: each service
 * logs when a request ended and how long it took; the one that began first in a trace called the others, and the last to begin before another
 * is its direct caller. That is asked on corrected clocks where they can be compared; one trace proves nothing: most that hold both must agree.
 */
import type { Instant, Place, Strength } from '../../../model/index.ts';
import { fleetOf } from '../traces/fleet-of.ts';
import { type Exchange, placeOf } from './digest.ts';
import { fineSeconds } from './stretch.ts';
import type { LogOwner } from './who.ts';

export interface TraceCall {
  readonly caller: string;
  readonly callee: string;
  /** Traces in which this direction was seen, and in which the opposite was. */
  readonly seen: number;
  readonly against: number;
  readonly strength: Strength;
  /** One record of the caller and one of the callee from one trace. */
  readonly places: readonly Place[];
}

export interface Part {
  readonly service: string;
  readonly route: string | null;
  readonly code: number;
  /** By its own clock. */
  readonly start: number;
  readonly end: number;
  /** What to add to compare it with parts of other services: 0 where the clocks cannot be compared. */
  readonly shift: number;
  /** What that shift may be off by, seconds. */
  readonly loose: number;
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
  const correct = corrector(owners);
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
      parts.push(partOf(o, o.service, e, correct(o, e.at)));
    }
  }
  return traces;
}

function partOf(o: LogOwner, name: string, e: Exchange, by: Shift): Part {
  const end = fineSeconds(e.at);
  return { service: name, route: e.route, code: e.code, start: end - (e.seconds ?? 0), end, ...by, place: () => placeOf(o.digest, e) };
}

interface Shift {
  readonly shift: number;
  readonly loose: number;
}

/** What brings a log's times onto the clock that the others are compared by. */
export function corrector(owners: readonly LogOwner[]): (o: LogOwner, at: Instant) => Shift {
  const { clocks } = fleetOf(owners);
  return (o, at) => {
    const on = clocks.onReference(o.process.key, at);
    return on === null ? { shift: 0, loose: 0 } : { shift: fineSeconds(on.at) - fineSeconds(at), loose: Math.max(on.early, on.late) };
  };
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
  const stated = fleetOf(owners).links;
  const told = new Set(stated.flatMap((l) => [`${l.caller}\u0000${l.callee}`, `${l.callee}\u0000${l.caller}`]));
  const callsOut = new Set(stated.map((l) => l.caller));
  for (const parts of traceParts(owners).values()) {
    if (parts.length < 2) continue;
    const ordered = [...parts].sort((a, b) => a.start + a.shift - (b.start + b.shift) || b.end + b.shift - (a.end + a.shift) || (a.service < b.service ? -1 : 1));
    const done = new Set<string>();
    for (let i = 1; i < ordered.length; i++) {
      const callee = ordered[i]!;
      const caller = ordered[i - 1]!;
      if (caller.service === callee.service || done.has(callee.service)) continue;
      done.add(callee.service);
      // what began after the other had answered was not called by it, save that a caller gives up before its callee ends
      const inside = ordered.slice(0, i).filter((p) => p.service !== callee.service && p.end + p.shift >= callee.start + callee.shift);
      const direct = inside.at(-1);
      if (direct === undefined) continue;
      // a service that logs its calls is not thought to have made others
      if (told.has(`${direct.service}\u0000${callee.service}`) || callsOut.has(direct.service)) continue;
      const key = `${direct.service}\u0000${callee.service}`;
      const known = seen.get(key);
      if (known === undefined) seen.set(key, { caller: direct.service, callee: callee.service, count: 1, places: [direct.place(), callee.place()] });
      else known.count++;
    }
  }
  const out: TraceCall[] = stated.map((l) => ({ caller: l.caller, callee: l.callee, seen: l.seen, against: 0, strength: l.strength, places: l.places }));
  for (const s of seen.values()) {
    const against = seen.get(`${s.callee}\u0000${s.caller}`)?.count ?? 0;
    if (s.count >= AGREEMENT * (s.count + against)) out.push({ caller: s.caller, callee: s.callee, seen: s.count, against, strength: 'derived', places: s.places });
  }
  return out.sort((a, b) => (a.caller !== b.caller ? (a.caller < b.caller ? -1 : 1) : a.callee < b.callee ? -1 : 1));
}
