import { defineKind } from '../condition.ts';

export const procsOverQuota = defineKind<{
  gomaxprocs: number;
  quotaCores: number;
  /** Of GOMAXPROCS processors, how many had nothing to do (schedtrace, median); null without schedtrace. */
  idle: number | null;
}>({
  id: 'scheduler/procs-over-quota',
  title: 'GOMAXPROCS is above what the container may use',
  explain:
    'The runtime lets GOMAXPROCS threads run at a time. Above the quota of its control group they use up in a part of each period what they may use in the whole of it. Go 1.25 and later choose the quota rounded up, and at least 2: more than that was set, in the environment or in the code, or is the number of CPUs of the machine, which older versions take whatever the limit is. GOMAXPROCS is read from go_sched_gomaxprocs_threads, schedtrace or gctrace; the quota from cpu.max or cpu.cfs_quota_us.',
  root: 'defect',
  next: 'go_sched_gomaxprocs_threads (or GODEBUG=schedtrace=1000) and /sys/fs/cgroup/cpu.max in the container',
});
