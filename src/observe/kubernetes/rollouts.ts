/** Rollouts: consecutive templates of one workload, field by field. */

import { rollout, scaled } from '../../model/conditions/change.ts';
import { addSeconds, type Condition, condition, type Entity, formatInstant, type Instant, type Place, placeAt, secondsBetween, workload } from '../../model/index.ts';
import { fieldOf, instantOf, type KubernetesObject } from '../../read/kubernetes-objects/index.ts';
import { numberAt, objectAt } from '../../read/lib/fields.ts';
import type { WorkloadView } from '../../read/lib/kubernetes-views.ts';
import { type ClusterState, placeOf, podKey, type Seen } from './cluster.ts';
import { ownerFrom } from './owners.ts';
import { type TemplateChange, type TemplateLeaf, templateDiff, templateLeaves } from './template-diff.ts';

interface Revision {
  readonly number: number;
  readonly name: string;
  readonly leaves: ReadonlyMap<string, TemplateLeaf>;
  readonly createdAt: Instant | null;
  readonly cause: string | null;
  place(leaf: TemplateLeaf | null): Place;
}

export function rollouts(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  for (const [, w] of revisionsByWorkload(state)) {
    const sorted = [...w.revisions].sort((a, b) => a.number - b.number);
    for (const [i, after] of sorted.entries()) {
      const before = sorted[i - 1];
      if (before === undefined) continue;
      const changes = templateDiff(before.leaves, after.leaves);
      if (changes.length === 0) continue;
      const at = rolledOutAt(after, sorted.slice(0, i), w.namespace, state);
      out.push(
        condition(rollout, {
          entity: w.entity,
          discriminator: `revision ${after.number}`,
          during: { from: at, to: null },
          onset: { lastWell: at === null ? before.createdAt : addSeconds(at, -1), firstIll: at, clock: 'control-plane' },
          facts: {
            workload: w.label,
            fromRevision: String(before.number),
            toRevision: String(after.number),
            fromName: before.name,
            toName: after.name,
            fields: changes.map((c) => ({ path: c.path, before: c.before?.value ?? null, after: c.after?.value ?? null })),
            at: at === null ? null : formatInstant(at),
          },
          says: `rollout ${w.name} ${before.number} → ${after.number} ${changes.slice(0, 2).map(saysChange).join(', ')}${changes.length > 2 ? ` and ${changes.length - 2} more fields` : ''}`,
          places: changes.slice(0, 4).flatMap((c) => [after.place(c.after), before.place(c.before)]),
        }),
      );
    }
  }
  return [...out, ...fromHistories(state)];
}

function saysChange(c: TemplateChange): string {
  const name = /\.env\[([^\]]+)\]$/.exec(c.path)?.[1] ?? c.path;
  if (c.after === null) return `removes ${name}`;
  return `sets ${name}=${c.after.value.slice(0, 80)}${c.before === null ? '' : ` (was ${c.before.value.slice(0, 80)})`}`;
}

interface Owner {
  readonly entity: Entity;
  readonly label: string;
  readonly name: string;
  readonly namespace: string;
  readonly revisions: Revision[];
}

function revisionsByWorkload(state: ClusterState): Map<string, Owner> {
  const out = new Map<string, Owner>();
  const into = (ns: string, kind: string, name: string): Owner => {
    const entity = workload(ns, kind, name);
    const known = out.get(entity.key);
    if (known !== undefined) return known;
    const made: Owner = { entity, label: `${kind}/${name}`, name, namespace: ns, revisions: [] };
    out.set(entity.key, made);
    return made;
  };
  for (const list of state.workloads.values()) {
    const s = list.find((x) => x.view.template !== null && x.view.kind === 'ReplicaSet');
    if (s === undefined || s.view.revision === null) continue;
    const ns = s.view.namespace ?? '';
    const owned = ownerFrom(ns, 'ReplicaSet', s.view.name, s.view.labels['pod-template-hash'] ?? null, [], state);
    if (owned.kind === 'replicaset') continue;
    into(ns, owned.kind, owned.name).revisions.push(ofReplicaSet(s));
  }
  for (const s of state.controllerRevisions) {
    const owners = s.view.value['metadata'];
    const owner = objectAt(owners, 'ownerReferences', 0);
    const number = numberAt(s.view.value, 'revision');
    const template = objectAt(s.view.value, 'data', 'spec', 'template');
    if (owner === null || number === null || template === null || typeof owner['kind'] !== 'string' || typeof owner['name'] !== 'string') continue;
    into(s.view.namespace ?? '', owner['kind'].toLowerCase(), owner['name']).revisions.push(ofControllerRevision(s, number, template));
  }
  return out;
}

const ofReplicaSet = (s: Seen<WorkloadView>): Revision => ({
  number: Number(s.view.revision),
  name: s.view.name,
  leaves: templateLeaves(s.view.template),
  createdAt: s.view.createdAt,
  cause: s.view.changeCause,
  place: (leaf) => (leaf === null ? placeOf(s.artifact, s.view) : placeOf(s.artifact, s.view.field(`${s.view.templatePointer}${leaf.pointer}`))),
});

const ofControllerRevision = (s: Seen<KubernetesObject>, number: number, template: unknown): Revision => ({
  number,
  name: s.view.name,
  leaves: templateLeaves(template),
  createdAt: instantOf(s.view, 'metadata', 'creationTimestamp'),
  cause: null,
  place: (leaf) => placeOf(s.artifact, fieldOf(s.view, leaf === null ? '' : `/data/spec/template${leaf.pointer}`)),
});

