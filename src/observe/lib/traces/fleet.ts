/**
 * Traces and clocks of many logs. A clock is that of one process: what one capture holds of it, or several that are of the same process. A
 * file that several services or pods wrote into has one clock each, because each host stamped its own records.
 */
import { ClockTable, isWeaker, type PairOffset, type Place, type Strength } from '../../../model/index.ts';
import { clockTable } from '../clocks/table.ts';
import { edgesOf, guessedEdges } from './edges.ts';
import type { TraceEvent } from './events.ts';
import { hashOf, type TraceSample } from './sample.ts';
import { assemble, firstOf, type OwnedEvent, owned, type Trace } from './spans.ts';

export interface TracedLog {
  readonly artifact: string;
  /** One name for all captures of one process. */
  readonly process: string;
  /** Whose log it is, where its records do not say so. */
  readonly service: string | null;
  readonly sample: TraceSample;
}

/** One service calls another: of some trace both ends are logged. */
export interface FleetLink {
  readonly caller: string;
  readonly callee: string;
  readonly strength: Strength;
  readonly seen: number;
  /** The records of one such call on both sides. */
  readonly places: readonly Place[];
}

export interface Fleet {
  readonly clocks: ClockTable;
  /** Short names of clocks for people: the service's where it has one clock only. */
  readonly label: (clock: string) => string;
  readonly ownerOf: (clock: string) => string;
  /** Of all traces with events of more than one clock. */
  readonly links: readonly FleetLink[];
  readonly traces: number;
  /** Share of the traces that was looked at, 0…1. */
  readonly share: number;
  /** Edges that the clocks as printed turn round: an answer before its request. */
  readonly impossible: ReadonlyMap<string, number>;
  /** One trace, put together. */
  assemble(id: string, events: readonly OwnedEvent[]): Trace;
  /** Gives events of a log their clock and place in its order. */
  own(log: number, events: readonly TraceEvent[]): OwnedEvent[];
  /** Whose any record of a log is, and by which clock it was stamped. */
  who(log: number, writer: string | null, service: string | null): Owner;
}

export interface Owner {
  readonly clock: string;
  readonly owner: string;
}

const TRACES_CAP = 100_000;

export interface FleetOptions {
  /** Take all clocks to agree. */
  readonly asPrinted?: boolean;
  /** Compare clocks by stated and derived calls only: what a verdict leans on must not rest on the guess that the longest request is the caller. */
  readonly noGuess?: boolean;
}

export function openFleet(logs: readonly TracedLog[], serviceAt: (address: string) => string | null, options: FleetOptions = {}): Fleet {
  const owners = logs.map(ownersOf);
  const base = seqBases(logs, owners);
  const own = (log: number, events: readonly TraceEvent[]): OwnedEvent[] =>
    events.map((e) => {
      const o = owners[log]?.get(whoOf(e)) ?? (owners[log]?.get('') as Owner);
      return owned(e, o.clock, o.owner, (base[log] as number) + e.place.offset);
    });
  const share = Math.min(1, ...logs.map((l) => l.sample.share));
  const below = share * 2 ** 32;
  const traces = new Map<string, OwnedEvent[]>();
  for (const [i, log] of logs.entries()) {
    for (const e of own(i, log.sample.events)) {
      for (const id of e.traces) {
        if (hashOf(id) >= below) continue;
        const list = traces.get(id);
        if (list !== undefined) list.push(e);
        else if (traces.size < TRACES_CAP) traces.set(id, [e]);
      }
    }
  }
  const known = new Set<string>();
  const links = new Map<string, FleetLink>();
  const impossible = new Map<string, number>();
  const assembled: Trace[] = [];
  const edges = [];
  for (const [id, events] of traces) {
    if (new Set(events.map((e) => e.clock)).size < 2) continue;
    const trace = assemble(id, events, serviceAt);
    assembled.push(trace);
    for (const l of trace.links) {
      if (l.strength === 'guessed' || l.parent.owner === l.child.owner) continue;
      const key = `${l.parent.owner}\u0000${l.child.owner}`;
      const was = links.get(key);
      if (was !== undefined) links.set(key, { ...was, seen: was.seen + 1, strength: isWeaker(was.strength, l.strength) ? l.strength : was.strength });
      else {
        const places = [l.call?.start ?? l.call?.end ?? firstOf(l.parent), firstOf(l.child)].map((e) => e.place);
        links.set(key, { caller: l.parent.owner, callee: l.child.owner, strength: l.strength, seen: 1, places });
      }
    }
    for (const e of edgesOf(trace)) {
      edges.push(e);
      known.add(pairKey(e.before.clock, e.after.clock));
      if (e.after.at + e.after.stepNs < e.before.at) {
        const key = pairKey(e.before.clock, e.after.clock);
        impossible.set(key, (impossible.get(key) ?? 0) + 1);
      }
    }
  }
  const names = [...new Set(owners.flatMap((m) => [...m.values()].map((o) => o.clock)))];
  // a guess is only asked where nothing better compares the two
  const sure = clockTable(names, edges);
  if (options.noGuess !== true) edges.push(...guessedEdges(assembled, known).filter((e) => sure.between(e.before.clock, e.after.clock, null) === null));
  const clocks = options.asPrinted === true ? agreeing(names) : clockTable(names, edges);
  const ownerByClock = new Map(owners.flatMap((m) => [...m.values()].map((o) => [o.clock, o.owner] as const)));
  const clocksOf = new Map<string, Set<string>>();
  for (const [clock, owner] of ownerByClock) clocksOf.set(owner, (clocksOf.get(owner) ?? new Set()).add(clock));
  return {
    clocks,
    ownerOf: (clock) => ownerByClock.get(clock) ?? clock,
    label: (clock) => {
      const owner = ownerByClock.get(clock) ?? clock;
      return clocksOf.get(owner)?.size === 1 ? owner : clock;
    },
    links: [...links.values()].sort((a, b) => (`${a.caller} ${a.callee}` < `${b.caller} ${b.callee}` ? -1 : 1)),
    traces: assembled.length,
    share,
    impossible,
    who: (log, writer, service) => {
      const map = owners[log] as Map<string, Owner>;
      const name = writer ?? service ?? '';
      const known = map.get(name);
      if (known !== undefined) return known;
      const one = map.get('') as Owner;
      // others share the file: this one has a clock of its own, too
      const made =
        map.size > 2
          ? { clock: `${one.clock} ${name}`, owner: service ?? bareWriter(name) }
          : { clock: one.clock, owner: service ?? (writer === null ? one.owner : bareWriter(writer)) };
      map.set(name, made);
      return made;
    },
    assemble: (id, events) => assemble(id, events, serviceAt),
    own,
  };
}

