import { defineKind } from '../condition.ts';

const TAKE = "curl -o trace.out 'http://HOST:PORT/debug/pprof/trace?seconds=5' while it is slow";

/** Where somebody waits, and how much. */
type QueueFacts = {
  function: string;
  file: string;
  line: number;
  /** How many wait on average. */
  waiting: number;
  count: number;
  meanMs: number;
  mostMs: number;
};

export const lockQueue = defineKind<QueueFacts & { lock: string; releasedBy: string; releasedFile: string; releasedLine: number }>({
  id: 'execution-trace/lock-queue',
  title: 'goroutines queue for a lock all the time',
  explain:
    'An execution trace shows, over all of it, two goroutines and more waiting on average at one Lock or RLock, a millisecond and more each, and who gave the lock back. A lock for which one waits now and then, or for microseconds, is none. Locks are told apart by where they are waited for, not by their address: a trace has none.',
  symptom: 'harm',
  next: TAKE,
});

export const heldAcrossWait = defineKind<{
  /** Where the holder waits. */
  function: string;
  file: string;
  line: number;
  reason: string;
  /** Function that takes and gives back the lock, and the line at which it is when it gives it back. */
  lockFunction: string;
  lockFile: string;
  releasedLine: number;
  /** Where that function makes the call in which it waits. */
  callLine?: number;
  /** Of the time it held the lock. */
  share: number;
  /** Mean time it is held while others wait. */
  heldMs: number;
  longestMs?: number;
  /** Where the others wait. */
  waitFunction: string;
  waitLine: number;
}>({
  id: 'execution-trace/held-across-wait',
  title: 'whoever holds the lock waits for something else',
  explain:
    'The event that lets a waiter go on carries the stack of the holder at its Unlock, and the trace has what that goroutine did since it got the lock. Half of that time and more it waited for the network, a system call or a sleep, on a stack that passes through the function that unlocks: the call is made under the lock. A mutex profile has only the Unlock, a goroutine dump only one moment.',
  root: 'defect',
  next: TAKE,
});

export const channelQueue = defineKind<QueueFacts & { receivedBy: string; receivedFile: string; receivedLine: number }>({
  id: 'execution-trace/channel-queue',
  title: 'goroutines queue to send on a channel all the time',
  explain:
    'An execution trace shows two goroutines and more waiting on average at one send, a millisecond and more each, and who received. A receiver that waits is no queue: it has nothing to do. Channels are told apart by where they are sent to.',
  symptom: 'harm',
  next: TAKE,
});

export const oneReceiver = defineKind<{
  function: string;
  file: string;
  line: number;
  goroutine: number;
  /** Of all the time, how much it was at work on what it had received. */
  busy: number;
  /** Mean time for one item. */
  itemMs: number;
  /** What most of that goes to: a wait reason, or "running". */
  spends: string;
  spendsFunction: string;
  spendsLine: number;
  sendFunction: string;
  sendLine: number;
}>({
  id: 'execution-trace/one-receiver',
  title: 'one goroutine receives everything, and is at work all the time',
  explain:
    'All sends that others waited for at this place were received by one and the same goroutine, and between one receive and the next it is at work nine tenths of the time: what it does for an item is what limits the channel. With several receivers the trace says so, and this is not it.',
  root: 'defect',
  next: TAKE,
});

export const worldStopped = defineKind<{ cause: string; count: number; totalMs: number; mostMs: number; share: number }>({
  id: 'execution-trace/world-stopped',
  title: 'the world is stopped for long',
  explain:
    'Pauses in which no goroutine may run, by their cause: ten milliseconds and more together, and one of that length or a tenth of the time. Pauses of the collector are usually far below a millisecond; stack dumps, profiles and memory statistics are paid by the number of goroutines and how often they are asked for.',
  symptom: 'harm',
  next: TAKE,
});

