/**
 * Ordered events as columns: one block of typed arrays that is filled again and again, so that an analysis needs no object per event.
 *
 *   trace.stream({ events(e) { for (let i = 0; i < e.length; i++) if (e.kind[i] === KIND.GoStart) … e.time[i] … e.subject[i] … } })
 *
 * `thread`, `proc` and `goroutine` are where the event happened, as things stood *before* it (-1 none): for GoStart `goroutine` is -1.
 * `subject` is the resource the event is about: the goroutine whose status changes (GoBlock and GoSyscallBegin: the same as `goroutine`;
 * GoStart, GoUnblock, GoCreate, GoStatus: the one they name), the P for Proc… and GCSweep… events, else -1.
 * Goroutines are *slots*: small numbers that index whatever an analysis keeps by goroutine. A slot is given to one goroutine from its
 * GoCreate, GoCreateSyscall or first GoStatus to its GoDestroy or GoDestroySyscall, and may belong to another from the next block on: reset
 * what you keep for a slot when it begins. `tables.goroutineId(slot)` holds within the block. Threads are small numbers too, never given away
 * twice (`tables.threadId`). P are the runtime's own numbers.
 * `stack` is a stack of the whole trace (tables.stacks), 0 none; `text` a string of the whole trace (tables.texts), 0 empty.
 * `a`, `b`: what KIND says; where it says nothing they hold leftovers, as `subject`, `stack` and `text` do not: those are -1, 0 and 0.
 * `time`: nanoseconds since the first generation began (`originNs` of the model), strictly increasing, as Go's reader counts them.
 * `offset`: where in the decoded file the event begins: its place; -1 for Sync and for what was derived from another event.
 */
export interface EventColumns {
  length: number;
  readonly kind: Uint8Array;
  readonly time: Float64Array;
  readonly thread: Int32Array;
  readonly proc: Int32Array;
  readonly goroutine: Int32Array;
  readonly subject: Int32Array;
  readonly stack: Int32Array;
  readonly text: Int32Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly offset: Float64Array;
}

/** Events of one block. Small enough to stay in the processor's cache. */
export const BLOCK = 2048;

export function eventColumns(capacity: number = BLOCK): EventColumns {
  return {
    length: 0,
    kind: new Uint8Array(capacity),
    time: new Float64Array(capacity),
    thread: new Int32Array(capacity),
    proc: new Int32Array(capacity),
    goroutine: new Int32Array(capacity),
    subject: new Int32Array(capacity),
    stack: new Int32Array(capacity),
    text: new Int32Array(capacity),
    a: new Float64Array(capacity),
    b: new Float64Array(capacity),
    offset: new Float64Array(capacity),
  };
}

/** All there is to say of event `n`; `length` is the caller's. */
export function putEvent(
  to: EventColumns,
  n: number,
  kind: number,
  time: number,
  thread: number,
  proc: number,
  goroutine: number,
  subject: number,
  stack: number,
  text: number,
  a: number,
  b: number,
  offset: number,
): void {
  to.kind[n] = kind;
  to.time[n] = time;
  to.thread[n] = thread;
  to.proc[n] = proc;
  to.goroutine[n] = goroutine;
  to.subject[n] = subject;
  to.stack[n] = stack;
  to.text[n] = text;
  to.a[n] = a;
  to.b[n] = b;
  to.offset[n] = offset;
}
