/**
 * The settings and the goal of the garbage collector: is it off, and up to which size does it let the heap grow? By the runtime's own words, as
 * client_golang's metrics or gctrace lines. Reads: prometheus-api, prometheus-text, gctrace · Answers: gc/off, gc/heap-goal. Absent is said of
 * processes whose settings were seen.
 */
import { runtimeSetting } from '../../model/conditions/config.ts';
import { collectorOff, heapGoal } from '../../model/conditions/memory.ts';
import {
  type Condition,
  type Coverage,
  condition,
  type Entity,
  entityId,
  instantFromSeconds,
  type Kind,
  type Observation,
  type Observer,
  type Place,
  parseInstant,
  placeAt,
  type Readings,
  type Strength,
  type World,
} from '../../model/index.ts';
import { gctrace } from '../../read/gctrace/index.ts';
import { size } from '../lib/heap/snapshots.ts';
import { entityOf, type Series, seriesOf } from '../lib/metrics/series.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';

/** runtime/metrics: /gc/gogc:percent is the largest number there is when the collector is off, /gc/gomemlimit:bytes when there is no limit. */
const PERCENT = 'go_gc_gogc_percent';
const LIMIT = 'go_gc_gomemlimit_bytes';
const COLLECTIONS = 'go_gc_duration_seconds_count';
const NEXT = 'go_memstats_next_gc_bytes';
const NO_LIMIT = 2 ** 62;
/** A percentage at which the heap must grow a hundredfold before it is collected is none. */
const OFF = 10_000;
const MIB = 1024 ** 2;

export const collector: Observer = {
  id: 'collector',
  answers: [collectorOff, heapGoal] as readonly unknown[] as readonly Kind[],

  look(kind, _query, world: World): Observation {
    const found = kind.id === collectorOff.id ? switchedOff(world) : goals(world.readings);
    return { ...found, notObservable: found.covered.length > 0 ? [] : [{ why: 'nothing at hand shows the settings of the collector', next: kind.next }] };
  },
};

interface Found {
  readonly conditions: Condition[];
  readonly covered: Coverage[];
}

function switchedOff(world: World): Found {
  const series = seriesOf(world.readings);
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  for (const percent of series) {
    const entity = percent.name === PERCENT && percent.raw ? entityOf(percent) : null;
    if (entity === null) continue;
    const limit = ofSame(series, LIMIT, entity);
    const value = lastOf(percent);
    const off = isOff(value);
    // without the limit it is not known whether the collector runs all the same
    if (off && limit === null) continue;
    const span = spanOf(percent);
    covered.push({ entity, interval: span, places: [lastPlace(percent)] });
    if (!off || limit === null || lastOf(limit) < NO_LIMIT) continue;
    const counted = ofSame(series, COLLECTIONS, entity);
    const collections = counted === null ? null : lastOf(counted) - (counted.values[0] as number);
    conditions.push(
      condition(collectorOff, {
        entity,
        during: span,
        onset: { lastWell: null, firstIll: span.from },
        facts: { percent: value > OFF ? null : value, limitBytes: null, setBy: 'GOGC or debug.SetGCPercent', collections },
        says: `the garbage collector is off and no memory limit makes it run${collections === null ? '' : ` (${collections} collections while the series were taken)`}`,
        places: [lastPlace(percent), lastPlace(limit)],
      }) as Condition,
    );
  }
  const byPod = switchedOffByPod(world, covered);
  return { conditions: [...conditions, ...byPod.conditions], covered: [...covered, ...byPod.covered] };
}

/** Where the runtime's own words are not at hand: what the pod gives it. The program may have set it otherwise since. */
function switchedOffByPod(world: World, known: readonly Coverage[]): Found {
  const answer = world.look(runtimeSetting);
  if (answer.state !== 'observed') return { conditions: [], covered: [] };
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  for (const gogc of answer.conditions) {
    const { name, how, off } = gogc.facts;
    const limit = answer.conditions.find((c) => c.facts.name === 'GOMEMLIMIT' && entityId(c.entity) === entityId(gogc.entity));
    if (name !== 'GOGC' || how === 'elsewhere' || limit === undefined || known.some((k) => k.entity !== null && world.identity.within(k.entity, gogc.entity, 'container') !== null))
      continue;
    if (!off) {
      covered.push({ entity: gogc.entity, interval: { from: null, to: null }, places: gogc.places });
      continue;
    }
    if (limit.facts.how === 'elsewhere') continue;
    covered.push({ entity: gogc.entity, interval: { from: null, to: null }, places: [...gogc.places, ...limit.places] });
    if (limit.facts.value !== null) continue;
    const counted = seriesOf(world.readings).find((s) => {
      const of = s.name === COLLECTIONS && s.raw ? entityOf(s) : null;
      return of !== null && world.identity.within(of, gogc.entity, 'container') !== null;
    });
    const collections = counted === undefined ? null : lastOf(counted) - (counted.values[0] as number);
    conditions.push(
      condition(collectorOff, {
        entity: gogc.entity,
        during: { from: null, to: null },
        onset: { lastWell: null, firstIll: null },
        facts: { percent: null, limitBytes: null, setBy: gogc.facts.where, collections },
        says: `the garbage collector is off (GOGC=${gogc.facts.text}) and no GOMEMLIMIT makes it run, by the pod${collections === null ? '' : ` (${collections} collections while the series were taken)`}`,
        places: [...gogc.places, ...limit.places.slice(0, 1), ...(counted === undefined ? [] : [lastPlace(counted)])],
        strength: 'derived',
      }) as Condition,
    );
  }
  return { conditions, covered };
}

