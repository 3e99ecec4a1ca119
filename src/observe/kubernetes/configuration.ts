/** Defects that the configuration itself shows, tied to the refusal that names them. */

import {
  commandWrong,
  deniedByPolicy,
  imageReferenceWrong,
  outsideLimitRange,
  quotaExhausted,
  referenceMissing,
  registryRefuses,
  requestExceedsNodes,
} from '../../model/conditions/config.ts';
import { containerNotStarting, imageNotPulled } from '../../model/conditions/container.ts';
import { podsNotCreated, podUnschedulable } from '../../model/conditions/workload.ts';
import { type Condition, condition, type Entity, type Facts, isKind, type Kind, object, type Place, uniquePlaces } from '../../model/index.ts';
import type { PodView, ReferenceView } from '../../read/lib/kubernetes-views.ts';
import { parseCreationRefusal } from '../lib/refusals/creation.ts';
import { parseMissingReference } from '../lib/refusals/missing-reference.ts';
import { predicateMeaning } from '../lib/refusals/scheduling.ts';
import { commandInMessage, startFailure } from '../lib/refusals/start.ts';
import { type ClusterState, placeOf, podKey, type Seen } from './cluster.ts';
import { ownerOfPod } from './owners.ts';
import { notPulled, notStarting } from './starting.ts';
import { notCreated, ownerOfSet, unschedulable } from './workloads.ts';

interface Owner {
  readonly entity: Entity;
  readonly label: string;
  readonly pod: Seen<PodView> | null;
}

/** The template's owner where it is known, else the pod. */
function ownerOf(podEntityKey: string, state: ClusterState): Owner {
  const key = podEntityKey;
  const s = state.pods.get(key)?.[0] ?? null;
  const owned = s === null ? null : ownerOfPod(s, state);
  const name = key.slice(key.indexOf('/') + 1);
  if (owned !== null) return { entity: owned.workload, label: owned.label, pod: s };
  return { entity: { kind: 'pod', key }, label: `pod/${name}`, pod: s };
}

const podOfContainer = (key: string): string => key.slice(0, key.lastIndexOf('/'));

/** Several pods of one template show one defect: merged, with the earliest onset. */
function merged<F extends Facts>(
  kind: Kind<F>,
  found: readonly { base: Condition; owner: Owner; discriminator: string; facts: F; says: string; places: readonly Place[] }[],
): Condition[] {
  const groups = new Map<string, (typeof found)[number][]>();
  for (const f of found) groups.set(`${f.owner.entity.key} ${f.discriminator}`, [...(groups.get(`${f.owner.entity.key} ${f.discriminator}`) ?? []), f]);
  return [...groups.values()].map((list) => {
    const first = list.reduce((a, b) => ((b.base.onset.firstIll ?? 0n) < (a.base.onset.firstIll ?? 0n) ? b : a));
    return condition(kind, {
      entity: first.owner.entity,
      discriminator: first.discriminator,
      // configuration holds as long as the template does
      during: { from: first.base.onset.lastWell ?? first.base.during.from, to: first.base.during.to },
      onset: { lastWell: null, firstIll: first.base.onset.firstIll },
      facts: first.facts,
      says: first.says,
      places: uniquePlaces(
        list.flatMap((f) => f.places),
        5,
      ),
    });
  });
}

export function missingReferences(state: ClusterState): Condition[] {
  const out: Parameters<typeof merged<{ object: string; key: string | null; referencedBy: string; field: string; optional: boolean }>>[1][number][] = [];
  const add = (base: Condition, podKeyOf: string, message: string, containerName: string | null): void => {
    const missing = parseMissingReference(message);
    if (missing === null) return;
    const owner = ownerOf(podKeyOf, state);
    const refs = (owner.pod?.view.references ?? []).filter(
      (r) =>
        r.object === missing.object &&
        (missing.name === null ? missing.volume !== null && r.field === `volumes[${missing.volume}]` : r.name === missing.name) &&
        (missing.key === null || r.key === missing.key || r.key === null) &&
        (containerName === null || r.container === null || r.container === containerName),
    );
    const ref: ReferenceView | undefined = refs.find((r) => r.key === missing.key && missing.key !== null) ?? refs.find((r) => r.key === null) ?? refs[0];
    const name = missing.name ?? ref?.name ?? '';
    const label = `${missing.object}/${name}`;
    const keys = state.keys.get(`${missing.object} ${podKey(owner.pod?.view.namespace ?? null, name)}`);
    const places: Place[] = [...base.places];
    if (ref !== undefined && owner.pod !== null) places.push(placeOf(owner.pod.artifact, ref));
    if (keys !== undefined) places.push(placeOf(keys.artifact, keys.view));
    out.push({
      base,
      owner,
      discriminator: `${label}${missing.key === null ? '' : `:${missing.key}`}`,
      facts: { object: label, key: missing.key, referencedBy: owner.label, field: ref?.field ?? '', optional: ref?.optional ?? false },
      says:
        missing.key === null
          ? `${owner.label} refers to ${label}, which does not exist${ref === undefined ? '' : ` (${ref.field})`}`
          : `${owner.label} refers to key ${missing.key} of ${label}, which has no such key${ref === undefined ? '' : ` (${ref.field})`}`,
      places,
    });
  };
  for (const c of notStarting(state)) if (isKind(c, containerNotStarting)) add(c, podOfContainer(c.entity.key), c.facts.message, c.facts.container);
  for (const c of unschedulable(state)) if (isKind(c, podUnschedulable)) add(c, c.entity.key, c.facts.message, null);
  return merged(referenceMissing, out);
}

