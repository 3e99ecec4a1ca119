import { defineKind } from '../condition.ts';

export const workloadUnavailable = defineKind<{ workload: string; desired: number; available: number }>({
  id: 'workload/unavailable',
  title: 'fewer replicas available than wanted',
  explain: 'Desired replicas exceed available ones outside what a rollout passes through normally. An effect.',
  symptom: 'harm',
  next: 'kubectl get deployments,replicasets,pods -o json',
});

export const rolloutStuck = defineKind<{ workload: string; reason: string; message: string; revision: string | null; newReady: number; oldReady: number }>({
  id: 'workload/rollout-stuck',
  title: 'a rollout does not finish',
  explain:
    'Condition Progressing is False (ProgressDeadlineExceeded), or pods of the newest revision never became ready while the rollout is older than they should need. Old replicas still serving is normal for a bad rollout.',
  symptom: 'harm',
  next: 'kubectl get deployments,replicasets -o json; kubectl rollout history',
});

export const podUnschedulable = defineKind<{ pod: string; message: string; nodes: number; predicates: { [reason: string]: number }; complete: boolean }>({
  id: 'pod/unschedulable',
  title: 'no node fits the pod',
  explain:
    'FailedScheduling or condition PodScheduled=False/Unschedulable. The message counts nodes per failing predicate; the counts must sum to the node total, else the text was cut.',
  symptom: 'harm',
  next: 'kubectl get events,pods,nodes -o json',
});

export const podsNotCreated = defineKind<{
  owner: string;
  reason: 'quota' | 'admission' | 'limit-range' | 'other';
  message: string;
  quota: string | null;
  resource: string | null;
}>({
  id: 'workload/pods-not-created',
  title: 'the API server refuses to create pods',
  explain: 'Event FailedCreate on a ReplicaSet, Job or StatefulSet, or condition ReplicaFailure. There is no pod to look at.',
  symptom: 'harm',
  next: 'kubectl get events,resourcequotas,limitranges -o json',
});

export const podEvicted = defineKind<{ pod: string; reason: string; message: string; resource: string | null }>({
  id: 'pod/evicted',
  title: 'a pod was evicted or deleted by the control plane',
  explain: 'Pod reason Evicted, or condition DisruptionTarget with DeletionByTaintManager, PreemptionByScheduler, EvictionByEvictionAPI or TerminationByKubelet.',
  symptom: 'harm',
  next: 'kubectl get pods,events -o json',
});

/** Where the pod's owner was captured, its missing replicas say the same. */
export const podNotReady = defineKind<{ pod: string; message: string }>({
  id: 'pod/not-ready',
  title: 'a pod runs and is not ready',
  explain:
    'Condition Ready is False although its containers run, and its readiness or startup probe fails beyond what a start passes through. Said only where the workload that owns it was not captured: there the missing replicas say it.',
  symptom: 'harm',
  next: 'kubectl describe pod POD; kubectl logs POD',
});

export const jobFailed = defineKind<{ job: string; reason: string; message: string }>({
  id: 'workload/job-failed',
  title: 'a job failed',
  explain: 'Condition Failed of the Job, or its event BackoffLimitExceeded or DeadlineExceeded: its pods ended in failure as often as it allows, or it took too long.',
  symptom: 'harm',
  next: "kubectl get jobs,pods -o json; kubectl logs of the job's pods",
});
