/**
 * A rollout as trigger: one of its changed fields is the failing field, the sick pods are those of its new template, and the pods of the
 * old template do not fail in the same way. When both fail the rollout is not what set it off.
 */
import { rollout } from '../../model/conditions/change.ts';
import {
  type Antecedent,
  type Ask,
  type Condition,
  entityId,
  type Facts,
  type Finding,
  fails,
  isKind,
  type Joined,
  type Kind,
  revision,
  type Strength,
  weaker,
} from '../../model/index.ts';
import { joinBy } from './join.ts';

export type RolloutCondition = Condition<NonNullable<(typeof rollout)['facts']>>;
export type FieldTest = (field: { readonly path: string; readonly before: string | null; readonly after: string | null }, effect: Condition) => boolean;

/** Of one workload, and where revisions are known: the effect stands on the new one. */
export function sickOfRollout(effect: Condition, c: RolloutCondition, ask: Ask): Strength | null {
  const own = ask.identity.lift(effect.entity, 'workload').find((r) => entityId(r.entity) === entityId(c.entity));
  if (own === undefined) return null;
  if (c.facts.toName === null) return own.strength;
  const of = ask.identity.lift(effect.entity, 'revision');
  if (of.length === 0) return own.strength;
  const namespace = c.entity.key.slice(0, c.entity.key.indexOf('/'));
  const on = of.find((r) => entityId(r.entity) === entityId(revision(namespace, c.facts.toName ?? '')));
  return on === undefined ? null : weaker(own.strength, on.strength);
}

/** Conditions of one kind on pods of the workload that have another template than the new one: the one before it may have lived for seconds only. */
export function failsOnOld<F extends Facts>(kind: Kind<F>, c: RolloutCondition, ask: Ask): readonly Condition[] {
  if (c.facts.toName === null) return [];
  const namespace = c.entity.key.slice(0, c.entity.key.indexOf('/'));
  const fresh = entityId(revision(namespace, c.facts.toName));
  const workload = entityId(c.entity);
  const answer = ask.look(kind);
  if (answer.state !== 'observed') return [];
  return answer.conditions.filter((x) => {
    const of = ask.identity.lift(x.entity, 'revision').map((r) => entityId(r.entity));
    return of.length > 0 && !of.includes(fresh) && ask.identity.lift(x.entity, 'workload').some((r) => entityId(r.entity) === workload);
  });
}

const RUNS_ONCE = /^[^/]*\/(?:job|cronjob)\//;

export function joinRollout<F extends Facts>(effect: Condition, kind: Kind<F>, field: FieldTest, ask: Ask): Finding | readonly Joined[] {
  const owners = ask.identity.lift(effect.entity, 'workload');
  if (owners.length > 0 && owners.every((r) => RUNS_ONCE.test(r.entity.key))) return fails('the pods of a job are of no rollout', effect.places);
  const found = joinBy(rollout, ask, (c) => (isKind(c, rollout) && c.facts.fields.some((f) => field(f, effect)) ? sickOfRollout(effect, c, ask) : null));
  if ('state' in found) return found;
  return found.filter((j) => failsOnOld(kind, j.cause as RolloutCondition, ask).length === 0);
}

/** As an optional antecedent: it adds who brought the defect in, and is not needed for it. `failing` is the kind of the effect. */
export const triggeredByRollout = <F extends Facts>(failing: Kind<F>, field: FieldTest): Antecedent => ({
  kind: rollout,
  role: 'trigger',
  optional: true,
  join: (effect, ask) => joinRollout(effect, failing, field, ask),
});

/** The changed fields that are the failing ones, as a person changes them. */
export const changedFields = (c: Condition | null | undefined, field: FieldTest, effect: Condition): readonly string[] =>
  c == null || !isKind(c, rollout)
    ? []
    : c.facts.fields.filter((f) => field(f, effect)).map((f) => `${c.facts.workload} spec.template.spec.${f.path}${f.after === null ? ' (removed)' : `=${f.after}`}`);

export const undo = (c: Condition | null | undefined): string | null =>
  c != null && isKind(c, rollout) && c.facts.fromRevision !== null ? `kubectl rollout undo ${c.facts.workload} --to-revision=${c.facts.fromRevision}` : null;
