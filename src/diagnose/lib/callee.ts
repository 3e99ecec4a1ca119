/** What the callee of a failed call says of itself. */
import { calleeLatency, type deadlineExceeded } from '../../model/conditions/calls.ts';
import { type Ask, type Check, type Condition, fails, holds, type Link, unknown } from '../../model/index.ts';

type Failed = Condition<NonNullable<(typeof deadlineExceeded)['facts']>>;
type Latency = Condition<NonNullable<(typeof calleeLatency)['facts']>>;

export const failedCall = (link: Link): Failed => link.effect as Failed;

/** The route the traces show; without traces every route of the callee. */
export function callees(c: Failed, ask: Ask): readonly Latency[] | null {
  const answer = ask.look(calleeLatency);
  if (answer.state !== 'observed' || c.facts.callee === null) return null;
  const of = answer.conditions.filter((l) => l.facts.service === c.facts.callee);
  if (of.length === 0) return null;
  const routed = of.filter((l) => l.facts.route === c.facts.calleeRoute);
  return routed.length > 0 ? routed : of;
}

const next = (c: Failed): string => `the log of ${c.facts.callee ?? 'the callee'} with durations, or its latency histogram`;

/** Holds when the callee fails or has become slower by its own measure. */
export const calleeIsIll: Check = {
  id: 'callee-ill',
  title: 'the callee fails or became slower by its own measure',
  test(link, ask) {
    const c = failedCall(link);
    const found = callees(c, ask);
    if (found === null) return unknown(`what ${c.facts.callee ?? 'the callee'} says of itself was not captured`, next(c));
    const ill = found.filter((l) => l.facts.failing || !l.facts.steady);
    const first = ill[0] ?? found[0]!;
    return ill.length > 0 ? holds(first.says, first.places) : fails(first.says, first.places);
  },
};

/** Holds when the failed calls ended when the limit was reached, not earlier and not much later. */
export const endedAtTheLimit: Check = {
  id: 'ended-at-the-limit',
  title: 'the failed calls took as long as the limit',
  test(link) {
    const c = failedCall(link);
    const { tookSeconds, deadlineSeconds } = c.facts;
    if (deadlineSeconds === null) return unknown('how long the caller waits is not known', `the source of ${c.facts.caller}, or its settings at start-up`);
    if (tookSeconds === null) return unknown('how long the failed calls took was not logged', `the log of ${c.facts.caller} with durations`);
    const says = `failed calls took ${ms(tookSeconds)} (median), the limit is ${ms(deadlineSeconds)}`;
    // several attempts under one limit each, and work before the call, make a request longer: only shorter ones contradict
    return tookSeconds >= 0.85 * deadlineSeconds ? holds(says, c.places) : fails(says, c.places);
  },
};

const ms = (seconds: number): string => (seconds >= 1 ? `${Number(seconds.toPrecision(3))} s` : `${Math.round(seconds * 1000)} ms`);
