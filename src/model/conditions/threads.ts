import { defineKind } from '../condition.ts';

export const threadsGrowing = defineKind<{ fromCount: number; toCount: number; perMinute: number }>({
  id: 'threads/growing',
  title: 'the number of operating system threads grows',
  explain:
    'go_threads grows over the life of the process and does not come back. The runtime starts a thread when a goroutine must run and all others are held in system calls or C; it keeps those that come back for later. At 10 000 (debug.SetMaxThreads) it ends the process.',
  symptom: 'outgrowing',
  next: 'query_range of go_threads; curl -s http://HOST:PORT/debug/pprof/threadcreate > threads.pb.gz',
});
