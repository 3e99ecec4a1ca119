/**
 * What an execution trace can say: kinds of events, states, and what each column holds for each kind.
 * The numbers of the kinds are those the runtime writes (internal/trace/tracev2/events.go, runtime/traceevent.go, Go 1.22 to 1.27);
 * 0 is ours: the begin of a generation.
 */
export const KIND = {
  /** Begin of generation `a` (index into `generations`); once more at the end, with `a` their number. */
  Sync: 0,
  /** a = goroutine id (-1 none); goroutine = its slot, -1 where that goroutine is not known at that time. */
  CPUSample: 7,
  /** a = GOMAXPROCS. */
  ProcsChange: 9,
  ProcStart: 10,
  ProcStop: 11,
  /** a = thread it was taken from (-1 not known), b = its status before: 3, or 4 where that thread had lost it already. */
  ProcSteal: 12,
  /** a = status (PROC_STATUS), b = state before (PROC_STATE). */
  ProcStatus: 13,
  /** a = stack id of where the new goroutine starts. */
  GoCreate: 14,
  GoCreateSyscall: 15,
  GoStart: 16,
  GoDestroy: 17,
  GoDestroySyscall: 18,
  /** text = reason. */
  GoStop: 19,
  /** text = reason. */
  GoBlock: 20,
  GoUnblock: 21,
  GoSyscallBegin: 22,
  GoSyscallEnd: 23,
  GoSyscallEndBlocked: 24,
  /** a = status (GO_STATUS), b = status before: the same, or 0 where it was not known. */
  GoStatus: 25,
  /** text = kind, subject = the goroutine that stops the world. */
  STWBegin: 26,
  STWEnd: 27,
  /** a = sequence number; a cycle was going on when the generation began. */
  GCActive: 28,
  GCBegin: 29,
  GCEnd: 30,
  /** subject = P. */
  GCSweepActive: 31,
  GCSweepBegin: 32,
  /** a = bytes swept, b = bytes reclaimed. */
  GCSweepEnd: 33,
  /** subject = goroutine. */
  GCMarkAssistActive: 34,
  GCMarkAssistBegin: 35,
  GCMarkAssistEnd: 36,
  /** a = bytes. */
  HeapAlloc: 37,
  /** a = bytes. */
  HeapGoal: 38,
  /** text = label: GC (dedicated), GC (fractional), GC (idle), Not worker. */
  GoLabel: 39,
  /** a = task, b = parent (0 none), text = type. */
  UserTaskBegin: 40,
  /** As its begin, when that was seen. */
  UserTaskEnd: 41,
  /** a = task (0 none), text = type. */
  UserRegionBegin: 42,
  UserRegionEnd: 43,
  /** a = task, text = message, b = text id of its category. */
  UserLog: 44,
  /** The goroutine that is switched to is unblocked; GoBlock or GoDestroy of the current one and GoStart follow as events of their own. */
  GoSwitch: 45,
  GoSwitchDestroy: 46,
  /** As GoCreate, but waiting. */
  GoCreateBlocked: 47,
  GoStatusStack: 48,
  /** Experiment AllocFree. a = id, b = pages, subject = kind and class. */
  Span: 128,
  SpanAlloc: 129,
  SpanFree: 130,
  /** a = id, b = type. */
  HeapObject: 131,
  HeapObjectAlloc: 132,
  HeapObjectFree: 133,
  /** a = id, b = order of its size. */
  GoroutineStack: 134,
  GoroutineStackAlloc: 135,
  GoroutineStackFree: 136,
} as const;

export type KindName = keyof typeof KIND;

const NAMES: readonly (KindName | undefined)[] = (() => {
  const names: (KindName | undefined)[] = [];
  for (const [name, kind] of Object.entries(KIND)) names[kind] = name as KindName;
  return names;
})();
export const kindName = (kind: number): string => NAMES[kind] ?? `kind ${kind}`;

export const GO_STATUS = { undetermined: 0, runnable: 1, running: 2, syscall: 3, waiting: 4, gone: 5 } as const;
export const PROC_STATUS = { running: 1, idle: 2, syscall: 3, abandoned: 4 } as const;
export const PROC_STATE = { undetermined: 0, running: 1, idle: 2, gone: 3 } as const;

/** What a kind means for the goroutine in `subject`: the status it has afterwards, 0 = none changes. GoStatus and GoStatusStack say it in `a`. */
export const GO_STATUS_AFTER: Uint8Array = (() => {
  const after = new Uint8Array(256);
  after[KIND.GoCreate] = GO_STATUS.runnable;
  after[KIND.GoCreateBlocked] = GO_STATUS.waiting;
  after[KIND.GoCreateSyscall] = GO_STATUS.syscall;
  after[KIND.GoStart] = GO_STATUS.running;
  after[KIND.GoDestroy] = GO_STATUS.gone;
  after[KIND.GoDestroySyscall] = GO_STATUS.gone;
  after[KIND.GoStop] = GO_STATUS.runnable;
  after[KIND.GoBlock] = GO_STATUS.waiting;
  after[KIND.GoUnblock] = GO_STATUS.runnable;
  after[KIND.GoSwitch] = GO_STATUS.runnable;
  after[KIND.GoSwitchDestroy] = GO_STATUS.runnable;
  after[KIND.GoSyscallBegin] = GO_STATUS.syscall;
  after[KIND.GoSyscallEnd] = GO_STATUS.running;
  after[KIND.GoSyscallEndBlocked] = GO_STATUS.runnable;
  return after;
})();

/** How many numbers follow type and time on the wire; -1: no event that may stand in a thread's batch. */
export const ARGUMENTS: Int8Array = (() => {
  const count = new Int8Array(256).fill(-1);
  const set = (n: number, ...kinds: number[]): void => {
    for (const k of kinds) count[k] = n;
  };
  set(0, KIND.ProcStop, KIND.GoDestroy, KIND.GoDestroySyscall, KIND.GoSyscallEnd, KIND.GoSyscallEndBlocked, KIND.STWEnd, KIND.GCMarkAssistEnd);
  set(1, KIND.GoCreateSyscall, KIND.GCActive, KIND.GCEnd, KIND.GCSweepActive, KIND.GCSweepBegin, KIND.GCMarkAssistActive, KIND.GCMarkAssistBegin);
  set(1, KIND.HeapAlloc, KIND.HeapGoal, KIND.GoLabel, KIND.SpanFree, KIND.HeapObjectFree, KIND.GoroutineStackFree);
  set(2, KIND.ProcsChange, KIND.ProcStart, KIND.ProcStatus, KIND.GoStart, KIND.GoStop, KIND.GoBlock, KIND.GoSyscallBegin, KIND.STWBegin, KIND.GCBegin);
  set(2, KIND.GCSweepEnd, KIND.UserTaskEnd, KIND.GoSwitch, KIND.GoSwitchDestroy);
  set(2, KIND.HeapObject, KIND.HeapObjectAlloc, KIND.GoroutineStack, KIND.GoroutineStackAlloc);
  set(3, KIND.ProcSteal, KIND.GoCreate, KIND.GoUnblock, KIND.GoStatus, KIND.UserRegionBegin, KIND.UserRegionEnd, KIND.GoCreateBlocked, KIND.Span, KIND.SpanAlloc);
  set(4, KIND.UserTaskBegin, KIND.UserLog, KIND.GoStatusStack);
  return count;
})();

/** Bytes of the longest event: type, time and four numbers of ten bytes each. */
export const LONGEST_EVENT = 51;
