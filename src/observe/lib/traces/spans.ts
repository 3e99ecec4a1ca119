/**
 * One trace, put together: requests that services answered (spans), calls they made, and which request came of which call. A link is stated
 * where span ids say so, derived where the call names the service and nothing else fits, guessed where several would fit. Within one clock
 * records are ordered by where they stand in their file: whole-second times order nothing.
 */
import type { Strength } from '../../../model/index.ts';
import type { TraceEvent } from './events.ts';

/** An event with whose clock it is; `seq` orders the events of one clock. */
export interface OwnedEvent extends TraceEvent {
  readonly clock: string;
  readonly owner: string;
  readonly seq: number;
}

/** Field by field: copied by a spread, events by the hundred thousand would each become a dictionary. */
export function owned(e: TraceEvent, clock: string, owner: string, seq: number, span = e.span, parent = e.parent): OwnedEvent {
  return {
    traces: e.traces,
    kind: e.kind,
    at: e.at,
    stepNs: e.stepNs,
    span,
    parent,
    carried: e.carried,
    service: e.service,
    writer: e.writer,
    peer: e.peer,
    address: e.address,
    method: e.method,
    route: e.route,
    code: e.code,
    seconds: e.seconds,
    secondsStep: e.secondsStep,
    failed: e.failed,
    message: e.message,
    place: e.place,
    clock,
    owner,
    seq,
  };
}

export interface Work {
  readonly clock: string;
  readonly owner: string;
  /** consumer: a message was taken up; unknown: records without a beginning or end of a request. */
  readonly kind: 'server' | 'consumer' | 'unknown';
  readonly span: string | null;
  readonly parent: string | null;
  readonly start: OwnedEvent | null;
  readonly end: OwnedEvent | null;
  readonly events: OwnedEvent[];
  readonly calls: Call[];
}

export interface Call {
  readonly from: Work;
  readonly span: string | null;
  readonly start: OwnedEvent | null;
  readonly end: OwnedEvent | null;
}

export interface Link {
  readonly parent: Work;
  /** The call it came of; null where the caller logged none. */
  readonly call: Call | null;
  readonly child: Work;
  readonly strength: Strength;
  readonly how: string;
}

export interface Trace {
  readonly id: string;
  readonly works: readonly Work[];
  readonly links: readonly Link[];
}

export const firstOf = (w: Work): OwnedEvent => w.start ?? (w.events[0] as OwnedEvent);
export const lastOf = (w: Work): OwnedEvent => w.end ?? (w.events.at(-1) as OwnedEvent);
const callEvent = (c: Call): OwnedEvent => (c.start ?? c.end) as OwnedEvent;
export const peerOf = (c: Call): string | null => c.start?.peer ?? c.end?.peer ?? null;
export const addressOf = (c: Call): string | null => c.start?.address ?? c.end?.address ?? null;

/** `serviceAt`: which service listens at an address. */
export function assemble(id: string, events: readonly OwnedEvent[], serviceAt: (address: string) => string | null): Trace {
  const byClock = new Map<string, OwnedEvent[]>();
  for (const e of events) {
    const list = byClock.get(e.clock);
    if (list === undefined) byClock.set(e.clock, [e]);
    else list.push(e);
  }
  // span ids that were sent on: a traceparent that holds one of them was received, not made
  const known = new Map<string, string>();
  for (const e of events) if (e.span !== null) known.set(e.span, e.clock);
  const works: Work[] = [];
  for (const [, list] of [...byClock].sort(([a], [b]) => (a < b ? -1 : 1))) {
    list.sort((a, b) => a.seq - b.seq);
    works.push(...worksOf(list.map((e) => withCarried(e, known))));
  }
  return { id, works, links: linksOf(works, serviceAt) };
}

/** A logged traceparent is the caller's where another clock knows its span id; else it is what this span sends on, so its own. */
function withCarried(e: OwnedEvent, known: ReadonlyMap<string, string>): OwnedEvent {
  if (e.carried === null || e.span !== null) return e;
  const by = known.get(e.carried);
  return by !== undefined && by !== e.clock ? owned(e, e.clock, e.owner, e.seq, e.span, e.parent ?? e.carried) : owned(e, e.clock, e.owner, e.seq, e.carried, e.parent);
}

