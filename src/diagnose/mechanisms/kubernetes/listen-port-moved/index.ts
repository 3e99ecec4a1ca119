import { rollout } from '../../../../model/conditions/change.ts';
import { probeFailing } from '../../../../model/conditions/container.ts';
import { defineMechanism, fails, holds, isKind, unknown } from '../../../../model/index.ts';
import { changedFields, type FieldTest, joinRollout, undo } from '../../../lib/rollout-trigger.ts';

/** ":8081", "0.0.0.0:8081", "8081", "--listen=:8081", "http://0.0.0.0:8081" → 8081. Durations, sizes and images with a port in their host are none. */
export function portIn(text: string | null): string | null {
  if (text === null) return null;
  const m =
    /^(?:--?[a-z][a-z-]{0,40}[= ])?(?:https?:\/\/)?(?:\[[0-9a-f:]{0,45}\]|[A-Za-z0-9.-]{0,253})?:(\d{2,5})\/?$/.exec(text) ??
    /^(?:--?(?:[a-z-]{0,30}-)?(?:port|addr|listen)[= ])?(\d{2,5})$/.exec(text);
  return m?.[1] ?? null;
}

/** Where a program is told to listen: a setting or an argument whose value is an address or a port. */
const listens = (path: string): boolean => /\.env\[[^\]]*(?:ADDR|PORT|LISTEN|BIND)[^\]]*\]$/i.test(path) || /\.(?:args|command)(?:\[|$)/.test(path);

/** It moved away from the port that the probe asks. */
const moved: FieldTest = (f, effect) => {
  const probed = typeof effect.facts['port'] === 'string' ? effect.facts['port'] : null;
  const after = portIn(f.after);
  const before = portIn(f.before);
  if (probed === null || !listens(f.path) || after === null || after === probed) return false;
  // no value before: the program's own default is what the probe was written for
  return before === null ? f.before === null : before === probed;
};

export const listenPortMoved = defineMechanism({
  id: 'kubernetes/listen-port-moved',
  title: (link) =>
    `${link.causes[0]?.says ?? 'a rollout moves the address'}, while the probe asks ${link.effect.facts['port'] === undefined ? 'another port' : `port ${String(link.effect.facts['port'])}`}`,
  to: probeFailing,
  from: [{ kind: rollout, role: 'trigger', join: (effect, ask) => joinRollout(effect, probeFailing, moved, ask) }],
  because: 'the process listens on the port it was told to, and nothing listens where the probe knocks',
  requires: [
    {
      id: 'refused',
      title: 'the connection is refused: nothing listens there',
      test(link) {
        if (!isKind(link.effect, probeFailing)) return unknown('no probe', probeFailing.next);
        return link.effect.facts.how === 'refused'
          ? holds(link.effect.facts.message, link.effect.places)
          : fails(`the probe fails otherwise: ${link.effect.facts.how}`, link.effect.places);
      },
    },
  ],
  confirms: [
    {
      id: 'moved-from-the-probed-port',
      title: 'the old value was the probed port',
      test(link) {
        const c = link.causes[0];
        const probed = String(link.effect.facts['port'] ?? '');
        if (c == null || !isKind(c, rollout)) return unknown('no rollout', rollout.next);
        const f = c.facts.fields.find((x) => moved(x, link.effect));
        return f !== undefined && portIn(f.before) === probed
          ? holds(`${f.before} → ${f.after}, probed: ${probed}`, c.places)
          : fails('the template did not name the old port', c.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'established',
  culprits: (link) => changedFields(link.causes[0], moved, link.effect).map((ref) => ({ kind: 'config' as const, ref })),
  mitigation: (link) => undo(link.causes[0]),
  acceptedFalsePositives: ['a setting named like an address that is that of another service'],
});
