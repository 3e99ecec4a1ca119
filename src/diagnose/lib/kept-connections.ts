/** The two ends of connections that a client keeps: who calls whom, and whether both ends count the same. */
import { openFilesGrowing } from '../../model/conditions/files.ts';
import { bucketGrowing, goroutinesGrowing } from '../../model/conditions/goroutines.ts';
import { type Ask, type Check, type Condition, fails, holds, isWeaker, type Strength, sameEntity, unknown, weaker } from '../../model/index.ts';
import { growthOfBucket, stackHolds } from './buckets.ts';
import { tiedWithin } from './join.ts';

/** The callee's connections are those of its caller, within what two captures at different moments may differ by. */
const LEAST_RATIO = 0.5;
const MOST_RATIO = 2;
/** Two series of one scraper: a connection is counted at both ends within one scrape. */
const SLACK = 0.1;
const SLACK_FILES = 5;
const LEAST_SAMPLES = 8;

/** net/http reads the answers of one connection in one goroutine. */
export const readsAnswers = (bucket: Condition): boolean => stackHolds(bucket, 'net/http.(*persistConn).readLoop');

/** The bucket's service calls the service the effect is of: an edge, or both ends count the very same connections. */
export function keptBy(bucket: Condition, effect: Condition, ask: Ask): Strength | null {
  if (!readsAnswers(bucket)) return null;
  return calledBy(bucket, effect, ask) ?? (countTheSame(bucket, effect, ask) ? 'guessed' : null);
}

function calledBy(bucket: Condition, effect: Condition, ask: Ask): Strength | null {
  let best: Strength | null = null;
  const callees = ask.identity.lift(effect.entity, 'service');
  for (const caller of ask.identity.lift(bucket.entity, 'service'))
    for (const to of ask.identity.neighbours(caller.entity, 'calls'))
      for (const callee of callees) {
        if (!sameEntity(to.entity, callee.entity)) continue;
        const strength = weaker(weaker(caller.strength, to.strength), callee.strength);
        if (best === null || isWeaker(best, strength)) best = strength;
      }
  return best;
}

type Files = Condition<NonNullable<(typeof openFilesGrowing)['facts']>>;

/**
 * Nobody may have written down who calls whom. A connection is one open file at each end, so client and server open files in step, sample by
 * sample; a server has one goroutine for each and a client two, so a second client that leaks as fast is no server. It is taken for the
 * other end only where nobody else fits.
 */
function countTheSame(bucket: Condition, effect: Condition, ask: Ask): boolean {
  const answer = ask.look(openFilesGrowing);
  if (answer.state !== 'observed' || sharesService(bucket, effect, ask)) return false;
  const at = (c: Condition): Files | undefined => answer.conditions.find((f) => tiedWithin(f, c, ask, ['process', 'container']) !== null);
  const client = at(bucket);
  const server = at(effect);
  if (client === undefined || server === undefined || sameEntity(client.entity, server.entity)) return false;
  const fits = answer.conditions.filter((f) => f !== client && inStep(client, f) && oneGoroutineEach(f, ask));
  return fits.length === 1 && fits[0] === server;
}

const sharesService = (a: Condition, b: Condition, ask: Ask): boolean => {
  const of = (c: Condition) => ask.identity.lift(c.entity, 'service').map((r) => r.entity.key);
  const mine = of(a);
  return mine.length === 0 || of(b).some((s) => mine.includes(s));
};

function inStep(a: Files, b: Files): boolean {
  const other = new Map(b.facts.curve.map(([t, v]) => [t, v]));
  const both = a.facts.curve.flatMap(([t, v]) => (other.has(t) ? [{ a: v, b: other.get(t) as number }] : []));
  const first = both[0];
  if (first === undefined || both.length < LEAST_SAMPLES) return false;
  const grown = a.facts.toCount - a.facts.fromCount;
  return both.every((p) => Math.abs(p.a - first.a - (p.b - first.b)) <= Math.max(SLACK_FILES, SLACK * grown));
}

function oneGoroutineEach(files: Files, ask: Ask): boolean {
  const answer = ask.look(goroutinesGrowing);
  const total = answer.state === 'observed' ? answer.conditions.find((c) => tiedWithin(c, files, ask, ['process', 'container']) !== null) : undefined;
  if (total === undefined) return false;
  const ratio = (total.facts.toCount - total.facts.fromCount) / (files.facts.toCount - files.facts.fromCount);
  return Math.abs(ratio - 1) <= 2 * SLACK;
}

/** As many connections at the caller as the effect counts more here. */
export const bothEnds: Check = {
  id: 'both-ends',
  title: 'as many connections more at the caller as here',
  test(link) {
    const there = link.causes[0] == null ? null : growthOfBucket(link.causes[0]);
    const here = Number(link.effect.facts['toCount']) - Number(link.effect.facts['fromCount']);
    if (there === null || !(here > 0)) return unknown('the growth of one of the two ends is not known', bucketGrowing.next);
    const ratio = there / here;
    const says = `${there} connections more at the caller, ${Math.round(here)} ${link.effect.quantity?.unit ?? ''} more here`;
    return ratio >= LEAST_RATIO && ratio <= MOST_RATIO ? holds(says, link.causes[0]?.places ?? []) : fails(says, link.causes[0]?.places ?? []);
  },
};
