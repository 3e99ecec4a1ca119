import { defineKind } from '../condition.ts';

export const lockContended = defineKind<{
  /** released: this function gives the lock back for which others waited; waited: it is where they waited. */
  side: 'released' | 'waited';
  function: string;
  file: string;
  line: number;
  /** Of all time spent waiting for locks of package sync, by the same profile. */
  share: number;
  seconds: number;
}>({
  id: 'locks/contended',
  title: 'most of the waiting for locks is about one function',
  explain:
    'Stacks of a mutex profile stand at the Unlock that let somebody go on: the function that held the lock. Stacks of a block profile stand at the Lock that waited. Both count since the process began (unless taken with ?seconds=) and only where the program set a rate. Since Go 1.22 a mutex profile counts the delay of every waiter, so shares are compared, never seconds of two versions. A lock that is never given back is in neither.',
  next: 'curl -s http://HOST:PORT/debug/pprof/mutex > mutex.pb.gz (the program must call runtime.SetMutexProfileFraction)',
});
