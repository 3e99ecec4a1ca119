/** What a goroutine's time is spent on, told by its status and by the reasons that the runtime writes when it blocks (runtime/runtime2.go). */

export const SPENT = {
  undetermined: 0,
  running: 1,
  runnable: 2,
  syscall: 3,
  network: 4,
  lock: 5,
  channel: 6,
  sleep: 7,
  collector: 8,
  other: 9,
} as const;
export type Spent = keyof typeof SPENT;
export const SPENT_NAMES = Object.keys(SPENT) as readonly Spent[];
export const SPENT_KINDS = SPENT_NAMES.length;

/** Nanoseconds by SPENT, as they are said. */
export const spentByName = (totals: ArrayLike<number>): Record<Spent, number> =>
  Object.fromEntries(SPENT_NAMES.map((name, i) => [name, totals[i] as number])) as Record<Spent, number>;

/**
 * Reasons of GoBlock (traceBlockReasonStrings in runtime/traceruntime.go). "sync" is a mutex, a read-write lock, a wait group or a semaphore:
 * the stack says which.
 */
export function spentOfReason(reason: string): number {
  switch (reason) {
    case 'network':
      return SPENT.network;
    case 'sync':
    case 'sync.(*Cond).Wait':
      return SPENT.lock;
    case 'chan send':
    case 'chan receive':
    case 'select':
      return SPENT.channel;
    case 'sleep':
      return SPENT.sleep;
  }
  return reason.startsWith('GC ') || reason === 'wait until GC ends' ? SPENT.collector : SPENT.other;
}

/** Key of a system call in the table of waits, beside the reasons, which are texts. */
export const SYSCALL_KEY = -1;
