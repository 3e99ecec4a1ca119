/** The tree of one trace from its records: spans, what they waited for, where nothing is known, all on one clock. */
import {
  type CorrectedTime,
  fineSecondsBetween,
  formatInstant,
  type Instant,
  parseInstant,
  plusSeconds,
  type ShownTime,
  type Strength,
  TRACE_VERSION,
  type TraceGap,
  type TraceRecord,
  type TraceSpan,
  type TraceTree,
  type TraceWait,
} from '../../../model/index.ts';
import { whyNotW3cTraceId } from '../../../read/logs/index.ts';
import { clockViews, seconds as spoken } from './clock-views.ts';
import { computedStart } from './edges.ts';
import type { TraceEvent } from './events.ts';
import type { Fleet } from './fleet.ts';
import { addressOf, type Call, firstOf, type Link, lastOf, type OwnedEvent, peerOf, type Trace, type Work } from './spans.ts';

/** A record that holds the id, before its clock is known. */
export interface FoundRecord {
  readonly log: number;
  readonly event: TraceEvent | null;
  readonly at: Instant | null;
  readonly stepNs: bigint;
  readonly shown: Omit<TraceRecord, 'service' | 'clock' | 'time' | 'span'>;
}

interface Node {
  /** Null: a call of which no log of the callee tells. */
  readonly work: Work | null;
  /** The caller's call, where it logged one. */
  call: Call | null;
  link: { parent: Node; strength: Strength; how: string } | null;
  readonly calls: Call[];
}

export function tellTrace(id: string, found: readonly FoundRecord[], fleet: Fleet, notes: readonly string[]): TraceTree {
  const said = [...notes];
  const events = found.flatMap((f) => (f.event === null || f.shown.found === 'text' ? [] : fleet.own(f.log, [f.event])));
  const trace = fleet.assemble(id, events);
  const first = events.reduce<OwnedEvent | null>((a, b) => (a === null || b.at < a.at ? b : a), null);
  const reference = first === null ? null : fleet.clocks.referenceOf(first.clock);
  const on = (clock: string, at: Instant): CorrectedTime | null => (reference === null ? null : fleet.clocks.onReference(clock, at, reference));
  const nodes = nodesOf(trace);
  tie(nodes, trace.links);
  guessParents(nodes, on, said);
  const { spans, windows } = spansOf(nodes, on);
  const spanOf = new Map<string, number>();
  for (const [i, n] of inOrder(nodes).entries()) for (const e of eventsOf(n)) spanOf.set(keyOf(e), i);
  const records = recordsOf(found, fleet, { on, spanOf, windows });
  const total = spans.reduce((most, s) => Math.max(most, s.toSeconds ?? 0), 0);
  const withRecords = spans.map((s, i) => ({
    ...s,
    error: records.findLast((r) => r.span === i && r.error !== null)?.error ?? null,
    records: records.flatMap((r, k) => (r.span === i ? [k] : [])),
  }));
  const untied = spans.filter((s) => s.parent === null).length - 1;
  if (untied > 0) said.push(`${untied} ${untied === 1 ? 'part is' : 'parts are'} tied to no caller: their log, or their caller's, does not say who called`);
  const clocks = [...new Set(events.map((e) => e.clock))].sort();
  return {
    schema: TRACE_VERSION,
    id,
    nonConforming: whyNotW3cTraceId(id),
    reference: reference === null ? null : fleet.label(reference),
    seconds: spans.length === 0 ? null : total,
    spans: withRecords,
    records,
    waits: waitsOf(inOrder(nodes), spans),
    gaps: gapsOf(inOrder(nodes), spans, total),
    clocks: reference === null ? [] : clockViews(fleet, clocks, reference, first?.at ?? null),
    notes: said,
  };
}

const keyOf = (e: OwnedEvent): string => `${e.clock}\u0000${e.seq}`;

/** Requests that services answered, and calls of which no log of the callee tells. */
function nodesOf(trace: Trace): Node[] {
  const heard = new Set(trace.links.flatMap((l) => (l.call === null ? [] : [l.call])));
  const nodes: Node[] = trace.works.map((work) => ({ work, call: null, link: null, calls: [...work.calls] }));
  const byWork = new Map(nodes.map((n) => [n.work as Work, n]));
  for (const w of trace.works) {
    for (const call of w.calls) {
      if (heard.has(call)) continue;
      nodes.push({ work: null, call, link: { parent: byWork.get(w) as Node, strength: 'stated', how: 'the caller logged it; no record of the callee is at hand' }, calls: [] });
    }
  }
  return nodes;
}

