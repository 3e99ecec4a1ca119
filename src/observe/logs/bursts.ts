/** Error texts that surge: one condition a service and template. */

import { errorBurst } from '../../model/conditions/logs.ts';
import { type Condition, type Coverage, condition, type Facts, type NotObservable, type Observation, service, uniquePlaces } from '../../model/index.ts';
import { atLeastLevel, type Level } from '../../read/logs/index.ts';
import { placeOf } from '../lib/logs/digest.ts';
import { coverageOf, gapsByService } from '../lib/logs/gaps.ts';
import { endOfCall, serviceOfHost, urlIn } from '../lib/logs/mask.ts';
import { changeOf } from '../lib/logs/onset.ts';
import { type Merged, mergedPatterns } from '../lib/logs/patterns.ts';
import { byService, instantOfSeconds, lastActivityBefore, stretchOf } from '../lib/logs/stretch.ts';
import type { LogOwner } from '../lib/logs/who.ts';

/** Fewer are an accident, not a burst. */
const LEAST = 5;
const PLACES = 4;

export function lookBursts(owners: readonly LogOwner[]): Observation {
  const conditions: Condition<Facts>[] = [];
  const covered: Coverage[] = [];
  const notObservable: NotObservable[] = [];
  const gaps = gapsByService(owners);
  for (const [name, of] of byService(owners)) {
    const stretch = stretchOf(of);
    const seen = coverageOf(name, of, gaps.get(name) ?? []);
    if (stretch === null || seen === null) {
      notObservable.push({ why: `the log of ${name} has no times`, next: 'the same log with times: kubectl logs --timestamps' });
      continue;
    }
    covered.push(...seen.covered);
    notObservable.push(...seen.notObservable);
    for (const m of mergedPatterns(of)) {
      if (m.level === '' || !atLeastLevel(m.level as Level, 'error')) continue;
      const made = burst(name, of, m, stretch);
      if (made !== null) conditions.push(made);
    }
  }
  return { conditions, covered, notObservable };
}

function burst(name: string, owners: readonly LogOwner[], m: Merged, stretch: { from: number; to: number }): Condition<Facts> | null {
  const times = m.parts.flatMap((p) => p.pattern.times).sort((a, b) => a - b);
  const change = changeOf(times, stretch.from, stretch.to);
  if (change.how === 'constant' || change.how === 'few') return null;
  const after = times.length - change.first;
  if (after < LEAST) return null;
  const first = times[change.first]!;
  const last = times.at(-1)!;
  const lastWell = lastActivityBefore(owners, first);
  const sampled = m.parts.some((p) => p.owner.digest.sampled !== null || p.owner.digest.source.artifact.incomplete !== undefined);
  const example = m.parts.find((p) => p.pattern.example !== '')?.pattern.example ?? m.pattern;
  const url = urlIn(example);
  // the other side went away: nothing failed here
  if (endOfCall(example)?.cancelled === true) return null;
  const strength = owners.some((o) => o.strength !== 'guessed') ? 'stated' : 'guessed';
  return condition(errorBurst, {
    entity: service(name),
    discriminator: `${m.level} ${m.pattern}`,
    during: { from: instantOfSeconds(first), to: instantOfSeconds(last) },
    onset: { lastWell: lastWell === null ? null : instantOfSeconds(lastWell), firstIll: instantOfSeconds(first), clock: `log of ${name}` },
    quantity: { value: after, baseline: change.first, unit: 'records', known: sampled ? 'lower-bound' : 'counted' },
    facts: {
      service: name,
      pattern: m.pattern,
      level: m.level,
      count: after,
      baseline: change.first,
      sampled,
      example: example.slice(0, 400),
      callee: url === null ? null : serviceOfHost(url.host),
      ends: endOfCall(example)?.how ?? null,
    },
    says: `${name} logs "${m.pattern.slice(0, 120)}" ${sampled ? 'at least ' : ''}${after} times${change.how === 'new' ? ', never before' : `, ${ratio(change.before, change.after)} as often as before`}`,
    places: uniquePlaces(
      m.parts.flatMap((p) => p.pattern.spans.map((s) => placeOf(p.owner.digest, s))),
      PLACES,
    ),
    strength,
  }) as Condition<Facts>;
}

const ratio = (before: number, after: number): string => `${Math.round(after / Math.max(before, 1e-9))} times`;
