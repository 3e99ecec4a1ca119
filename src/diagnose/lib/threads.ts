/** Goroutines that hold a thread while they wait. */
import type { Condition, Fact } from '../../model/index.ts';
import { functionsOf } from './memory.ts';

const CGO = /^runtime\.cgocall(?:_gofunc)?$/;

/** In a system call, or in C: the state the runtime prints for both is "syscall". */
export const holdsThread = (bucket: Condition): boolean => bucket.facts['wait'] === 'syscall' || functionsOf(bucket.facts['stack']).some((f) => CGO.test(f));

export const countsOf = (f: Fact | undefined): number[] => (Array.isArray(f) ? f.map(Number) : []);

/** By how many they grew from the first dump to the last. */
export const grownIn = (bucket: Condition): number => {
  const counts = countsOf(bucket.facts['counts']);
  return counts.length < 2 ? 0 : (counts.at(-1) as number) - (counts[0] as number);
};