function tie(nodes: readonly Node[], links: readonly Link[]): void {
  const byWork = new Map(nodes.flatMap((n) => (n.work === null ? [] : [[n.work, n] as const])));
  for (const l of links) {
    const child = byWork.get(l.child);
    const parent = byWork.get(l.parent);
    if (child === undefined || parent === undefined || child.link !== null || above(parent, child)) continue;
    child.link = { parent, strength: l.strength, how: l.how };
    child.call = l.call;
  }
}

/** Ids that go round in a circle make no tree. */
function above(from: Node, wanted: Node): boolean {
  for (let at: Node | undefined = from; at !== undefined; at = at.link?.parent) if (at === wanted) return true;
  return false;
}

/** Where no record says who called: the shortest request of another service that it lies in, after correction. */
function guessParents(nodes: readonly Node[], on: (clock: string, at: Instant) => CorrectedTime | null, notes: string[]): void {
  const roots = nodes.filter((n) => n.link === null && n.work !== null);
  if (roots.length < 2) return;
  const windows = new Map<Node, { from: number; to: number; loose: number }>();
  for (const n of nodes) {
    if (n.work === null) continue;
    const s = on(n.work.clock, startOf(n.work).at);
    const e = on(n.work.clock, lastOf(n.work).at);
    if (s !== null && e !== null) windows.set(n, { from: Number(s.at) / 1e9, to: Number(e.at) / 1e9, loose: s.early + s.late + Number(lastOf(n.work).stepNs) / 1e9 });
  }
  let guessed = 0;
  for (const n of roots) {
    const w = windows.get(n);
    if (w === undefined) continue;
    const fits = [...windows].filter(
      ([o, p]) =>
        o !== n &&
        o.work?.clock !== n.work?.clock &&
        !above(o, n) &&
        p.to - p.from > w.to - w.from - 1e-9 &&
        p.from <= w.from + w.loose + p.loose &&
        p.to >= w.to - w.loose - p.loose &&
        // what is as loose as it is long lies in anything
        w.loose + p.loose < Math.max(p.to - p.from, 1e-6),
    );
    const parent = fits.sort(([, a], [, b]) => a.to - a.from - (b.to - b.from))[0]?.[0];
    if (parent === undefined) continue;
    n.link = { parent, strength: 'guessed', how: 'it lies within it by the corrected clocks; no record says who called' };
    guessed++;
  }
  if (guessed > 0) notes.push(`${guessed} of the parents ${guessed === 1 ? 'is' : 'are'} inferred from corrected times: no record says who called`);
}

const eventsOf = (n: Node): readonly OwnedEvent[] => n.work?.events ?? [n.call?.start, n.call?.end].filter((e) => e != null);

function startOf(w: Work): { at: Instant; stepNs: bigint; known: ShownTime['known'] } {
  if (w.start !== null) return { ...w.start, known: 'logged' };
  const computed = w.end === null ? null : computedStart(w.end);
  return computed === null ? { ...firstOf(w), known: 'first-record' } : { ...computed, known: 'computed' };
}

/** Callers before what they called, siblings as they began. */
function inOrder(nodes: readonly Node[]): Node[] {
  const children = new Map<Node | null, Node[]>();
  for (const n of nodes) children.set(n.link?.parent ?? null, [...(children.get(n.link?.parent ?? null) ?? []), n]);
  const out: Node[] = [];
  const walk = (of: Node | null): void => {
    const list = [...(children.get(of) ?? [])];
    // siblings were called from one clock: its order is theirs
    list.sort((a, b) => orderIn(a) - orderIn(b));
    for (const n of list) {
      out.push(n);
      walk(n);
    }
  };
  walk(null);
  return out;
}

const orderIn = (n: Node): number => (n.call?.start ?? n.call?.end ?? (n.work === null ? undefined : firstOf(n.work)))?.seq ?? 0;

