/** Timeouts of a server that cut off its callers: seen from both ends of the same trace. */
import { idleTimeoutShorter, writeTimeoutTooShort } from '../../model/conditions/error-texts.ts';
import { type Condition, condition, type Facts, type Place, service, uniquePlaces } from '../../model/index.ts';
import { placeOf } from '../lib/logs/digest.ts';
import { quantile, sorted } from '../lib/logs/onset.ts';
import { byService } from '../lib/logs/stretch.ts';
import { type Part, traceParts } from '../lib/logs/traces.ts';
import type { LogOwner } from '../lib/logs/who.ts';
import type { ErrorEvent } from './events.ts';
import { BROKEN } from './texts.ts';

const LEAST = 3;
/** Of the broken calls to one service, this share must fit: a restart breaks calls of every length. */
const MOST = 0.8;
const TRACES = 20;

interface Broken {
  readonly event: ErrorEvent;
  /** What the callee itself logged of the request. */
  readonly part: Part | null;
}

function brokenCalls(events: readonly ErrorEvent[], owners: readonly LogOwner[]): Map<string, Broken[]> {
  const parts = traceParts(owners);
  const out = new Map<string, Broken[]>();
  for (const event of events) {
    if (event.callee === null || event.trace === null || !event.ofCall || !BROKEN.includes(event.innermost.id)) continue;
    const part = parts.get(event.trace)?.find((p) => p.service === event.callee) ?? null;
    const list = out.get(event.callee) ?? [];
    list.push({ event, part });
    out.set(event.callee, list);
  }
  return new Map([...out].sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Stated {
  readonly seconds: number;
  readonly place: Place;
}

/** The last value that the service says of itself. */
export function statedOf(owners: readonly LogOwner[], name: RegExp): Stated | null {
  const found = owners.flatMap((o) => o.digest.deadlines.filter((d) => name.test(d.name)).map((d) => ({ d, o })));
  const last = found.sort((a, b) => Number((a.d.at ?? 0n) < (b.d.at ?? 0n) ? -1 : 1)).at(-1);
  return last === undefined ? null : { seconds: last.d.seconds, place: placeOf(last.o.digest, last.d) };
}

export function lookWriteTimeouts(events: readonly ErrorEvent[], owners: readonly LogOwner[]): Condition<Facts>[] {
  const made: Condition<Facts>[] = [];
  const services = byService(owners);
  for (const [name, broken] of brokenCalls(events, owners)) {
    const of = services.get(name) ?? [];
    const cut = broken.filter((b) => b.part !== null && b.part.code < 500);
    if (cut.length < LEAST || cut.length < MOST * broken.length) continue;
    const traces = new Set(broken.map((b) => b.event.trace));
    const arrived = sorted(
      [...traceParts(owners)].flatMap(([trace, parts]) => (traces.has(trace) ? [] : parts.filter((p) => p.service === name && p.code < 500).map((p) => p.end - p.start))),
    );
    const durations = sorted(cut.map((b) => b.part!.end - b.part!.start));
    const shortest = durations[0]!;
    const longest = arrived.at(-1) ?? null;
    const stated = statedOf(of, /write_?timeout/i);
    // a limit parts the two: whatever was cut is longer than whatever arrived, and longer than the limit where it is stated
    if (longest !== null && longest >= shortest) continue;
    if (stated === null ? longest === null : shortest < 0.98 * stated.seconds) continue;
    const first = cut[0]!;
    made.push(
      condition(writeTimeoutTooShort, {
        entity: service(name),
        discriminator: first.part!.route ?? '',
        during: { from: null, to: null },
        onset: { lastWell: null, firstIll: null, clock: `log of ${name}` },
        quantity: { value: round(shortest), ...(stated === null ? {} : { baseline: round(stated.seconds) }), unit: 's', known: 'counted' },
        facts: {
          service: name,
          route: first.part!.route,
          seconds: stated?.seconds ?? null,
          cutFromSeconds: round(shortest),
          arrivedToSeconds: longest === null ? null : round(longest),
          count: cut.length,
          callers: [...new Set(cut.map((b) => b.event.service))].sort(),
        },
        says: `${name} closes connections ${stated === null ? `after between ${milli(longest ?? 0)} and ${milli(shortest)}` : `after its write timeout of ${milli(stated.seconds)}`}: ${cut.length} answers it logs below 500 never arrived, the shortest took ${milli(shortest)}`,
        places: uniquePlaces([...(stated === null ? [] : [stated.place]), first.part!.place(), first.event.place(), cut.at(-1)!.part!.place()], 5),
        strength: 'stated',
      }) as Condition<Facts>,
    );
  }
  return made;
}

export function lookIdleTimeouts(events: readonly ErrorEvent[], owners: readonly LogOwner[]): Condition<Facts>[] {
  const made: Condition<Facts>[] = [];
  const services = byService(owners);
  for (const [name, broken] of brokenCalls(events, owners)) {
    const of = services.get(name) ?? [];
    // a service that ended breaks calls as well, and announces itself again
    if (of.length === 0 || of.some((o) => o.digest.announced.length > 1)) continue;
    const unseen = broken.filter((b) => b.part === null);
    if (unseen.length < LEAST || unseen.length < MOST * broken.length) continue;
    const served = sorted(of.flatMap((o) => o.digest.exchanges.map((e) => Number(e.at) / 1e9)));
    const pauses: number[] = [];
    for (const b of unseen) {
      const before = lastBefore(served, b.event.at);
      if (before === null) continue;
      const kept = unseen.filter((o) => o.event.service === b.event.service && o.event.at < b.event.at).at(-1);
      // a call that broke made the connection new: the pause counts from the later of the two
      pauses.push(b.event.at - Math.max(before, kept?.event.at ?? 0));
    }
    if (pauses.length < LEAST || served.length === 0 || served.at(-1)! < unseen[0]!.event.at) continue;
    const shortest = quantile(sorted(pauses), 0.1);
    const stated = statedOf(of, /idle_?timeout/i);
    // each broken call came after a pause of at least about the limit; without a stated limit only net/http's own words tell
    const named = unseen.filter((b) => b.event.innermost.id === 'net-http/server-closed-idle-connection').length;
    if (stated === null ? named === 0 : shortest < 0.8 * stated.seconds) continue;
    const first = unseen[0]!;
    made.push(
      condition(idleTimeoutShorter, {
        entity: service(name),
        discriminator: first.event.service,
        during: { from: null, to: null },
        onset: { lastWell: null, firstIll: null, clock: `log of ${name}` },
        quantity: { value: unseen.length, unit: 'calls', known: 'counted' },
        facts: {
          caller: first.event.service,
          callee: name,
          idleSeconds: stated?.seconds ?? null,
          pauseSeconds: round(shortest),
          count: unseen.length,
          traces: unseen.slice(0, TRACES).map((b) => b.event.trace!),
        },
        says: `${name} closes idle connections${stated === null ? '' : ` after ${milli(stated.seconds)}`} that ${first.event.service} still keeps: ${unseen.length} calls broke after pauses of ${milli(shortest)} or more, ${name} has no record of them`,
        places: uniquePlaces([...(stated === null ? [] : [stated.place]), first.event.place(), unseen.at(-1)!.event.place()], 5),
        strength: 'stated',
      }) as Condition<Facts>,
    );
  }
  return made;
}

function lastBefore(times: readonly number[], at: number): number | null {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : times[low - 1]!;
}

export const round = (n: number): number => Number(n.toPrecision(3));
export const milli = (seconds: number): string => (seconds >= 1 ? `${Number(seconds.toPrecision(3))} s` : `${Math.round(seconds * 1000)} ms`);
