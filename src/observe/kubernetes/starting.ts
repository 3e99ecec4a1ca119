/** Containers that were never created or started, images that were not pulled, probes that fail. */

import { containerNotStarting, imageNotPulled, probeFailing } from '../../model/conditions/container.ts';
import { addSeconds, type Condition, condition, container, type Entity, type Instant, type Place, secondsBetween } from '../../model/index.ts';
import type { EventView, PodView } from '../../read/lib/kubernetes-views.ts';
import { earliest, latest } from '../lib/earliest.ts';
import { imageInMessage, imagePullClass, isBackOffText, PULL_REASONS } from '../lib/refusals/image-pull.ts';
import { parseKilling, parseProbeText } from '../lib/refusals/probe.ts';
import { NEVER_RAN_REASONS, NOT_STARTED_REASONS } from '../lib/refusals/start.ts';
import { type ClusterState, placeOf, podKey, type Seen } from './cluster.ts';
import { eventsOf } from './containers.ts';

/** A process needs a moment before it listens: refusals this soon after a start are normal. */
const STARTING_SECONDS = 20;

interface Trouble {
  readonly entity: Entity;
  readonly pod: Seen<PodView> | null;
  readonly name: string;
  readonly reason: string;
  readonly message: string;
  readonly since: Instant | null;
  readonly until: Instant | null;
  readonly places: readonly Place[];
  readonly image: string | null;
}

/** What the newest capture of a container says of its not running; the events' text where the status only says "back-off". */
function troubles(state: ClusterState, wanted: (reason: string, terminated: boolean) => boolean): Trouble[] {
  const out: Trouble[] = [];
  for (const list of state.pods.values()) {
    const s = list[0];
    if (s === undefined || s.view.deletedAt !== null) continue;
    const ns = s.view.namespace ?? '';
    for (const c of s.view.containers) {
      const st = c.state?.kind === 'running' ? null : c.state;
      // a program that never ran waits in CrashLoopBackOff: its last state says so
      const never = c.lastState !== null && NEVER_RAN_REASONS.has(c.lastState.reason ?? '') && st?.reason === 'CrashLoopBackOff' ? c.lastState : null;
      const from = never ?? st;
      if (from === null || !wanted(from.reason ?? '', from.kind === 'terminated')) continue;
      const failed = [
        ...eventsOf(state, ns, s.view.name, c.name, 'Failed'),
        ...eventsOf(state, ns, s.view.name, c.name, 'InspectFailed'),
        ...eventsOf(state, ns, s.view.name, c.name, 'ErrImageNeverPull'),
      ];
      const telling = failed.filter((e) => !/^Error: (?:ErrImagePull|ImagePullBackOff)$/.test(e.view.message));
      const own = from.message ?? '';
      const message = own !== '' && !isBackOffText(own) ? own : (telling[telling.length - 1]?.view.message ?? own);
      out.push({
        entity: container(ns, s.view.name, c.name),
        pod: s,
        name: c.name,
        reason: from.reason ?? '',
        message,
        since: earliest(failed.map((e) => e.view.first)) ?? s.view.createdAt,
        until: s.at,
        places: [placeOf(s.artifact, from), ...telling.slice(-2).map((e) => placeOf(e.artifact, e.view))],
        image: c.image,
      });
    }
  }
  return out;
}

