/** Probes that ask what the program does not offer, and settings it asks for: its own words held against the template. */

import { probeMismatch, settingMissing } from '../../model/conditions/config.ts';
import { probeFailing } from '../../model/conditions/container.ts';
import { gaveUp, processListening } from '../../model/conditions/crash.ts';
import { type Condition, condition, type Entity, entityId, isKind, pod, secondsBetween, uniquePlaces, type World, weaker } from '../../model/index.ts';
import type { ContainerView, PodView } from '../../read/lib/kubernetes-views.ts';
import { type ClusterState, placeOf, type Seen } from './cluster.ts';
import { terminations } from './containers.ts';
import { ownerOfPod } from './owners.ts';
import { probes } from './starting.ts';

interface Box {
  readonly pod: Seen<PodView>;
  readonly container: ContainerView;
  readonly label: string;
  /** The template's owner where it is known, else the pod. */
  readonly owner: Entity;
}

function boxOf(key: string, state: ClusterState): Box | null {
  const seen = state.pods.get(key.slice(0, key.lastIndexOf('/')))?.[0];
  const box = seen?.view.containers.find((c) => c.name === key.slice(key.lastIndexOf('/') + 1));
  if (seen === undefined || box === undefined) return null;
  const owned = ownerOfPod(seen, state);
  return { pod: seen, container: box, label: owned?.label ?? `pod/${seen.view.name}`, owner: owned?.workload ?? pod(seen.view.namespace ?? '', seen.view.name) };
}

/** It went on failing for longer than a start takes, after the program had said that it listens. */
const LASTING_SECONDS = 10;
const LEAST = 3;

export function probeMismatches(state: ClusterState, world: World): Condition[] {
  const answer = world.look(processListening);
  const listens = answer.state === 'observed' ? answer.conditions : [];
  const found = probes(state).flatMap((p) => {
    if (!isKind(p, probeFailing)) return [];
    const box = boxOf(p.entity.key, state);
    if (box === null) return [];
    if (p.facts.how === 'status') return unknownPath(p, box);
    if (p.facts.how !== 'refused' || p.facts.port === null || p.facts.count < LEAST) return [];
    const own = listens.filter((l) => world.identity.within(l.entity, p.entity, 'container') !== null);
    const lasts = own.filter((l) => {
      const until = p.during.to ?? box.pod.at;
      return (
        l.onset.firstIll === null ||
        until === null ||
        secondsBetween(l.onset.firstIll, until) >= LASTING_SECONDS ||
        (p.during.from !== null && l.onset.firstIll >= p.during.from && secondsBetween(p.during.from, until) >= LASTING_SECONDS)
      );
    });
    const asked = p.facts.port;
    const atPort = lasts.filter((l) => l.facts.port === asked);
    // somebody from outside can reach it there: the refusals are of another time
    if (own.some((l) => l.facts.port === asked && !l.facts.loopback)) return [];
    const loopback = atPort[0];
    const elsewhere = lasts.filter((l) => l.facts.port !== asked && l.facts.purpose === 'any');
    // a second listener of a program whose first has not come up yet: both ports declared, only one announced
    const declared = box.container.ports;
    const other = elsewhere.length === 1 && !(declared.includes(asked) && declared.includes(elsewhere[0]?.facts.port ?? '')) ? elsewhere[0] : undefined;
    const found = loopback ?? other;
    if (found === undefined) return [];
    const how = loopback === undefined ? 'port' : 'loopback';
    const spec = box.container.probes.find((x) => x.probe === p.facts.probe);
    return [
      condition(probeMismatch, {
        entity: box.owner,
        discriminator: `${p.facts.container} ${p.facts.probe} ${found.facts.address}`,
        during: { from: null, to: null },
        onset: { lastWell: null, firstIll: null },
        facts: {
          container: p.facts.container,
          probe: p.facts.probe,
          how,
          asked,
          offered: found.facts.address,
          referencedBy: `${box.label} containers[${p.facts.container}].${p.facts.probe}Probe`,
        },
        says:
          how === 'port'
            ? `the program listens on ${found.facts.address}, while the ${p.facts.probe} probe of ${box.label} asks port ${asked}`
            : `the program listens on ${found.facts.address} only, where the kubelet's ${p.facts.probe} probe cannot reach it`,
        places: uniquePlaces([...found.places, ...(spec === undefined ? [] : [placeOf(box.pod.artifact, spec)]), ...p.places], 4),
        strength: weaker(found.strength, world.identity.within(found.entity, p.entity, 'container') ?? 'guessed'),
      }) as Condition,
    ];
  });
  return onceByOwner(found);
}

