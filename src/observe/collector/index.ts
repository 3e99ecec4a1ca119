/**
 * Is the garbage collector switched off? By the runtime's own settings, which client_golang shows as metrics. Reads: prometheus-api,
 * prometheus-text · Answers: gc/off. Absent is said of processes whose settings were seen.
 */
import { collectorOff } from '../../model/conditions/memory.ts';
import { type Condition, type Coverage, condition, type Entity, entityId, instantFromSeconds, type Kind, type Observation, type Observer, type World } from '../../model/index.ts';
import { entityOf, type Series, seriesOf } from '../lib/metrics/series.ts';

/** runtime/metrics: /gc/gogc:percent is the largest number there is when the collector is off, /gc/gomemlimit:bytes when there is no limit. */
const PERCENT = 'go_gc_gogc_percent';
const LIMIT = 'go_gc_gomemlimit_bytes';
const COLLECTIONS = 'go_gc_duration_seconds_count';
const NO_LIMIT = 2 ** 62;
/** A percentage at which the heap must grow a hundredfold before it is collected is none. */
const OFF = 10_000;

export const collector: Observer = {
  id: 'collector',
  answers: [collectorOff] as readonly unknown[] as readonly Kind[],

  look(_kind, _query, world: World): Observation {
    const series = seriesOf(world.readings);
    const conditions: Condition[] = [];
    const covered: Coverage[] = [];
    for (const percent of series) {
      const entity = percent.name === PERCENT && percent.raw ? entityOf(percent) : null;
      if (entity === null) continue;
      const limit = ofSame(series, LIMIT, entity);
      const last = percent.times.length - 1;
      const span = { from: instantFromSeconds(percent.times[0] as number), to: instantFromSeconds(percent.times[last] as number) };
      const value = percent.values[last] as number;
      const off = value < 0 || value >= OFF;
      // without the limit it is not known whether the collector runs all the same
      if (off && limit === null) continue;
      covered.push({ entity, interval: span, places: [percent.place(last)] });
      const bytes = limit === null ? null : (limit.values.at(-1) as number);
      if (!off || bytes === null || bytes < NO_LIMIT) continue;
      const counted = ofSame(series, COLLECTIONS, entity);
      const collections = counted === null ? null : (counted.values.at(-1) as number) - (counted.values[0] as number);
      conditions.push(
        condition(collectorOff, {
          entity,
          during: span,
          onset: { lastWell: null, firstIll: span.from },
          facts: { percent: value > OFF ? null : value, limitBytes: null, setBy: 'GOGC or debug.SetGCPercent', collections },
          says: `the garbage collector is off and no memory limit makes it run${collections === null ? '' : ` (${collections} collections while the series were taken)`}`,
          places: [percent.place(last), limit?.place((limit?.times.length ?? 1) - 1) ?? percent.place(last)],
        }) as Condition,
      );
    }
    return { conditions, covered, notObservable: covered.length > 0 ? [] : [{ why: 'no series shows the settings of the collector', next: collectorOff.next }] };
  },
};

const ofSame = (series: readonly Series[], name: string, entity: Entity): Series | null =>
  series.find((s) => {
    const of = s.name === name && s.raw ? entityOf(s) : null;
    return of !== null && entityId(of) === entityId(entity);
  }) ?? null;
