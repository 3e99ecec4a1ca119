/**
 * The analysis keeps whole stacks apart, and a page shows one frame of each. Rows that would look alike on it are one row: counts and times add
 * up, the longest is the longest of all. The data of --json stays apart.
 */
import type { TraceBlocking, TraceEdge, TracePause, TraceSum, TraceSummary, TraceWake } from '../../model/index.ts';
import { reasonWords, where } from './words.ts';

type Assist = TraceSummary['processors']['assists'][number];
type Meanwhile = TraceWake['meanwhile'][number];
type Waiting = Pick<TraceBlocking, 'reason' | 'stack'>;

/** Greatest first, by `of`. */
function alikeRows<R>(rows: readonly R[], shown: (row: R) => string, joined: (a: R, b: R) => R, of: (row: R) => number): R[] {
  const groups = new Map<string, R>();
  for (const row of rows) {
    const key = shown(row);
    const known = groups.get(key);
    groups.set(key, known === undefined ? row : joined(known, row));
  }
  return [...groups.values()].sort((a, b) => of(b) - of(a));
}

const total = (row: TraceSum): number => row.totalNs;
const added = (a: TraceSum, b: TraceSum): TraceSum => {
  const { mostNs, mostAtNs, mostOffset } = b.mostNs > a.mostNs ? b : a;
  return { count: a.count + b.count, totalNs: a.totalNs + b.totalNs, mostNs, mostAtNs, mostOffset };
};

/** Whether a frame of the program is in it decides what is left out of a page. */
const waiting = (w: Waiting): string => JSON.stringify([w.reason, reasonWords(w.reason, w.stack), where(w.stack), w.stack.user === null]);
const waker = (w: TraceWake): string | null => (w.by === null ? null : where(w.by));

const meanwhileOf = (rows: readonly Meanwhile[]): Meanwhile[] =>
  alikeRows(
    rows,
    waiting,
    (a, b) => ({ ...a, ns: a.ns + b.ns }),
    (m) => m.ns,
  );

const joinedWakes = <W extends TraceWake>(a: W, b: W): W => ({
  ...a,
  ...added(a, b),
  goroutine: a.goroutine === b.goroutine ? a.goroutine : null,
  turnsNs: a.turnsNs + b.turnsNs,
  longestTurnNs: Math.max(a.longestTurnNs, b.longestTurnNs),
  meanwhile: meanwhileOf([...a.meanwhile, ...b.meanwhile]),
});

const endedBy = (rows: readonly TraceWake[]): TraceWake[] => alikeRows(rows, (w) => waker(w) ?? '', joinedWakes, total);

export const alikeWakes = (rows: readonly TraceEdge[]): TraceEdge[] => alikeRows(rows, (w) => JSON.stringify([waiting(w), waker(w)]), joinedWakes, total);

export const alikeWaits = (rows: readonly TraceBlocking[]): TraceBlocking[] =>
  alikeRows(rows, waiting, (a, b) => ({ ...a, ...added(a, b), endedBy: [...a.endedBy, ...b.endedBy] }), total).map((w) => ({ ...w, endedBy: endedBy(w.endedBy) }));

/** Where it was asked for is shown of what the program asks for. */
export const alikePauses = (rows: readonly TracePause[]): TracePause[] =>
  alikeRows(
    rows,
    (p) => JSON.stringify([p.kind, p.means, p.because, p.because === 'program' ? where(p.stack) : null]),
    (a, b) => ({ ...a, ...added(a, b) }),
    total,
  );

export const alikeAssists = (rows: readonly Assist[]): Assist[] =>
  alikeRows(
    rows,
    (a) => where(a.stack),
    (a, b) => ({ ...a, ...added(a, b), runningNs: a.runningNs + b.runningNs }),
    total,
  );