function spansOf(nodes: readonly Node[], on: (clock: string, at: Instant) => CorrectedTime | null): { spans: TraceSpan[]; windows: (AbsoluteWindow | null)[] } {
  const ordered = inOrder(nodes);
  const index = new Map(ordered.map((n, i) => [n, i]));
  const time = (clock: string, t: { at: Instant; stepNs: bigint }, known: ShownTime['known']): ShownTime => shown(on(clock, t.at), t, known);
  const drafts = ordered.map((n) => {
    const work = n.work;
    const call = n.call;
    const clock = work?.clock ?? (call as Call).from.clock;
    const s = work !== null ? startOf(work) : callStart(call as Call);
    const lastEvent = work !== null ? lastOf(work) : (((call as Call).end ?? (call as Call).start) as OwnedEvent);
    const ended = work !== null ? work.end !== null : (call as Call).end !== null;
    const e = { at: lastEvent.at, stepNs: lastEvent.stepNs, known: (ended ? 'logged' : 'last-record') as ShownTime['known'] };
    const own = work !== null ? work.end : (call as Call).end;
    return {
      n,
      clock,
      s,
      e,
      own,
      start: time(clock, s, s.known),
      end: time(clock, e, e.known),
      took: own?.seconds ?? (ended ? Math.max(0, fineSecondsBetween(s.at, e.at)) : null),
    };
  });
  const zero = zeroOf(drafts.filter((d) => d.n.link === null).map((d) => ({ c: on(d.clock, d.s.at), step: Number(d.s.stepNs) / 1e9 })));
  const out: TraceSpan[] = [];
  const windows = drafts.map((d) => callWindow(d.n, on));
  for (const d of drafts) {
    const parent = d.n.link === null ? null : (index.get(d.n.link.parent) ?? null);
    const at = on(d.clock, d.s.at);
    const events = eventsOf(d.n);
    const failing = d.own?.failed ?? events.findLast((x) => x.failed !== null)?.failed ?? null;
    const window = parent === null ? null : windowOf(windows[out.length] ?? null, out[parent] as TraceSpan, zero);
    const length = d.took ?? Math.max(0, fineSecondsBetween(d.s.at, d.e.at));
    const placed = place(
      at === null || zero === null ? null : { from: fineSecondsBetween(zero, at.at), early: at.early, late: at.late + Number(d.s.stepNs) / 1e9 },
      length,
      window,
    );
    const named = d.n.work?.end ?? d.n.work?.start ?? d.n.call?.start ?? d.n.call?.end ?? events[0];
    out.push({
      service: d.n.work?.owner ?? (d.n.call === null ? '' : (peerOf(d.n.call) ?? addressOf(d.n.call) ?? 'unknown')),
      clock: d.clock,
      kind: d.n.work?.kind ?? 'client',
      name:
        named === undefined || named.route === null
          ? named?.message == null
            ? ''
            : `message ${named.message}`
          : `${named.method === null ? '' : `${named.method} `}${named.route}`,
      spanId: d.n.work?.span ?? d.n.call?.span ?? null,
      parent,
      linked: d.n.link?.strength ?? null,
      linkedBy: d.n.link?.how ?? '',
      start: d.start,
      end: d.end,
      ...placed,
      seconds: d.took,
      code: d.own?.code ?? null,
      error: null,
      failed: failing,
      records: [],
    });
  }
  return { spans: out, windows };
}

/** The earliest beginning of what nobody called; one that is known to the second waits for one that is known better. */
function zeroOf(roots: readonly { c: CorrectedTime | null; step: number }[]): Instant | null {
  const known = roots.flatMap((r) => (r.c === null ? [] : [{ at: r.c.at, loose: r.c.early + r.c.late + r.step }]));
  const fine = known.filter((r) => r.loose < 0.1);
  const of = fine.length > 0 ? fine : known;
  return of.length === 0 ? null : of.reduce((a, b) => (a.at <= b.at ? a : b)).at;
}

function callStart(c: Call): { at: Instant; stepNs: bigint; known: ShownTime['known'] } {
  if (c.start !== null) return { ...c.start, known: 'logged' };
  const computed = computedStart(c.end as OwnedEvent);
  return computed === null ? { ...(c.end as OwnedEvent), known: 'first-record' } : { ...computed, known: 'computed' };
}

interface Window {
  readonly from: number;
  readonly to: number;
}

/** While the caller waited for it, on the reference clock: to null where it did not wait for the answer. */
interface AbsoluteWindow {
  readonly from: CorrectedTime;
  readonly to: CorrectedTime | null;
}

function callWindow(n: Node, on: (clock: string, at: Instant) => CorrectedTime | null): AbsoluteWindow | null {
  const { call } = n;
  if (call === null || n.link?.strength === 'guessed') return null;
  const from = on(call.from.clock, callStart(call).at);
  const to = call.end === null || call.end.failed !== null ? null : on(call.from.clock, call.end.at);
  return from === null ? null : { from, to };
}

