/**
 * Texts of the kubelet's prober (pkg/kubelet/prober, pkg/probe): events Unhealthy and ProbeWarning.
 *   Liveness probe failed: HTTP probe failed with statuscode: 503
 *   Liveness probe failed: Get "http://10.244.0.9:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)
 *   Readiness probe failed: dial tcp 10.244.0.9:8080: connect: connection refused
 *   Startup probe failed: command "…" timed out · Liveness probe errored: …
 */
export interface ProbeText {
  readonly probe: 'liveness' | 'readiness' | 'startup';
  readonly how: 'timeout' | 'refused' | 'status' | 'other';
  readonly path: string | null;
  readonly port: string | null;
}

export function parseProbeText(message: string): ProbeText | null {
  const m = /^(Liveness|Readiness|Startup) probe (?:failed|errored|warning)/.exec(message);
  if (m === null) return null;
  const text = message.slice(0, 4096);
  const url = /"https?:\/\/(?:\[[0-9a-f:]{2,45}\]|[^\s"/:]{1,253})(?::(\d{1,5}))?(\/[^\s"]{0,500})?"/.exec(text);
  const tcp = /dial tcp (?:\[[0-9a-f:]{2,45}\]|[^\s:]{1,253}):(\d{1,5})/.exec(text);
  let how: ProbeText['how'] = 'other';
  if (/statuscode: \d{3}|service unhealthy/.test(text)) how = 'status';
  else if (/connection refused/.test(text)) how = 'refused';
  else if (/Client\.Timeout exceeded|context deadline exceeded|i\/o timeout|timed out|within \d+m?s\b/.test(text)) how = 'timeout';
  return { probe: (m[1] ?? '').toLowerCase() as ProbeText['probe'], how, path: url?.[2] ?? null, port: url?.[1] ?? tcp?.[1] ?? null };
}

/** Texts of event Killing (pkg/kubelet/kuberuntime): why the kubelet ends a container. */
export function parseKilling(message: string): { readonly container: string | null; readonly why: 'liveness' | 'startup' | 'stopping' | 'other' } {
  const probe = /^Container (\S{1,253}) failed (liveness|startup) probe, will be restarted/.exec(message);
  if (probe !== null) return { container: probe[1] ?? null, why: probe[2] as 'liveness' | 'startup' };
  const stopping = /^(?:Stopping container|Killing container with id \S{1,200}:?) ?(\S{0,253})/.exec(message);
  if (stopping !== null) return { container: stopping[1] === '' ? null : (stopping[1] ?? null), why: 'stopping' };
  // up to 1.13: "Killing container with id docker://x:Container failed liveness probe.. Container will be killed and recreated."
  if (/failed liveness probe/.test(message)) return { container: null, why: 'liveness' };
  return { container: null, why: 'other' };
}
