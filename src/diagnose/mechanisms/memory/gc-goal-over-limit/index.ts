import { containerOomKilled } from '../../../../model/conditions/container.ts';
import { heapGoal } from '../../../../model/conditions/memory.ts';
import { type Check, defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';
import { numberFact, sizeText } from '../../../lib/memory.ts';

/** The collector would have run this close to the limit anyway: stacks, the program itself and its threads take the rest. */
const NEAR = 0.9;
/** What is alive must leave this much for all that is not heap, or no setting helps. */
const FITS = 0.8;
/** What is alive is a load that is steady, not a growth, when the goal moved less than this. */
const STEADY = 1.3;

const LIMIT_NEXT = 'kubectl get pod POD -o json (resources.limits.memory), or memory.max of its cgroup';

const goalAboveLimit: Check = {
  id: 'goal-above-limit',
  title: 'the heap may grow beyond the memory limit before it is collected',
  test(link) {
    const limit = numberFact(link.effect, 'limitBytes');
    const goal = numberFact(link.causes[0], 'goalBytes');
    if (limit === null) return unknown('the memory limit is not known', LIMIT_NEXT);
    if (goal === null) return unknown('the goal of the collector is not known', heapGoal.next);
    const says = `the next collection begins at ${sizeText(goal)}, the limit is ${sizeText(limit)}`;
    return goal >= limit * NEAR ? holds(says, [...(link.causes[0]?.places ?? []), ...link.effect.places]) : fails(says, link.causes[0]?.places ?? []);
  },
};

const liveFits: Check = {
  id: 'live-fits',
  title: 'what is alive would fit',
  test(link) {
    const limit = numberFact(link.effect, 'limitBytes');
    const live = numberFact(link.causes[0], 'liveBytes');
    if (limit === null || live === null) return unknown('the memory limit is not known', LIMIT_NEXT);
    const says = `about ${sizeText(live)} of ${sizeText(limit)}`;
    return live <= limit * FITS ? holds(says, link.causes[0]?.places ?? []) : fails(`${says}: what is alive does not fit`, link.causes[0]?.places ?? []);
  },
};

const notLimited: Check = {
  id: 'no-memory-limit',
  title: 'GOMEMLIMIT does not hold the heap below it',
  test(link) {
    const limit = numberFact(link.effect, 'limitBytes');
    const own = numberFact(link.causes[0], 'memoryLimitBytes');
    if (link.causes[0]?.facts['source'] === 'gctrace')
      return unknown('gctrace lines do not show GOMEMLIMIT', 'query_range of go_gc_gomemlimit_bytes; kubectl get pod POD -o json (env)');
    return own === null || limit === null || own >= limit
      ? holds(own === null ? 'none is set' : `it is ${sizeText(own)}`, link.causes[0]?.places ?? [])
      : fails(`it is ${sizeText(own)}`, link.causes[0]?.places ?? []);
  },
};

const steady: Check = {
  id: 'steady',
  title: 'what is alive does not grow',
  test(link) {
    const [first, last] = [numberFact(link.causes[0], 'firstGoalBytes'), numberFact(link.causes[0], 'goalBytes')];
    const samples = numberFact(link.causes[0], 'samples') ?? 1;
    if (first === null || last === null || samples < 3) return unknown('too few samples to tell a steady load from a growing one', heapGoal.next);
    const says = `the goal went from ${sizeText(first)} to ${sizeText(last)}`;
    return last <= first * STEADY ? holds(says, link.causes[0]?.places ?? []) : fails(`${says}: it rises with what is alive`, link.causes[0]?.places ?? []);
  },
};

/** Killed with garbage in the heap: what was alive would have fitted, and the collector did not know of the limit. */
export const gcGoalOverLimit = defineMechanism({
  id: 'memory/gc-goal-over-limit',
  title: 'the collector may wait until the heap is larger than the memory limit',
  to: containerOomKilled,
  from: [{ kind: heapGoal, role: 'defect', join: withinSame(heapGoal, 'process', 'container', 'pod') }],
  because: 'with GOGC=100 the heap may reach twice what is alive before it is collected, and the runtime knows nothing of the limit of its container unless GOMEMLIMIT says it',
  requires: [goalAboveLimit, liveFits, notLimited, steady],
  refutes: [],
  rivals: ['memory/heap-reaches-limit', 'memory/growth-reaches-limit', 'kubernetes/limit-lowered'],
  order: 'standing',
  status: 'established',
  culprits: (link) => [{ kind: 'config', ref: `GOMEMLIMIT of ${link.effect.entity.key}` }],
  mitigation: () => 'set GOMEMLIMIT to about nine tenths of the memory limit; a smaller GOGC does the same at the cost of processor time',
  acceptedFalsePositives: ['memory outside the heap that took the rest, in a program that would have been collected in time'],
});