export function notStarting(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  const done = new Set<string>();
  const push = (t: Trouble): void => {
    if (done.has(t.entity.key)) return;
    done.add(t.entity.key);
    out.push(
      condition(containerNotStarting, {
        entity: t.entity,
        during: { from: t.since, to: null },
        onset: { lastWell: t.pod?.view.createdAt ?? null, firstIll: t.since ?? t.until, clock: 'kubelet' },
        facts: { container: t.name, reason: t.reason, message: t.message },
        says: `${t.name === '' ? `a container of ${t.entity.key.split('/')[1] ?? ''}` : `container ${t.name}${t.pod === null ? '' : ` of ${t.pod.view.name}`}`} does not start: ${t.reason}${t.message === '' ? '' : ` (${short(t.message)})`}`,
        places: t.places,
      }),
    );
  };
  for (const t of troubles(state, (reason, terminated) => (terminated ? NEVER_RAN_REASONS.has(reason) : NOT_STARTED_REASONS.has(reason)))) push(t);
  // a mount that fails keeps every container in ContainerCreating
  for (const list of state.pods.values()) {
    const s = list[0];
    if (s === undefined || s.view.deletedAt !== null) continue;
    const creating = s.view.containers.find((c) => c.state?.kind === 'waiting' && (c.state.reason === 'ContainerCreating' || c.state.reason === 'PodInitializing'));
    if (creating === undefined || creating.state === null) continue;
    const ns = s.view.namespace ?? '';
    const failed = [
      ...eventsOf(state, ns, s.view.name, null, 'FailedMount'),
      ...eventsOf(state, ns, s.view.name, null, 'FailedAttachVolume'),
      ...eventsOf(state, ns, s.view.name, null, 'FailedCreatePodSandBox'),
    ];
    const last = failed[failed.length - 1];
    if (last === undefined) continue;
    push({
      entity: container(ns, s.view.name, creating.name),
      pod: s,
      name: creating.name,
      reason: last.view.reason,
      message: last.view.message,
      since: last.view.first,
      until: s.at,
      places: [placeOf(last.artifact, last.view), placeOf(s.artifact, creating.state)],
      image: creating.image,
    });
  }
  // a table's pod that is still being created, and the mount that fails
  for (const r of state.podRows.values()) {
    if (r.view.status !== 'ContainerCreating' && r.view.status !== 'PodInitializing' && !/^Init:0\//.test(r.view.status)) continue;
    const last = ['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox'].flatMap((x) => eventsOf(state, r.view.namespace ?? '', r.view.name, null, x)).at(-1);
    if (last === undefined) continue;
    push({ ...fromRow(r), reason: last.view.reason, message: last.view.message, since: last.view.first, places: [placeOf(last.artifact, last.view), ...fromRow(r).places] });
  }
  // pods nobody captured: the kubelet's event alone
  for (const e of state.events) {
    if (e.view.reason !== 'Failed' || e.view.involvedKind !== 'Pod' || state.pods.has(podKey(e.view.involvedNamespace, e.view.involvedName))) continue;
    if (!/^Error: /.test(e.view.message) || /^Error: (?:ErrImagePull|ImagePullBackOff)/.test(e.view.message)) continue;
    push(fromEvent(e, 'CreateContainerError', e.view.message.slice(7)));
  }
  for (const s of state.podRows.values()) {
    if (!NOT_STARTED_REASONS.has(s.view.status)) continue;
    push({ ...fromRow(s), reason: s.view.status });
  }
  return out;
}

export function notPulled(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  const done = new Set<string>();
  const push = (t: Trouble): void => {
    if (done.has(t.entity.key)) return;
    done.add(t.entity.key);
    const image = t.image ?? imageInMessage(t.message) ?? '';
    const kind = imagePullClass(t.message, t.reason);
    out.push(
      condition(imageNotPulled, {
        entity: t.entity,
        during: { from: t.since, to: null },
        onset: { lastWell: t.pod?.view.createdAt ?? null, firstIll: t.since ?? t.until, clock: 'kubelet' },
        facts: { container: t.name, image, class: kind, message: t.message },
        says: `image ${image} of ${t.name === '' ? `a container of ${t.entity.key.split('/')[1] ?? ''}` : `container ${t.name}`} cannot be pulled: ${kind === 'unknown' ? t.reason : kind}`,
        places: t.places,
      }),
    );
  };
  for (const t of troubles(state, (reason, terminated) => !terminated && reason in PULL_REASONS)) push(t);
  for (const e of state.events) {
    if (e.view.reason !== 'Failed' || e.view.involvedKind !== 'Pod' || state.pods.has(podKey(e.view.involvedNamespace, e.view.involvedName))) continue;
    if (/^Failed to pull image/.test(e.view.message)) push(fromEvent(e, 'ErrImagePull', e.view.message));
  }
  for (const s of state.podRows.values()) if (s.view.status in PULL_REASONS) push({ ...fromRow(s), reason: s.view.status });
  return out;
}

const fromEvent = (e: Seen<EventView>, reason: string, message: string): Trouble => ({
  entity: container(e.view.involvedNamespace ?? '', e.view.involvedName, e.view.container ?? ''),
  pod: null,
  name: e.view.container ?? '',
  reason,
  message,
  since: e.view.first,
  until: e.view.last,
  places: [placeOf(e.artifact, e.view)],
  image: imageInMessage(message),
});

const fromRow = (s: {
  view: { namespace: string | null; name: string; span: { offset: number; length: number }; createdAt: Instant | null };
  artifact: Seen<PodView>['artifact'];
  at: Instant | null;
}): Trouble => ({
  entity: container(s.view.namespace ?? '', s.view.name, ''),
  pod: null,
  name: '',
  reason: '',
  message: '',
  since: s.view.createdAt,
  until: s.at,
  places: [placeOf(s.artifact, { span: s.view.span, pointer: `pod ${s.view.name}` })],
  image: null,
});

export const short = (text: string, most = 160): string => {
  const one = text.replaceAll(/\s+/g, ' ').trim();
  return one.length <= most ? one : `${one.slice(0, most - 1)}…`;
};

/** Refusals while a process starts or after it was told to stop are what every rollout passes through. */
export function probes(state: ClusterState): Condition[] {
  const groups = new Map<string, { entity: Entity; probe: 'liveness' | 'readiness' | 'startup'; name: string; events: Seen<EventView>[] }>();
  for (const e of state.events) {
    if (e.view.reason !== 'Unhealthy' || e.view.involvedKind !== 'Pod') continue;
    const text = parseProbeText(e.view.message);
    if (text === null || isNormal(e, text.how, text.probe, state)) continue;
    const pod = state.pods.get(podKey(e.view.involvedNamespace, e.view.involvedName))?.[0];
    const name = e.view.container ?? (pod?.view.containers.length === 1 ? (pod.view.containers[0]?.name ?? '') : '');
    const entity = container(e.view.involvedNamespace ?? '', e.view.involvedName, name);
    const key = `${entity.key} ${text.probe}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { entity, probe: text.probe, name, events: [e] });
    else known.events.push(e);
  }
  return [...groups.values()].map(({ entity, probe, name, events }) => {
    const count = events.reduce((n, e) => n + e.view.count, 0);
    // the text said most often names how it fails
    const main = events.reduce((a, b) => (b.view.count > a.view.count ? b : a));
    const text = parseProbeText(main.view.message);
    const first = earliest(events.map((e) => e.view.first ?? e.view.last));
    const last = latest(events.map((e) => e.view.last));
    const spec = state.pods
      .get(entity.key.slice(0, entity.key.lastIndexOf('/')))?.[0]
      ?.view.containers.find((c) => c.name === name)
      ?.probes.find((p) => p.probe === probe);
    const period = spec?.periodSeconds ?? 10;
    return condition(probeFailing, {
      entity,
      discriminator: probe,
      during: { from: first, to: last },
      onset: { lastWell: first === null ? null : addSeconds(first, -period - main.view.precisionSeconds), firstIll: first, clock: 'kubelet' },
      quantity: { value: count, unit: 'failures', known: 'lower-bound' },
      facts: {
        container: name,
        probe,
        message: main.view.message,
        how: text?.how ?? 'other',
        count,
        path: text?.path ?? spec?.path ?? null,
        port: text?.port ?? spec?.port ?? null,
      },
      says: `the ${probe} probe of ${name === '' ? `a container of ${entity.key.split('/')[1] ?? ''}` : `container ${name}`} failed ${count === 1 ? 'once' : `${count} times`}: ${HOW[text?.how ?? 'other']}`,
      places: events.slice(0, 3).map((e) => placeOf(e.artifact, e.view)),
    });
  });
}

const HOW = { timeout: 'no answer in time', refused: 'connection refused', status: 'answered with an error', other: 'failed' } as const;

function isNormal(e: Seen<EventView>, how: string, probe: string, state: ClusterState): boolean {
  const { last, first } = e.view;
  const ns = e.view.involvedNamespace ?? '';
  const stopping = eventsOf(state, ns, e.view.involvedName, null, 'Killing').find((k) => parseKilling(k.view.message).why === 'stopping');
  if (stopping !== undefined && first !== null && stopping.view.last !== null && first >= addSeconds(stopping.view.last, -1)) return true;
  if (probe === 'liveness') return false;
  if (how !== 'refused') return probe === 'startup' && e.view.count <= 1;
  if (e.view.count <= 1) return true;
  // refusals of several starts are one event: with as many restarts as refusals each start had its one
  const pod = state.pods.get(podKey(ns, e.view.involvedName))?.[0];
  const restarts = Math.max(0, ...(pod?.view.containers.map((c) => c.restartCount ?? 0) ?? [0]));
  if (e.view.count <= restarts + 1) return true;
  return first !== null && last !== null && secondsBetween(first, last) <= STARTING_SECONDS;
}
