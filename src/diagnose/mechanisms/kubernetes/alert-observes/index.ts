import { alertFiring } from '../../../../model/conditions/alert.ts';
import { workloadUnavailable } from '../../../../model/conditions/workload.ts';
import { type Ask, type Condition, defineMechanism, type Entity, fails, holds, isWeaker, type Strength, unknown } from '../../../../model/index.ts';
import { watchedBy } from '../../../lib/alert-families.ts';
import { joinKinds, onNodeOf, partOf } from '../../../lib/part-joins.ts';

/** The object the alert's labels name: an edge of the alerts observer. */
const namedBy = (effect: Condition, ask: Ask): readonly { entity: Entity; strength: Strength }[] => ask.identity.neighbours(effect.entity, 'part-of');

function tie(effect: Condition, cause: Condition, ask: Ask): Strength | null {
  let best: Strength | null = null;
  const better = (s: Strength | null): void => {
    if (s !== null && (best === null || isWeaker(best, s))) best = s;
  };
  for (const { entity } of namedBy(effect, ask)) {
    better(partOf(cause.entity, entity, ask));
    if (cause.entity.kind === 'node') better(onNodeOf(entity, cause.entity, ask));
    // a route's alert and a count of the whole service, a container's alert and its pod: the alert's object is the narrower
    else if (NARROWER.has(cause.entity.kind)) better(partOf(entity, cause.entity, ask));
  }
  return best;
}

/** Wider objects whose state is also that of their parts. Workloads are not: one sick pod says nothing of its neighbour. */
const NARROWER = new Set(['pod', 'container', 'service', 'process']);

export const alertObserves = defineMechanism({
  id: 'kubernetes/alert-observes',
  title: (link) => `the alert sees that ${link.causes[0]?.says ?? 'something is wrong'}`,
  to: alertFiring,
  from: [
    {
      kind: workloadUnavailable,
      role: 'trigger',
      join(effect, ask) {
        const watched = watchedBy(effect);
        if (watched === null) return unknown(`what alert ${String(effect.facts['name'])} watches is not known`, 'curl -s http://PROMETHEUS/api/v1/rules > rules.json');
        if (namedBy(effect, ask).length === 0) return unknown('the labels of the alert name no object', 'the alert rule: keep namespace, pod or service in its aggregation');
        return joinKinds([...watched.direct, ...watched.near], ask, (cause) => tie(effect, cause, ask));
      },
    },
  ],
  because: 'the rule is evaluated over a series that this state moves, of the object that the labels name',
  requires: [],
  confirms: [
    {
      id: 'the-state-itself',
      title: 'the series of the rule is this very state',
      test(link) {
        const watched = watchedBy(link.effect);
        const cause = link.causes[0];
        if (watched === null || cause == null) return unknown('the rule is not known', 'curl -s http://PROMETHEUS/api/v1/rules');
        return watched.direct.some((k) => k.id === cause.kind)
          ? holds(`${watched.by} shows it`, link.effect.places)
          : fails(`${watched.by} only moves with it`, link.effect.places);
      },
    },
  ],
  refutes: [
    {
      id: 'other-time',
      title: 'the state ended before the alert could see it',
      decisive: true,
      test(link) {
        const cause = link.causes[0];
        const end = cause?.during.to ?? null;
        const began = link.effect.onset.lastWell;
        // a state whose end is the moment of its capture, or whose newest episode alone is known, has no end here
        if (cause == null || end === null || began === null || end >= began) return fails('it held when the alert began', cause?.places ?? []);
        return holds('it was over before the rule became true', cause.places);
      },
    },
  ],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.causes[0]?.entity.key ?? link.effect.entity.key }],
  acceptedFalsePositives: [
    'an alert on a ratio over several pods of which another pod is the sick one',
    'a rule that joins several metrics of which the first is not the deciding one',
  ],
});
