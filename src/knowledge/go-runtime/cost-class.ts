/**
 * What a Go program's processor time is spent on. Every stack belongs to exactly one class; `COST_CLASSES` is in order of precedence:
 * of two classes that frames of one stack name, the first in this list counts. So marking that an allocation had to help with is
 * GC assist and no allocation, and the waking of a receiver is the channel's and not the scheduler's.
 */

export type CostClass = (typeof COST_CLASSES)[number]['id'];

/**
 * Who pays, and so who may be named for it.
 * caller: the user's frame nearest to it asked for it · program: no caller asked, the program as a whole brings it about (its heap, its
 * number of goroutines) · nobody: it takes what would be idle, or belongs to whoever looks; never a cause.
 */
export type Payer = 'caller' | 'program' | 'nobody';

export interface CostClassInfo {
  readonly id: string;
  readonly title: string;
  readonly payer: Payer;
  /** What the time is. */
  readonly means: string;
  /** Where to look in the program, and which other artifact shows the same; '' where there is nothing to look for. */
  readonly lookFor: string;
}

export const COST_CLASSES = [
  {
    id: 'observer',
    title: 'profiler, tracer, race detector',
    payer: 'nobody',
    means: 'taking this profile or another one, writing an execution trace, sampling allocations and contention, instrumentation of the race detector',
    lookFor: 'MemProfileRate, SetBlockProfileRate and SetMutexProfileFraction set too fine; a binary built with -race',
  },
  {
    id: 'gc-idle',
    title: 'GC on idle processors',
    payer: 'nobody',
    means: 'marking by workers that run only where a processor has nothing else to do: free, and gone as soon as there is work',
    lookFor: '',
  },
  {
    id: 'gc-assist',
    title: 'GC assist',
    payer: 'caller',
    means: 'an allocating goroutine had to mark before it got its memory, because it allocates faster than the background workers mark',
    lookFor: 'the allocation rate at this caller (alloc_space); GOMEMLIMIT near what is live; GOGC set low',
  },
  {
    id: 'gc-background',
    title: 'GC in the background',
    payer: 'program',
    means: 'marking by the dedicated and fractional workers, a quarter of GOMAXPROCS while a cycle runs',
    lookFor: 'how often cycles run and how much is live: allocation rate, GOGC, caches full of pointers',
  },
  {
    id: 'gc-sweep',
    title: 'GC sweep',
    payer: 'caller',
    means: 'looking through spans for what is free again, in the background or by an allocation that needs a span',
    lookFor: 'many short-lived objects',
  },
  {
    id: 'gc-scavenge',
    title: 'giving memory back',
    payer: 'program',
    means: 'returning pages to the operating system, in the background or because the memory limit asks for it',
    lookFor: 'GOMEMLIMIT close to what is in use; debug.FreeOSMemory called regularly',
  },
  {
    id: 'gc-cycle',
    title: 'starting and ending GC cycles',
    payer: 'program',
    means: 'stopping and starting the world, finding roots, ending the mark phase',
    lookFor: 'runtime.GC called by the program; very frequent cycles',
  },
  {
    id: 'gc-worker',
    title: 'GC workers, background or idle',
    payer: 'nobody',
    means: 'marking by workers whose kind the profile does not show: before Go 1.22 dedicated and idle workers have the same frames',
    lookFor: 'gctrace, which tells idle from dedicated time',
  },
  {
    id: 'runtime-lock',
    title: 'locks of the runtime',
    payer: 'caller',
    means: "waiting for one of the runtime's own locks: of the heap, the scheduler, a channel, timers",
    lookFor: 'the caller of lock2 names the lock; one channel used by many goroutines; many processors allocating large objects',
  },
  {
    id: 'stack-growth',
    title: 'stack growth',
    payer: 'caller',
    means: 'goroutine stacks that were too small are copied to larger ones',
    lookFor: 'deep recursion or large frames in short-lived goroutines',
  },
  {
    id: 'panic',
    title: 'panics and stack traces',
    payer: 'caller',
    means: 'raising and recovering panics, walking and printing stacks (also for loggers that add the caller, and errors that keep a stack)',
    lookFor: 'panics as control flow; errors with stacks on a hot path; loggers that add caller or stack',
  },
  {
    id: 'write-barrier',
    title: 'write barrier',
    payer: 'caller',
    means: 'pointers written while the GC marks are recorded',
    lookFor: 'pointer-rich structures that are rewritten; GC running most of the time',
  },
  {
    id: 'allocation',
    title: 'allocation',
    payer: 'caller',
    means: 'getting memory from the heap and clearing it, growing slices, making strings, boxing into interfaces',
    lookFor: 'missing preallocation, string and []byte conversions, boxing, fmt, closures in loops; alloc_space of a heap profile names the lines',
  },
  {
    id: 'gc-scan',
    title: 'GC scan',
    payer: 'program',
    means: 'scanning of objects, stacks and globals outside any worker and assist',
    lookFor: 'large maps of pointers; deep or many goroutine stacks',
  },
  {
    id: 'timers',
    title: 'timers',
    payer: 'caller',
    means: 'starting, stopping and running timers and sleeps',
    lookFor: 'time.After or time.NewTimer in loops; a deadline set for each small read',
  },
  {
    id: 'scheduler-idle',
    title: 'idle scheduler',
    payer: 'nobody',
    means:
      'looking for something to run, spinning, going to sleep: what a processor without work does. A GOMAXPROCS far above the CPUs makes each wake-up a few µs dearer; that is shown and claimed as no cause',
    lookFor: '',
  },
  {
    id: 'channel',
    title: 'channels',
    payer: 'caller',
    means: 'sends, receives, select and close, and the waking of whom they let go on',
    lookFor: 'an unbuffered channel on a hot path; one message for each small item',
  },
  {
    id: 'lock',
    title: 'locks',
    payer: 'caller',
    means: 'sync.Mutex, RWMutex, WaitGroup, Cond and semaphores, and the waking of whom they let go on',
    lookFor: 'the mutex profile names the holder, the block profile the waiters; I/O under a lock',
  },
  {
    id: 'cgo',
    title: 'cgo and other code',
    payer: 'caller',
    means: 'C code, and getting there and back',
    lookFor: 'the C library; many small calls; the DNS resolver of cgo',
  },
  {
    id: 'network',
    title: 'network',
    payer: 'caller',
    means: 'reading, writing, accepting and dialling, and the poller',
    lookFor: 'small unbuffered reads and writes; a connection for each request',
  },
  {
    id: 'syscall',
    title: 'system calls',
    payer: 'caller',
    means: 'the kernel, on behalf of the program: files, processes, whatever is no network; with entering and leaving it',
    lookFor: 'small unbuffered writes; a flush for each log line; stat or open in loops',
  },
  {
    id: 'scheduler',
    title: 'scheduler',
    payer: 'caller',
    means: 'switching and waking goroutines, starting and ending them, preemption, upkeep by sysmon',
    lookFor: 'very many short goroutines or wake-ups; GOMAXPROCS far above the quota',
  },
  { id: 'finalizer', title: 'finalizers and cleanups', payer: 'program', means: 'queueing and calling finalizers and cleanups', lookFor: 'many objects with finalizers' },
  {
    id: 'regexp',
    title: 'regexp',
    payer: 'caller',
    means: 'compiling and matching regular expressions',
    lookFor: 'regexp.MustCompile inside functions; expressions where strings would do',
  },
  { id: 'encoding', title: 'encoding', payer: 'caller', means: 'JSON, XML, gob, base64 and the like', lookFor: 'the same document encoded or decoded for each request' },
  {
    id: 'fmt',
    title: 'fmt',
    payer: 'caller',
    means: 'formatting and scanning with fmt, and text made for loggers of the standard library',
    lookFor: 'Sprintf on a hot path; log lines nobody reads',
  },
  {
    id: 'reflection',
    title: 'reflection',
    payer: 'caller',
    means: 'reflect, called by the program or by libraries outside encoding and fmt',
    lookFor: 'reflect.DeepEqual; mappers and validators by reflection',
  },
  { id: 'crypto', title: 'cryptography', payer: 'caller', means: 'TLS, hashes, signatures, random numbers', lookFor: 'a TLS handshake for each request; password hashing' },
  {
    id: 'compression',
    title: 'compression',
    payer: 'caller',
    means: 'compress and archive packages',
    lookFor: 'the level of compression; the same answer compressed again and again',
  },
  { id: 'map', title: 'maps', payer: 'caller', means: 'looking up, storing, growing and hashing', lookFor: 'a hot map; large keys; missing size hint' },
  { id: 'clock', title: 'reading the clock', payer: 'caller', means: 'time.Now and the runtime reading the time', lookFor: 'time.Now in inner loops' },
  { id: 'copy', title: 'copying memory', payer: 'caller', means: 'copying and clearing memory', lookFor: 'large structs by value; growing buffers' },
  { id: 'library', title: 'standard library', payer: 'caller', means: 'code of the standard library that is in none of the other classes', lookFor: '' },
  {
    id: 'runtime',
    title: 'other runtime',
    payer: 'caller',
    means: 'code of the runtime that is in none of the other classes: type assertions, comparisons, defer',
    lookFor: '',
  },
  {
    id: 'user',
    title: "the program's own code",
    payer: 'caller',
    means: 'code of the program and of the modules it uses, outside the runtime and the standard library',
    lookFor: '',
  },
  {
    id: 'unattributed',
    title: 'unattributed',
    payer: 'nobody',
    means: 'samples without a usable stack: lost, outside every known function, or without symbols',
    lookFor: 'a stripped C library; a profile taken without symbols',
  },
] as const satisfies readonly CostClassInfo[];
