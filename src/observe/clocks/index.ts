/** Clocks of logs that disagree, from the traces they share: what explains orders that cannot have been. */
import { clockOffset } from '../../model/conditions/clock.ts';
import {
  type Condition,
  type Coverage,
  condition,
  type Facts,
  type Kind,
  type NotObservable,
  type Observation,
  type Observer,
  type PairOffset,
  processOf,
  uniquePlaces,
} from '../../model/index.ts';
import { logOwners } from '../lib/logs/who.ts';
import { changeText, offsetText, wholeRun, whyNot } from '../lib/traces/clock-views.ts';
import { type Fleet, pairKey } from '../lib/traces/fleet.ts';
import { fleetOf } from '../lib/traces/fleet-of.ts';

/** Nearer than this nobody is misled: it is what a log line, a scheduler or a network takes. */
const MATERIAL_SECONDS = 0.02;

export const clocks: Observer = {
  id: 'clocks',
  answers: [clockOffset as Kind],
  look(_kind, _query, world): Observation {
    const owners = logOwners(world.readings);
    const fleet = fleetOf(owners);
    const conditions: Condition<Facts>[] = [];
    const covered: Coverage[] = [];
    const notObservable: NotObservable[] = [];
    for (const clock of fleet.clocks.clocks) {
      const reference = fleet.clocks.referenceOf(clock);
      const own = fleet.clocks.pairs.filter((p) => p.a === clock || p.b === clock);
      const of = owners.find((o) => o.process.key === clock);
      if (clock === reference && own.every((p) => p.offset !== null)) continue;
      const offset = wholeRun(fleet, clock, reference);
      if (clock !== reference && offset !== null) {
        if (of !== undefined) covered.push({ entity: of.process, interval: { from: of.digest.from, to: of.digest.to }, places: [of.place] });
        if (offset.low > MATERIAL_SECONDS || offset.high < -MATERIAL_SECONDS) conditions.push(known(fleet, clock, reference, offset, own));
        continue;
      }
      // one direction: told once, by the clock that must be ahead
      for (const p of own) {
        const low = p.b === clock ? p.low : -p.high;
        if (p.offset === null && low > MATERIAL_SECONDS) conditions.push(bounded(fleet, clock, p, low));
      }
      notObservable.push({ why: `the clock of ${fleet.label(clock)} ${whyNot(fleet, clock, own)}`, next: clockOffset.next });
    }
    if (owners.length === 0) notObservable.push({ why: 'no log of a known logger is at hand', next: clockOffset.next });
    return { conditions, covered, notObservable };
  },
};

function known(fleet: Fleet, clock: string, reference: string, offset: { seconds: number; low: number; high: number }, own: readonly PairOffset[]): Condition<Facts> {
  const moved = own.find((p) => fleet.clocks.moved(p) === clock);
  const impossible = own.reduce((n, p) => n + (fleet.impossible.get(pairKey(p.a, p.b)) ?? 0), 0);
  return condition(clockOffset, {
    entity: processOf(clock),
    during: { from: null, to: null },
    onset: { lastWell: null, firstIll: null },
    quantity: { value: round(offset.seconds), unit: 's', known: 'estimated' },
    facts: {
      clock: fleet.label(clock),
      reference: fleet.label(reference),
      aheadSeconds: round(offset.seconds),
      lowSeconds: round(offset.low),
      highSeconds: round(offset.high),
      impossible,
      change: moved?.change?.kind ?? null,
    },
    says: `the clock of ${fleet.label(clock)} is ${offsetText(offset, fleet.label(reference))}${moved === undefined ? '' : `; ${changeText(moved, clock, fleet.label(moved.a))}`}`,
    places: uniquePlaces(
      own.flatMap((p) => p.places),
      4,
    ),
  }) as Condition<Facts>;
}

function bounded(fleet: Fleet, clock: string, p: PairOffset, low: number): Condition<Facts> {
  const other = p.a === clock ? p.b : p.a;
  return condition(clockOffset, {
    entity: processOf(clock),
    discriminator: other,
    during: { from: null, to: null },
    onset: { lastWell: null, firstIll: null },
    quantity: { value: round(low), unit: 's', known: 'lower-bound' },
    facts: {
      clock: fleet.label(clock),
      reference: fleet.label(other),
      aheadSeconds: null,
      lowSeconds: round(low),
      highSeconds: null,
      impossible: fleet.impossible.get(pairKey(p.a, p.b)) ?? 0,
      change: null,
    },
    says: `the clock of ${fleet.label(clock)} is at least ${Math.floor(low * 1000) / 1000} s ahead of ${fleet.label(other)}, by how much cannot be estimated: one direction only`,
    places: p.places,
  }) as Condition<Facts>;
}

const round = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;
