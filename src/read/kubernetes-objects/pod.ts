import { booleanAt, fieldAt, type JsonObject, listAt, numberAt, objectAt, scalarAt, textAt } from '../lib/fields.ts';
import type { ConditionView, ContainerView, EnvView, FieldSpan, PodView, ProbeView, ReferenceView, StateView } from '../lib/kubernetes-views.ts';
import { fieldOf, instantAt, type KubernetesObject, objectView, withField } from './object.ts';

export function podView(o: KubernetesObject): PodView {
  const status = objectAt(o.value, 'status');
  return withField(fieldOf(o, ''), {
    ...objectView(o),
    node: textAt(o.value, 'spec', 'nodeName'),
    nodeAt: textAt(o.value, 'spec', 'nodeName') === null ? null : fieldOf(o, '/spec/nodeName'),
    phase: textAt(status, 'phase'),
    reason: textAt(status, 'reason'),
    message: textAt(status, 'message'),
    reasonAt: textAt(status, 'reason') === null ? null : fieldOf(o, '/status/reason'),
    podIP: textAt(status, 'podIP'),
    restartPolicy: textAt(o.value, 'spec', 'restartPolicy'),
    conditions: conditionViews(o),
    containers: [...containerViews(o, 'initContainers', 'initContainerStatuses', true), ...containerViews(o, 'containers', 'containerStatuses', false)],
    references: referenceViews(o, '/spec'),
  });
}

export function conditionViews(o: KubernetesObject): ConditionView[] {
  return listAt(o.value, 'status', 'conditions').flatMap((c, i) => {
    const type = textAt(c, 'type');
    if (type === null) return [];
    return [
      withField(fieldOf(o, `/status/conditions/${i}`), {
        type,
        status: scalarAt(c, 'status') ?? '',
        reason: textAt(c, 'reason'),
        message: textAt(c, 'message'),
        since: instantAt(c, 'lastTransitionTime'),
        heartbeat: instantAt(c, 'lastHeartbeatTime') ?? instantAt(c, 'lastUpdateTime'),
      }),
    ];
  });
}

function containerViews(o: KubernetesObject, specs: string, statuses: string, init: boolean): ContainerView[] {
  const inStatus = listAt(o.value, 'status', statuses);
  const inSpec = listAt(o.value, 'spec', specs);
  const names = [...new Set([...inSpec, ...inStatus].map((c) => textAt(c, 'name')).filter((n) => n !== null))];
  return names.map((name) => {
    const s = inStatus.findIndex((c) => textAt(c, 'name') === name);
    const p = inSpec.findIndex((c) => textAt(c, 'name') === name);
    const status = s < 0 ? null : objectAt(inStatus[s]);
    const spec = p < 0 ? null : objectAt(inSpec[p]);
    const statusPointer = `/status/${statuses}/${s}`;
    const specPointer = `/spec/${specs}/${p}`;
    const memoryLimit = scalarAt(spec, 'resources', 'limits', 'memory');
    return withField(fieldOf(o, s >= 0 ? statusPointer : specPointer), {
      name,
      init,
      image: textAt(spec, 'image') ?? textAt(status, 'image'),
      containerId: bareId(textAt(status, 'containerID')),
      lastContainerId: bareId(textAt(status, 'lastState', 'terminated', 'containerID')),
      ready: booleanAt(status, 'ready'),
      restartCount: numberAt(status, 'restartCount'),
      restarts: numberAt(status, 'restartCount') === null ? null : fieldOf(o, `${statusPointer}/restartCount`),
      state: stateView(o, status, statusPointer, 'state'),
      lastState: stateView(o, status, statusPointer, 'lastState'),
      memoryLimit,
      memoryLimitAt: memoryLimit === null ? null : fieldOf(o, `${specPointer}/resources/limits/memory`),
      cpuLimit: scalarAt(spec, 'resources', 'limits', 'cpu'),
      command: listAt(spec, 'command').filter((x) => typeof x === 'string'),
      args: listAt(spec, 'args').filter((x) => typeof x === 'string'),
      probes: probeViews(o, spec, specPointer),
      ports: listAt(spec, 'ports').flatMap((x) => scalarAt(x, 'containerPort') ?? []),
      env: spec === null ? null : envViews(o, spec, specPointer, name),
      envFrom: listAt(spec, 'envFrom').flatMap((e) => sourceText(e, 'configMapRef', 'ConfigMap') ?? sourceText(e, 'secretRef', 'Secret') ?? []),
    });
  });
}

function envViews(o: KubernetesObject, spec: JsonObject, pointer: string, container: string): EnvView[] {
  const byName = new Map<string, EnvView>();
  for (const [i, e] of listAt(spec, 'env').entries()) {
    const name = textAt(e, 'name');
    if (name === null) continue;
    const resource = objectAt(e, 'valueFrom', 'resourceFieldRef');
    const from = ['configMapKeyRef', 'secretKeyRef', 'fieldRef', 'fileKeyRef'].flatMap((kind) => {
      const source = objectAt(e, 'valueFrom', kind);
      return source === null ? [] : [`${kind} ${[textAt(source, 'name'), textAt(source, 'key') ?? textAt(source, 'fieldPath')].filter((x) => x !== null).join(' ')}`];
    })[0];
    byName.set(
      name,
      withField(fieldOf(o, `${pointer}/env/${i}`), {
        name,
        // a variable without a value is there and empty
        value: objectAt(e, 'valueFrom') === null ? (scalarAt(e, 'value') ?? '') : null,
        resource:
          resource === null
            ? null
            : { container: textAt(resource, 'containerName') ?? container, resource: textAt(resource, 'resource') ?? '', divisor: scalarAt(resource, 'divisor') },
        from: from ?? null,
      }),
    );
  }
  return [...byName.values()];
}

