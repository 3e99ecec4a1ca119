/** Queues at locks and channels: who waits, who ends it, and what that one does in its turn. */
import { channelQueue, heldAcrossWait, lockQueue, oneReceiver } from '../../model/conditions/execution-trace.ts';
import { type Condition, enclosingFunction, shortGoSymbol, type TraceCodePlace, type TraceEdge } from '../../model/index.ts';
import { eventPlace, ms, msText, percentText, type Seen, share, siteText, tell } from './seen.ts';

/** Less than two at a time, or shorter waits, and a busy service has them too. */
const LEAST_WAITING = 2;
const LEAST_MEAN_NS = 1_000_000;
const LEAST_COUNT = 20;
/** Of a turn: from here on it is what the turn is for. */
const MOST_OF_TURN = 0.5;
/** Receiving and working on it, of all the time. */
const BUSY = 0.9;

const LOCKS = /^(?:internal\/)?sync\.\(\*(Mutex|RWMutex)\)\.(?:Lock|RLock|lockSlow)$/;
const OF_SYNC = /^(?:internal\/)?sync\.|^runtime\./;
const SENDS = /^runtime\.chansend/;
/** Clients that wait for an answer in select. */
const CLIENTS = /^(?:net\/http\.\(\*(?:persistConn|Transport|http2ClientConn|http2Transport)\)|database\/sql\.|google\.golang\.org\/grpc)/;

/** Waits at one line, whoever ended them. */
interface Queue {
  readonly at: TraceCodePlace;
  readonly what: string;
  readonly edges: TraceEdge[];
  totalNs: number;
  count: number;
  mostNs: number;
}

function queues(seen: Seen, whatOf: (w: TraceEdge) => string | null): Queue[] {
  const found = new Map<string, Queue>();
  for (const w of seen.summary.wakes) {
    const what = whatOf(w);
    const at = w.stack.user;
    if (what === null || at === null) continue;
    const key = `${what} ${at.function} ${at.file}:${at.line}`;
    const q = found.get(key) ?? { at, what, edges: [], totalNs: 0, count: 0, mostNs: 0 };
    found.set(key, q);
    q.edges.push(w);
    q.totalNs += w.totalNs;
    q.count += w.count;
    q.mostNs = Math.max(q.mostNs, w.mostNs);
  }
  return [...found.values()].filter((q) => q.totalNs / seen.summary.wallNs >= LEAST_WAITING && q.totalNs / q.count >= LEAST_MEAN_NS && q.count >= LEAST_COUNT);
}

const lockOf = (w: TraceEdge): string | null => (w.reason === 'sync' ? (w.stack.frames.map((f) => LOCKS.exec(f.function)?.[1]).find((m) => m !== undefined) ?? null) : null);

function queueFacts(seen: Seen, q: Queue) {
  return {
    function: q.at.function,
    file: q.at.file,
    line: q.at.line,
    waiting: Math.round((q.totalNs / seen.summary.wallNs) * 10) / 10,
    count: q.count,
    meanMs: ms(q.totalNs / q.count),
    mostMs: ms(q.mostNs),
  };
}

export function lockConditions(seen: Seen): Condition[] {
  return queues(seen, lockOf).flatMap((q): Condition[] => {
    const [first] = q.edges as [TraceEdge];
    const released = first.by === null ? null : (first.by.frames.find((f) => !OF_SYNC.test(f.function)) ?? null);
    if (released === null) return [];
    const facts = queueFacts(seen, q);
    const out = [
      tell(lockQueue, seen, {
        discriminator: `${q.what} ${q.at.function}:${q.at.line}`,
        quantity: { value: facts.waiting, unit: 'goroutines', known: 'counted' },
        facts: { ...facts, lock: q.what, releasedBy: released.function, releasedFile: released.file, releasedLine: released.line },
        says: `${facts.waiting} goroutines wait on average for the ${q.what} at ${siteText(q.at)}, ${msText(q.totalNs / q.count)} each, until ${siteText(released)} gives it back`,
        places: [eventPlace(seen, first.mostOffset, `the longest wait ends after ${msText(first.mostNs)}: unblocked at ${siteText(released)}`)],
      }),
    ];
    for (const edge of q.edges) {
      const held = acrossWait(seen, q, edge);
      if (held !== null) out.push(held);
    }
    return out;
  });
}

