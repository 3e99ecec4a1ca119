/**
 * How a value of a profile is known, and how far sampling alone may have put it off.
 * CPU: the kernel counts ticks, so a sum of n samples is off by √n of them. Heap: objects are sampled by size; each estimate has the variance
 * of its inverse sampling probability. Goroutines and threads are counted, not sampled. Block and mutex profiles do not state their rate:
 * their events are taken as counted, so the error given is the least it can be.
 */
import { type Profile, typeIndex } from '../../../read/pprof/index.ts';

export type Sampling = 'ticks' | 'by-size' | 'counted' | 'contention' | 'unknown';

export function samplingOf(p: Profile, type: number): Sampling {
  const { type: name } = p.sampleTypes[type]!;
  if (typeIndex(p, 'cpu') >= 0 && typeIndex(p, 'samples') >= 0) return 'ticks';
  if (/^(?:alloc|inuse)_(?:space|objects)$/.test(name)) return 'by-size';
  if (name === 'delay' || name === 'contentions') return 'contention';
  if (/^(?:goroutine|goroutineleak|threadcreate)$/.test(name)) return 'counted';
  return 'unknown';
}

/** Variance of one sample's value of that type. */
export type Variance = (sample: number) => number;

export function varianceOf(p: Profile, type: number): Variance {
  const types = p.sampleTypes.length;
  const { value } = p.samples;
  const at = (s: number, t: number): number => value[s * types + t]!;
  const how = samplingOf(p, type);
  if (how === 'ticks') {
    const ticks = typeIndex(p, 'samples');
    return (s) => {
      const n = Math.abs(at(s, ticks));
      return n === 0 ? 0 : at(s, type) ** 2 / n;
    };
  }
  if (how === 'contention') {
    const count = typeIndex(p, 'contentions');
    return (s) => {
      const n = Math.abs(at(s, count));
      return n === 0 ? 0 : at(s, type) ** 2 / n;
    };
  }
  if (how === 'by-size') {
    const prefix = p.sampleTypes[type]!.type.startsWith('alloc') ? 'alloc' : 'inuse';
    const space = typeIndex(p, `${prefix}_space`);
    const objects = typeIndex(p, `${prefix}_objects`);
    if (space < 0 || objects < 0) return () => 0;
    const ofObjects = type === objects;
    return (s) => {
      const v = varianceBySize(at(s, space), at(s, objects), p.period);
      if (!ofObjects || v === 0) return v;
      const each = at(s, space) / at(s, objects);
      return v / each ** 2;
    };
  }
  return () => 0;
}

/** An object of s bytes is sampled with p = 1−e^(−s/rate); its estimate has the variance s²(1−p)/p² a sampled object, that is s²(1−p)/p an estimated one. */
export function varianceBySize(bytes: number, objects: number, rate: number): number {
  const n = Math.abs(objects);
  if (rate <= 1 || n === 0) return 0;
  const each = Math.abs(bytes) / n;
  const p = 1 - Math.exp(-each / rate);
  return p === 0 ? 0 : (Math.abs(bytes) * each * (1 - p)) / p;
}