function sourceText(e: unknown, field: string, kind: string): string | null {
  const name = textAt(e, field, 'name');
  return name === null ? null : `${kind} ${name}`;
}

/** containerd://d2501… → d2501… */
const bareId = (id: string | null): string | null => id?.replace(/^[a-z-]{1,30}:\/\//, '') ?? null;

function stateView(o: KubernetesObject, status: JsonObject | null, base: string, which: 'state' | 'lastState'): StateView | null {
  for (const kind of ['terminated', 'waiting', 'running'] as const) {
    const s = objectAt(status, which, kind);
    if (s === null) continue;
    return withField(fieldOf(o, `${base}/${which}/${kind}`), {
      kind,
      reason: textAt(s, 'reason'),
      message: textAt(s, 'message'),
      exitCode: numberAt(s, 'exitCode'),
      signal: numberAt(s, 'signal'),
      startedAt: instantAt(s, 'startedAt'),
      finishedAt: instantAt(s, 'finishedAt'),
    });
  }
  return null;
}

function probeViews(o: KubernetesObject, spec: JsonObject | null, base: string): ProbeView[] {
  return (['liveness', 'readiness', 'startup'] as const).flatMap((probe) => {
    const p = objectAt(spec, `${probe}Probe`);
    if (p === null) return [];
    return [
      withField(fieldOf(o, `${base}/${probe}Probe`), {
        probe,
        path: textAt(p, 'httpGet', 'path'),
        port: scalarAt(p, 'httpGet', 'port') ?? scalarAt(p, 'tcpSocket', 'port') ?? scalarAt(p, 'grpc', 'port'),
        timeoutSeconds: numberAt(p, 'timeoutSeconds'),
        periodSeconds: numberAt(p, 'periodSeconds'),
        failureThreshold: numberAt(p, 'failureThreshold'),
      }),
    ];
  });
}

/** Names a pod spec at `base` leans on; `spec` of a pod or `spec/template/spec` of a workload. */
export function referenceViews(o: KubernetesObject, base: string): ReferenceView[] {
  const path = base.slice(1).split('/');
  const spec = objectAt(fieldAt(o.value, path));
  if (spec === null) return [];
  const out: ReferenceView[] = [];
  const add = (pointer: string, object: ReferenceView['object'], v: unknown, nameField: string, field: string, container: string | null): void => {
    const name = textAt(v, nameField);
    if (name === null || name === '') return;
    const at: FieldSpan = fieldOf(o, pointer);
    out.push(withField(at, { object, name, key: textAt(v, 'key'), optional: booleanAt(v, 'optional') ?? false, field, container }));
  };
  for (const list of ['initContainers', 'containers']) {
    for (const [i, c] of listAt(spec, list).entries()) {
      const name = textAt(c, 'name') ?? String(i);
      const at = `${base}/${list}/${i}`;
      for (const [k, e] of listAt(c, 'env').entries()) {
        const field = `${list}[${name}].env[${textAt(e, 'name') ?? k}]`;
        add(`${at}/env/${k}`, 'configmap', objectAt(e, 'valueFrom', 'configMapKeyRef'), 'name', field, name);
        add(`${at}/env/${k}`, 'secret', objectAt(e, 'valueFrom', 'secretKeyRef'), 'name', field, name);
      }
      for (const [k, e] of listAt(c, 'envFrom').entries()) {
        add(`${at}/envFrom/${k}`, 'configmap', objectAt(e, 'configMapRef'), 'name', `${list}[${name}].envFrom[${k}]`, name);
        add(`${at}/envFrom/${k}`, 'secret', objectAt(e, 'secretRef'), 'name', `${list}[${name}].envFrom[${k}]`, name);
      }
    }
  }
  for (const [i, v] of listAt(spec, 'volumes').entries()) {
    const field = `volumes[${textAt(v, 'name') ?? i}]`;
    const at = `${base}/volumes/${i}`;
    addVolume(v, at, field);
    for (const s of listAt(v, 'projected', 'sources')) addVolume(s, at, field);
  }
  for (const [i, s] of listAt(spec, 'imagePullSecrets').entries()) add(`${base}/imagePullSecrets/${i}`, 'secret', s, 'name', `imagePullSecrets[${i}]`, null);
  return out;

  function addVolume(v: unknown, at: string, field: string): void {
    for (const [kind, object, nameField] of VOLUMES) {
      const source = objectAt(v, kind);
      if (source === null) continue;
      const name = textAt(source, nameField) ?? textAt(source, 'name');
      if (name === null) continue;
      const optional = booleanAt(source, 'optional') ?? false;
      const items = listAt(source, 'items');
      if (items.length === 0) out.push(withField(fieldOf(o, at), { object, name, key: null, optional, field, container: null }));
      for (const item of items) out.push(withField(fieldOf(o, at), { object, name, key: textAt(item, 'key'), optional, field, container: null }));
    }
  }
}

const VOLUMES = [
  ['configMap', 'configmap', 'name'],
  ['secret', 'secret', 'secretName'],
  ['persistentVolumeClaim', 'persistentvolumeclaim', 'claimName'],
] as const;
