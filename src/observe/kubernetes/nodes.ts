import { nodeNotReady, nodePressure } from '../../model/conditions/node.ts';
import { type Condition, condition, formatInstant, type Instant, instant, node, type Place, parseInstant, placeAt } from '../../model/index.ts';
import { fieldOf } from '../../read/kubernetes-objects/index.ts';
import { textAt } from '../../read/lib/fields.ts';
import type { EventView } from '../../read/lib/kubernetes-views.ts';
import { earliest } from '../lib/earliest.ts';
import { type ClusterState, placeOf, podKey, type Seen } from './cluster.ts';

/** Conditions that are bad when True; besides the kubelet's the ones node-problem-detector sets. */
const BAD_WHEN_TRUE = new Set([
  'MemoryPressure',
  'DiskPressure',
  'PIDPressure',
  'NetworkUnavailable',
  'KernelDeadlock',
  'ReadonlyFilesystem',
  'XfsShutdown',
  'CperHardwareErrorFatal',
  'FrequentKubeletRestart',
  'FrequentContainerdRestart',
  'FrequentDockerRestart',
  'FrequentUnregisterNetDevice',
  'CorruptDockerOverlay2',
  'DiskBadBlock',
  'NTPProblem',
  'KubeletUnhealthy',
  'ContainerRuntimeUnhealthy',
  'KubeProxyUnhealthy',
]);

export function notReadyNodes(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  for (const [name, list] of state.nodes) {
    const s = list[0];
    const ready = s?.view.conditions.find((c) => c.type === 'Ready');
    if (s === undefined) continue;
    if (ready === undefined || ready.status === 'True') {
      const recovered = outageInEvents(name, state);
      if (recovered !== null) out.push(recovered);
      continue;
    }
    const lease = state.leases.get(name);
    const renewed = lease === undefined ? null : parseInstant(textAt(lease.view.value, 'spec', 'renewTime') ?? '');
    const heard = later(renewed, ready.heartbeat);
    const status = ready.status === 'False' ? 'False' : 'Unknown';
    const places: Place[] = [placeOf(s.artifact, ready)];
    if (lease !== undefined && renewed !== null) places.push(placeOf(lease.artifact, fieldOf(lease.view, '/spec/renewTime')));
    for (const e of nodeEvents(name, 'NodeNotReady', state).slice(-1)) places.push(placeOf(e.artifact, e.view));
    out.push(
      condition(nodeNotReady, {
        entity: node(name),
        during: { from: ready.since, to: null },
        // the control plane notices after its grace period: silence began after the last word
        onset: { lastWell: heard, firstIll: ready.since ?? s.at, clock: 'control-plane' },
        facts: { node: name, status, reason: ready.reason ?? '', message: ready.message ?? '', lastHeartbeat: heard === null ? null : formatInstant(heard) },
        says: `node ${name} is not ready: ${status === 'Unknown' ? `its kubelet stopped reporting${heard === null ? '' : ` (last heard ${formatInstant(heard).slice(11, 19)})`}` : (ready.reason ?? 'the kubelet says so')}`,
        places,
      }),
    );
  }
  for (const s of state.nodeRows) {
    if (s.view.ready) continue;
    out.push(
      condition(nodeNotReady, {
        entity: node(s.view.name),
        during: { from: null, to: null },
        onset: { lastWell: null, firstIll: s.at },
        facts: { node: s.view.name, status: 'Unknown', reason: s.view.status, message: '', lastHeartbeat: null },
        says: `node ${s.view.name} is not ready`,
        places: [placeAt(s.artifact.id, s.view.span)],
      }),
    );
  }
  return [...out, ...toldByPods(state)];
}

/** Nodes nobody captured: the node controller marks each of their pods, and the pod says where it runs. */
function toldByPods(state: ClusterState): Condition[] {
  const told = new Map<string, Seen<EventView>[]>();
  for (const e of state.events) {
    if (e.view.reason !== 'NodeNotReady' || e.view.involvedKind !== 'Pod') continue;
    const key = podKey(e.view.involvedNamespace, e.view.involvedName);
    const name = state.pods.get(key)?.[0]?.view.node ?? state.podRows.get(key)?.view.node ?? null;
    if (name === null || state.nodes.has(name) || state.nodeRows.some((r) => r.view.name === name)) continue;
    told.set(name, [...(told.get(name) ?? []), e]);
  }
  return [...told].map(([name, events]) => {
    const first = earliest(events.map((e) => e.view.first ?? e.view.last));
    return condition(nodeNotReady, {
      entity: node(name),
      during: { from: first, to: null },
      onset: { lastWell: null, firstIll: first, clock: 'control-plane' },
      facts: { node: name, status: 'Unknown', reason: 'NodeNotReady', message: events[0]?.view.message ?? '', lastHeartbeat: null },
      says: `node ${name} was not ready: the node controller marked ${events.length === 1 ? 'a pod' : `${events.length} pods`} on it`,
      places: events.slice(0, 3).map((e) => placeOf(e.artifact, e.view)),
      strength: 'derived',
    });
  });
}

/** Ready again when captured: the node controller's events tell of the outage. */
function outageInEvents(name: string, state: ClusterState): Condition | null {
  const gone = nodeEvents(name, 'NodeNotReady', state).at(-1);
  if (gone === undefined) return null;
  const back = nodeEvents(name, 'NodeReady', state).at(-1);
  const at = gone.view.last;
  return condition(nodeNotReady, {
    entity: node(name),
    during: { from: at, to: back?.view.last ?? null },
    onset: { lastWell: null, firstIll: at, clock: 'control-plane' },
    facts: { node: name, status: 'Unknown', reason: 'NodeNotReady', message: gone.view.message, lastHeartbeat: null },
    says: `node ${name} was not ready for a while`,
    places: [placeOf(gone.artifact, gone.view), ...(back === undefined ? [] : [placeOf(back.artifact, back.view)])],
  });
}

const nodeEvents = (name: string, reason: string, state: ClusterState) =>
  state.events.filter((e) => e.view.involvedKind === 'Node' && e.view.involvedName === name && e.view.reason === reason);

function later(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

export function nodePressures(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  for (const [name, list] of state.nodes) {
    const s = list[0];
    if (s === undefined) continue;
    for (const c of s.view.conditions) {
      if (c.status !== 'True' || !BAD_WHEN_TRUE.has(c.type)) continue;
      out.push(
        condition(nodePressure, {
          entity: node(name),
          discriminator: c.type,
          during: { from: c.since, to: null },
          onset: { lastWell: c.since === null ? null : instant(c.since - 1_000_000_000n), firstIll: c.since ?? s.at, clock: 'kubelet' },
          facts: { node: name, condition: c.type, message: c.message ?? '' },
          says: `node ${name}: ${c.type}${c.message === null ? '' : ` (${c.message.slice(0, 120)})`}`,
          places: [placeOf(s.artifact, c)],
        }),
      );
    }
  }
  return out;
}