/** As if all clocks were one. */
function agreeing(clocks: readonly string[]): ClockTable {
  const zero = { seconds: 0, low: 0, high: 0 };
  const [a, ...others] = [...clocks].sort();
  const pairs = others.map(
    (b): PairOffset => ({
      a: a as string,
      b,
      offset: zero,
      low: 0,
      high: 0,
      forth: 0,
      back: 0,
      against: 0,
      smallestRoundTrip: null,
      change: null,
      strength: 'guessed',
      places: [],
    }),
  );
  return new ClockTable(clocks, pairs);
}

export const pairKey = (a: string, b: string): string => (a < b ? `${a}\u0000${b}` : `${b}\u0000${a}`);

/** What tells apart who wrote into a shared file: its wrapper's word, else the service that a record names. */
const whoOf = (e: TraceEvent): string => e.writer ?? e.service ?? '';
const bareWriter = (writer: string): string =>
  writer
    .replace(/^pod\//, '')
    .split('/')[0]!
    .replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}$/, '')
    .replace(/(?:\[\d+\]|-\d{1,3})$/, '');

function ownersOf(log: TracedLog): Map<string, Owner> {
  const services = new Map<string, Map<string, number>>();
  for (const e of log.sample.events) {
    const who = whoOf(e);
    const names = services.get(who) ?? new Map<string, number>();
    if (e.service !== null) names.set(e.service, (names.get(e.service) ?? 0) + 1);
    services.set(who, names);
  }
  const named = [...services.keys()].filter((who) => who !== '');
  const most = (who: string): string | null => [...(services.get(who) ?? [])].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null;
  const out = new Map<string, Owner>();
  const only = named.length === 1 ? (named[0] as string) : null;
  const one = { clock: log.process, owner: (only === null ? null : (most(only) ?? bareWriter(only))) ?? log.service ?? log.process };
  out.set('', one);
  for (const who of named) out.set(who, only !== null ? one : { clock: `${log.process} ${who}`, owner: most(who) ?? bareWriter(who) });
  return out;
}

/** Captures of one process follow each other by the time of what they hold: app.log.2, app.log.1, app.log. */
function seqBases(logs: readonly TracedLog[], owners: readonly ReadonlyMap<string, Owner>[]): number[] {
  const first = logs.map((l) => l.sample.events[0]?.at ?? 0n);
  const order = logs.map((_l, i) => i).sort((a, b) => (first[a]! < first[b]! ? -1 : first[a]! > first[b]! ? 1 : a - b));
  const out = new Array<number>(logs.length).fill(0);
  const next = new Map<string, number>();
  for (const i of order) {
    const clock = owners[i]?.get('')?.clock ?? '';
    out[i] = next.get(clock) ?? 0;
    next.set(clock, out[i]! + 2 ** 40);
  }
  return out;
}
