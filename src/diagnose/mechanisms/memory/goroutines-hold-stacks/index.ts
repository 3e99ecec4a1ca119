import { goroutinesGrowing } from '../../../../model/conditions/goroutines.ts';
import { stacksGrowing } from '../../../../model/conditions/memory.ts';
import { type Check, defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';
import { growthOf, sizeText } from '../../../lib/memory.ts';

/** runtime/stack.go: a stack begins with that, and the limit of a 64-bit system is a gigabyte. */
const LEAST_EACH = 2048;
const MOST_EACH = 1e9;

const enoughEach: Check = {
  id: 'stack-each',
  title: 'the growth is at least the smallest stack for each goroutine',
  test(link) {
    const f = link.causes[0]?.facts;
    const grown = f === undefined ? 0 : Number(f['toCount']) - Number(f['fromCount']);
    const bytes = growthOf(link.effect);
    if (grown <= 0 || bytes === null) return unknown('growth of stacks and goroutines cannot be compared', goroutinesGrowing.next);
    const each = bytes / grown;
    return each >= LEAST_EACH && each <= MOST_EACH
      ? holds(`about ${sizeText(each)} for each of ${grown}`, link.effect.places)
      : fails(`${sizeText(each)} for each of ${grown}`, link.effect.places);
  },
};

export const goroutinesHoldStacks = defineMechanism({
  id: 'memory/goroutines-hold-stacks',
  title: 'goroutines that never end keep their stacks',
  to: stacksGrowing,
  from: [{ kind: goroutinesGrowing, role: 'amplifier', join: withinSame(goroutinesGrowing, 'process', 'container', 'pod') }],
  because: 'each keeps its stack for as long as it lives, grown to the deepest call it ever made',
  requires: [enoughEach],
  refutes: [],
  rivals: [],
  // counts and series are sampled at different moments
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['many short-lived goroutines with deep stacks at the same time as a pile of shallow ones'],
});