const isServer = (e: OwnedEvent): boolean => e.kind === 'server-start' || e.kind === 'server-end' || e.kind === 'received';
const isClient = (e: OwnedEvent): boolean => e.kind === 'client-start' || e.kind === 'client-end';

interface Draft {
  kind: Work['kind'];
  span: string | null;
  parent: string | null;
  start: OwnedEvent | null;
  end: OwnedEvent | null;
  events: OwnedEvent[];
  calls: Call[];
}

function worksOf(events: readonly OwnedEvent[]): Work[] {
  const drafts: (Draft & { clock: string; owner: string })[] = [];
  const open = (e: OwnedEvent, kind: Work['kind']): Draft => {
    const made = { clock: e.clock, owner: e.owner, kind, span: e.span, parent: e.parent, start: null, end: null, events: [], calls: [] };
    drafts.push(made);
    return made;
  };
  for (const e of events) {
    if (!isServer(e)) continue;
    const fits = (d: Draft): boolean => (e.span !== null || d.span !== null ? d.span === e.span : e.kind === 'server-end' && d.end === null && sameRoute(d.start, e));
    let d: Draft | undefined;
    if (e.kind === 'server-end' && e.span === null) {
      // without span ids the beginning that lies as far back as the request took
      const open = drafts.filter((x) => x.start !== null && fits(x));
      d = open.length < 2 || e.seconds === null ? open[0] : open.reduce((x, y) => (miss(x, e) <= miss(y, e) ? x : y));
    } else if (e.span !== null) d = drafts.find(fits);
    d ??= open(e, e.kind === 'received' ? 'consumer' : 'server');
    d.parent ??= e.parent;
    if (e.kind === 'server-end') d.end ??= e;
    else d.start ??= e;
    d.events.push(e);
  }
  const servers = new Set(drafts.flatMap((d) => (d.span === null ? [] : [d.span])));
  const rest = events.filter((e) => !isServer(e));
  for (const e of rest) {
    if (isClient(e)) continue;
    const d = home(e, drafts) ?? open(e, 'unknown');
    d.events.push(e);
    d.parent ??= e.span === d.span ? e.parent : null;
  }
  callsOf(rest.filter(isClient), servers, (e) => home(e, drafts) ?? open(e, 'unknown'));
  for (const d of drafts) {
    d.events.sort((a, b) => a.seq - b.seq);
    // a consumer's last word is when it was done
    if (d.kind === 'consumer') d.end ??= d.events.at(-1) ?? null;
  }
  return drafts;
}

/** The request that a record belongs to: by span id, by parent id, else by where it stands among the records. */
function home<D extends Draft>(e: OwnedEvent, drafts: readonly D[]): D | undefined {
  const bySpan = drafts.find((d) => d.span !== null && (d.span === e.span || d.span === e.parent));
  if (bySpan !== undefined) return bySpan;
  if (drafts.length < 2) return drafts[0];
  // its span is one that no request has: the call's own
  const within = drafts.filter((d) => (d.start === null || d.start.seq <= e.seq) && (d.end === null || d.end.seq >= e.seq));
  return within[0] ?? [...drafts].sort((a, b) => distance(a, e) - distance(b, e))[0];
}

const distance = (d: Draft, e: OwnedEvent): number =>
  Math.min(...[d.start, d.end, ...d.events.slice(0, 1)].map((x) => (x === null || x === undefined ? Number.POSITIVE_INFINITY : Math.abs(x.seq - e.seq))));
const miss = (d: Draft, end: OwnedEvent): number => Math.abs(Number(end.at - (d.start as OwnedEvent).at) / 1e9 - (end.seconds ?? 0));
const sameRoute = (a: OwnedEvent | null, b: OwnedEvent): boolean =>
  a !== null && (a.route === null || b.route === null || a.route === b.route) && (a.method === null || b.method === null || a.method === b.method);
const samePeer = (a: OwnedEvent, b: OwnedEvent): boolean => (a.peer ?? a.address) === (b.peer ?? b.address) && sameRoute(a, b);

