import { defineKind } from '../condition.ts';

export const cpuSaturated = defineKind<{
  /** CPUs used over the stretch; null where only the counters of the control group are known. */
  usedCores: number | null;
  limitCores: number | null;
  /** quota: the container's CPU limit; gomaxprocs: as many threads as the runtime lets run. */
  limit: 'quota' | 'gomaxprocs' | null;
  /** Share of the periods in which it was held back; null without counters. */
  throttled: number | null;
}>({
  id: 'cpu/saturated',
  title: 'a process uses all the CPU it may',
  explain:
    'Between two captures of cpu.stat a process was held back in a quarter of the periods and more while it used most of its quota, or its own counter of CPU time rose by nine tenths of the quota, or of GOMAXPROCS. What it has to do then waits for a turn. Held back although it used less than its quota is cpu/burst-throttled. Without cpu.stat or a CPU limit at hand a process below GOMAXPROCS may be saturated or not: that is not observable.',
  next: 'head /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpu.max in the container, twice, and query_range of rate(process_cpu_seconds_total[1m])',
});

export const burstThrottled = defineKind<{
  /** Share of the periods in which it was held back. */
  throttled: number;
  usedCores: number;
  quotaCores: number;
}>({
  id: 'cpu/burst-throttled',
  title: 'a process is held back although it uses less than its quota',
  explain:
    'Between two captures of cpu.stat a process was held back in a quarter of the periods and more, and used less than 85 % of its quota by its own counter of CPU time (or usage_usec) over the same time. Its work comes in bursts: several threads at a time use up what it may use in a period (of 100 ms, usually) early, and it stands still for the rest, with all that it has begun. A process that runs no more threads at a time than its quota has CPUs cannot be held back.',
  next: 'head /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpu.max in the container, twice, beside process_cpu_seconds_total',
});

/** Where in the program CPU time goes: one line of the program's own code, and what it calls there. */
export const cpuSpentAt = defineKind<{
  function: string;
  file: string;
  line: number;
  /** The function of the standard library that the line calls; null: the line's own work, and the runtime's for it. */
  calls: string | null;
  /** Of all samples of the profile. */
  share: number;
  /** The least share the sampling allows for, at 97.5 %. */
  atLeast: number;
  seconds: number;
  samples: number;
  /** The program's own frames of the heaviest sample, innermost first: "function file:line". */
  stack: readonly string[];
  /** Share of the samples here that were taken while a request was being answered. */
  inRequests: number;
  /** What it was spent on: cost class to share of the samples here, the largest first. */
  on: readonly { readonly class: string; readonly share: number }[];
}>({
  id: 'cpu/spent-at',
  title: 'CPU time is spent at one line',
  explain:
    'Samples of a CPU profile by the innermost line of the program’s own code and what that line calls: everything below is charged to it. Lines whose share may be below 3 %, given how few samples there are, are left out. Where time goes is no fault by itself.',
  next: 'curl -s "http://HOST:PORT/debug/pprof/profile?seconds=30" > cpu.pb.gz, while it is slow, and the source of the functions it names, as they were built',
});

/** What the program as a whole spends CPU time on. */
export const cpuSpentOn = defineKind<{
  class: string;
  share: number;
  atLeast: number;
  seconds: number;
  samples: number;
}>({
  id: 'cpu/spent-on',
  title: 'CPU time is spent on one kind of work',
  explain:
    'Samples of a CPU profile by class: each stack belongs to exactly one. Garbage collection is told as one class, "gc", from assists to sweeping; what idle processors do for want of other work (idle marking, looking for work) is nobody’s and left out of it.',
  next: 'curl -s "http://HOST:PORT/debug/pprof/profile?seconds=30" > cpu.pb.gz, while it is slow',
});

export const allocatingSite = defineKind<{
  function: string;
  file: string;
  line: number;
  /** Of all CPU time: allocating, copying for it and collecting, wherever it was done. */
  cpuShare: number;
  /** Of all bytes allocated, by the profile of allocations; null without one. */
  bytesShare: number | null;
  /** Of the CPU time for allocation that is charged to a caller: what is charged to this one. */
  chargedShare: number;
}>({
  id: 'cpu/allocating-site',
  title: 'one line allocates so much that memory takes the CPU',
  explain:
    'By a CPU profile a third of the time and more goes to allocating and collecting garbage, and most of what can be charged to a caller is charged to one line; where a profile of allocations is at hand that line also makes most of the bytes. Marking in the background is charged to nobody in particular, and idle marking not at all: it would cost nothing.',
  root: 'defect',
  next: 'curl -s "http://HOST:PORT/debug/pprof/profile?seconds=30" > cpu.pb.gz, while it is slow, and http://HOST:PORT/debug/pprof/allocs beside it',
});

export const memoryLimitNear = defineKind<{
  limitBytes: number;
  liveBytes: number;
  /** Collections a second, and before. */
  perSecond: number;
  perSecondBefore: number | null;
}>({
  id: 'gc/memory-limit-near',
  title: 'what is alive fills the memory limit of the runtime',
  explain:
    'GOMEMLIMIT (or debug.SetMemoryLimit) makes the collector run as often as it takes to stay below it. With four fifths of it alive after each collection, and collections several times as often as GOGC alone would ask for, they run one after the other and free little. The runtime stops that at half of the CPU. It is decided from go_gc_gomemlimit_bytes beside gctrace lines, or beside the runtime’s heap series.',
  root: 'defect',
  next: 'GODEBUG=gctrace=1 in the log, and go_gc_gomemlimit_bytes (or the container’s GOMEMLIMIT)',
});
