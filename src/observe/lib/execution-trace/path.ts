/**
 * The critical path of a stretch of time that ends on one goroutine: what had to happen, one after the other, for it to end when it did.
 *
 * It is followed backwards from the end. While the goroutine ran, or waited for a processor, that is the path. Where it had been unblocked or
 * created by another goroutine, the path goes on with what that one did before. Where a timer or the poller ended its wait, the wait itself is the path:
 * nobody in the process could have ended it sooner. So the steps cover the stretch without a gap, and add up to it.
 *
 * Of a damaged trace a path lies within one stretch: it is lost where bytes are.
 *
 * A second pass over the trace keeps the transitions up to the end of the stretch, at most MOST_TRANSITIONS: the earliest are given up first, and said.
 */
import type { TracePath, TracePathStep, TraceSpent } from '../../../model/index.ts';
import { type EventColumns, type ExecutionTrace, GO_STATUS, KIND, type TraceTables } from '../../../read/execution-trace/index.ts';
import { StackTexts } from './stacks.ts';
import { SPENT, SPENT_NAMES, SYSCALL_KEY, spentByName, spentOfReason } from './waits.ts';

const MOST_TRANSITIONS = 1 << 20;
/** A path of more steps is one that goes round in circles between two goroutines for long: told up to here. */
const MOST_STEPS = 20_000;

export interface Stretch {
  readonly what: string;
  /** Nanoseconds on the trace's own scale (as the columns have them). */
  readonly from: number;
  readonly to: number;
  /** Id of the goroutine it ends on. */
  readonly goroutine: number;
}

/** Transitions of goroutines in a ring, each with the one before it of the same goroutine. */
class Transitions {
  count = 0;
  readonly time = new Float64Array(MOST_TRANSITIONS);
  readonly goroutine = new Float64Array(MOST_TRANSITIONS);
  readonly status = new Uint8Array(MOST_TRANSITIONS);
  /** Text id of the reason, or SYSCALL_KEY. */
  readonly reason = new Int32Array(MOST_TRANSITIONS);
  readonly stack = new Int32Array(MOST_TRANSITIONS);
  /** Who unblocked or created it: id, -1 nobody, -2 it became runnable by itself. */
  readonly waker = new Float64Array(MOST_TRANSITIONS);
  readonly created = new Uint8Array(MOST_TRANSITIONS);
  readonly offset = new Float64Array(MOST_TRANSITIONS);
  readonly #before = new Float64Array(MOST_TRANSITIONS);
  readonly #last = new Map<number, number>();
  /** Those before this lie behind a gap. */
  #forgotten = 0;

  add(time: number, goroutine: number, status: number, reason: number, stack: number, waker: number, created: boolean, offset: number): void {
    const n = this.count++;
    const i = n % MOST_TRANSITIONS;
    this.time[i] = time;
    this.goroutine[i] = goroutine;
    this.status[i] = status;
    this.reason[i] = reason;
    this.stack[i] = stack;
    this.waker[i] = waker;
    this.created[i] = created ? 1 : 0;
    this.offset[i] = offset;
    this.#before[i] = this.#last.get(goroutine) ?? -1;
    this.#last.set(goroutine, n);
  }

