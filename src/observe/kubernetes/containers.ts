/** How containers ended, and that they end again and again. Exit codes only select candidates. */

import { containerCrashLooping, containerExited, containerKilledByLiveness, containerOomKilled } from '../../model/conditions/container.ts';
import { addSeconds, type Condition, condition, container, type Entity, formatInstant, type Instant, type Onset, type Place, placeAt, secondsBetween } from '../../model/index.ts';
import type { ContainerView, EventView, PodView, StateView } from '../../read/lib/kubernetes-views.ts';
import { parseQuantity } from '../../read/lib/quantity.ts';
import { earliest, latest } from '../lib/earliest.ts';
import { parseKilling } from '../lib/refusals/probe.ts';
import { NEVER_RAN_REASONS } from '../lib/refusals/start.ts';
import { type ClusterState, placeOf, podKey, type Seen } from './cluster.ts';
import { runsForEver } from './owners.ts';

/** The kubelet's SIGKILL follows its decision after at most the grace period (30 s by default, longer where a pod asks for it). */
const GRACE_SECONDS = 40;
/** A crash loop restarts at least this often; a long-lived container with two old restarts is none. */
const LOOP_SECONDS_PER_RESTART = 1800;

export interface Termination {
  readonly pod: Seen<PodView>;
  readonly container: ContainerView;
  readonly state: StateView;
  readonly entity: Entity;
  /** In force in the capture (state), or of the life before (lastState). */
  readonly current: boolean;
}

/** Terminations seen in any capture, newest capture first, each once. */
export function terminations(state: ClusterState): Termination[] {
  const out: Termination[] = [];
  for (const list of state.pods.values()) {
    const seen = new Set<string>();
    for (const s of list) {
      for (const c of s.view.containers) {
        for (const [st, current] of [
          [c.state, true],
          [c.lastState, false],
        ] as const) {
          if (st === null || st.kind !== 'terminated') continue;
          const key = `${c.name} ${st.finishedAt ?? st.pointer} ${st.exitCode}`;
          if (seen.has(key)) continue;
          seen.add(key);
          out.push({ pod: s, container: c, state: st, entity: container(s.view.namespace ?? '', s.view.name, c.name), current });
        }
      }
    }
  }
  return out;
}

/** A container that was killed or ended, came back, and has been ready for a day: history, not harm. */
const HISTORY_SECONDS = 86_400;

function isHistory(t: Termination, state: ClusterState): boolean {
  const end = t.state.finishedAt;
  if (t.current || end === null || t.container.ready !== true || t.container.state?.kind !== 'running') return false;
  const now = t.pod.at ?? newestInstant(state);
  return now !== null && secondsBetween(end, now) > HISTORY_SECONDS;
}

/** Where nothing says when things were captured: the newest time that stands in them. */
function newestInstant(state: ClusterState): Instant | null {
  const known = newest.get(state);
  if (known !== undefined) return known;
  const made = latest([
    ...state.events.map((e) => e.view.last),
    ...[...state.pods.values(), ...state.workloads.values()].flatMap((l) => l.flatMap((s) => [s.view.createdAt, ...s.view.conditions.map((c) => c.since)])),
  ]);
  newest.set(state, made);
  return made;
}
const newest = new WeakMap<ClusterState, Instant | null>();

const newestByContainer = (all: readonly Termination[]): Map<string, Termination[]> => {
  const out = new Map<string, Termination[]>();
  for (const t of all) {
    const list = out.get(t.entity.key) ?? [];
    list.push(t);
    out.set(t.entity.key, list);
  }
  return out;
};

/** First seen ill when it ended; with several restarts earlier ends are not known, so the onset reaches back to the pod's start. */
function onsetOf(list: readonly Termination[], backOffSince: Instant | null = null): Onset {
  const oldest = list.reduce((a, b) => ((b.state.finishedAt ?? 0n) < (a.state.finishedAt ?? 0n) ? b : a));
  const only = (oldest.container.restartCount ?? 0) <= (oldest.current ? 0 : 1);
  return {
    lastWell: only ? oldest.state.startedAt : (oldest.pod.view.createdAt ?? oldest.state.startedAt),
    firstIll: only ? oldest.state.finishedAt : earliest([oldest.state.finishedAt, backOffSince]),
    clock: 'kubelet',
  };
}

const clock = (at: Instant | null): string => (at === null ? '' : ` at ${formatInstant(at).slice(11, 19)}`);
const restartsText = (n: number | null): string => (n === null || n === 0 ? '' : `, ${n} ${n === 1 ? 'restart' : 'restarts'}`);
const mebibytes = (text: string | null): string => (text === null ? 'its memory limit' : `its ${text.replace(/([KMGT])i$/, ' $1iB')} limit`);

