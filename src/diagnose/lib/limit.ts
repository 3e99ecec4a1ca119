import { type Check, fails, holds, unknown } from '../../model/index.ts';
import { numberFact, sizeText } from './memory.ts';

/**
 * Samples are seconds apart and a fast leak is killed between two of them, so "never seen near the limit" refutes only
 * where the growth seen could not have got there: its rate over one sample spacing is far too small.
 */
const SAMPLE_SECONDS = 60;

export const reachableLimit: Check = {
  id: 'far-from-limit',
  title: 'the growth was still far from the limit',
  test(link) {
    const grown = link.causes[0];
    const limit = numberFact(link.effect, 'limitBytes') ?? numberFact(grown, 'limitBytes');
    const last = numberFact(grown, 'toBytes');
    const perMinute = numberFact(grown, 'perMinuteBytes');
    if (limit === null) return unknown('the memory limit is not known', 'kubectl get pod POD -o json (resources.limits.memory)');
    if (last === null || perMinute === null) return unknown('how fast it grew is not known', 'query_range of container_memory_working_set_bytes');
    const reach = last + (perMinute * SAMPLE_SECONDS) / 60;
    if (reach >= limit * 0.5) return fails(`${sizeText(last)} of ${sizeText(limit)} at the last sample, growing ${sizeText(perMinute)} a minute`, grown?.places ?? []);
    return holds(`only ${sizeText(last)} of ${sizeText(limit)} at the last sample, growing ${sizeText(perMinute)} a minute`, grown?.places ?? []);
  },
};