  /** The last transition of a goroutine before `n` (-1: of all); -1 when it is not kept. */
  before(goroutine: number, n: number): number {
    const found = n < 0 ? (this.#last.get(goroutine) ?? -1) : (this.#before[n % MOST_TRANSITIONS] as number);
    return found < Math.max(this.#forgotten, this.count - MOST_TRANSITIONS) ? -1 : found;
  }

  /** Nothing that follows is known to come of anything before. */
  forget(): void {
    this.#last.clear();
    this.#forgotten = this.count;
  }
}

const ITSELF = -2;

/** A transition, if the event is one. */
function note(transitions: Transitions, e: EventColumns, i: number, tables: TraceTables): void {
  const id = tables.goroutineId(e.subject[i] as number);
  const time = e.time[i] as number;
  const stack = e.stack[i] as number;
  const offset = e.offset[i] as number;
  const by = tables.goroutineId(e.goroutine[i] as number);
  switch (e.kind[i]) {
    case KIND.GoStart:
    case KIND.GoSyscallEnd:
      transitions.add(time, id, GO_STATUS.running, 0, 0, ITSELF, false, offset);
      break;
    case KIND.GoBlock:
      transitions.add(time, id, GO_STATUS.waiting, e.text[i] as number, stack, ITSELF, false, offset);
      break;
    case KIND.GoStop:
    case KIND.GoSyscallEndBlocked:
      transitions.add(time, id, GO_STATUS.runnable, e.text[i] as number, stack, ITSELF, false, offset);
      break;
    case KIND.GoSyscallBegin:
      transitions.add(time, id, GO_STATUS.syscall, SYSCALL_KEY, stack, ITSELF, false, offset);
      break;
    case KIND.GoUnblock:
    case KIND.GoSwitch:
    case KIND.GoSwitchDestroy:
      transitions.add(time, id, GO_STATUS.runnable, 0, stack, by, false, offset);
      break;
    case KIND.GoCreate:
      transitions.add(time, id, GO_STATUS.runnable, 0, stack, by, true, offset);
      break;
    case KIND.GoCreateBlocked:
      transitions.add(time, id, GO_STATUS.waiting, 0, stack, by, true, offset);
      break;
    case KIND.GoCreateSyscall:
      transitions.add(time, id, GO_STATUS.syscall, SYSCALL_KEY, stack, by, true, offset);
      break;
    case KIND.GoStatus:
    case KIND.GoStatusStack:
      if (e.b[i] === 0) transitions.add(time, id, e.a[i] as number, e.a[i] === GO_STATUS.syscall ? SYSCALL_KEY : 0, stack, ITSELF, false, offset);
      break;
    case KIND.GoDestroy:
    case KIND.GoDestroySyscall:
      transitions.add(time, id, GO_STATUS.gone, 0, 0, ITSELF, false, offset);
      break;
  }
}

export function criticalPath(trace: ExecutionTrace, stretch: Stretch, first: number): TracePath {
  // status before the stretch is kept too: the last transition of each goroutine before it
  const transitions = new Transitions();
  let path: TracePath | null = null;
  let kept: TraceTables | null = null;
  let last = 0;
  let gaps = 0;
  const follow = (): TracePath => pathOf(transitions, kept, stretch, first, gaps > 0);
  trace.stream({
    events(e, tables) {
      if (path !== null) return false;
      kept = tables;
      for (let i = 0; i < e.length; i++) {
        if (e.kind[i] === KIND.Sync) continue;
        if ((e.time[i] as number) > stretch.to) {
          path = follow();
          return false;
        }
        note(transitions, e, i, tables);
        last = e.time[i] as number;
      }
      return true;
    },
    gap() {
      // it may end with what lies before the gap, which no later event shows to be over
      if (path === null && stretch.to <= last) path = follow();
      transitions.forget();
      gaps++;
    },
  });
  return path ?? follow();
}

function pathOf(transitions: Transitions, tables: TraceTables | null, stretch: Stretch, first: number, behindGap: boolean): TracePath {
  const steps: TracePathStep[] = [];
  const totals = new Float64Array(SPENT_NAMES.length);
  const path = (lost: TracePath['lost']): TracePath => ({
    what: stretch.what,
    fromNs: stretch.from - first,
    toNs: stretch.to - first,
    steps: merged(steps.reverse()),
    spent: spentByName(totals),
    lost,
  });
  if (tables === null) return path({ atNs: stretch.to - first, why: 'the trace holds no event before that' });
  const stacks = new StackTexts(tables);
  const entries = new Map<number, string>();
  let goroutine = stretch.goroutine;
  let time = stretch.to;
  let n = -1;
  /** What is known of the running that ends at `time`: the stack where it did. */
  let endStack = 0;
  let wakes: TracePathStep['wakes'] = null;
  while (time > stretch.from) {
    if (steps.length >= MOST_STEPS) return path({ atNs: time - first, why: `more than ${MOST_STEPS} steps` });
    n = transitions.before(goroutine, n);
    while (n >= 0 && (transitions.time[n % MOST_TRANSITIONS] as number) >= time) n = transitions.before(goroutine, n);
    if (n < 0)
      return path({
        atNs: time - first,
        why:
          transitions.count > MOST_TRANSITIONS && !behindGap
            ? `more than ${MOST_TRANSITIONS} transitions lie between`
            : behindGap
              ? `what goroutine ${goroutine} did before is not in this stretch of a damaged trace`
              : `what goroutine ${goroutine} did before its first status is not in the trace`,
      });
    const i = n % MOST_TRANSITIONS;
    const from = Math.max(stretch.from, transitions.time[i] as number);
    const status = transitions.status[i] as number;
    const reason = transitions.reason[i] as number;
    const spent =
      status === GO_STATUS.running
        ? SPENT.running
        : status === GO_STATUS.runnable
          ? SPENT.runnable
          : status === GO_STATUS.syscall
            ? SPENT.syscall
            : status === GO_STATUS.waiting
              ? spentOfReason(tables.text(reason))
              : SPENT.undetermined;
    (totals[spent] as number) += time - from;
    const own = status === GO_STATUS.running ? endStack : (transitions.stack[i] as number);
    const stack = stacks.get(own);
    if (own !== 0 && !entries.has(goroutine) && status !== GO_STATUS.runnable) entries.set(goroutine, stack.frames.at(-1)?.function ?? '');
    steps.push({
      goroutine,
      entry: entries.get(goroutine) ?? '',
      fromNs: from - first,
      toNs: time - first,
      spent: SPENT_NAMES[spent] as TraceSpent,
      reason: reason === SYSCALL_KEY ? 'syscall' : status === GO_STATUS.waiting || status === GO_STATUS.runnable ? tables.text(reason) : '',
      stack,
      wakes,
      offset: transitions.offset[i] as number,
    });
    wakes = null;
    time = from;
    // where it stopped running is where the running before that ended
    endStack = transitions.stack[i] as number;
    const waker = transitions.waker[i] as number;
    if (status === GO_STATUS.runnable && waker >= 0 && waker !== goroutine) {
      wakes = transitions.created[i] === 1 ? 'created' : 'unblocked';
      goroutine = waker;
      n = -1;
    } else if (status === GO_STATUS.waiting && waker >= 0) {
      goroutine = waker;
      n = -1;
    }
  }
  return path(null);
}

/** Neighbours of one goroutine that do the same in the same place are one step: preemption only cuts them. */
function merged(steps: readonly TracePathStep[]): TracePathStep[] {
  const out: TracePathStep[] = [];
  for (const s of steps) {
    const last = out.at(-1);
    if (
      last !== undefined &&
      last.goroutine === s.goroutine &&
      last.spent === s.spent &&
      last.reason === s.reason &&
      last.stack.user?.line === s.stack.user?.line &&
      last.wakes === null
    )
      out[out.length - 1] = { ...last, toNs: s.toNs, wakes: s.wakes };
    else out.push(s);
  }
  return out;
}
