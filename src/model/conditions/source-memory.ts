import { defineKind } from '../condition.ts';

/** Where code keeps memory or threads longer than it needs them. Keyed and named as the kinds of ./source.ts. */
type Site = { function: string; file: string; line: number; artifact: string };

export const partKept = defineKind<Site & { buffer: string; read: string; keptIn: string; what: string; madeLines: readonly number[] }>({
  id: 'source/part-kept',
  title: 'a part of a large text is kept, and the whole with it',
  explain:
    'A function reads a whole body or file, cuts a part out of it without copying (slicing, strings.Cut, Split, Fields and their like in bytes), and the part goes into a map, slice or field that outlives the call. In Go a substring or sub-slice keeps all it was cut from. strings.Clone, bytes.Clone and conversions between string and []byte copy. madeLines are the lines that allocate the whole.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const timerLeft = defineKind<Site & { call: string; how: 'each-turn' | 'each-call'; goVersion: string | null }>({
  id: 'source/timer-left',
  title: 'timers are made again and again and none is stopped',
  explain:
    'time.After stands in a select of a loop whose other cases go round again, or a function makes a ticker that it neither stops nor hands on. Before Go 1.23 (the go line of go.mod decides) the runtime holds a timer until it fires, and a ticker for ever; from then on what nobody refers to is collected. goVersion is the go line.',
  root: 'defect',
  next: 'the source of the function as it was built, with its go.mod',
});

export const finalizerMayBlock = defineKind<Site & { finalizer: string; finalizerFile: string; finalizerLine: number; finalizerEndLine: number; op: string }>({
  id: 'source/finalizer-may-block',
  title: 'a finalizer may wait',
  explain:
    'A function given to runtime.SetFinalizer sends on a channel without another case, receives, locks, or waits. One goroutine of the runtime runs all finalizers one after the other: while one waits, nothing with a finalizer is freed any more (what only has a cleanup of runtime.AddCleanup is). function and line are the call of SetFinalizer.',
  root: 'defect',
  next: 'the source of the package as it was built',
});

export const mappingNotFreed = defineKind<Site & { call: string; frees: string }>({
  id: 'source/mapping-not-freed',
  title: 'memory outside the heap is taken and nowhere given back',
  explain:
    'The package calls syscall.Mmap, unix.Mmap, C.malloc or their like, and nowhere what gives it back (Munmap, C.free). The garbage collector knows nothing of such memory: the Go value that holds it is freed, the memory stays.',
  root: 'defect',
  next: 'the source of the package as it was built',
});

export const capacityKept = defineKind<Site & { buffer: string; how: 'reset' | 'pool' }>({
  id: 'source/capacity-kept',
  title: 'a buffer is used again with all the room it ever needed',
  explain:
    'A bytes.Buffer or slice that outlives the call is emptied by Reset or [:0], or given back to a sync.Pool, and nothing in the package looks at its capacity or replaces it. One large message makes it large for as long as its owner lives.',
  root: 'defect',
  next: 'the source of the package as it was built',
});

export const threadHeld = defineKind<Site & { call: string; endLine: number; why: string }>({
  id: 'source/thread-held',
  title: 'a call holds its thread for as long as it waits',
  explain:
    'A system call that may wait without end (flock without LOCK_NB, fcntl F_SETLKW, read of a raw descriptor, wait4) or a call of C stands here. The runtime cannot take the thread away from it: each goroutine that waits there needs a thread of its own, where a channel, a lock or a net.Conn needs none. Common and harmless by itself: it matters where dumps show goroutines pile up below it.',
  root: 'defect',
  next: 'the source of the function as it was built',
});
