/**
 * Deadlines that are shorter than what the callee needs when it is well. Asked of what callers and callees say of themselves: the
 * caller's limit and the callee's own durations, never of how slow the callee looks from the caller.
 */

import { calleeLatency, deadlineExceeded } from '../../model/conditions/calls.ts';
import { deadlineTooShort } from '../../model/conditions/config.ts';
import { deadlineExhausted } from '../../model/conditions/error-texts.ts';
import { deadlineSet } from '../../model/conditions/source.ts';
import {
  type Condition,
  type Coverage,
  condition,
  type Facts,
  isKind,
  type Kind,
  type NotObservable,
  type Observation,
  type Observer,
  service,
  uniquePlaces,
  type World,
  weaker,
} from '../../model/index.ts';

type Failed = Condition<NonNullable<(typeof deadlineExceeded)['facts']>>;
type Latency = Condition<NonNullable<(typeof calleeLatency)['facts']>>;
type Set = Condition<NonNullable<(typeof deadlineSet)['facts']>>;

export const deadlines: Observer = {
  id: 'deadlines',
  answers: [deadlineTooShort as Kind],
  look(_kind, _query, world): Observation {
    const failed = world.look(deadlineExceeded);
    if (failed.state === 'not-observable') return { conditions: [], covered: [], notObservable: failed.reasons };
    if (failed.state === 'absent') return { conditions: [], covered: failed.covered, notObservable: [] };
    const conditions: Condition<Facts>[] = [];
    const covered: Coverage[] = [];
    const notObservable: NotObservable[] = [];
    for (const c of failed.conditions) {
      const found = judge(c, world);
      if ('why' in found) notObservable.push(found);
      else {
        covered.push({ entity: c.entity, interval: c.during, places: uniquePlaces([...c.places, ...found.latency.places], 3) });
        if (found.made !== null) conditions.push(found.made);
      }
    }
    return { conditions, covered, notObservable };
  },
};

function judge(c: Failed, world: World): NotObservable | { latency: Latency; made: Condition<Facts> | null } {
  const { callee, caller, deadlineSeconds } = c.facts;
  if (callee === null) return { why: `which service ${caller} called is not known`, next: `logs of the services behind ${caller} with the same trace ids` };
  if (deadlineSeconds === null) return { why: `how long ${caller} waits is not known`, next: `the source of ${caller}, or its settings at start-up` };
  const latency = latencyOf(callee, c.facts.calleeRoute, world);
  if (latency === null) return { why: `how long ${callee} takes by its own measure is not known`, next: `the log of ${callee} with durations, or its latency histogram` };
  const l = latency.facts;
  // a callee that fails or has become slower is itself to blame: the limit may be right
  if (l.failing || !l.steady || deadlineSeconds >= l.p99Seconds) return { latency, made: null };
  // what took the same time each time was no limit of this call, but what was left of another
  if (c.facts.deadlineKnown !== 'stated' && leftOver(c, world)) return { latency, made: null };
  const set = settingIn(c, world);
  const setting = set?.facts.from === 'env' || set?.facts.from === 'flag' ? set.facts.name : c.facts.setting;
  const where =
    set === null
      ? setting === null
        ? `deadline of ${caller}`
        : `${setting} of ${caller}`
      : `${setting ?? `${set.facts.seconds} s in the code`} at ${set.facts.file}:${set.facts.line}`;
  return {
    latency,
    made: condition(deadlineTooShort, {
      entity: service(caller),
      discriminator: `${callee} ${c.facts.operation ?? ''}`,
      during: { from: null, to: null },
      // configuration holds for the life of the process
      onset: c.onset,
      quantity: { value: deadlineSeconds, baseline: l.p99Seconds, unit: 's', known: c.facts.deadlineKnown === 'stated' && l.from === 'log' ? 'counted' : 'estimated' },
      facts: {
        where,
        value: `${Math.round(deadlineSeconds * 1e6) / 1e3}ms`,
        seconds: deadlineSeconds,
        neededSeconds: l.p99Seconds,
        neededKnown: l.from === 'log' ? `p99 of ${l.count} answers by the callee's own log` : `p99 by the callee's own ${l.from}, within one bucket`,
        caller,
        callee,
        operation: c.facts.operation,
        setting,
        previousSeconds: c.facts.previousSeconds,
        function: set?.facts.function ?? null,
        file: set?.facts.file ?? null,
        line: set?.facts.line ?? null,
      },
      says: `${caller} waits ${ms(deadlineSeconds)} for ${callee}${brackets(setting, c.facts.previousSeconds)}, which takes ${ms(l.p50Seconds)} to ${ms(l.p99Seconds)} (p50, p99) when it is well`,
      places: uniquePlaces([...latency.places.slice(0, 2), ...(set?.places ?? []).slice(0, 1), ...c.places.slice(-2)], 5),
      strength: weaker(c.strength, latency.strength),
    }) as Condition<Facts>,
  };
}

function leftOver(c: Failed, world: World): boolean {
  const answer = world.look(deadlineExhausted);
  return (
    answer.state === 'observed' && answer.conditions.some((e) => e.facts.service === c.facts.caller && e.facts.callee === c.facts.callee && e.facts.count >= c.facts.count / 2)
  );
}

const brackets = (setting: string | null, before: number | null): string => (setting === null ? '' : ` (${setting}${before === null ? '' : `, ${ms(before)} before`})`);
const ms = (seconds: number): string => (seconds >= 1 ? `${Number(seconds.toPrecision(3))} s` : `${Math.round(seconds * 1000)} ms`);

/** The route the traces show; else the one most asked. */
function latencyOf(callee: string, route: string | null, world: World): Latency | null {
  const answer = world.look(calleeLatency);
  if (answer.state !== 'observed') return null;
  const of = answer.conditions.filter((l) => l.facts.service === callee && isKind(l, calleeLatency));
  const routed = route === null ? [] : of.filter((l) => l.facts.route === route);
  const pick = routed.length > 0 ? routed : of;
  return [...pick].sort((a, b) => b.facts.count - a.facts.count || (a.id < b.id ? -1 : 1))[0] ?? null;
}

const bare = (name: string): string => name.replaceAll(/[_.-]/g, '').toLowerCase();

/** The place in the source that sets it: by the name a record states, else by a literal of that value in the caller's own package. */
function settingIn(c: Failed, world: World): Set | null {
  const answer = world.look(deadlineSet);
  if (answer.state !== 'observed') return null;
  const { caller, setting, deadlineSeconds } = c.facts;
  const named =
    setting === null ? [] : answer.conditions.filter((s) => s.facts.from !== 'literal' && bare(s.facts.name.slice(s.facts.name.lastIndexOf('.') + 1)) === bare(setting));
  if (named.length > 0) return named[0]!;
  const literal = answer.conditions.filter(
    (s) =>
      s.facts.seconds !== null && deadlineSeconds !== null && Math.abs(s.facts.seconds - deadlineSeconds) <= 0.01 * deadlineSeconds && `/${s.facts.file}`.includes(`/${caller}/`),
  );
  if (literal.length === 1) return literal[0]!;
  // one deadline in the caller's own package: that is where the value ends up, whatever it is called on the way
  const own = answer.conditions.filter((s) => s.facts.from !== 'literal' && `/${s.facts.file}`.includes(`/${caller}/`));
  return own.length === 1 ? own[0]! : null;
}