export function oomKilled(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  for (const list of newestByContainer(terminations(state).filter((t) => t.state.reason === 'OOMKilled' && !isHistory(t, state))).values()) {
    const t = list[0] as Termination;
    const limit = parseQuantity(t.container.memoryLimit);
    out.push(
      condition(containerOomKilled, {
        entity: t.entity,
        during: { from: t.state.startedAt, to: t.state.finishedAt },
        onset: onsetOf(list),
        ...(limit === null ? {} : { quantity: { value: limit, unit: 'bytes', known: 'counted' as const } }),
        facts: {
          container: t.container.name,
          exitCode: t.state.exitCode,
          limitBytes: limit,
          restarts: t.container.restartCount,
          finishedAt: t.state.finishedAt === null ? null : formatInstant(t.state.finishedAt),
        },
        says: `container ${t.container.name} of ${t.pod.view.name} OOMKilled at ${mebibytes(t.container.memoryLimit)}${clock(t.state.finishedAt)}${restartsText(t.container.restartCount)}`,
        places: placesOf(t, t.container.memoryLimitAt === null ? [] : [placeOf(t.pod.artifact, t.container.memoryLimitAt)]),
      }),
    );
  }
  // STATUS in a table: the last state of one of the pod's containers; which one it does not say
  for (const s of state.podRows.values()) {
    if (s.view.status !== 'OOMKilled') continue;
    out.push(
      condition(containerOomKilled, {
        entity: container(s.view.namespace ?? '', s.view.name, ''),
        during: { from: null, to: null },
        onset: { lastWell: s.view.createdAt, firstIll: s.at },
        facts: { container: '', exitCode: null, limitBytes: null, restarts: s.view.restarts, finishedAt: null },
        says: `a container of ${s.view.name} was OOMKilled${restartsText(s.view.restarts)}`,
        places: [placeAt(s.artifact.id, s.view.span)],
      }),
    );
  }
  return out;
}

const placesOf = (t: Termination, more: readonly Place[] = []): Place[] => [
  placeOf(t.pod.artifact, t.state),
  ...(t.container.restarts === null ? [] : [placeOf(t.pod.artifact, t.container.restarts)]),
  ...more,
];

/** Events of the pod's container, or of its pod where the event names none. */
export function eventsOf(state: ClusterState, ns: string, podName: string, name: string | null, reason: string): Seen<EventView>[] {
  return state.events.filter(
    (e) =>
      e.view.reason === reason &&
      e.view.involvedKind === 'Pod' &&
      e.view.involvedName === podName &&
      (e.view.involvedNamespace ?? '') === ns &&
      (name === null || e.view.container === null || e.view.container === name),
  );
}

/** Kills by a failed liveness (or startup) probe, by container. */
export function livenessKills(state: ClusterState): Map<string, { entity: Entity; events: Seen<EventView>[]; probe: string; name: string }> {
  const out = new Map<string, { entity: Entity; events: Seen<EventView>[]; probe: string; name: string }>();
  for (const e of state.events) {
    if (e.view.reason !== 'Killing' || e.view.involvedKind !== 'Pod') continue;
    const killing = parseKilling(e.view.message);
    if (killing.why !== 'liveness' && killing.why !== 'startup') continue;
    const name = e.view.container ?? killing.container;
    if (name === null) continue;
    const entity = container(e.view.involvedNamespace ?? '', e.view.involvedName, name);
    const known = out.get(entity.key);
    if (known === undefined) out.set(entity.key, { entity, events: [e], probe: killing.why, name });
    else known.events.push(e);
  }
  return out;
}

/** The end fits a decision of the kubelet: within the grace period after one of its kills, or between the first and the last of them. */
export function endedByKubelet(t: Termination, kills: readonly Seen<EventView>[]): boolean {
  const end = t.state.finishedAt;
  // ages without a time of capture have no time: as many kills as restarts leave no end over
  const count = kills.reduce((n, k) => n + k.view.count, 0);
  if (kills.length > 0 && kills.every((k) => k.view.last === null)) return count >= (t.container.restartCount ?? 0);
  return kills.some((k) => {
    const { first, last, precisionSeconds } = k.view;
    if (end === null || last === null) return false;
    const from = addSeconds(first ?? last, -precisionSeconds - 1);
    return end >= from && end <= addSeconds(last, GRACE_SECONDS + precisionSeconds);
  });
}