export const stoppedByCapture = defineKind<{ cause: string; count: number; totalMs: number; function: string }>({
  id: 'execution-trace/stopped-by-capture',
  title: 'somebody looked at the process',
  explain:
    'The pause was asked for by code that serves profiles and dumps (net/http/pprof, runtime/pprof, runtime/trace): it was brought about by taking evidence, is gone with that, and is no fault of the program.',
  root: 'outside',
  next: TAKE,
});

export const stoppedByProgram = defineKind<{ cause: string; count: number; totalMs: number; function: string; file: string; line: number }>({
  id: 'execution-trace/stopped-by-program',
  title: 'the program itself stops the world',
  explain:
    'The pause was asked for at a line of the program: runtime.ReadMemStats, runtime.Stack over all goroutines, GOMAXPROCS, a heap dump. runtime/metrics gives the same numbers without a pause.',
  root: 'defect',
  next: TAKE,
});

export const stoodStill = defineKind<{ count: number; totalMs: number; share: number; mostMs: number }>({
  id: 'execution-trace/stood-still',
  title: 'the whole process gets no processor',
  explain:
    'A goroutine is on a processor, and for 40 ms and more no thread of the process writes an event, though the runtime asks any goroutine to give way after 10 ms: no thread ran. Three times and more, a tenth of the time together. Under GODEBUG=asyncpreemptoff=1 a loop without calls looks the same.',
  symptom: 'harm',
  next: TAKE,
});

export const quotaPeriod = defineKind<{ periodMs: number; count: number; offMs: number; ranShare: number }>({
  id: 'execution-trace/quota-period',
  title: 'the process is let run again in a fixed period',
  explain:
    'Stretches without any event end at multiples of one period (100 ms unless the kubelet was told otherwise), within 2 ms, so often that chance would do it less than once in a thousand: the kernel gives a control group its CPU quota anew at each period. A machine that is merely full has no such period.',
  root: 'defect',
  next: 'cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu.stat in the container (nr_throttled)',
});

export const schedulerLate = defineKind<{ p90Ms: number; p99Ms: number; mostMs: number; count: number; processors: number }>({
  id: 'execution-trace/scheduler-late',
  title: 'goroutines that could go on wait for a processor',
  explain:
    'A tenth of those that were unblocked waited 5 ms and more until they ran, and half of the time somebody waited while every processor was busy. Goroutines that were created, or stopped after their turn, are not counted: a batch may do that as it likes.',
  symptom: 'harm',
  next: TAKE,
});

export const processorsBusy = defineKind<{
  processors: number;
  /** Share of the time in which all were busy. */
  busy: number;
  /** Function that goroutines start in which ran most, and its share of all running. */
  entry: string;
  entryShare: number;
  /** Where it was when it was stopped. */
  file: string;
  line: number;
  /** Of the processors' time: marking, assists and sweeping. */
  collecting: number;
}>({
  id: 'execution-trace/processors-busy',
  title: 'more is to be computed than GOMAXPROCS processors can do',
  explain:
    'All processors of the runtime were busy nine tenths of the traced time and more, with goroutines of the program for most of it. What ran most is named by the function its goroutines start in. Whether that is too much work or too few processors the trace cannot say.',
  root: 'demand',
  next: 'a CPU profile of the same time says what is computed: http://HOST:PORT/debug/pprof/profile?seconds=30',
});

export const assistsHeavy = defineKind<{
  share: number;
  function: string;
  file: string;
  line: number;
  ofAssists: number;
  ms: number;
  /** Of the time that processors did anything: assists, marking and sweeping, without marking on processors that were idle. */
  collecting: number;
}>({
  id: 'execution-trace/assists-heavy',
  title: 'goroutines help the collector instead of doing their work',
  explain:
    'A tenth of the time that goroutines of the program ran went into mark assists, and half of that and more is charged to one line: the trace has the stack of each assist. It allocates faster than the background workers mark. That costs the goroutines that allocate, and is harm only where processor time is scarce. collecting is all that the collector takes of the time in which processors were busy.',
  root: 'defect',
  next: 'a profile of allocations: http://HOST:PORT/debug/pprof/allocs',
});
