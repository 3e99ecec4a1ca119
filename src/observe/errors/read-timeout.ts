/** A server whose reads of requests end at its ReadTimeout: told by its own records, for net.OpError names both ends of the connection. */
import { readTimeoutTooShort } from '../../model/conditions/error-texts.ts';
import { type Condition, condition, type Facts, service, uniquePlaces } from '../../model/index.ts';
import { sorted } from '../lib/logs/onset.ts';
import { byService, instantOfSeconds, lastActivityBefore } from '../lib/logs/stretch.ts';
import { traceParts } from '../lib/logs/traces.ts';
import type { LogOwner } from '../lib/logs/who.ts';
import type { ErrorEvent } from './events.ts';
import { statedOf } from './settings.ts';
import { failingCallers } from './texts.ts';

const LEAST = 3;
const MOST = 0.8;
/** A timer is late, never early; what follows it (removing a file, writing an error) takes a little. */
const EARLY = 0.98;
const LATE = 1.25;

const READ = /\bread (?:tcp|unix)[46]? (\S{3,80})->\S{3,80}: i\/o timeout/;
const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1);

export function lookReadTimeouts(events: readonly ErrorEvent[], owners: readonly LogOwner[]): Condition<Facts>[] {
  const made: Condition<Facts>[] = [];
  const parts = traceParts(owners);
  for (const [name, of] of byService(owners)) {
    const ports = new Set(of.flatMap((o) => [...o.digest.listens, ...o.digest.announced.map((a) => a.address)]).map(portOf));
    const own = events.flatMap((e) => {
      const local = e.service === name ? READ.exec(e.text)?.[1] : undefined;
      const part = local === undefined || !ports.has(portOf(local)) || e.trace === null ? undefined : parts.get(e.trace)?.find((p) => p.service === name);
      return part === undefined ? [] : [{ e, part, seconds: part.end - part.start }];
    });
    if (own.length < LEAST) continue;
    const ill = new Set(own.map((o) => o.e.trace));
    const durations = sorted(own.map((o) => o.seconds));
    const stated = statedOf(of, /^(?:[\w.-]{0,40}[_.-])?read[_-]?timeout$/i);
    const limit = stated?.seconds ?? durations[0]!;
    const fit = durations.filter((d) => d >= EARLY * limit && d <= LATE * limit);
    const read = sorted([...parts].flatMap(([trace, list]) => (ill.has(trace) ? [] : list.filter((p) => p.service === name && p.code < 500).map((p) => p.end - p.start))));
    const longest = read.at(-1) ?? null;
    if (fit.length < LEAST || fit.length < MOST * own.length) continue;
    // without a stated limit only one that parts the two is one: whatever was read took less
    if (stated === null && (longest === null || longest >= limit)) continue;
    const first = own[0]!;
    const last = own.at(-1)!;
    const lastWell = lastActivityBefore(of, first.e.at);
    made.push(
      condition(readTimeoutTooShort, {
        entity: service(name),
        during: { from: instantOfSeconds(first.e.at), to: instantOfSeconds(last.e.at) },
        onset: { lastWell: lastWell === null ? null : instantOfSeconds(lastWell), firstIll: instantOfSeconds(first.e.at), clock: `log of ${name}` },
        quantity: { value: round(durations[0]!), ...(stated === null ? {} : { baseline: round(stated.seconds) }), unit: 's', known: 'counted' },
        facts: {
          service: name,
          seconds: stated?.seconds ?? null,
          cutFromSeconds: round(durations[0]!),
          cutToSeconds: round(durations.at(-1)!),
          readToSeconds: longest === null ? null : round(longest),
          count: own.length,
          failingCallers: failingCallers(
            own.map((o) => o.e),
            parts,
          ),
          error: first.e.innermost.id,
        },
        says: `${name} stops reading requests ${stated === null ? 'after the same time' : `at its read timeout of ${milli(stated.seconds)}`}: ${own.length} bodies did not come, each given up after ${milli(durations[0]!)} to ${milli(durations.at(-1)!)}`,
        places: uniquePlaces([...(stated === null ? [] : [stated.place]), first.e.place(), first.part.place(), last.e.place()], 5),
        strength: 'stated',
      }) as Condition<Facts>,
    );
  }
  return made;
}

const round = (n: number): number => Number(n.toPrecision(4));
const milli = (seconds: number): string => (seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${Number(seconds.toPrecision(4))} s`);
