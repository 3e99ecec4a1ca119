import { containerCrashLooping } from '../../../../model/conditions/container.ts';
import { errorBurst } from '../../../../model/conditions/logs.ts';
import { defineMechanism, fails, holds, isKind, type Strength, service } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

/** Texts of net and net/http for a peer that is not there, or went away in the middle. */
const GONE = ['connection refused', 'connection reset by peer', 'no such host', 'EOF', 'broken pipe', 'no route to host', 'server closed idle connection', 'code = Unavailable'];

/** Callers of a service whose containers keep ending cannot reach it. */
export const errorsFromCalleeDown = defineMechanism({
  id: 'logs/errors-from-callee-down',
  title: 'the surging error text reports that a crashing service is not there',
  to: errorBurst,
  from: [
    {
      kind: containerCrashLooping,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(containerCrashLooping, ask, (c): Strength | null => {
          if (!isKind(effect, errorBurst)) return null;
          for (const at of ask.identity.lift(c.entity, 'service')) {
            if (at.entity.key === effect.facts.service) continue;
            if (effect.facts.callee === at.entity.key) return at.strength;
            const edge = ask.identity.neighbours(service(effect.facts.service), 'calls').find((r) => r.entity.kind === 'service' && r.entity.key === at.entity.key);
            if (edge !== undefined) return edge.strength;
          }
          return null;
        }),
    },
  ],
  because: 'while a container restarts nobody listens at its address',
  requires: [
    {
      id: 'peer-gone',
      title: 'the error text says that the other side was not there',
      test(link) {
        const text = isKind(link.effect, errorBurst) ? link.effect.facts.example : '';
        const said = GONE.find((g) => text.includes(g));
        return said === undefined ? fails('the error text says something else', link.effect.places) : holds(`"${said}"`, link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.causes[0]?.entity.key ?? '' }],
  acceptedFalsePositives: ['a network policy that cuts the way to a service which crashes for another reason'],
});
