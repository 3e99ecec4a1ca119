import type { Instant } from '../../model/index.ts';
import type { ConditionView, ContainerView, FieldSpan, OwnerView, PodView, ProbeView, ReferenceView, StateView } from '../lib/kubernetes-views.ts';
import { childOf, dateOf, type Field, numberOf, pairsOf, textOf } from './describe-tree.ts';
import type { TextLine } from './lines.ts';
import { readTable } from './table.ts';

export const fieldSpan = (f: Field, pointer: string): FieldSpan => ({ span: f.span, pointer });

export function ownerIn(root: Field): OwnerView | null {
  const f = childOf(root, 'Controlled By');
  const m = f === null ? null : /^([A-Za-z]{1,100})\/(\S{1,253})$/.exec(f.value);
  return f === null || m === null ? null : { kind: m[1] ?? '', name: m[2] ?? '', uid: null, ...fieldSpan(f, 'Controlled By') };
}

export function describedPod(root: Field, lines: readonly TextLine[]): PodView {
  const nodeField = childOf(root, 'Node');
  const node = textOf(root, 'Node');
  const status = textOf(root, 'Status') ?? '';
  const terminating = status.startsWith('Terminating');
  const reason = childOf(root, 'Reason');
  return {
    kind: 'Pod',
    namespace: textOf(root, 'Namespace'),
    name: textOf(root, 'Name') ?? '',
    uid: null,
    createdAt: null,
    deletedAt: terminating ? dateOf(root, 'Start Time') : null,
    labels: pairsOf(root, 'Labels'),
    owner: ownerIn(root),
    field: () => fieldSpan(root, ''),
    node: node === null ? null : (node.split('/', 1)[0] ?? null),
    nodeAt: node === null || nodeField === null ? null : fieldSpan(nodeField, 'Node'),
    phase: terminating ? null : status === '' ? null : status,
    reason: textOf(root, 'Reason'),
    message: textOf(root, 'Message'),
    reasonAt: reason === null ? null : fieldSpan(reason, 'Reason'),
    podIP: textOf(root, 'IP'),
    restartPolicy: null,
    conditions: conditionsIn(root, lines),
    containers: [...containersIn(root, 'Init Containers', true, lines), ...containersIn(root, 'Containers', false, lines)],
    references: referencesIn(root),
    span: root.span,
    pointer: `Pod ${textOf(root, 'Name') ?? ''}`,
  };
}

/** "Conditions:" holds a table; pods' has no reason column. */
export function conditionsIn(root: Field, lines: readonly TextLine[]): ConditionView[] {
  const field = childOf(root, 'Conditions');
  const head = field?.loose[0];
  if (field === null || head === undefined) return [];
  const table = readTable(lines, head, (l) => l.indent <= field.indent);
  if (table === null) return [];
  return table.rows.flatMap((r) => {
    const type = r.cells['Type'] ?? '';
    if (type === '' || r.span.offset >= field.span.offset + field.span.length) return [];
    const text = (column: string): string | null => (r.cells[column] === undefined || r.cells[column] === '' ? null : (r.cells[column] ?? null));
    return [
      {
        type,
        status: r.cells['Status'] ?? '',
        reason: text('Reason'),
        message: text('Message'),
        since: dateIn(r.cells['LastTransitionTime']),
        heartbeat: dateIn(r.cells['LastHeartbeatTime']),
        span: r.span,
        pointer: `Conditions/${type}`,
      },
    ];
  });
}

function dateIn(text: string | undefined): Instant | null {
  if (text === undefined) return null;
  const holder: Field = { key: '', value: '', indent: 0, span: { offset: 0, length: 0 }, line: { offset: 0, length: 0 }, children: [], at: 0, loose: [] };
  holder.children.push({ ...holder, key: 't', value: text, children: [] });
  return dateOf(holder, 't');
}

