import { defineKind } from '../condition.ts';

export const nodeNotReady = defineKind<{ node: string; status: 'False' | 'Unknown'; reason: string; message: string; lastHeartbeat: string | null }>({
  id: 'node/not-ready',
  title: 'a node is not ready',
  explain:
    'Condition Ready is False (the kubelet says so) or Unknown (the kubelet has stopped reporting). With Unknown everything else the node last said is as old as its last heartbeat.',
  symptom: 'harm',
  root: 'outside',
  next: 'kubectl get nodes,leases -o json; the kubelet log of the node',
});

export const nodePressure = defineKind<{ node: string; condition: string; message: string }>({
  id: 'node/pressure',
  title: 'a node is under pressure or damaged',
  explain: 'MemoryPressure, DiskPressure, PIDPressure or a node-problem-detector condition is True.',
  symptom: 'harm',
  root: 'outside',
  next: 'kubectl get nodes -o json; dmesg of the node',
});

export const nodeOomKill = defineKind<{ process: string; pid: number; constraint: 'memcg' | 'node' | 'unknown'; anonRssBytes: number | null; cgroup: string | null }>({
  id: 'node/oom-kill',
  title: 'the kernel killed a process for memory',
  explain: 'A kernel log line "Killed process" with the constraint: CONSTRAINT_MEMCG names a container limit, CONSTRAINT_NONE the whole node.',
  symptom: 'harm',
  next: 'dmesg -T of the node',
});