const REFERENCE_CLASSES = new Set(['not-found', 'name', 'platform']);
const REGISTRY_CLASSES = new Set(['unauthorized', 'x509', 'timeout', 'rate-limit', 'unreachable']);

export function imageReferences(state: ClusterState): Condition[] {
  const out: Parameters<typeof merged<{ image: string; class: string; referencedBy: string }>>[1][number][] = [];
  for (const c of notPulled(state)) {
    if (!isKind(c, imageNotPulled) || !REFERENCE_CLASSES.has(c.facts.class)) continue;
    const owner = ownerOf(podOfContainer(c.entity.key), state);
    const field = `containers[${c.facts.container}].image`;
    const why = { 'not-found': 'the registry has no such repository or tag', name: 'it is no valid image name', platform: 'it has no image for this platform' }[
      c.facts.class as 'not-found' | 'name' | 'platform'
    ];
    out.push({
      base: c,
      owner,
      discriminator: c.facts.image,
      facts: { image: c.facts.image, class: c.facts.class, referencedBy: `${owner.label} ${field}` },
      says: `${owner.label} asks for image ${c.facts.image}: ${why}`,
      places: [...c.places, ...imagePlace(owner, c.facts.container)],
    });
  }
  // a binary for another platform pulls well and cannot be run
  for (const c of notStarting(state)) {
    if (!isKind(c, containerNotStarting) || startFailure(c.facts.message) !== 'wrong-platform') continue;
    const owner = ownerOf(podOfContainer(c.entity.key), state);
    const image = owner.pod?.view.containers.find((x) => x.name === c.facts.container)?.image ?? '';
    out.push({
      base: c,
      owner,
      discriminator: image,
      facts: { image, class: 'platform', referencedBy: `${owner.label} containers[${c.facts.container}].image` },
      says: `${owner.label}: image ${image} holds a binary for another platform`,
      places: [...c.places, ...imagePlace(owner, c.facts.container)],
    });
  }
  return merged(imageReferenceWrong, out);
}

function imagePlace(owner: Owner, name: string): Place[] {
  const s = owner.pod;
  const index = s?.view.containers.filter((c) => !c.init).findIndex((c) => c.name === name) ?? -1;
  return s === null || index < 0 ? [] : [placeOf(s.artifact, s.view.field(`/spec/containers/${index}/image`))];
}

export function refusingRegistries(state: ClusterState): Condition[] {
  const out: Parameters<typeof merged<{ image: string; class: string; message: string }>>[1][number][] = [];
  for (const c of notPulled(state)) {
    if (!isKind(c, imageNotPulled) || !REGISTRY_CLASSES.has(c.facts.class)) continue;
    const owner = ownerOf(podOfContainer(c.entity.key), state);
    out.push({
      base: c,
      owner,
      discriminator: `${c.facts.image} ${c.facts.class}`,
      facts: { image: c.facts.image, class: c.facts.class, message: c.facts.message },
      says: `the registry or the way to it refuses image ${c.facts.image}: ${c.facts.class}`,
      places: c.places,
    });
  }
  return merged(registryRefuses, out);
}

export function requestsNoNodeMeets(state: ClusterState): Condition[] {
  const out: Parameters<typeof merged<{ pod: string; field: string; predicate: string; nodes: number }>>[1][number][] = [];
  for (const c of unschedulable(state)) {
    if (!isKind(c, podUnschedulable)) continue;
    for (const [predicate, count] of Object.entries(c.facts.predicates)) {
      const meaning = unnamedTaints(predicate, state) ?? predicateMeaning(predicate);
      if (meaning.side !== 'pod' || meaning.field === null) continue;
      const owner = ownerOf(c.entity.key, state);
      out.push({
        base: c,
        owner,
        discriminator: meaning.field,
        facts: { pod: c.facts.pod, field: meaning.field, predicate, nodes: count },
        says: `${owner.label} asks by ${meaning.field} for what ${count} of ${c.facts.nodes} nodes cannot give: ${predicate}`,
        places: [...c.places, ...requestPlace(owner, meaning.field)],
      });
    }
  }
  return merged(requestExceedsNodes, out);
}

/** Taints that the text does not name are the template's business only where no node is closed by its own state. */
function unnamedTaints(predicate: string, state: ClusterState): { side: 'pod'; field: string } | null {
  if (!/untolerated taint\(s\)$/.test(predicate) || state.nodes.size === 0) return null;
  const closed = [...state.nodes.values()].some((l) => l[0]?.view.taints.some((t) => t.startsWith('node.kubernetes.io/')));
  return closed ? null : { side: 'pod', field: 'tolerations' };
}

