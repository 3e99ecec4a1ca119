import { defineKind } from '../condition.ts';

export const referenceMissing = defineKind<{ object: string; key: string | null; referencedBy: string; field: string; optional: boolean }>({
  id: 'config/reference-missing',
  title: 'the template names an object or key that does not exist',
  explain: 'A pod template refers to a ConfigMap, Secret or key; the message of the kubelet or the captured objects say that it does not exist.',
  root: 'defect',
  next: 'kubectl get configmaps,secrets -o json (metadata and keys are enough)',
});

export const imageReferenceWrong = defineKind<{ image: string; class: string; referencedBy: string }>({
  id: 'config/image-reference-wrong',
  title: 'the image reference names something the registry does not have',
  explain: 'The registry answered "not found" for this repository or tag; others may pull the same reference only if they have it cached.',
  root: 'defect',
  next: 'the tags the registry has: crane ls REPOSITORY',
});

export const registryRefuses = defineKind<{ image: string; class: string; message: string }>({
  id: 'config/registry-refuses',
  title: 'the registry or the way to it refuses the pull',
  explain: 'Unauthorized, expired certificate, rate limit or no answer: the reference may be right.',
  root: 'outside',
  next: 'kubectl get secret NAME (imagePullSecrets) and a pull from the same node',
});

export const requestExceedsNodes = defineKind<{ pod: string; field: string; predicate: string; nodes: number }>({
  id: 'config/request-exceeds-nodes',
  title: 'the pod asks for what no node has',
  explain: 'Requests, selectors, affinity or tolerations of the template cannot be met by any node as it was.',
  root: 'defect',
  next: 'kubectl describe nodes; kubectl get pods -A -o json',
});

export const quotaExhausted = defineKind<{ quota: string; resource: string; requested: string; used: string; limited: string }>({
  id: 'config/quota-exhausted',
  title: 'a ResourceQuota leaves no room',
  explain: 'The refusal names the quota with requested, used and limited amounts.',
  root: 'defect',
  next: 'kubectl get resourcequotas -o json',
});

export const deadlineTooShort = defineKind<{
  where: string;
  value: string;
  seconds: number;
  neededSeconds: number;
  neededKnown: string;
  caller: string;
  callee: string;
  operation: string | null;
  /** Name of the setting (RESERVE_TIMEOUT, reserve_timeout) where one is known. */
  setting: string | null;
  /** What it was before, by an earlier record of the caller. */
  previousSeconds: number | null;
  /** Where the code sets it, when source says so. */
  function: string | null;
  file: string | null;
  line: number | null;
}>({
  id: 'config/deadline-too-short',
  title: 'a caller waits less than the callee needs',
  explain: "The caller's deadline is shorter than what the callee takes when it is well, by the callee's own measure.",
  root: 'defect',
  next: "the callee's latency histogram or its access log with durations",
});

export const commandWrong = defineKind<{ container: string; message: string }>({
  id: 'config/command-wrong',
  title: 'the container is started with a wrong command or flag',
  explain: 'The program refused its own command line (flag: …, usage) or the runtime could not find or run the binary.',
  root: 'defect',
  next: 'kubectl get pod POD -o json (command, args) and kubectl logs --previous',
});

export const outsideLimitRange = defineKind<{ owner: string; resource: string | null; message: string }>({
  id: 'config/outside-limit-range',
  title: 'the template asks for more or less than the LimitRange allows',
  explain: 'The API server refused the pod with the bound and what was asked for. Either the template or the LimitRange is wrong.',
  root: 'defect',
  next: 'kubectl get limitranges -o json',
});

export const deniedByPolicy = defineKind<{ owner: string; by: string | null; unanswered: boolean; message: string }>({
  id: 'config/denied-by-policy',
  title: 'an admission policy or webhook refuses the pod',
  explain: 'The refusal names the webhook or policy. A webhook that did not answer is an outage of the webhook, not a policy.',
  root: 'outside',
  next: 'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations,validatingadmissionpolicies -o yaml',
});

/** The probe asks where, by the program's own word, nobody can answer. */
export const probeMismatch = defineKind<{ container: string; probe: string; how: 'port' | 'loopback' | 'path'; asked: string; offered: string; referencedBy: string }>({
  id: 'config/probe-mismatch',
  title: 'the probe asks what the program does not offer',
  explain:
    'port: the program announces that it listens on another port than the probe asks. loopback: it listens on localhost only, and the kubelet comes from outside. path: the server answers 404 to the path of the probe. A program that has not come to listen yet announces nothing: that is no mismatch.',
  root: 'defect',
  next: 'kubectl logs POD (from its start) and kubectl get pod POD -o json (ports, probes)',
});

export const settingMissing = defineKind<{ container: string; setting: string; message: string; owner: string }>({
  id: 'config/setting-missing',
  title: 'a setting the program needs is not there',
  explain: 'The last record before the end names a setting that is required, and the program ended by itself at that moment.',
  root: 'defect',
  next: 'kubectl logs POD --previous; kubectl get deployment NAME -o yaml (env, envFrom, args)',
});

/** GOGC, GOMEMLIMIT or GOMAXPROCS as the pod gives it to one container; also that it does not. */
export const runtimeSetting = defineKind<{
  name: string;
  container: string;
  /** value: written in the pod; resource: a limit of a container; unset: the container has no such variable; elsewhere: the pod does not show it. */
  how: string;
  /** As the process sees it; null where it is unset. */
  text: string | null;
  /** Bytes, per cent or threads; null where it is off, unset, or nothing the runtime understands. */
  value: number | null;
  off: boolean;
  /** The runtime does not take it: it ends with a malformed GOMEMLIMIT, and goes on with its default for the others. */
  malformed: boolean;
  /** The limit of the same container it is to be held against: bytes for GOMEMLIMIT, cores for GOMAXPROCS. */
  limit: number | null;
  /** Where it stands: "pod orders-1 containers[orders].env[GOMEMLIMIT]". */
  where: string;
  /** What shows the value where the pod does not. */
  next: string;
}>({
  id: 'config/runtime-setting',
  title: 'a setting of the Go runtime in the environment of a container',
  explain:
    'GOGC, GOMEMLIMIT or GOMAXPROCS in the env of a container, as the pod object shows it; a variable of another container of the pod says nothing of this one. A value from limits.memory or limits.cpu is computed as the kubelet does. What comes from a ConfigMap, a Secret, envFrom or $(ANOTHER) is not in the pod and not observable. The program may change each of them itself (debug.SetGCPercent, debug.SetMemoryLimit, runtime.GOMAXPROCS): the runtime’s own metrics have the last word.',
  root: 'defect',
  next: 'kubectl get pod POD -o json (env, envFrom, resources)',
});
