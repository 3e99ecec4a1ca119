/** What one goroutine did, from its begin to its end: a pass of its own over the trace. */
import type { TraceGoroutine, TraceGoroutineStep, TraceSpent } from '../../../model/index.ts';
import { type EventColumns, type ExecutionTrace, GO_STATUS, KIND, type TraceTables } from '../../../read/execution-trace/index.ts';
import { StackTexts } from './stacks.ts';
import { SPENT, SPENT_NAMES, spentByName, spentOfReason } from './waits.ts';

const STEPS_KEPT = 20_000;

/** null: no such goroutine. */
export function goroutineTimeline(trace: ExecutionTrace, id: number): TraceGoroutine | null {
  let found: Timeline | null = null;
  let first = Number.NaN;
  /** Begin of the present stretch. */
  let stretch = Number.NaN;
  let last = 0;
  trace.stream({
    events(e, tables) {
      for (let i = 0; i < e.length; i++) {
        const kind = e.kind[i] as number;
        if (kind === KIND.Sync || kind === KIND.CPUSample) continue;
        if (Number.isNaN(first)) first = e.time[i] as number;
        if (Number.isNaN(stretch)) stretch = e.time[i] as number;
        last = e.time[i] as number;
        const slot = e.subject[i] as number;
        if (slot < 0 || !ABOUT_GOROUTINES[kind] || tables.goroutineId(slot) !== id) continue;
        found ??= new Timeline(tables, id, first);
        found.resumes(stretch);
        if (found.add(e, i)) return false;
      }
      return true;
    },
    gap() {
      found?.gap(last);
      stretch = Number.NaN;
    },
  });
  return (found as Timeline | null)?.done(last) ?? null;
}

const ABOUT_GOROUTINES: Uint8Array = (() => {
  const of = new Uint8Array(256);
  for (const k of [KIND.GoCreate, KIND.GoCreateSyscall, KIND.GoCreateBlocked, KIND.GoStart, KIND.GoDestroy, KIND.GoDestroySyscall, KIND.GoStop, KIND.GoBlock]) of[k] = 1;
  for (const k of [KIND.GoUnblock, KIND.GoSwitch, KIND.GoSwitchDestroy, KIND.GoSyscallBegin, KIND.GoSyscallEnd, KIND.GoSyscallEndBlocked, KIND.GoStatus, KIND.GoStatusStack])
    of[k] = 1;
  return of;
})();

class Timeline {
  readonly #tables: TraceTables;
  readonly #id: number;
  readonly #first: number;
  readonly #stacks: StackTexts;
  readonly #steps: TraceGoroutineStep[] = [];
  readonly #totals = new Float64Array(SPENT_NAMES.length);
  #entry = '';
  #left = 0;
  #created: TraceGoroutine['created'] = null;
  #ended = false;
  #since = 0;
  #spent: number = SPENT.undetermined;
  #reason = '';
  #stack = 0;
  #offset = -1;
  #proc = -1;
  /** What it does is not known: it was not seen yet in this stretch of the trace. */
  #lost = true;

  constructor(tables: TraceTables, id: number, first: number) {
    this.#tables = tables;
    this.#id = id;
    this.#first = first;
    this.#stacks = new StackTexts(tables);
  }

