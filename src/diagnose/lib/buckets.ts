/** Checks on goroutine buckets that the leak mechanisms share. */
import { bucketBlocked, bucketGrowing, bucketSeen, bucketShrinks } from '../../model/conditions/goroutines.ts';
import { type Ask, type Check, type Condition, type Fact, fails, holds, type Refuter, sameEntity, uniquePlaces, unknown } from '../../model/index.ts';
import { tiedWithin } from './join.ts';

const SERIES_NEXT = bucketGrowing.next;

export const countsOf = (c: Condition): number[] => {
  const counts = c.facts['counts'];
  return Array.isArray(counts) ? counts.map(Number) : [];
};

export const growthOfBucket = (c: Condition): number | null => {
  const counts = countsOf(c);
  return counts.length < 2 ? null : Number(counts.at(-1)) - Number(counts[0]);
};

/** Some of a crowd that leaks began after the runtime looked, or are about to end. */
const MOST = 0.5;
const leakedShare = (c: Condition): number => (typeof c.facts['leaked'] === 'number' ? c.facts['leaked'] : 0);

/**
 * Go 1.26 and later can tell which goroutines nothing that still runs can reach: what they wait for is held by themselves alone. Such a
 * sender has no receiver left and such a receiver no sender, whatever code the source rules could not follow. That none is listed says
 * nothing: what a global can reach is never listed.
 */
export const leakedByRuntime: Check = {
  id: 'leaked-by-runtime',
  title: 'the runtime itself found that these goroutines can never run again',
  test({ effect }) {
    const leaked = effect.facts['leaked'];
    if (typeof leaked !== 'number')
      return unknown('the runtime was not asked which goroutines are leaked', "curl -s 'http://HOST:PORT/debug/pprof/goroutineleak' > goroutineleak.pb.gz (Go 1.27)");
    const says = `${Math.round(leaked * 100)} % of them are leaked by the runtime’s own word`;
    return leaked >= MOST ? holds(says, effect.places) : fails(says, effect.places);
  },
};

/** A crowd that goes away again was load. One dump cannot show that, unless its goroutines have waited for minutes already. */
export const shrinksAgain: Refuter = {
  id: 'bucket-shrinks',
  title: 'the crowd goes away again',
  decisive: true,
  test(link, ask) {
    const { effect } = link;
    const shrunk = ask.look(bucketShrinks, effect.entity);
    if (shrunk.state === 'observed') {
      const same = shrunk.conditions.find((c) => sameEntity(c.entity, effect.entity));
      if (same !== undefined) return holds(same.says, same.places);
    }
    const leaked = leakedShare(effect);
    if (leaked >= MOST) return fails('the runtime itself found that they can never run again', effect.places);
    const counts = countsOf(effect);
    const peak = Math.max(...counts);
    const last = counts.at(-1) ?? 0;
    if (counts.length >= 2)
      return last < peak * 0.8 ? holds(`it fell from ${peak} to ${last}`, effect.places) : fails(`counts ${counts.join(', ')}: it does not shrink`, effect.places);
    const minutes = effect.facts['longestMinutes'];
    if (typeof minutes === 'number' && minutes >= 2) return fails(`goroutines of it have waited for ${minutes} minutes and more`, effect.places);
    return unknown('a single dump cannot show whether the crowd goes away again', SERIES_NEXT);
  },
};

export const waitsIn = (...reasons: readonly string[]): Check => ({
  id: 'wait-reason',
  title: `the goroutines wait in ${reasons.join(' or ')}`,
  test({ effect }) {
    const wait = String(effect.facts['wait']);
    return reasons.includes(wait) ? holds(`they wait in [${wait}]`, effect.places) : fails(`they wait in [${wait}]`, effect.places);
  },
});

/** Buckets of the same process, in whatever state they are known. */
export function bucketsBeside(effect: Condition, ask: Ask): Condition[] {
  return [bucketGrowing, bucketBlocked].flatMap((kind) => {
    const answer = ask.look(kind as typeof bucketBlocked);
    return answer.state === 'observed' ? answer.conditions.filter((c) => tiedWithin(effect, c, ask, ['process']) !== null) : [];
  });
}

/** Every stack of the process with code of the program in it. */
export function seenBeside(effect: Condition, ask: Ask): Condition[] {
  const answer = ask.look(bucketSeen);
  return answer.state === 'observed' ? answer.conditions.filter((c) => tiedWithin(effect, c, ask, ['process']) !== null) : [];
}

/** Of a bucket without counts nothing else is known than that it is there. */
export const thereAtTheEnd = (c: Condition): boolean => (countsOf(c).at(-1) ?? 1) > 0;

const stackText = (stack: Fact | undefined): string => (Array.isArray(stack) ? stack.join('\n') : '');
export const stackHolds = (bucket: Condition, needle: string): boolean => stackText(bucket.facts['stack']).includes(needle) || String(bucket.facts['function']).includes(needle);

export const placesOf = (conditions: readonly Condition[], most = 3) =>
  uniquePlaces(
    conditions.flatMap((c) => c.places),
    most,
  );
