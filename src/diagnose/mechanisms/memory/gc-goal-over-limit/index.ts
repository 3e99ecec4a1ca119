import { containerOomKilled } from '../../../../model/conditions/container.ts';
import { heapGoal } from '../../../../model/conditions/memory.ts';
import { type Check, defineMechanism, fails, holds, type Link, unknown } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';
import { numberFact, sizeText } from '../../../lib/memory.ts';
import { settingCulprit, settingOf } from '../../../lib/runtime-setting.ts';

/** The collector would have run this close to the limit anyway: stacks, the program itself and its threads take the rest. */
const NEAR = 0.9;
/** GOMEMLIMIT counts what the runtime has mapped. The program itself, C, the kernel's share and the page cache come on top. */
const WHOLE = 0.95;
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
  test(link, ask) {
    const limit = numberFact(link.effect, 'limitBytes');
    let own = numberFact(link.causes[0], 'memoryLimitBytes');
    const set = settingOf('GOMEMLIMIT', link, ask);
    const places = [...(set?.places ?? []), ...(link.causes[0]?.places ?? [])];
    if (link.causes[0]?.facts['source'] === 'gctrace') {
      // these lines do not show it; the pod may
      if (set === null || set.facts.how === 'elsewhere')
        return unknown(set?.says ?? 'gctrace lines do not show GOMEMLIMIT', set?.facts.next ?? 'query_range of go_gc_gomemlimit_bytes; kubectl get pod POD -o json (env)');
      own = set.facts.value;
    }
    if (own === null || limit === null) return holds('none is set', places);
    return own >= limit * WHOLE ? holds(`it is ${sizeText(own)} of ${sizeText(limit)}: what is not the heap of Go has no room`, places) : fails(`it is ${sizeText(own)}`, places);
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

const isWhole = (link: Link): boolean => {
  const [own, limit] = [numberFact(link.causes[0], 'memoryLimitBytes'), numberFact(link.effect, 'limitBytes')];
  return own !== null && limit !== null && own >= limit * WHOLE && own <= limit;
};

/** Killed with garbage in the heap: what was alive would have fitted, and the collector did not know of the limit. */
export const gcGoalOverLimit = defineMechanism({
  id: 'memory/gc-goal-over-limit',
  title: (link) =>
    isWhole(link) ? 'GOMEMLIMIT is all of the memory limit: what is not the heap of Go has no room' : 'the collector may wait until the heap is larger than the memory limit',
  to: containerOomKilled,
  from: [{ kind: heapGoal, role: 'defect', join: withinSame(heapGoal, 'process', 'container', 'pod') }],
  because: (link) =>
    isWhole(link)
      ? 'the collector lets the heap come up to GOMEMLIMIT, which leaves nothing of the limit for what it does not count: the program itself, memory of C, the page cache'
      : 'with GOGC=100 the heap may reach twice what is alive before it is collected, and the runtime knows nothing of the limit of its container unless GOMEMLIMIT says it',
  // what was set is cited before what came of it
  requires: [notLimited, goalAboveLimit, liveFits, steady],
  refutes: [],
  rivals: ['memory/heap-reaches-limit', 'memory/growth-reaches-limit', 'kubernetes/limit-lowered'],
  order: 'standing',
  status: 'established',
  culprits: (link, ask) => settingCulprit('GOMEMLIMIT', link, ask, link.effect.entity.key),
  mitigation: () => 'set GOMEMLIMIT to about nine tenths of the memory limit; a smaller GOGC does the same at the cost of processor time',
  acceptedFalsePositives: ['memory outside the heap that took the rest, in a program that would have been collected in time'],
});
