/** Why the world was stopped: reasons of the runtime (stwReasonStrings in runtime/proc.go, Go 1.22 to 1.27), and who asked for it. */
import { parseGoSymbol, type TracePause, type TraceStack } from '../../../model/index.ts';

interface Kind {
  readonly because: TracePause['because'];
  readonly means: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'GC mark termination': { because: 'runtime', means: 'the end of marking' },
  'GC sweep termination': { because: 'runtime', means: 'the start of a GC cycle' },
  'write heap dump': { because: 'capture', means: 'a heap dump is written' },
  'goroutine profile': { because: 'capture', means: 'a goroutine profile is taken' },
  'goroutine profile cleanup': { because: 'capture', means: 'the end of a goroutine profile' },
  'all goroutines stack trace': { because: 'capture', means: 'the stacks of all goroutines are printed (debug=2, runtime.Stack)' },
  // as traces of Go 1.21 and before say it
  'all goroutine stack trace': { because: 'capture', means: 'the stacks of all goroutines are printed (debug=2, runtime.Stack)' },
  'read mem stats': { because: 'program', means: 'runtime.ReadMemStats, also for a heap profile with debug=1' },
  AllThreadsSyscall: { because: 'program', means: 'a system call on all threads' },
  GOMAXPROCS: { because: 'program', means: 'GOMAXPROCS is set' },
  'start trace': { because: 'capture', means: 'this trace begins' },
  'stop trace': { because: 'capture', means: 'a trace ends' },
  'CountPagesInUse (test)': { because: 'program', means: 'a test of the runtime' },
  'ReadMetricsSlow (test)': { because: 'program', means: 'a test of the runtime' },
  'ReadMemStatsSlow (test)': { because: 'program', means: 'a test of the runtime' },
  'PageCachePagesLeaked (test)': { because: 'program', means: 'a test of the runtime' },
  'ResetDebugLog (test)': { because: 'program', means: 'a test of the runtime' },
};

const CAPTURES = new Set(['runtime/pprof', 'net/http/pprof', 'runtime/trace', 'expvar']);

export function pauseKind(kind: string, stack: TraceStack): Kind {
  const known = KINDS[kind] ?? { because: 'program', means: 'a reason that is not known here' };
  // whatever stops the world: below the code that serves profiles it is somebody who looks
  const captured = stack.frames.some((f) => CAPTURES.has(parseGoSymbol(f.function).package));
  if (captured && known.because !== 'runtime') return { ...known, because: 'capture' };
  // the program prints its own goroutines or dumps its own heap: nobody came from outside
  if (known.because === 'capture' && stack.user !== null && !captured && kind !== 'start trace' && kind !== 'stop trace') return { ...known, because: 'program' };
  return known;
}
