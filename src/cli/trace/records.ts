/** `gorca trace …`: its commands. Nothing heavy is imported here: `run` is loaded when the command is. */
import type { CommandRecord, FlagRecord } from '../command.ts';
import { COLOUR } from '../flags.ts';

const TRACE_ARGS = {
  placeholder: 'files',
  says: "execution traces (trace.Start, /debug/pprof/trace, flight recorder), also in folders and archives, '-' for standard input",
  files: true,
};
const TRACE_FLAGS: readonly FlagRecord[] = [
  { name: 'first', type: 'count', placeholder: 'n', says: 'so many rows of each list (15)' },
  { name: 'json', type: 'switch', says: 'all of it as one JSON document (gorca.execution-trace/1), times in nanoseconds' },
  { name: 'chrome', type: 'text', placeholder: 'file.json', says: 'also write the trace for Perfetto (ui.perfetto.dev): processors, goroutines, who woke whom, heap, tasks' },
  ...COLOUR,
];

export const TRACE_COMMANDS: readonly CommandRecord[] = [
  {
    name: 'trace summary',
    says: 'what an execution trace says, on one page',
    more: 'Reads traces of any size in fixed memory: where every nanosecond of every processor went (the rows add up), what goroutines waited for and who ended it, how long they waited for a processor, pauses and who asked for them, assists and who pays, heap and goal, tasks and regions. Time before the first status of a goroutine or processor is given as such, never as idle. Of a trace that is cut or damaged every complete generation is read; what lies between is said with its bytes and its time, and nothing is taken to last over it.',
    args: TRACE_ARGS,
    flags: TRACE_FLAGS,
    examples: [
      { command: 'gorca trace summary trace.out', says: 'where to look' },
      { command: "curl -s 'http://127.0.0.1:6060/debug/pprof/trace?seconds=5' | gorca trace summary -", says: 'of a service that runs' },
      { command: 'gorca trace summary trace.out --chrome trace.json', says: 'and to look at it in Perfetto' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./summary.ts'),
  },
  {
    name: 'trace goroutine',
    says: 'goroutines by the function they start in, or one of them from start to end',
    more: 'Without --id: how many of each were created and ended, who created them, what their time went into, and what those do that are left. With --id: every step of one goroutine, where it waited and which goroutine ended that.',
    args: TRACE_ARGS,
    flags: [{ name: 'id', type: 'count', placeholder: 'n', says: 'this goroutine' }, ...TRACE_FLAGS],
    examples: [
      { command: 'gorca trace goroutine trace.out', says: 'which there are' },
      { command: 'gorca trace goroutine trace.out --id 41', says: 'one of them' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./goroutine.ts'),
  },
  {
    name: 'trace latency',
    says: 'how long goroutines waited for a processor',
    more: 'The time from runnable to running, by why they were runnable: percentiles (at most 3.2 % below the true ones), the longest with who woke them and what ran meanwhile, how often all processors were busy, and stretches in which the process got no processor time at all, as under a CPU quota.',
    args: TRACE_ARGS,
    flags: TRACE_FLAGS,
    examples: [{ command: 'gorca trace latency trace.out', says: 'is GOMAXPROCS too small, or the quota?' }],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./latency.ts'),
  },
  {
    name: 'trace wakeups',
    says: 'who ended whose wait, and the critical path of a task',
    more: 'Pairs of stacks: where somebody waited, and where the one stood that ended it; and what that one itself waited for meanwhile, which tells a lock that is held across I/O. With --task or --goroutine: the critical path, what had to happen one after the other, over all goroutines, followed backwards from the end; its steps add up to the stretch.',
    args: TRACE_ARGS,
    flags: [
      { name: 'task', type: 'text', placeholder: 'id|type', says: 'the critical path of this task, or of the slowest of this type' },
      { name: 'goroutine', type: 'count', placeholder: 'n', says: 'the critical path that ends on this goroutine' },
      { name: 'stretch', type: 'text', placeholder: 'from/to', says: 'with --goroutine: this stretch, in milliseconds from the start of the trace' },
      { name: 'all', type: 'switch', says: 'of a path every step, also the short ones' },
      ...TRACE_FLAGS,
    ],
    examples: [
      { command: 'gorca trace wakeups trace.out', says: 'who waits for whom' },
      { command: 'gorca trace wakeups trace.out --task checkout', says: 'what the slowest checkout waited for' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./wakeups.ts'),
  },
  {
    name: 'trace blocking',
    says: 'what goroutines waited for, where, and who ended it',
    more: 'Waits by cause (locks, channels, network, system calls, sleep, collector) and stack, longest first, with the stack that ended most of them. Waits of the runtime itself and of code without a frame of the program are left out unless --all is given.',
    args: TRACE_ARGS,
    flags: [{ name: 'all', type: 'switch', says: "also the runtime's own goroutines, and stacks without a frame of the program" }, ...TRACE_FLAGS],
    examples: [{ command: 'gorca trace blocking trace.out', says: 'which lock, which call' }],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./blocking.ts'),
  },
  {
    name: 'trace gc',
    says: 'pauses and who asked for them, assists and who pays, cycles, heap and goal',
    more: 'Every pause by its cause; those that whoever looked at the process brought about (goroutine profiles, stack dumps, the start of the trace) are told apart from those of the program and of the collector. Time in assists by the call that allocates, cycles with the heap before and after, and the least share of processor time that was left to the program in windows from 100 µs to 1 s.',
    args: TRACE_ARGS,
    flags: TRACE_FLAGS,
    examples: [{ command: 'gorca trace gc trace.out', says: 'does the collector cost much, and whom?' }],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./gc.ts'),
  },
];