/** Several pods of one template show one defect. */
function onceByOwner(list: readonly Condition[]): Condition[] {
  const first = new Map<string, Condition>();
  for (const c of list) {
    const known = first.get(c.id);
    first.set(c.id, known === undefined ? c : { ...known, places: uniquePlaces([...known.places, ...c.places], 5) });
  }
  return [...first.values()];
}

/** 404 is the mux's own answer where no handler has the path; other codes are a handler's. */
function unknownPath(p: Condition<{ container: string; probe: string; message: string; path: string | null }> | Condition, box: Box): Condition[] {
  const { container: name, probe, message, count } = p.facts as { container: string; probe: string; message: string; count: number };
  if (!/statuscode: 404\b/.test(message) || count < LEAST) return [];
  const spec = box.container.probes.find((x) => x.probe === probe);
  const path = spec?.path ?? null;
  if (spec === undefined || path === null) return [];
  return [
    condition(probeMismatch, {
      entity: box.owner,
      discriminator: `${name} ${probe} ${path}`,
      during: { from: null, to: null },
      onset: { lastWell: null, firstIll: null },
      facts: {
        container: name,
        probe: probe as 'liveness',
        how: 'path',
        asked: path,
        offered: '404',
        referencedBy: `${box.label} containers[${name}].${probe}Probe`,
      },
      says: `the server answers 404 to ${path}, the path of the ${probe} probe of ${box.label}`,
      places: uniquePlaces([...p.places, placeOf(box.pod.artifact, spec)], 4),
    }) as Condition,
  ];
}

/** The program's last word names a setting, and its container ended by itself within seconds of it. */
const SAME_MOMENT_SECONDS = 5;

export function missingSettings(state: ClusterState, world: World): Condition[] {
  const answer = world.look(gaveUp);
  if (answer.state !== 'observed') return [];
  const ends = terminations(state);
  const found = answer.conditions.flatMap((c) => {
    const { subject, about, message } = c.facts;
    if (about !== 'setting' || subject === null) return [];
    const of = world.identity.lift(c.entity, 'container')[0];
    const box = of === undefined ? null : boxOf(of.entity.key, state);
    if (of === undefined || box === null) return [];
    const said = c.onset.firstIll;
    const end = ends.find((t) => {
      const code = t.state.exitCode ?? 0;
      if (entityId(t.entity) !== entityId(of.entity) || code === 0 || code >= 128) return false;
      const at = t.state.finishedAt;
      return said === null || at === null || (secondsBetween(said, at) >= -1 && secondsBetween(said, at) <= SAME_MOMENT_SECONDS);
    });
    if (end === undefined) return [];
    return [
      condition(settingMissing, {
        entity: box.owner,
        discriminator: `${box.container.name} ${subject}`,
        during: { from: null, to: null },
        onset: { lastWell: null, firstIll: null },
        facts: { container: box.container.name, setting: subject, message, owner: box.label },
        says: `${box.label} does not give container ${box.container.name} the setting ${subject}: "${message.slice(0, 160)}"`,
        places: uniquePlaces([...c.places, placeOf(end.pod.artifact, end.state), placeOf(box.pod.artifact, box.container)], 4),
        strength: weaker(c.strength, of.strength),
      }) as Condition,
    ];
  });
  return onceByOwner(found);
}