/** A new template has a new object: its birth is the rollout. A rollback takes up an old one: then the scaling event tells, or nothing. */
function rolledOutAt(after: Revision, earlier: readonly Revision[], ns: string, state: ClusterState): Instant | null {
  const born = after.createdAt;
  if (born !== null && earlier.every((r) => r.createdAt === null || r.createdAt <= born)) return born;
  const scaled = state.events.filter(
    (e) => e.view.reason === 'ScalingReplicaSet' && (e.view.namespace ?? '') === ns && e.view.message.startsWith(`Scaled up replica set ${after.name} from 0 to`),
  );
  return scaled.at(-1)?.view.last ?? null;
}

/** Two `kubectl rollout history --revision=N` texts of one workload, where no ReplicaSets were captured. */
function fromHistories(state: ClusterState): Condition[] {
  const details = state.texts.flatMap((t) =>
    t.model.histories.flatMap((h) => (h.detail === null ? [] : [{ artifact: t.artifact, history: h, detail: h.detail, at: t.artifact.takenAt ?? null }])),
  );
  const out: Condition[] = [];
  const groups = new Map<string, typeof details>();
  for (const d of details) {
    const ns = d.artifact.covers.find((c) => c.entity.kind === 'namespace')?.entity.key ?? '';
    const key = `${ns}\u0000${d.history.kind}\u0000${d.history.name}`;
    groups.set(key, [...(groups.get(key) ?? []), d]);
  }
  for (const [key, list] of groups) {
    const [ns = '', kind = '', name = ''] = key.split('\u0000');
    if ([...state.workloads.keys()].some((k) => k.startsWith('ReplicaSet ') && k.startsWith(`ReplicaSet ${podKey(ns, name)}-`))) continue;
    const sorted = [...list].sort((a, b) => Number(a.detail.revision) - Number(b.detail.revision));
    for (const [i, after] of sorted.entries()) {
      const before = sorted[i - 1];
      if (before === undefined || before.detail.revision === after.detail.revision) continue;
      const leaves = (d: (typeof details)[number]): Map<string, TemplateLeaf> => new Map(d.detail.fields.map((f) => [f.path, { path: f.path, value: f.value, pointer: '' }]));
      const changes = templateDiff(leaves(before), leaves(after));
      if (changes.length === 0) continue;
      const placeIn = (d: (typeof details)[number], path: string): Place => placeAt(d.artifact.id, d.detail.fields.find((f) => f.path === path)?.span ?? d.history.span);
      out.push(
        condition(rollout, {
          entity: workload(ns, kind, name),
          discriminator: `revision ${after.detail.revision}`,
          during: { from: null, to: null },
          onset: { lastWell: null, firstIll: null },
          facts: {
            workload: `${kind}/${name}`,
            fromRevision: before.detail.revision,
            toRevision: after.detail.revision,
            fromName: null,
            toName: null,
            fields: changes.map((c) => ({ path: c.path, before: c.before?.value ?? null, after: c.after?.value ?? null })),
            at: null,
          },
          says: `rollout ${name} ${before.detail.revision} → ${after.detail.revision} ${changes.slice(0, 2).map(saysChange).join(', ')}`,
          places: changes.slice(0, 4).flatMap((c) => [placeIn(after, c.path), placeIn(before, c.path)]),
        }),
      );
    }
  }
  return out;
}

/** Replicas changed without a new template: "Scaled up replica set x from 2 to 12" where the set was not new. */
export function scalings(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  for (const e of state.events) {
    if (e.view.reason !== 'ScalingReplicaSet' || e.view.involvedKind !== 'Deployment') continue;
    const m = /^Scaled (?:up|down) replica set (\S{1,253}) from (\d{1,7}) to (\d{1,7})$/.exec(e.view.message);
    if (m === null || e.view.last === null) continue;
    const ns = e.view.involvedNamespace ?? '';
    const name = e.view.involvedName;
    const from = Number(m[2]);
    const to = Number(m[3]);
    // steps of a rollout move two sets against each other
    const others = state.events.some(
      (x) =>
        x !== e &&
        x.view.reason === 'ScalingReplicaSet' &&
        x.view.involvedName === name &&
        (x.view.involvedNamespace ?? '') === ns &&
        !x.view.message.includes(` ${m[1] ?? ''} `) &&
        near(x.view.last, e.view.last),
    );
    if (from === 0 || others) continue;
    out.push(
      condition(scaled, {
        entity: workload(ns, 'deployment', name),
        discriminator: `${from} → ${to}`,
        during: { from: e.view.last, to: null },
        onset: { lastWell: addSeconds(e.view.last, -1), firstIll: e.view.last, clock: 'control-plane' },
        quantity: { value: to, baseline: from, unit: 'replicas', known: 'counted' },
        facts: { workload: `deployment/${name}`, from, to, at: formatInstant(e.view.last) },
        says: `deployment ${name} was scaled from ${from} to ${to} replicas`,
        places: [placeOf(e.artifact, e.view)],
      }),
    );
  }
  return out;
}

/** A rollout's steps follow each other within minutes. */
const ROLLOUT_SECONDS = 120;
const near = (a: Instant | null, b: Instant | null): boolean => a !== null && b !== null && Math.abs(secondsBetween(a, b)) <= ROLLOUT_SECONDS;