/** The same in seconds since the trace began; else since the caller began. */
function windowOf(w: AbsoluteWindow | null, parent: TraceSpan, zero: Instant | null): Window | null {
  if (w !== null && zero !== null) return { from: fineSecondsBetween(zero, w.from.at), to: w.to === null ? Number.POSITIVE_INFINITY : fineSecondsBetween(zero, w.to.at) };
  return parent.fromSeconds === null || parent.toSeconds === null ? null : { from: parent.fromSeconds, to: Number.POSITIVE_INFINITY };
}

function place(own: { from: number; early: number; late: number } | null, length: number, window: Window | null): Pick<TraceSpan, 'fromSeconds' | 'toSeconds' | 'placed'> {
  if (own === null) {
    if (window === null) return { fromSeconds: null, toSeconds: null, placed: 'unknown' };
    return { fromSeconds: window.from, toSeconds: window.from + length, placed: 'within-parent' };
  }
  if (window === null || own.early + own.late < 0.002) return { fromSeconds: own.from, toSeconds: own.from + length, placed: 'measured' };
  const low = Math.max(own.from - own.early, window.from);
  const high = Math.min(own.from + own.late, Number.isFinite(window.to) ? Math.max(window.from, window.to - length) : own.from + own.late);
  const from = high >= low ? (Number.isFinite(window.to) || own.late < length ? (low + high) / 2 : low) : Math.max(window.from, Math.min(own.from, window.to - length));
  return { fromSeconds: from, toSeconds: from + length, placed: 'within-parent' };
}

function shown(c: CorrectedTime | null, t: { at: Instant; stepNs: bigint }, known: ShownTime['known'], window: AbsoluteWindow | null = null): ShownTime {
  const step = Number(t.stepNs) / 1e9;
  const common = { raw: formatInstant(t.at), stepSeconds: step, known };
  if (c === null) return { ...common, corrected: null, earlySeconds: 0, lateSeconds: 0, narrowed: false };
  let low = plusSeconds(c.at, -c.early);
  let high = plusSeconds(c.at, c.late + step);
  let narrowed = false;
  if (window !== null) {
    const from = plusSeconds(window.from.at, -window.from.early);
    const to = window.to === null ? null : plusSeconds(window.to.at, window.to.late + LATE_RECORD);
    // a window that lies outside of what the clock allows narrows nothing
    if (from > low && from < high) [low, narrowed] = [from, true];
    if (to !== null && to < high && to > low) [high, narrowed] = [to, true];
  }
  const half = fineSecondsBetween(low, high) / 2;
  return { ...common, corrected: formatInstant(plusSeconds(low, half)), earlySeconds: half, lateSeconds: half, narrowed };
}

/** The record of an answer may be written when its caller has it. */
const LATE_RECORD = 0.001;

interface Placing {
  readonly on: (clock: string, at: Instant) => CorrectedTime | null;
  readonly spanOf: ReadonlyMap<string, number>;
  readonly windows: readonly (AbsoluteWindow | null)[];
}

function recordsOf(found: readonly FoundRecord[], fleet: Fleet, { on, spanOf, windows }: Placing): TraceRecord[] {
  const out = found.map((f) => {
    const own = f.event === null ? null : (fleet.own(f.log, [f.event])[0] as OwnedEvent);
    const clock = own?.clock ?? '';
    const span = own === null ? null : (spanOf.get(keyOf(own)) ?? null);
    const time = f.at === null ? null : shown(own === null ? null : on(clock, f.at), { at: f.at, stepNs: f.stepNs }, 'logged', span === null ? null : (windows[span] ?? null));
    const at = time === null ? null : time.corrected === null ? f.at : parseInstant(time.corrected);
    return { record: { ...f.shown, service: own?.owner ?? '', clock, time, span }, at, seq: own?.seq ?? 0, clock };
  });
  // one clock's records keep their order, whatever its step: none comes before the one that stands above it
  out.sort((a, b) => (a.clock === b.clock ? a.seq - b.seq : a.clock < b.clock ? -1 : 1));
  let last: { clock: string; at: bigint } = { clock: '', at: 0n };
  const keyed = out.map((o) => {
    const at: bigint = o.clock === last.clock && (o.at ?? 0n) < last.at ? last.at : (o.at ?? last.at);
    last = { clock: o.clock, at };
    return { ...o, at };
  });
  return keyed.sort((a, b) => (a.at !== b.at ? (a.at < b.at ? -1 : 1) : a.clock === b.clock ? a.seq - b.seq : a.clock < b.clock ? -1 : 1)).map((o) => o.record);
}

const WAITS = 5;

