import { defineKind } from '../condition.ts';

export const containerOomKilled = defineKind<{ container: string; exitCode: number | null; limitBytes: number | null; restarts: number | null; finishedAt: string | null }>({
  id: 'container/oom-killed',
  title: 'the kernel killed the container at its memory limit',
  explain:
    'lastState or state.terminated.reason is OOMKilled, or the kernel log names a process of this container in a memory-cgroup kill. The kubelet writes no event for it, and cAdvisor samples every 10–15 s, so the series rarely touch the limit. Exit 137 alone is not it.',
  symptom: 'harm',
  next: "kubectl get pod POD -o json (status.containerStatuses[].lastState) and the node's dmesg",
});

/** Every way a container ended that is not one of the more telling kinds. Exit codes only select candidates. */
export const containerExited = defineKind<{
  container: string;
  exitCode: number | null;
  signal: number | null;
  reason: string;
  restarts: number | null;
  finishedAt: string | null;
  startedAt: string | null;
}>({
  id: 'container/exited',
  title: 'a container ended although it should run',
  explain:
    'A container that should keep running terminated. The exit code only selects candidates: 2 is a panic, a fatal error, a flag error or a SIGQUIT dump; 1 is log.Fatal or os.Exit(1); 137 is SIGKILL by anybody; 143 is SIGTERM.',
  symptom: 'harm',
  next: 'kubectl get pod POD -o json and kubectl logs POD -c CONTAINER --previous',
});

export const containerCrashLooping = defineKind<{ container: string; restarts: number; reason: string }>({
  id: 'container/crash-looping',
  title: 'a container restarts again and again',
  explain: 'The container waits in CrashLoopBackOff, or its restart count grew by two or more within the window. An effect: what ended it each time is the question.',
  symptom: 'harm',
  next: 'kubectl get pod POD -o json and kubectl logs POD -c CONTAINER --previous',
});

export const containerKilledByLiveness = defineKind<{ container: string; probe: string; message: string; count: number | null }>({
  id: 'container/killed-by-liveness',
  title: 'the kubelet killed the container because its liveness probe failed',
  explain:
    'Event Killing "failed liveness probe, will be restarted", preceded by Unhealthy Liveness. The exit code may be 137, 143, 2 or 0. An effect: why the probe failed is the question.',
  symptom: 'harm',
  next: 'kubectl get events -o json in the namespace (they expire after one hour)',
});

export const probeFailing = defineKind<{
  container: string;
  probe: 'liveness' | 'readiness' | 'startup';
  message: string;
  how: 'timeout' | 'refused' | 'status' | 'other';
  count: number;
  path: string | null;
  port: string | null;
}>({
  id: 'container/probe-failing',
  title: 'a probe fails',
  explain:
    'Events Unhealthy for a probe. One readiness failure with "connection refused" at start is normal. timeout: the process accepted but did not answer; refused: nothing listens; status: it answered with an error.',
  next: 'kubectl get events -o json',
});

export const containerNotStarting = defineKind<{ container: string; reason: string; message: string }>({
  id: 'container/not-starting',
  title: 'a container cannot be created or started',
  explain: 'Waiting with CreateContainerConfigError, CreateContainerError, RunContainerError, StartError or a failed mount. The message names what is missing.',
  symptom: 'harm',
  next: 'kubectl get pod POD -o json; kubectl get events -o json',
});

export const imageNotPulled = defineKind<{
  container: string;
  image: string;
  class: 'not-found' | 'unauthorized' | 'x509' | 'timeout' | 'rate-limit' | 'platform' | 'name' | 'never-pull' | 'unreachable' | 'unknown';
  message: string;
}>({
  id: 'container/image-not-pulled',
  title: 'an image cannot be pulled',
  explain:
    'Waiting with ErrImagePull, ImagePullBackOff, InvalidImageName or ErrImageNeverPull. The message class decides between a wrong reference, missing rights and the way to the registry.',
  symptom: 'harm',
  next: 'kubectl get pod POD -o json; kubectl get events -o json',
});

export const containerMemoryGrowing = defineKind<{ container: string; fromBytes: number; toBytes: number; limitBytes: number | null; perMinuteBytes: number }>({
  id: 'container/memory-growing',
  title: 'working set or resident memory grows',
  explain:
    'container_memory_working_set_bytes, container_memory_rss or process_resident_memory_bytes grows over the window by more than noise and is not explained by a warm-up that levels off. Judged per process life: a restart begins a new life.',
  symptom: 'outgrowing',
  next: 'query_range of container_memory_working_set_bytes{namespace,pod,container}',
});

export const containerThrottled = defineKind<{ container: string; ratio: number; limitCores: number | null }>({
  id: 'container/cpu-throttled',
  title: 'the container waits for CPU quota',
  explain: 'More than a quarter of CFS periods throttled. Only a cause where latency rose at the same time.',
  next: 'query_range of container_cpu_cfs_throttled_periods_total and …_periods_total',
});
