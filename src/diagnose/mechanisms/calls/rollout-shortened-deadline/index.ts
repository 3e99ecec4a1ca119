import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { rollout } from '../../../../model/conditions/change.ts';
import { deadlineTooShort } from '../../../../model/conditions/config.ts';
import { type Ask, defineMechanism, fails, holds, isKind, type Link, unknown } from '../../../../model/index.ts';
import { oldRevisionWell } from '../../../lib/old-revision.ts';
import { joinRollouts, type Shortened, shortenedField, type Wanted } from '../../../lib/shortened-setting.ts';

/** What the failed calls took stands with them, not with the setting. */
function wantedOf(effect: Link['effect'], ask: Ask): Wanted {
  if (!isKind(effect, deadlineTooShort)) return { caller: '', seconds: null, tookSeconds: null, setting: null };
  const failed = ask.look(deadlineExceeded);
  const of = failed.state === 'observed' ? failed.conditions.find((c) => c.facts.caller === effect.facts.caller && c.facts.callee === effect.facts.callee) : undefined;
  return { caller: effect.facts.caller, seconds: effect.facts.seconds, tookSeconds: of?.facts.tookSeconds ?? null, setting: effect.facts.setting };
}

const fieldOf = (link: Link, ask: Ask): Shortened | null => {
  const c = link.causes[0];
  return c != null && isKind(c, rollout) ? shortenedField(c, wantedOf(link.effect, ask), ask) : null;
};

/** A new template brings the limit that is too short; the old one did without. */
export const rolloutShortenedDeadline = defineMechanism({
  id: 'calls/rollout-shortened-deadline',
  title: (link) => `${link.causes[0]?.says ?? 'a rollout'}, shorter than the callee needs`,
  to: deadlineTooShort,
  from: [{ kind: rollout, role: 'trigger', join: (effect, ask) => joinRollouts(wantedOf(effect, ask), ask) }],
  because: 'pods of the new template read the shorter limit at start',
  requires: [
    {
      id: 'setting-is-the-limit',
      title: 'the changed setting is the limit of those calls',
      test(link, ask) {
        const f = fieldOf(link, ask);
        if (f === null) return fails('no changed field is tied to the deadline', link.causes[0]?.places ?? []);
        return holds(
          `${f.name}=${f.after}${f.before === null ? '' : ` (was ${f.before})`}, ${f.by === 'name' ? 'the setting that the calls are bound by' : 'the time that the failed calls took'}`,
          f.places,
          f.by === 'name' ? 'stated' : 'derived',
        );
      },
    },
  ],
  confirms: [
    {
      id: 'named-by-both',
      title: 'template and process name the same setting with the same value',
      test(link, ask) {
        const f = fieldOf(link, ask);
        const d = link.effect;
        if (f === null || !isKind(d, deadlineTooShort) || f.by !== 'name') return unknown('only the value agrees', 'the source of the caller, or its settings at start-up');
        const same = Math.abs(f.afterSeconds - d.facts.seconds) <= 0.01 * f.afterSeconds;
        return same
          ? holds(`${f.path} is ${f.after}, and ${d.facts.caller} waits that long`, link.causes[0]?.places ?? [])
          : fails('the values differ', link.causes[0]?.places ?? []);
      },
    },
  ],
  supports: [oldRevisionWell],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'established',
  culprits(link) {
    const c = link.causes[0];
    if (c == null || !isKind(c, rollout)) return [];
    const fields = c.facts.fields.filter((f) => f.after !== null && isKind(link.effect, deadlineTooShort) && bare(f.path).endsWith(`[${bare(link.effect.facts.setting ?? '')}]`));
    const shown = fields.length > 0 ? fields : c.facts.fields.slice(0, 1);
    return shown.map((f) => ({ kind: 'config' as const, ref: `${c.facts.workload} ${f.path}=${f.after ?? ''}` }));
  },
  mitigation: (link) => {
    const c = link.causes[0];
    return c != null && isKind(c, rollout) && c.facts.fromRevision !== null ? `kubectl rollout undo ${c.facts.workload} --to-revision=${c.facts.fromRevision}` : null;
  },
  acceptedFalsePositives: ['two rollouts within seconds of each other, both with the shorter value'],
});

const bare = (text: string): string => text.replaceAll(/[_-]/g, '').toLowerCase();