function requestPlace(owner: Owner, field: string): Place[] {
  const s = owner.pod;
  if (s === null || s.view.uid === null) return [];
  const resource = /^resources\.requests\.(\S+)$/.exec(field)?.[1];
  if (resource === undefined) return [placeOf(s.artifact, s.view.field(`/spec/${field}`))];
  return [placeOf(s.artifact, s.view.field(`/spec/containers/0/resources/requests/${resource.replaceAll('/', '~1')}`))];
}

export function refusedCreations(state: ClusterState): { quotas: Condition[]; ranges: Condition[]; policies: Condition[] } {
  const quotas: Condition[] = [];
  const ranges: Parameters<typeof merged<{ owner: string; resource: string | null; message: string }>>[1][number][] = [];
  const policies: Parameters<typeof merged<{ owner: string; by: string | null; unanswered: boolean; message: string }>>[1][number][] = [];
  for (const c of notCreated(state)) {
    if (!isKind(c, podsNotCreated)) continue;
    const ns = c.entity.key.slice(0, c.entity.key.indexOf('/'));
    const name = c.entity.key.slice(c.entity.key.lastIndexOf('/') + 1);
    const r = parseCreationRefusal(c.facts.message);
    const owned = c.entity.kind === 'revision' ? ownerOfSet(ns, name, state) : null;
    const owner: Owner = { entity: owned?.workload ?? c.entity, label: owned?.label ?? c.facts.owner, pod: null };
    if (r.reason === 'quota' && r.quota !== null) {
      const full = r.resources[0];
      const seen = state.quotas.find((q) => q.view.name === r.quota && (q.view.namespace ?? '') === ns);
      quotas.push(
        condition(quotaExhausted, {
          entity: object(ns, 'resourcequota', r.quota),
          discriminator: full?.resource ?? '',
          during: { from: c.onset.firstIll, to: c.during.to },
          onset: { lastWell: null, firstIll: c.onset.firstIll },
          facts: { quota: r.quota, resource: full?.resource ?? '', requested: full?.requested ?? '', used: full?.used ?? '', limited: full?.limited ?? '' },
          says: `quota ${r.quota} leaves no room: ${r.resources.map((x) => `${x.resource} ${x.used} of ${x.limited} used, ${x.requested} more asked`).join('; ')}`,
          places: uniquePlaces([...c.places, ...(seen === undefined ? [] : [placeOf(seen.artifact, seen.view)])], 4),
        }),
      );
    } else if (r.reason === 'limit-range')
      ranges.push({
        base: c,
        owner,
        discriminator: r.by ?? '',
        facts: { owner: owner.label, resource: r.by, message: c.facts.message },
        says: `${owner.label} asks for what its namespace's LimitRange forbids: ${c.facts.message.replace(/^.*?is forbidden: /, '')}`,
        places: c.places,
      });
    else if (r.reason === 'admission')
      policies.push({
        base: c,
        owner,
        discriminator: r.by ?? '',
        facts: { owner: owner.label, by: r.by, unanswered: r.unanswered, message: c.facts.message },
        says: r.unanswered
          ? `admission webhook ${r.by ?? ''} does not answer, so pods of ${owner.label} are refused`
          : `${r.by ?? 'an admission policy'} refuses pods of ${owner.label}`,
        places: c.places,
      });
  }
  return { quotas, ranges: merged(outsideLimitRange, ranges), policies: merged(deniedByPolicy, policies) };
}

export function wrongCommands(state: ClusterState): Condition[] {
  const out: Parameters<typeof merged<{ container: string; message: string }>>[1][number][] = [];
  for (const c of notStarting(state)) {
    if (!isKind(c, containerNotStarting)) continue;
    const failure = startFailure(c.facts.message);
    if (failure !== 'command-not-found' && failure !== 'not-executable') continue;
    const owner = ownerOf(podOfContainer(c.entity.key), state);
    const command = commandInMessage(c.facts.message);
    out.push({
      base: c,
      owner,
      discriminator: c.facts.container,
      facts: { container: c.facts.container, message: c.facts.message },
      says: `${owner.label} starts ${c.facts.container === '' ? 'a container' : `container ${c.facts.container}`} with ${command ?? 'a command'} that ${failure === 'not-executable' ? 'may not be executed' : 'is not in the image'}`,
      places: [...c.places, ...commandPlace(owner, c.facts.container)],
    });
  }
  return merged(commandWrong, out);
}

export function commandPlace(owner: { readonly pod: Seen<PodView> | null }, name: string): Place[] {
  const s = owner.pod;
  const at = s?.view.containers.filter((c) => !c.init).findIndex((c) => c.name === name) ?? -1;
  const spec = s?.view.containers.find((c) => c.name === name);
  if (s === null || at < 0 || spec === undefined || s.view.uid === null) return [];
  const out: Place[] = [];
  if (spec.command.length > 0) out.push(placeOf(s.artifact, s.view.field(`/spec/containers/${at}/command`)));
  if (spec.args.length > 0) out.push(placeOf(s.artifact, s.view.field(`/spec/containers/${at}/args`)));
  return out;
}