/** What the holder waited for while it held the lock, on a stack that passes through the function that gives it back. */
function acrossWait(seen: Seen, q: Queue, edge: TraceEdge): Condition | null {
  const unlocks = edge.by?.frames.find((f) => !OF_SYNC.test(f.function));
  if (unlocks === undefined || edge.turnsNs === 0 || edge.totalNs < q.totalNs / 4) return null;
  for (const m of edge.meanwhile) {
    const outside = m.spent === 'network' || m.spent === 'syscall' || m.spent === 'sleep' || (m.reason === 'select' && m.stack.frames.some((f) => CLIENTS.test(f.function)));
    const user = m.stack.user;
    if (!outside || user === null || m.ns < MOST_OF_TURN * edge.turnsNs) continue;
    const under = m.stack.frames.find((f) => enclosingFunction(f.function) === enclosingFunction(unlocks.function));
    if (under === undefined) continue;
    return tell(heldAcrossWait, seen, {
      discriminator: `${user.function}:${user.line} under ${unlocks.function}`,
      facts: {
        function: user.function,
        file: user.file,
        line: user.line,
        reason: m.reason === 'syscall' ? 'system call' : m.reason,
        lockFunction: unlocks.function,
        lockFile: unlocks.file,
        releasedLine: unlocks.line,
        callLine: under.line,
        share: share(m.ns / edge.turnsNs),
        heldMs: ms(edge.turnsNs / edge.count),
        longestMs: ms(edge.longestTurnNs),
        waitFunction: q.at.function,
        waitLine: q.at.line,
      },
      says: `${shortGoSymbol(unlocks.function)} holds the lock ${msText(edge.turnsNs / edge.count)} on average, ${msText(edge.longestTurnNs)} at most, and waits for ${percentText(m.ns / edge.turnsNs)} of that in [${m.reason}] at ${siteText(user)}, called at line ${under.line}`,
      places: [
        eventPlace(seen, m.mostOffset, `unlocked by a goroutine that had waited in [${m.reason}] at ${siteText(user)}`),
        eventPlace(seen, edge.mostOffset, `the longest wait for it ends after ${msText(edge.mostNs)}`),
      ],
    });
  }
  return null;
}

const sendOf = (w: TraceEdge): string | null => (w.reason === 'chan send' && w.stack.frames.some((f) => SENDS.test(f.function)) ? 'channel' : null);

export function channelConditions(seen: Seen): Condition[] {
  return queues(seen, sendOf).flatMap((q): Condition[] => {
    const [first] = q.edges as [TraceEdge];
    const receives = first.by?.user ?? null;
    if (receives === null) return [];
    const facts = queueFacts(seen, q);
    const out = [
      tell(channelQueue, seen, {
        discriminator: `${q.at.function}:${q.at.line}`,
        quantity: { value: facts.waiting, unit: 'goroutines', known: 'counted' },
        facts: { ...facts, receivedBy: receives.function, receivedFile: receives.file, receivedLine: receives.line },
        says: `${facts.waiting} goroutines wait on average to send at ${siteText(q.at)}, ${msText(q.totalNs / q.count)} each, until ${siteText(receives)} receives`,
        places: [eventPlace(seen, first.mostOffset, `the longest wait ends after ${msText(first.mostNs)}: received at ${siteText(receives)}`)],
      }),
    ];
    const receiver = receiverOf(seen, q);
    if (receiver !== null) out.push(receiver);
    return out;
  });
}

function receiverOf(seen: Seen, q: Queue): Condition | null {
  const [first] = q.edges as [TraceEdge];
  const one = first.goroutine;
  const receives = first.by?.user ?? null;
  if (one === null || receives === null || q.edges.some((e) => e.goroutine !== one)) return null;
  const turns = q.edges.reduce((n, e) => n + e.turnsNs, 0);
  const busy = turns / seen.summary.wallNs;
  if (busy < BUSY) return null;
  const waits = first.meanwhile.filter((m) => m.spent !== 'channel');
  const [most] = waits;
  const waited = most !== undefined && most.ns >= MOST_OF_TURN * first.turnsNs ? most : null;
  const at = waited?.stack.user ?? receives;
  const spends = waited === null ? 'running' : waited.reason === 'syscall' ? 'system call' : waited.reason;
  return tell(oneReceiver, seen, {
    discriminator: `${receives.function}:${receives.line}`,
    facts: {
      function: receives.function,
      file: receives.file,
      line: receives.line,
      goroutine: one,
      busy: share(Math.min(1, busy)),
      itemMs: ms(turns / q.count),
      spends,
      spendsFunction: at.function,
      spendsLine: at.line,
      sendFunction: q.at.function,
      sendLine: q.at.line,
    },
    says: `goroutine ${one} alone receives at ${siteText(receives)}, and needs ${msText(turns / q.count)} for an item${waited === null ? '' : `, ${percentText(waited.ns / first.turnsNs)} of it in [${spends}] at ${siteText(at)}`}`,
    places: [
      eventPlace(seen, first.mostOffset, `received by goroutine ${one} at ${siteText(receives)}`),
      ...(waited === null ? [] : [eventPlace(seen, waited.mostOffset, `goroutine ${one} had waited in [${spends}]`)]),
    ],
  });
}
