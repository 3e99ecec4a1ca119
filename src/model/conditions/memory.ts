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

export const heapProfiled = defineKind<{ totalBytes: number; top: string; share: number }>({
  id: 'heap/profiled',
  title: 'a heap profile was taken',
  explain: 'What is in use, by site, at one moment.',
  next: 'curl -s http://HOST:PORT/debug/pprof/heap > heap.pb.gz',
});