/** Beginnings and ends of calls: by the call's own span id, else the next end that went to the same peer. */
function callsOf(events: readonly OwnedEvent[], servers: ReadonlySet<string>, homeOf: (e: OwnedEvent) => Draft): void {
  const open: OwnedEvent[] = [];
  const own = (e: OwnedEvent): string | null => (e.span === null || servers.has(e.span) ? null : e.span);
  const add = (start: OwnedEvent | null, end: OwnedEvent | null): void => {
    const e = (start ?? end) as OwnedEvent;
    const d = homeOf(e);
    d.calls.push({ from: d as unknown as Work, span: own(e), start, end });
    for (const x of [start, end]) if (x !== null) d.events.push(x);
  };
  for (const e of events) {
    if (e.kind === 'client-start') {
      open.push(e);
      continue;
    }
    const id = own(e);
    const at = open.findIndex((s) => (id !== null || own(s) !== null ? own(s) === id : samePeer(s, e)));
    if (at < 0) add(null, e);
    else add(open.splice(at, 1)[0] as OwnedEvent, e);
  }
  for (const s of open) add(s, null);
}

function linksOf(works: readonly Work[], serviceAt: (address: string) => string | null): Link[] {
  const links: Link[] = [];
  const taken = new Set<Call>();
  const calls = works.flatMap((w) => w.calls);
  const linked = new Set<Work>();
  const add = (link: Link): void => {
    links.push(link);
    linked.add(link.child);
    if (link.call !== null) taken.add(link.call);
  };
  const goesTo = (c: Call, w: Work): boolean => {
    const address = addressOf(c);
    const name = peerOf(c) ?? (address === null ? null : serviceAt(address));
    return name !== null && name === w.owner && c.from.clock !== w.clock;
  };
  for (const w of works) {
    if (w.parent === null) continue;
    const call = calls.find((c) => c.span === w.parent && c.from.clock !== w.clock);
    if (call !== undefined) {
      add({ parent: call.from, call, child: w, strength: 'stated', how: 'its parent id is the span id of the call' });
      continue;
    }
    const parent = works.find((p) => p !== w && p.span === w.parent);
    if (parent === undefined) continue;
    const own = parent.calls.filter((c) => goesTo(c, w) && !taken.has(c));
    add({ parent, call: own.length === 1 ? (own[0] ?? null) : null, child: w, strength: 'stated', how: "its parent id is the caller's span id" });
  }
  // messages: the same id, sent here and taken up there
  for (const w of works) {
    const took = w.start;
    if (linked.has(w) || took === null || took.kind !== 'received' || took.message === null) continue;
    const parent = works.find((p) => p.clock !== w.clock && p.events.some((e) => e.kind === 'sent' && e.message === took.message));
    if (parent !== undefined) add({ parent, call: null, child: w, strength: 'stated', how: 'the same message id' });
  }
  byName(works, calls, linked, taken, goesTo, add);
  return links;
}

/** Calls that name the service: as many as the service has requests of unknown origin are the same ones in the same order. */
function byName(
  works: readonly Work[],
  calls: readonly Call[],
  linked: ReadonlySet<Work>,
  taken: ReadonlySet<Call>,
  goesTo: (c: Call, w: Work) => boolean,
  add: (link: Link) => void,
): void {
  for (const owner of new Set(works.map((w) => w.owner))) {
    const open = works.filter((w) => w.owner === owner && !linked.has(w)).sort((a, b) => firstOf(a).seq - firstOf(b).seq);
    if (open.length === 0) continue;
    const free = calls.filter((c) => !taken.has(c) && goesTo(c, open[0] as Work)).sort((a, b) => callEvent(a).seq - callEvent(b).seq);
    if (free.length === 0) continue;
    const oneCaller = new Set(free.map((c) => c.from.clock)).size === 1 && new Set(open.map((w) => w.clock)).size === 1;
    const sure = free.length === open.length && (free.length === 1 || (oneCaller && inTurn(free)));
    for (const [i, w] of open.entries()) {
      const c = free[Math.min(i, free.length - 1)] as Call;
      add({ parent: c.from, call: c, child: w, strength: sure ? 'derived' : 'guessed', how: sure ? 'the call names this service' : 'one of several calls to this service' });
    }
  }
}

/** Each ended before the next began: their order is the order of what came of them. */
const inTurn = (calls: readonly Call[]): boolean =>
  calls.every((c, i) => i === 0 || (c.start !== null && (calls[i - 1] as Call).end !== null && ((calls[i - 1] as Call).end as OwnedEvent).seq < c.start.seq));
