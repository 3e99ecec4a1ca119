import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { rollout } from '../../../../model/conditions/change.ts';
import { type Ask, defineMechanism, fails, holds, isKind, type Link } from '../../../../model/index.ts';
import { calleeIsIll } from '../../../lib/callee.ts';
import { decisive } from '../../../lib/join.ts';
import { oldRevisionWell } from '../../../lib/old-revision.ts';
import { joinRollouts, type Shortened, shortenedField, type Wanted } from '../../../lib/shortened-setting.ts';

const wantedOf = (effect: Link['effect']): Wanted =>
  isKind(effect, deadlineExceeded)
    ? { caller: effect.facts.caller, seconds: effect.facts.deadlineSeconds, tookSeconds: effect.facts.tookSeconds, setting: effect.facts.setting }
    : { caller: '', seconds: null, tookSeconds: null, setting: null };

const fieldOf = (link: Link, ask: Ask): Shortened | null => {
  const c = link.causes[0];
  return c != null && isKind(c, rollout) ? shortenedField(c, wantedOf(link.effect), ask) : null;
};

/**
 * The same change seen from the failed calls alone, where the callee's own durations were not captured: then nobody can say that the
 * callee is well, and the link stays unproven, with what would decide it.
 */
export const rolloutCutDeadline = defineMechanism({
  id: 'calls/rollout-cut-deadline',
  title: (link) => `${link.causes[0]?.says ?? 'a rollout'}: calls end sooner than before`,
  to: deadlineExceeded,
  from: [{ kind: rollout, role: 'trigger', join: (effect, ask) => joinRollouts(wantedOf(effect), ask) }],
  because: 'pods of the new template wait less for the same answer',
  requires: [
    {
      id: 'setting-is-the-limit',
      title: 'the changed setting is the limit of those calls',
      test(link, ask) {
        const f = fieldOf(link, ask);
        if (f === null) return fails('no changed field is tied to the deadline', link.causes[0]?.places ?? []);
        return holds(`${f.name}=${f.after}${f.before === null ? '' : ` (was ${f.before})`}`, f.places, f.by === 'name' ? 'stated' : 'derived');
      },
    },
  ],
  supports: [oldRevisionWell],
  refutes: [decisive(calleeIsIll)],
  rivals: ['calls/callee-slow', 'calls/deadline-shorter-than-callee'],
  order: 'cause-first',
  status: 'established',
  culprits(link) {
    const c = link.causes[0];
    return c != null && isKind(c, rollout) ? c.facts.fields.slice(0, 2).map((f) => ({ kind: 'config' as const, ref: `${c.facts.workload} ${f.path}=${f.after ?? ''}` })) : [];
  },
  mitigation: (link) => {
    const c = link.causes[0];
    return c != null && isKind(c, rollout) && c.facts.fromRevision !== null ? `kubectl rollout undo ${c.facts.workload} --to-revision=${c.facts.fromRevision}` : null;
  },
  acceptedFalsePositives: ['a callee that became slower at the same time and whose own measure was not captured: then the link is only unproven'],
});