export function killedByLiveness(state: ClusterState): Condition[] {
  return [...livenessKills(state).values()].map(({ entity, events, probe, name }) => {
    const count = events.reduce((n, e) => n + e.view.count, 0);
    const first = earliest(events.map((e) => e.view.first ?? e.view.last));
    const last = latest(events.map((e) => e.view.last));
    return condition(containerKilledByLiveness, {
      entity,
      during: { from: first, to: last },
      onset: { lastWell: first === null ? null : addSeconds(first, -(events[0]?.view.precisionSeconds ?? 1)), firstIll: first, clock: 'kubelet' },
      quantity: { value: count, unit: 'kills', known: 'lower-bound' },
      facts: { container: name, probe, message: events[0]?.view.message ?? '', count },
      says: `the kubelet killed container ${name} ${count === 1 ? 'once' : `${count} times`} because its ${probe} probe failed`,
      places: events.slice(0, 3).map((e) => placeOf(e.artifact, e.view)),
    });
  });
}

export function exited(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  const kills = livenessKills(state);
  const ended = terminations(state).filter((t) => {
    const { view } = t.pod;
    const reason = t.state.reason ?? '';
    if (reason === 'OOMKilled' || NEVER_RAN_REASONS.has(reason)) return false;
    // a deleted pod ends with whatever its program answers to SIGTERM
    if (view.deletedAt !== null && t.current) return false;
    if (view.phase === 'Succeeded') return false;
    if (t.state.exitCode === 0 && (t.container.init || !runsForEver(view))) return false;
    if (endedByDeletion(t, state) || isHistory(t, state)) return false;
    return !endedByKubelet(t, kills.get(t.entity.key)?.events ?? []);
  });
  for (const list of newestByContainer(ended).values()) {
    const t = list[0] as Termination;
    const { exitCode, reason } = t.state;
    // the runtime reports a signal as 128 + its number
    // the kubelet backs off only after an end: the first of these events is later than the first end and earlier than the newest
    const backOffSince = earliest(
      eventsOf(state, t.pod.view.namespace ?? '', t.pod.view.name, t.container.name, 'BackOff')
        .filter((e) => !/pulling image/.test(e.view.message))
        .map((e) => e.view.first),
    );
    const signal = t.state.signal ?? (exitCode !== null && exitCode > 128 && exitCode < 160 ? exitCode - 128 : null);
    out.push(
      condition(containerExited, {
        entity: t.entity,
        during: { from: t.state.startedAt, to: t.state.finishedAt },
        onset: onsetOf(list, backOffSince),
        facts: {
          container: t.container.name,
          exitCode,
          signal,
          reason: reason ?? '',
          restarts: t.container.restartCount,
          finishedAt: t.state.finishedAt === null ? null : formatInstant(t.state.finishedAt),
          startedAt: t.state.startedAt === null ? null : formatInstant(t.state.startedAt),
        },
        says: `container ${t.container.name} of ${t.pod.view.name} ended with exit code ${exitCode ?? '?'}${reason === null ? '' : ` (${reason})`}${clock(t.state.finishedAt)}${restartsText(t.container.restartCount)}`,
        places: placesOf(t),
      }),
    );
  }
  return out;
}

/** "Stopping container x" shortly before: the pod was deleted, scaled down or drained. */
function endedByDeletion(t: Termination, state: ClusterState): boolean {
  const end = t.state.finishedAt;
  return (
    end !== null &&
    eventsOf(state, t.pod.view.namespace ?? '', t.pod.view.name, t.container.name, 'Killing').some((e) => {
      const last = e.view.last;
      return last !== null && parseKilling(e.view.message).why === 'stopping' && end >= addSeconds(last, -2) && end <= addSeconds(last, GRACE_SECONDS);
    })
  );
}

