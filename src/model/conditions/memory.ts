import { defineKind } from '../condition.ts';

export const heapGrowing = defineKind<{ fromBytes: number; toBytes: number; perMinuteBytes: number; source: string }>({
  id: 'heap/growing',
  title: 'the Go heap grows',
  explain: 'go_memstats_heap_inuse_bytes (or alloc, or the totals of heap profiles) grows over the life of the process and does not come back after garbage collections.',
  symptom: 'outgrowing',
  next: 'query_range of go_memstats_heap_inuse_bytes; two heap profiles ten minutes apart',
});

export const heapSiteGrowing = defineKind<{
  function: string;
  file: string;
  line: number;
  fromBytes: number;
  toBytes: number;
  share: number;
  objects: number;
  stack: readonly string[];
  profiles: number;
}>({
  id: 'heap/site-growing',
  title: 'memory in use grows at one allocation site',
  explain:
    'inuse_space of one stack grows between heap profiles of one process and makes up most of the growth. With a single profile: the share in use only, stated as weak. In-use is sampled (one sample per 512 KiB by default).',
  next: 'curl -s http://HOST:PORT/debug/pprof/heap > heap-1.pb.gz (twice, minutes apart)',
});

export const notHeap = defineKind<{ rssBytes: number; heapBytes: number; growthBytes: number; heapGrowthBytes: number }>({
  id: 'memory/not-heap',
  title: 'memory grows outside the Go heap',
  explain: 'Resident memory grew while the Go heap stayed flat: cgo, mmap, or goroutine stacks (compare go_memstats_stack_inuse_bytes).',
  next: 'query_range of go_memstats_* beside process_resident_memory_bytes',
});

export const stacksGrowing = defineKind<{ fromBytes: number; toBytes: number; perMinuteBytes: number; source: string }>({
  id: 'memory/stacks-growing',
  title: 'the stacks of goroutines take more and more memory',
  explain:
    'go_memstats_stack_inuse_bytes grows over the life of the process and does not come back. A stack begins with 2 KiB and doubles when calls need more; a goroutine keeps its own as long as it lives. Heap profiles do not show stacks.',
  symptom: 'outgrowing',
  next: 'query_range of go_memstats_stack_inuse_bytes',
});

export const collectorOff = defineKind<{ percent: number | null; limitBytes: number | null; setBy: string; collections: number | null }>({
  id: 'gc/off',
  title: 'the garbage collector does not run',
  explain:
    'GOGC=off (or debug.SetGCPercent(-1)) and no memory limit (GOMEMLIMIT) that would make it run all the same: the runtime says so itself in go_gc_gogc_percent and go_gc_gomemlimit_bytes. With a limit the same setting is a sound one and is not this. collections counts those that ran while the series were taken (forced ones too).',
  root: 'defect',
  next: 'query_range of go_gc_gogc_percent, go_gc_gomemlimit_bytes and go_gc_duration_seconds_count; kubectl get pod POD -o json (env)',
});

export const heapGoal = defineKind<{
  goalBytes: number;
  firstGoalBytes: number;
  samples: number;
  liveBytes: number;
  percent: number | null;
  memoryLimitBytes: number | null;
  source: string;
}>({
  id: 'gc/heap-goal',
  title: 'the size up to which the collector lets the heap grow',
  explain:
    'go_memstats_next_gc_bytes, or the goal in gctrace lines: with GOGC=100 twice what was alive at the last collection. Every program has one; it matters where it lies above the memory there is although what is alive would fit. firstGoalBytes is the goal of the first sample: it rises with what is alive. memoryLimitBytes is GOMEMLIMIT, null where none is set or shown.',
  root: 'defect',
  next: 'query_range of go_memstats_next_gc_bytes, go_gc_gogc_percent and go_gc_gomemlimit_bytes; or the log with GODEBUG=gctrace=1',
});

export const heapProfiled = defineKind<{ totalBytes: number; top: string; share: number }>({
  id: 'heap/profiled',
  title: 'a heap profile was taken',
  explain: 'What is in use, by site, at one moment.',
  next: 'curl -s http://HOST:PORT/debug/pprof/heap > heap.pb.gz',
});
