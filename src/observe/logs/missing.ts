/** Records that are not there: silence of one service while others go on, and sampling. */
import { logGap, logSampled } from '../../model/conditions/logs.ts';
import { type Condition, condition, type Facts, type Observation, service, uniquePlaces } from '../../model/index.ts';
import { coverageOf, gapsByService, intervalOf } from '../lib/logs/gaps.ts';
import { byService } from '../lib/logs/stretch.ts';
import type { LogOwner } from '../lib/logs/who.ts';

const PLACES = 2;

export function lookGaps(owners: readonly LogOwner[]): Observation {
  const gaps = gapsByService(owners);
  const conditions: Condition<Facts>[] = [];
  for (const [name, of] of byService(owners)) {
    for (const g of gaps.get(name) ?? []) {
      const during = intervalOf(g);
      const seconds = Math.round(g.to - g.from);
      conditions.push(
        condition(logGap, {
          entity: service(name),
          discriminator: String(Math.round(g.from)),
          during,
          onset: { lastWell: during.from, firstIll: during.from, clock: `log of ${name}` },
          quantity: { value: 0, baseline: g.expected, unit: 'records', known: 'estimated' },
          facts: { service: name, seconds, usualPause: Number(g.usualPause.toPrecision(3)), expected: g.expected, others: g.others },
          says: `the log of ${name} is silent for ${seconds} s, where its pace makes ${g.expected} records and others wrote ${g.others}`,
          places: uniquePlaces(
            of.map((o) => o.place),
            PLACES,
          ),
        }) as Condition<Facts>,
      );
    }
  }
  return { conditions, ...coveredBy(owners) };
}

export function lookSampled(owners: readonly LogOwner[]): Observation {
  const conditions: Condition<Facts>[] = [];
  for (const [name, of] of byService(owners)) {
    const sampled = of.filter((o) => o.digest.sampled !== null);
    const { from, to } = sampled[0]?.digest ?? { from: null, to: null };
    if (sampled.length === 0) continue;
    const how = sampled[0]!.digest.sampled!;
    conditions.push(
      condition(logSampled, {
        entity: service(name),
        during: { from, to },
        onset: { lastWell: null, firstIll: from, clock: `log of ${name}` },
        facts: { service: name, how },
        says: `the log of ${name} is sampled (${how}): its counts are lower bounds`,
        places: uniquePlaces(
          sampled.map((o) => o.place),
          PLACES,
        ),
      }) as Condition<Facts>,
    );
  }
  return { conditions, ...coveredBy(owners) };
}

function coveredBy(owners: readonly LogOwner[]): Pick<Observation, 'covered' | 'notObservable'> {
  const covered: Observation['covered'][number][] = [];
  const notObservable: Observation['notObservable'][number][] = [];
  for (const [name, of] of byService(owners)) {
    const found = coverageOf(name, of, []);
    if (found === null) notObservable.push({ why: `the log of ${name} has no times`, next: 'the same log with times: kubectl logs --timestamps' });
    else covered.push(...found.covered);
  }
  return { covered, notObservable };
}