function goals(readings: Readings): Found {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  const add = (
    entity: Entity,
    span: Condition['during'],
    facts: { goalBytes: number; firstGoalBytes: number; samples: number; liveBytes: number; percent: number | null; memoryLimitBytes: number | null; source: string },
    places: readonly Place[],
    strength: Strength,
  ): void => {
    covered.push({ entity, interval: span, places });
    conditions.push(
      condition(heapGoal, {
        entity,
        during: span,
        onset: { lastWell: null, firstIll: span.from },
        quantity: { value: facts.goalBytes, unit: 'bytes', known: 'counted' },
        facts,
        says: `the collector lets the heap grow to ${size(facts.goalBytes)} before it runs, of which about ${size(facts.liveBytes)} ${facts.samples > 1 ? 'were' : 'was'} alive${facts.memoryLimitBytes === null ? ', without a memory limit' : `, with GOMEMLIMIT at ${size(facts.memoryLimitBytes)}`}`,
        places,
        strength,
      }) as Condition,
    );
  };
  const series = seriesOf(readings);
  for (const next of series) {
    const entity = next.name === NEXT && next.raw ? entityOf(next) : null;
    const percent = entity === null ? null : ofSame(series, PERCENT, entity);
    const limit = entity === null ? null : ofSame(series, LIMIT, entity);
    // without the percentage what was alive is not known
    if (entity === null || percent === null || isOff(lastOf(percent))) continue;
    const goalBytes = lastOf(next);
    const memoryLimit = limit === null || lastOf(limit) >= NO_LIMIT ? null : lastOf(limit);
    add(
      entity,
      spanOf(next),
      {
        goalBytes,
        firstGoalBytes: next.values[0] as number,
        samples: next.values.length,
        liveBytes: goalBytes / (1 + lastOf(percent) / 100),
        percent: lastOf(percent),
        memoryLimitBytes: memoryLimit,
        source: NEXT,
      },
      [lastPlace(next), lastPlace(percent)],
      'stated',
    );
  }
  for (const { artifact, model } of readings.of(gctrace)) {
    const owner = processOfArtifact(artifact, readings);
    const life = model.cycles.at(-1)?.life;
    const cycles = model.cycles.filter((c) => c.life === life && !c.forced);
    const [first, last] = [cycles[0], cycles.at(-1)];
    if (first === undefined || last === undefined || conditions.some((c) => entityId(c.entity) === entityId(owner.process))) continue;
    const at = last.time === null ? null : parseInstant(last.time);
    // from the middle on: a program begins with the smallest goal there is
    const half = cycles[cycles.length >> 1] ?? first;
    add(
      owner.process,
      { from: null, to: at },
      {
        goalBytes: last.goalMb * MIB,
        firstGoalBytes: half.goalMb * MIB,
        samples: cycles.length,
        liveBytes: last.liveMb * MIB,
        percent: null,
        memoryLimitBytes: null,
        source: 'gctrace',
      },
      [placeAt(artifact.id, last.span, { pointer: `gc ${last.number} @${last.atSeconds}s` })],
      owner.strength,
    );
  }
  return { conditions, covered };
}

const isOff = (percent: number): boolean => percent < 0 || percent >= OFF;
const lastOf = (s: Series): number => s.values[s.values.length - 1] as number;
const lastPlace = (s: Series): Place => s.place(s.times.length - 1);
const spanOf = (s: Series): { from: ReturnType<typeof instantFromSeconds>; to: ReturnType<typeof instantFromSeconds> } => ({
  from: instantFromSeconds(s.times[0] as number),
  to: instantFromSeconds(s.times[s.times.length - 1] as number),
});

const ofSame = (series: readonly Series[], name: string, entity: Entity): Series | null =>
  series.find((s) => {
    const of = s.name === name && s.raw ? entityOf(s) : null;
    return of !== null && entityId(of) === entityId(entity);
  }) ?? null;