export function crashLooping(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  const kills = livenessKills(state);
  for (const list of state.pods.values()) {
    const newest = list[0];
    if (newest === undefined) continue;
    for (const c of newest.view.containers) {
      const ns = newest.view.namespace ?? '';
      const restarts = c.restartCount ?? 0;
      const waiting = list
        .map((s) => ({ s, c: s.view.containers.find((x) => x.name === c.name) }))
        .find((x) => x.c?.state?.kind === 'waiting' && x.c.state.reason === 'CrashLoopBackOff');
      const backOff = eventsOf(state, ns, newest.view.name, c.name, 'BackOff').filter(
        (e) => !/pulling image/.test(e.view.message) && (e.view.container !== null || newest.view.containers.length === 1),
      );
      if (waiting === undefined && !restartsOften(newest, c, restarts)) continue;
      const last = c.lastState ?? (c.state?.kind === 'terminated' ? c.state : null);
      const reason = last?.reason ?? '';
      const entity = container(ns, newest.view.name, c.name);
      const firstIll = earliest([...backOff.map((e) => e.view.first), ...(kills.get(entity.key)?.events.map((e) => e.view.first) ?? []), last?.finishedAt ?? null]) ?? newest.at;
      const places: Place[] = [
        ...(waiting?.c?.state === null || waiting?.c?.state === undefined ? [] : [placeOf(waiting.s.artifact, waiting.c.state)]),
        ...(c.restarts === null ? [] : [placeOf(newest.artifact, c.restarts)]),
        ...backOff.slice(0, 1).map((e) => placeOf(e.artifact, e.view)),
      ];
      out.push(
        condition(containerCrashLooping, {
          entity,
          during: { from: firstIll, to: null },
          onset: { lastWell: newest.view.createdAt, firstIll, clock: 'kubelet' },
          quantity: { value: restarts, baseline: 0, unit: 'restarts', known: 'counted' },
          facts: { container: c.name, restarts, reason },
          says: `container ${c.name} of ${newest.view.name} restarts again and again (${restarts} ${restarts === 1 ? 'restart' : 'restarts'}${reason === '' ? '' : `, last ended as ${reason}`})`,
          places: places.length > 0 ? places : [placeOf(newest.artifact, c)],
        }),
      );
    }
  }
  out.push(...loopsOfDeletedPods(state));
  for (const s of state.podRows.values()) {
    const often = s.view.restarts >= 2 && s.view.lastRestart !== null && s.view.lastRestart.seconds <= LOOP_SECONDS_PER_RESTART;
    if (s.view.status !== 'CrashLoopBackOff' && !often) continue;
    out.push(
      condition(containerCrashLooping, {
        entity: container(s.view.namespace ?? '', s.view.name, ''),
        during: { from: null, to: null },
        onset: { lastWell: s.view.createdAt, firstIll: s.at },
        quantity: { value: s.view.restarts, baseline: 0, unit: 'restarts', known: 'counted' },
        facts: { container: '', restarts: s.view.restarts, reason: '' },
        says: `a container of ${s.view.name} restarts again and again (${s.view.restarts} restarts)`,
        places: [placeAt(s.artifact.id, s.view.span)],
      }),
    );
  }
  return out;
}

/** Two restarts or more, the newest not long ago, and on the average one within half an hour of the pod's life. */
function restartsOften(s: Seen<PodView>, c: ContainerView, restarts: number): boolean {
  if (restarts < 2) return false;
  const end = c.lastState?.finishedAt ?? null;
  if (s.at === null || end === null || s.view.createdAt === null) return c.state?.kind !== 'running' || end === null;
  return secondsBetween(end, s.at) <= LOOP_SECONDS_PER_RESTART && secondsBetween(s.view.createdAt, s.at) / restarts <= LOOP_SECONDS_PER_RESTART;
}

/** Pods that are gone left the kubelet's back-off events behind. */
function loopsOfDeletedPods(state: ClusterState): Condition[] {
  const groups = new Map<string, { entity: Entity; name: string; pod: string; events: Seen<EventView>[] }>();
  for (const e of state.events) {
    if (e.view.reason !== 'BackOff' || e.view.involvedKind !== 'Pod' || /pulling image/.test(e.view.message)) continue;
    const ns = e.view.involvedNamespace ?? '';
    const key = podKey(ns, e.view.involvedName);
    if (state.pods.has(key) || state.podRows.has(key)) continue;
    const name = e.view.container ?? /restarting failed container[= ]([a-z0-9-]{1,63})/.exec(e.view.message)?.[1] ?? '';
    const entity = container(ns, e.view.involvedName, name);
    const known = groups.get(entity.key);
    if (known === undefined) groups.set(entity.key, { entity, name, pod: e.view.involvedName, events: [e] });
    else known.events.push(e);
  }
  return [...groups.values()].map(({ entity, name, pod, events }) => {
    const first = earliest(events.map((e) => e.view.first ?? e.view.last));
    const count = events.reduce((n, e) => n + e.view.count, 0);
    return condition(containerCrashLooping, {
      entity,
      during: { from: first, to: latest(events.map((e) => e.view.last)) },
      onset: { lastWell: null, firstIll: first, clock: 'kubelet' },
      quantity: { value: count, unit: 'back-offs', known: 'lower-bound' },
      facts: { container: name, restarts: count, reason: '' },
      says: `${name === '' ? 'a container' : `container ${name}`} of ${pod}, which is gone, restarted again and again`,
      places: events.slice(0, 2).map((e) => placeOf(e.artifact, e.view)),
    });
  });
}
