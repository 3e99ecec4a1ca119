/** Goroutines that hold a thread while they wait. */
import { bucketSeen } from '../../model/conditions/goroutines.ts';
import type { Ask, Condition, EntityKind, Finding, Joined, Link } from '../../model/index.ts';
import { growthOfBucket } from './buckets.ts';
import { joinNear, tiedWithin } from './join.ts';
import { functionsOf } from './memory.ts';

const CGO = /^runtime\.cgocall(?:_gofunc)?$/;

/** In a system call, or in C: the state the runtime prints for both is "syscall". */
export const holdsThread = (bucket: Condition): boolean => bucket.facts['wait'] === 'syscall' || functionsOf(bucket.facts['stack']).some((f) => CGO.test(f));

/** By how many they grew from the first dump to the last. */
export const grownIn = (bucket: Condition): number => growthOfBucket(bucket) ?? 0;

const LEVELS: readonly EntityKind[] = ['process', 'container', 'pod'];

/** Goroutines of the process that hold a thread each, and grow in number. */
export const joinHeld = (effect: Condition, ask: Ask): Finding | readonly Joined[] =>
  joinNear(bucketSeen, effect, ask, LEVELS, (c) => (holdsThread(c) && grownIn(c) > 0 ? tiedWithin(effect, c, ask, LEVELS) : null));

/** Share of a count's growth that the growth of the bucket makes up, 0 to 1. */
export function shareOfCount({ effect, causes }: Link): number | null {
  const whole = Number(effect.facts['toCount']) - Number(effect.facts['fromCount']);
  return causes[0] == null || !(whole > 0) ? null : Math.min(1, grownIn(causes[0]) / whole);
}
