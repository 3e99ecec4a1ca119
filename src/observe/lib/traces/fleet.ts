/**
 * Traces and clocks of many logs. A clock is that of one process: what one capture holds of it, or several that are of the same process. A
 * file that several services or pods wrote into has one clock each, because each host stamped its own records.
 */
import { ClockTable, isWeaker, type PairOffset, type Place, type Strength } from '../../../model/index.ts';
import { EdgeStore } from '../clocks/edge-store.ts';
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
  /** Some traces, put together: those of which a record was kept, in the order of the ids. */
  tracesOf(ids: ReadonlySet<string>): Trace[];
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
  const names = [...new Set(owners.flatMap((m) => [...m.values()].map((o) => o.clock)))];
  const own = (log: number, events: readonly TraceEvent[]): OwnedEvent[] =>
    events.map((e) => {
      const o = ownerOf(owners, log, whoOf(e.writer, e.service));
      return owned(e, o.clock, o.owner, (base[log] as number) + e.place.offset);
    });
  const share = Math.min(1, ...logs.map((l) => l.sample.share));
  const { links, impossible, traces, clocks } = compared(tracesOf(logs, owners, base, share), names, serviceAt, options);
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
    links,
    traces,
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
    tracesOf: (ids) => {
      const byId = new Map([...tracesOf(logs, owners, base, share, ids)()].map((t) => [t.id, t.events]));
      return [...ids].flatMap((id) => (byId.has(id) ? [assemble(id, byId.get(id) as OwnedEvent[], serviceAt)] : []));
    },
    assemble: (id, events) => assemble(id, events, serviceAt),
    own,
  };
}

const ownerOf = (owners: readonly ReadonlyMap<string, Owner>[], log: number, who: string): Owner => owners[log]?.get(who) ?? (owners[log]?.get('') as Owner);

/** The events of each trace that more than one clock stamped, or of those asked for: made anew each time, because all of them at once are too many. */
function tracesOf(
  logs: readonly TracedLog[],
  owners: readonly ReadonlyMap<string, Owner>[],
  base: readonly number[],
  share: number,
  only?: ReadonlySet<string>,
): () => Generator<{ readonly id: string; readonly events: OwnedEvent[] }> {
  const below = share * 2 ** 32;
  // an event is a number: its row, and by how many strides which log it is of
  const stride = Math.max(1, ...logs.map((l) => l.sample.length));
  const traces = new Map<string, number[]>();
  for (const [i, { sample }] of logs.entries()) {
    for (let row = 0; row < sample.length; row++) {
      for (const id of sample.traces(row)) {
        if ((share < 1 && hashOf(id) >= below) || (only !== undefined && !only.has(id))) continue;
        const list = traces.get(id);
        if (list !== undefined) list.push(i * stride + row);
        else if (traces.size < TRACES_CAP) traces.set(id, [i * stride + row]);
      }
    }
  }
  return function* () {
    for (const [id, list] of traces) {
      const clocks = new Set<string>();
      const found = list.map((n) => {
        const log = Math.floor(n / stride);
        const { sample } = logs[log] as TracedLog;
        const row = n % stride;
        const owner = ownerOf(owners, log, whoOf(sample.writer(row), sample.service(row)));
        clocks.add(owner.clock);
        return { sample, row, owner, seq: (base[log] as number) + sample.offset(row) };
      });
      if (clocks.size >= 2 || only !== undefined) yield { id, events: found.map((f) => f.sample.owned(f.row, f.owner.clock, f.owner.owner, f.seq)) };
    }
  };
}

interface Compared {
  readonly links: readonly FleetLink[];
  readonly impossible: ReadonlyMap<string, number>;
  readonly traces: number;
  readonly clocks: ClockTable;
}

/** Puts one trace after the other together, and keeps what they say of calls and clocks. */
function compared(of: ReturnType<typeof tracesOf>, names: readonly string[], serviceAt: (address: string) => string | null, options: FleetOptions): Compared {
  const known = new Set<string>();
  const together = new Set<string>();
  const links = new Map<string, FleetLink>();
  const impossible = new Map<string, number>();
  const edges = new EdgeStore();
  let traces = 0;
  for (const { id, events } of of()) {
    const trace = assemble(id, events, serviceAt);
    traces++;
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
      edges.add(e);
      known.add(pairKey(e.before.clock, e.after.clock));
      if (e.after.at + e.after.stepNs < e.before.at) {
        const key = pairKey(e.before.clock, e.after.clock);
        impossible.set(key, (impossible.get(key) ?? 0) + 1);
      }
    }
    const clocks = [...new Set(trace.works.map((w) => w.clock))];
    for (const [i, a] of clocks.entries()) for (const b of clocks.slice(i + 1)) together.add(pairKey(a, b));
  }
  const sure = clockTable(names, edges);
  let clocks = sure;
  // a guess is only asked where nothing better compares the two
  if (options.noGuess !== true && [...together].some((pair) => !known.has(pair))) {
    const guessed = guessedEdges(assembledAgain(of, serviceAt), known).filter((e) => sure.between(e.before.clock, e.after.clock, null) === null);
    for (const e of guessed) edges.add(e);
    if (guessed.length > 0) clocks = clockTable(names, edges);
  }
  return {
    links: [...links.values()].sort((a, b) => (`${a.caller} ${a.callee}` < `${b.caller} ${b.callee}` ? -1 : 1)),
    impossible,
    traces,
    clocks: options.asPrinted === true ? agreeing(names) : clocks,
  };
}

function* assembledAgain(of: ReturnType<typeof tracesOf>, serviceAt: (address: string) => string | null): Generator<Trace> {
  for (const { id, events } of of()) yield assemble(id, events, serviceAt);
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
const whoOf = (writer: string | null, service: string | null): string => writer ?? service ?? '';
const bareWriter = (writer: string): string =>
  writer
    .replace(/^pod\//, '')
    .split('/')[0]!
    .replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}$/, '')
    .replace(/(?:\[\d+\]|-\d{1,3})$/, '');

function ownersOf(log: TracedLog): Map<string, Owner> {
  const services = new Map<string, Map<string, number>>();
  const { sample } = log;
  for (let row = 0; row < sample.length; row++) {
    const service = sample.service(row);
    const who = whoOf(sample.writer(row), service);
    const names = services.get(who) ?? new Map<string, number>();
    if (service !== null) names.set(service, (names.get(service) ?? 0) + 1);
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
  const first = logs.map((l) => (l.sample.length === 0 ? 0n : l.sample.at(0)));
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
