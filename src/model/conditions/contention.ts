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

export const channelWaited = defineKind<{
  op: 'send' | 'receive' | 'select';
  function: string;
  file: string;
  line: number;
  /** Of all time that requests spent waiting for channels and locks, by the same profile. */
  share: number;
  seconds: number;
  /** How often somebody waited there, and how long on average. */
  waits: number;
  meanSeconds: number;
}>({
  id: 'channels/waited',
  title: 'requests wait for a channel',
  explain:
    'Stacks of a block profile that stand in a channel operation below a request handler, by the line of the program that waits. Workers that wait for something to do stand in the same profile and are left out. It counts since the process began (unless taken with ?seconds=), only where the program set a rate, and only waits that have ended.',
  next: 'curl -s http://HOST:PORT/debug/pprof/block > block.pb.gz (the program must call runtime.SetBlockProfileRate)',
});
