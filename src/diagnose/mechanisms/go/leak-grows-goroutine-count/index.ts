import { bucketGrowing, goroutinesGrowing } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { growthOfBucket } from '../../../lib/buckets.ts';
import { withinSame } from '../../../lib/join.ts';

/** The total grows because one bucket does. */
export const leakGrowsGoroutineCount = defineMechanism({
  id: 'go/leak-grows-goroutine-count',
  title: 'the goroutines that pile up are those of one bucket',
  to: goroutinesGrowing,
  from: [{ kind: bucketGrowing, role: 'defect', join: withinSame(bucketGrowing, 'process', 'container') }],
  because: (link) => `${growthOfBucket(link.causes[0] ?? link.effect) ?? 'most'} of the goroutines that were added stand in ${String(link.causes[0]?.facts['function'])}`,
  requires: [],
  refutes: [],
  rivals: [],
  accounts(link) {
    const cause = link.causes[0];
    const part = cause == null ? null : growthOfBucket(cause);
    const whole = Number(link.effect.facts['toCount']) - Number(link.effect.facts['fromCount']);
    return part === null || !(whole > 0) ? null : Math.max(0, Math.min(1, part / whole));
  },
  leastShare: 0.3,
  // both are counts of the same goroutines, taken at different moments
  order: 'same-record',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  acceptedFalsePositives: ['dumps and the counter cover different stretches of the process'],
});
