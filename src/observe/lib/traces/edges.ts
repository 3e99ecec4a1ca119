/**
 * What a trace says of clocks: a request is received after it was sent, its answer after it was given, a message after it was published.
 * Where a record for either end is missing, one that is known to stand on the safe side of it takes its place, and the bound is wider.
 */
import { type Instant, type Strength, weaker } from '../../../model/index.ts';
import type { CausalEdge, Reading } from '../clocks/pair.ts';
import { firstOf, type Link, lastOf, type OwnedEvent, type Trace, type Work } from './spans.ts';

/** A handler's last record may be written when its answer has left; a start computed from a duration lacks what logging took. */
const LOGGING_SLACK = 0.001;
/** Answers that nobody waited for bound nothing: 499 and what ended with its caller. */
const WELL = 400;

const asLogged = (e: OwnedEvent): Reading => ({ clock: e.clock, at: e.at, stepNs: e.stepNs, place: e.place });
const ns = (seconds: number): bigint => BigInt(Math.round(seconds * 1e9));

/** When it began by the record of its end: that time less the duration, which was cut to its last digit. */
export function computedStart(e: OwnedEvent): Reading | null {
  if (e.seconds === null) return null;
  return { clock: e.clock, at: (e.at - ns(e.seconds) - ns(e.secondsStep)) as Instant, stepNs: e.stepNs + ns(e.secondsStep), place: e.place };
}

export function edgesOf(trace: Trace): CausalEdge[] {
  const out: CausalEdge[] = [];
  for (const [i, link] of trace.links.entries()) {
    // several calls would fit: neither its sending nor its answer is known
    if (link.strength === 'guessed' || link.parent.clock === link.child.clock) continue;
    const call = `${trace.id} ${i}`;
    const sent = sentOf(link);
    if (sent !== null) out.push({ before: sent.reading, after: received(link.child), slack: sent.slack, call, strength: link.strength });
    const got = gotOf(link);
    if (got !== null) out.push({ before: asLogged(lastOf(link.child)), after: asLogged(got), slack: LOGGING_SLACK, call, strength: link.strength });
  }
  return out;
}

/** The last that is known to lie before the sending. */
function sentOf(link: Link): { reading: Reading; slack: number } | null {
  const { call, parent, child } = link;
  if (child.kind === 'consumer') {
    const sent = parent.events.find((e) => e.kind === 'sent' && e.message === child.start?.message);
    return sent === undefined ? null : { reading: asLogged(sent), slack: 0 };
  }
  if (call?.start != null) return { reading: asLogged(call.start), slack: 0 };
  const computed = call?.end == null ? null : computedStart(call.end);
  if (computed !== null) return { reading: computed, slack: LOGGING_SLACK };
  if (parent.start !== null) return { reading: asLogged(parent.start), slack: 0 };
  const began = parent.end === null ? null : computedStart(parent.end);
  return began === null ? null : { reading: began, slack: LOGGING_SLACK };
}

/** The first that is known to lie after the receiving. */
function received(w: Work): Reading {
  if (w.start !== null) return asLogged(w.start);
  const computed = w.end === null ? null : computedStart(w.end);
  return computed ?? asLogged(firstOf(w));
}

/** The first record that is known to lie after the answer; none where the caller did not wait for it. */
function gotOf(link: Link): OwnedEvent | null {
  const { call, parent, child } = link;
  if (child.kind === 'consumer' || child.end === null || child.end.failed === 'canceled' || child.end.code === 499) return null;
  if (call !== null) {
    if (call.end !== null) return call.end.failed === null ? call.end : null;
    if (call.start !== null && parent.calls.length > 1) return null;
  }
  // whoever answers well had what it asked for; a fall-back after a timeout is one of the few that contradict the many
  return parent.end !== null && parent.end.code !== null && parent.end.code < WELL && parent.kind === 'server' ? parent.end : null;
}

/**
 * Traces in which nobody says whom it called: the service whose requests take longest is taken to have called the others, directly or not.
 * Two calls of a third service one after the other look the same, so this is a guess, made only for services nothing else is known of.
 */
export function guessedEdges(traces: Iterable<Trace>, known: ReadonlySet<string>): CausalEdge[] {
  const longest = new Map<string, { outer: number; inner: number }>();
  const pairs: { outer: Work; inner: Work; trace: string; key: string }[] = [];
  for (const t of traces) {
    const ended = t.works.filter((w) => w.end !== null && w.end.seconds !== null && (w.end.code ?? 200) < 500 && w.end.code !== 499);
    const byClock = new Map<string, Work[]>();
    for (const w of ended) byClock.set(w.clock, [...(byClock.get(w.clock) ?? []), w]);
    // one request each: of several nobody knows which belongs to which
    const single = [...byClock.values()].flatMap((list) => (list.length === 1 ? list : []));
    for (const [i, a] of single.entries()) {
      for (const b of single.slice(i + 1)) {
        // cut to whole milliseconds, 0 is no less than 0.4: which of the two is longer is not known
        if (Math.abs(secondsOf(a) - secondsOf(b)) < Math.max(stepOf(a), stepOf(b))) continue;
        const [outer, inner] = secondsOf(a) >= secondsOf(b) ? [a, b] : [b, a];
        const key = a.clock < b.clock ? `${a.clock}\u0000${b.clock}` : `${b.clock}\u0000${a.clock}`;
        if (known.has(key)) continue;
        const directed = `${outer.clock}\u0000${inner.clock}`;
        const seen = longest.get(directed) ?? { outer: 0, inner: 0 };
        seen.outer++;
        longest.set(directed, seen);
        pairs.push({ outer, inner, trace: t.id, key: directed });
      }
    }
  }
  const out: CausalEdge[] = [];
  for (const [i, p] of pairs.entries()) {
    const against = longest.get(p.key.split('\u0000').reverse().join('\u0000'))?.outer ?? 0;
    const agree = longest.get(p.key)?.outer ?? 0;
    if (agree < LEAST_AGREEING || against * 20 > agree) continue;
    const strength: Strength = weaker('guessed', 'guessed');
    const call = `${p.trace} guessed ${i}`;
    const began = computedStart(p.outer.end as OwnedEvent);
    if (began === null) continue;
    out.push({ before: began, after: received(p.inner), slack: LOGGING_SLACK, call, strength });
    out.push({ before: asLogged(p.inner.end as OwnedEvent), after: asLogged(p.outer.end as OwnedEvent), slack: LOGGING_SLACK, call, strength });
  }
  return out;
}

const LEAST_AGREEING = 10;
const secondsOf = (w: Work): number => w.end?.seconds ?? 0;
/** Nanoseconds are not cut: what is equal to them is a guess as good as any. */
const stepOf = (w: Work): number => (w.end === null || w.end.secondsStep < 1e-4 ? 0 : w.end.secondsStep);