function containersIn(root: Field, section: string, init: boolean, lines: readonly TextLine[]): ContainerView[] {
  return (childOf(root, section)?.children ?? []).map((c) => {
    const base = `${section}/${c.key}`;
    const restarts = childOf(c, 'Restart Count');
    const limits = childOf(c, 'Limits');
    const memory = childOf(limits, 'memory');
    return {
      name: c.key,
      init,
      image: textOf(c, 'Image'),
      containerId: textOf(c, 'Container ID')?.replace(/^[a-z-]{1,30}:\/\//, '') ?? null,
      lastContainerId: null,
      ready: textOf(c, 'Ready') === null ? null : textOf(c, 'Ready') === 'True',
      restartCount: numberOf(c, 'Restart Count'),
      restarts: restarts === null ? null : fieldSpan(restarts, `${base}/Restart Count`),
      state: stateIn(c, 'State', base),
      lastState: stateIn(c, 'Last State', base),
      memoryLimit: memory?.value ?? null,
      memoryLimitAt: memory === null ? null : fieldSpan(memory, `${base}/Limits/memory`),
      cpuLimit: textOf(limits, 'cpu'),
      command: listIn(c, 'Command', lines),
      args: listIn(c, 'Args', lines),
      probes: (['liveness', 'readiness', 'startup'] as const).flatMap((p) => probeIn(c, p, base)),
      ports: [...(textOf(c, 'Port') ?? textOf(c, 'Ports') ?? '').matchAll(/(\d{1,5})\/[A-Z]{3,4}/g)].map((m) => m[1] ?? ''),
      env: null,
      envFrom: [],
      span: c.span,
      pointer: base,
    };
  });
}

/** Command and Args stand one a line below their key. */
function listIn(c: Field, key: string, lines: readonly TextLine[]): string[] {
  const f = childOf(c, key);
  if (f === null) return [];
  return [...f.loose, ...f.children.map((x) => x.at)].sort((a, b) => a - b).map((i) => lines[i]?.text.trim() ?? '');
}

function stateIn(c: Field, key: 'State' | 'Last State', base: string): StateView | null {
  const f = childOf(c, key);
  if (f === null) return null;
  const kind = f.value.toLowerCase();
  if (kind !== 'waiting' && kind !== 'running' && kind !== 'terminated') return null;
  return {
    kind,
    reason: textOf(f, 'Reason'),
    message: textOf(f, 'Message'),
    exitCode: numberOf(f, 'Exit Code'),
    signal: numberOf(f, 'Signal'),
    startedAt: dateOf(f, 'Started'),
    finishedAt: dateOf(f, 'Finished'),
    ...fieldSpan(f, `${base}/${key}`),
  };
}

/** "http-get http://:http/healthz delay=0s timeout=1s period=10s #success=1 #failure=3" (since 1.34 successThreshold=, failureThreshold=). */
function probeIn(c: Field, probe: ProbeView['probe'], base: string): ProbeView[] {
  const key = `${probe[0]?.toUpperCase() ?? ''}${probe.slice(1)}`;
  const f = childOf(c, key);
  if (f === null) return [];
  const url = /http-get https?:\/\/[^\s/:]{0,253}:([^\s/]{1,63})(\/\S{0,500})?/.exec(f.value);
  const tcp = /tcp-socket [^\s:]{0,253}:(\S{1,63})/.exec(f.value);
  const seconds = (name: string): number | null => {
    const m = new RegExp(`\\b${name}=(\\d{1,7})s\\b`).exec(f.value);
    return m === null ? null : Number(m[1]);
  };
  const failures = /(?:failureThreshold=|#failure=)(\d{1,7})/.exec(f.value);
  return [
    {
      probe,
      path: url?.[2] ?? null,
      port: url?.[1] ?? tcp?.[1] ?? null,
      timeoutSeconds: seconds('timeout'),
      periodSeconds: seconds('period'),
      failureThreshold: failures === null ? null : Number(failures[1]),
      ...fieldSpan(f, `${base}/${key}`),
    },
  ];
}

/** <set to the key 'LOG_LEVEL' of config map 'orders-settings'>  Optional: false   ·   <set to the key 'url' in secret 's'> */
function referencesIn(root: Field): ReferenceView[] {
  const out: ReferenceView[] = [];
  for (const section of ['Init Containers', 'Containers']) {
    for (const c of childOf(root, section)?.children ?? []) {
      const list = section === 'Containers' ? 'containers' : 'initContainers';
      for (const e of childOf(c, 'Environment')?.children ?? []) {
        const m = /<set to the key '([^']{1,253})' (?:of config map|in secret) '([^']{1,253})'>(?:\s+Optional: (true|false))?/.exec(e.value);
        if (m === null) continue;
        const object = e.value.includes('in secret') ? 'secret' : 'configmap';
        const field = `${list}[${c.key}].env[${e.key}]`;
        out.push({ object, name: m[2] ?? '', key: m[1] ?? null, optional: m[3] === 'true', field, container: c.key, ...fieldSpan(e, `${section}/${c.key}/Environment/${e.key}`) });
      }
    }
  }
  for (const v of childOf(root, 'Volumes')?.children ?? []) {
    const type = textOf(v, 'Type') ?? '';
    const optional = textOf(v, 'Optional') === 'true';
    const add = (object: ReferenceView['object'], name: string | null): void => {
      if (name !== null) out.push({ object, name, key: null, optional, field: `volumes[${v.key}]`, container: null, ...fieldSpan(v, `Volumes/${v.key}`) });
    };
    if (type.startsWith('ConfigMap')) add('configmap', textOf(v, 'Name'));
    else if (type.startsWith('Secret')) add('secret', textOf(v, 'SecretName'));
    else if (type.startsWith('PersistentVolumeClaim')) add('persistentvolumeclaim', textOf(v, 'ClaimName'));
  }
  return out;
}