  /** What goes on ends here as far as is known. */
  gap(last: number): void {
    if (this.#lost) return;
    this.#leave(last, null, 0);
    this.#lost = true;
  }

  /** It is there again, in a stretch that begins at `time`: what it does is not known before it says so. */
  resumes(time: number): void {
    if (!this.#lost) return;
    this.#since = time;
    this.#spent = SPENT.undetermined;
    this.#reason = '';
    this.#stack = 0;
    this.#offset = -1;
    this.#lost = false;
  }

  /** true: it has ended. */
  add(e: EventColumns, i: number): boolean {
    const time = e.time[i] as number;
    const stack = e.stack[i] as number;
    const kind = e.kind[i] as number;
    const by = this.#tables.goroutineId(e.goroutine[i] as number);
    switch (kind) {
      case KIND.GoCreate:
      case KIND.GoCreateBlocked:
      case KIND.GoCreateSyscall:
        this.#since = time;
        this.#created = { atNs: time - this.#first, by, stack: this.#stacks.get(stack), offset: e.offset[i] as number };
        if (kind !== KIND.GoCreateSyscall) this.#entryOf(e.a[i] as number);
        this.#enter(e, i, kind === KIND.GoCreate ? SPENT.runnable : kind === KIND.GoCreateBlocked ? SPENT.other : SPENT.syscall, '', 0);
        break;
      case KIND.GoStart:
      case KIND.GoSyscallEnd:
        this.#leave(time, null, 0);
        this.#enter(e, i, SPENT.running, '', 0);
        this.#proc = e.proc[i] as number;
        break;
      case KIND.GoBlock:
        this.#entryOf(stack);
        this.#leave(time, null, stack);
        this.#enter(e, i, spentOfReason(this.#tables.text(e.text[i] as number)), this.#tables.text(e.text[i] as number), stack);
        break;
      case KIND.GoStop:
      case KIND.GoSyscallEndBlocked:
        this.#entryOf(stack);
        this.#leave(time, null, stack);
        this.#enter(e, i, SPENT.runnable, this.#tables.text(e.text[i] as number), stack);
        break;
      case KIND.GoSyscallBegin:
        this.#entryOf(stack);
        this.#leave(time, null, stack);
        this.#enter(e, i, SPENT.syscall, 'syscall', stack);
        break;
      case KIND.GoUnblock:
      case KIND.GoSwitch:
      case KIND.GoSwitchDestroy:
        this.#leave(time, { goroutine: by, stack: this.#stacks.get(stack) }, 0);
        this.#enter(e, i, SPENT.runnable, '', 0);
        break;
      case KIND.GoDestroy:
      case KIND.GoDestroySyscall:
        this.#leave(time, null, 0);
        this.#ended = true;
        return true;
      default:
        if (e.b[i] === 0) {
          this.#entryOf(stack);
          this.#leave(time, null, 0);
          const status = e.a[i] as number;
          this.#enter(
            e,
            i,
            status === GO_STATUS.running ? SPENT.running : status === GO_STATUS.runnable ? SPENT.runnable : status === GO_STATUS.syscall ? SPENT.syscall : SPENT.other,
            '',
            stack,
          );
        }
    }
    return false;
  }

  done(last: number): TraceGoroutine {
    if (!this.#ended && !this.#lost) this.#leave(last, null, 0);
    return {
      goroutine: this.#id,
      entry: this.#entry,
      created: this.#created,
      ended: this.#ended,
      spent: spentByName(this.#totals),
      steps: this.#steps,
      left: this.#left,
    };
  }

  #entryOf(stack: number): void {
    if (this.#entry === '' && stack !== 0) this.#entry = this.#stacks.get(stack).frames.at(-1)?.function ?? '';
  }

  #enter(e: EventColumns, i: number, spent: number, reason: string, stack: number): void {
    this.#since = e.time[i] as number;
    this.#spent = spent;
    this.#reason = reason;
    this.#stack = stack;
    this.#offset = e.offset[i] as number;
  }

  #leave(time: number, endedBy: TraceGoroutineStep['endedBy'], stack: number): void {
    (this.#totals[this.#spent] as number) += time - this.#since;
    if (this.#steps.length >= STEPS_KEPT) {
      this.#left++;
      return;
    }
    this.#steps.push({
      fromNs: this.#since - this.#first,
      toNs: time - this.#first,
      spent: SPENT_NAMES[this.#spent] as TraceSpent,
      reason: this.#reason,
      stack: this.#stacks.get(this.#spent === SPENT.running ? stack : this.#stack),
      processor: this.#spent === SPENT.running && this.#proc >= 0 ? this.#proc : null,
      endedBy,
      offset: this.#offset,
    });
  }
}
