/**
 * What a goroutine waits for, said alike for every Go version and every form of a dump, and which frames are the program's.
 * Up to Go 1.19 all locks are "semacquire"; profiles have no wait reason at all: the innermost frames tell.
 */
import { normaliseGoSymbol, originOfFrame } from '../../model/index.ts';
import type { Frame } from '../../read/lib/goroutines/table.ts';

/** Function → wait reason; the innermost frame that is listed decides. */
const BY_FUNCTION: Readonly<Record<string, string>> = {
  'runtime.chansend1': 'chan send',
  'runtime.chansend': 'chan send',
  'runtime.chanrecv1': 'chan receive',
  'runtime.chanrecv2': 'chan receive',
  'runtime.chanrecv': 'chan receive',
  'runtime.selectgo': 'select',
  'runtime.block': 'select (no cases)',
  'time.Sleep': 'sleep',
  'runtime.timeSleep': 'sleep',
  'internal/poll.runtime_pollWait': 'IO wait',
  'runtime.netpollblock': 'IO wait',
  'sync.(*WaitGroup).Wait': 'sync.WaitGroup.Wait',
  'sync.(*Cond).Wait': 'sync.Cond.Wait',
  'sync.runtime_notifyListWait': 'sync.Cond.Wait',
  'sync.(*RWMutex).RLock': 'sync.RWMutex.RLock',
  'sync.runtime_SemacquireRWMutexR': 'sync.RWMutex.RLock',
  'sync.(*RWMutex).Lock': 'sync.RWMutex.Lock',
  'sync.runtime_SemacquireRWMutex': 'sync.RWMutex.Lock',
  'sync.(*Mutex).Lock': 'sync.Mutex.Lock',
  'sync.(*Mutex).lockSlow': 'sync.Mutex.Lock',
  'internal/sync.(*Mutex).Lock': 'sync.Mutex.Lock',
  'internal/sync.(*Mutex).lockSlow': 'sync.Mutex.Lock',
};

export const UNKNOWN_WAIT = 'unknown';

/** Not waiting: on a processor, ready for one, or in a system call. */
const MOVING: ReadonlySet<string> = new Set(['running', 'runnable', 'syscall', 'copystack', 'preempted', 'waiting', 'idle', 'dead', 'leaked']);
export const isMoving = (wait: string): boolean => MOVING.has(wait);
export const isLockWait = (wait: string): boolean => wait === 'sync.Mutex.Lock' || wait === 'sync.RWMutex.Lock' || wait === 'sync.RWMutex.RLock';

/** Waits that nothing but another goroutine of the program ends: a crowd in them does not wait for work by design. */
export const STUCK_WAITS: ReadonlySet<string> = new Set([
  'chan send',
  'chan send (nil chan)',
  'chan receive (nil chan)',
  'sync.Mutex.Lock',
  'sync.RWMutex.Lock',
  'sync.RWMutex.RLock',
]);

export function waitOf(state: string, frames: readonly Frame[]): string {
  if (state !== 'semacquire' && state !== '' && state !== UNKNOWN_WAIT) return state;
  let lock: string | null = null;
  for (const f of frames.slice(0, 12)) {
    const reason = BY_FUNCTION[normaliseGoSymbol(f.symbol)];
    if (reason === undefined) {
      if (lock !== null || isProgram(f)) break;
      continue;
    }
    // a writer that waits for other writers stands in the RWMutex's inner Mutex: the outer lock is what the program knows
    if (lock === null || (lock === 'sync.Mutex.Lock' && reason.startsWith('sync.RWMutex'))) lock = reason;
    else break;
  }
  return lock ?? (state === 'semacquire' ? 'semacquire' : UNKNOWN_WAIT);
}

export const isProgram = (f: Frame): boolean => {
  const origin = originOfFrame(f.symbol, f.file);
  return origin === 'own' || origin === 'dependency';
};
export const isOwn = (f: Frame): boolean => originOfFrame(f.symbol, f.file) === 'own';

/** Frames of the runtime at both ends are printed or not, as the form and GOTRACEBACK have it: they are no part of where a goroutine stands. */
export function withoutRuntime(frames: readonly Frame[]): Frame[] {
  const runtime = (f: Frame): boolean => originOfFrame(f.symbol, f.file) === 'runtime' && !f.symbol.startsWith('runtime/pprof') && !f.symbol.startsWith('runtime/debug');
  let from = 0;
  let to = frames.length;
  while (from < to && runtime(frames[from] as Frame)) from++;
  while (to > from && runtime(frames[to - 1] as Frame)) to--;
  return frames.slice(from, to);
}

/** Goroutines of the runtime itself, and the one that writes the dump. */
export function isSystem(frames: readonly Frame[], state: string): boolean {
  if (SYSTEM_STATES.has(state)) return true;
  if (frames.length === 0) return true;
  return frames.some((f) => DUMPERS.has(normaliseGoSymbol(f.symbol)));
}

const SYSTEM_STATES: ReadonlySet<string> = new Set([
  'force gc (idle)',
  'GC sweep wait',
  'GC scavenge wait',
  'GC worker (idle)',
  'GC worker (active)',
  'finalizer wait',
  'cleanup wait',
  'GOMAXPROCS updater (idle)',
  'trace reader (blocked)',
]);
const DUMPERS: ReadonlySet<string> = new Set(['runtime/pprof.writeGoroutineStacks', 'runtime/pprof.writeRuntimeProfile', 'runtime/pprof.runtime_goroutineProfileWithLabels']);

/** The lock wait of a bucket, if most of it waits for a lock. */
export function mainLockWait(waits: ReadonlyMap<string, number>): string | null {
  let best: string | null = null;
  let most = 0;
  for (const [wait, count] of waits) {
    if (count <= most) continue;
    most = count;
    best = wait;
  }
  return best !== null && isLockWait(best) ? best : null;
}