/** What each caller waited for, the longest first; calls of one to the same service together. */
function waitsOf(nodes: readonly Node[], spans: readonly TraceSpan[]): TraceWait[] {
  const groups = new Map<string, { span: number; service: string; waits: { i: number; heard: boolean; waited: number; took: number | null; failed: OwnedEvent['failed'] }[] }>();
  for (const [i, n] of nodes.entries()) {
    const span = spans[i] as TraceSpan;
    const { call } = n;
    if (call === null || span.parent === null) continue;
    const waited = call.end?.seconds ?? (call.start !== null && call.end !== null ? fineSecondsBetween(call.start.at, call.end.at) : null);
    if (waited === null) continue;
    const key = `${(spans[span.parent] as TraceSpan).service}\u0000${span.service}`;
    const group = groups.get(key) ?? { span: span.parent, service: span.service, waits: [] };
    groups.set(key, group);
    group.waits.push({ i, heard: n.work !== null, waited, took: n.work === null ? null : span.seconds, failed: call.end?.failed ?? null });
  }
  return [...groups.values()]
    .map((g): TraceWait => {
      const all = g.waits.reduce((s, w) => s + w.waited, 0);
      const took = g.waits.some((w) => w.took === null) ? null : g.waits.reduce((s, w) => s + (w.took as number), 0);
      const late = g.waits.filter((w) => w.failed === 'late').length;
      return {
        span: g.span,
        callees: g.waits.flatMap((w) => (w.heard ? [w.i] : [])),
        calls: g.waits.length,
        seconds: all,
        calleeSeconds: took,
        gaveUp: late,
        says: waitText((spans[g.span] as TraceSpan).service, g.service, {
          all,
          took,
          late,
          calls: g.waits.length,
          canceled: g.waits.filter((w) => w.failed === 'canceled').length,
        }),
      };
    })
    .sort((a, b) => b.seconds - a.seconds || a.span - b.span)
    .slice(0, WAITS);
}

function waitText(from: string, to: string, w: { all: number; took: number | null; late: number; calls: number; canceled: number }): string {
  const times = w.calls === 1 ? '' : ` in ${w.calls} calls`;
  const gave = w.late === 0 ? '' : w.calls === 1 ? ' and gave up' : ` and gave up ${w.late === w.calls ? 'each time' : `${w.late} times`}`;
  const canceled = w.canceled === 0 ? '' : ' until its own caller was gone';
  const away = w.all - (w.took ?? w.all);
  const by =
    w.took === null
      ? ', of which no record is at hand'
      : away < -0.001
        ? `, which went on for ${spoken(-away)}`
        : away > 0.25 * w.all && away > 0.002
          ? `, which took ${spoken(w.took)} by its own measure: ${spoken(away)} on the way or in a queue`
          : `, which took ${spoken(w.took)} by its own measure`;
  return `${from} waited ${spoken(w.all)} for ${to}${times}${gave}${canceled}${by}`;
}

const GAPS = 3;
const LEAST_SHARE = 0.1;

/** Between two records of one request, on its own clock, while it waited for nobody that a log knows of. */
function gapsOf(nodes: readonly Node[], spans: readonly TraceSpan[], total: number): TraceGap[] {
  const out: TraceGap[] = [];
  for (const [i, n] of nodes.entries()) {
    const w = n.work;
    const span = spans[i] as TraceSpan;
    if (w === null || span.fromSeconds === null) continue;
    for (let k = 1; k < w.events.length; k++) {
      const [a, b] = [w.events[k - 1] as OwnedEvent, w.events[k] as OwnedEvent];
      const long = fineSecondsBetween(a.at, b.at) - Number(a.stepNs) / 1e9;
      if (long < LEAST_SHARE * total || long < 0.001) continue;
      if (n.calls.some((c) => (c.start?.seq ?? (c.end as OwnedEvent).seq - 1) < b.seq && (c.end?.seq ?? Number.POSITIVE_INFINITY) > a.seq)) continue;
      out.push({
        span: i,
        fromSeconds: span.fromSeconds + fineSecondsBetween(startOf(w).at, a.at),
        seconds: long,
        says: `${span.service} logs nothing for ${spoken(long)}, and waits for no call that is logged`,
      });
    }
  }
  // of one service the longest stands for the others
  const seen = new Set<string>();
  return out
    .sort((a, b) => b.seconds - a.seconds)
    .filter((g) => !seen.has((spans[g.span] as TraceSpan).service) && seen.add((spans[g.span] as TraceSpan).service))
    .slice(0, GAPS);
}
