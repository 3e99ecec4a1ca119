import { defineKind } from '../condition.ts';

export const procsOverQuota = defineKind<{
  gomaxprocs: number;
  quotaCores: number;
  /** Of GOMAXPROCS processors, how many had nothing to do (schedtrace, median); null without schedtrace. */
  idle: number | null;
}>({
  id: 'scheduler/procs-over-quota',
  title: 'GOMAXPROCS is far above what the container may use',
  explain:
    'The runtime spreads work over GOMAXPROCS processors, and an idle one looks for work at all others. Before Go 1.25 the default is the number of CPUs of the machine whatever the container’s limit is; a value in the environment or in the code holds in every version. Four times the quota, and at least four, is far above. GOMAXPROCS is read from go_sched_gomaxprocs_threads, schedtrace or gctrace; the quota from cpu.max or cpu.cfs_quota_us.',
  root: 'defect',
  next: 'go_sched_gomaxprocs_threads (or GODEBUG=schedtrace=1000) and /sys/fs/cgroup/cpu.max in the container',
});
