/** Says what crash texts show: that the program crashed or a handler was cut off, at which line, after which signal or flag error. */
import { crashSite, flagError, processCrashed, processExited, signalDump } from '../../model/conditions/crash.ts';
import {
  type Condition,
  type Coverage,
  condition,
  type Entity,
  entityId,
  type Instant,
  type Interval,
  type Kind,
  normaliseGoSymbol,
  type Observation,
  type Observer,
  type Onset,
  placeAt,
  type Quantity,
  type Readings,
  shortGoSymbol,
  uniquePlaces,
  type World,
} from '../../model/index.ts';
import { type CrashEvent, eventsOf, linkedProcesses, textsOf } from './events.ts';

export const crash: Observer = {
  id: 'crash',
  answers: [processCrashed, crashSite, processExited, signalDump, flagError] as readonly unknown[] as readonly Kind[],

  identify: (readings) => linkedProcesses(readings),

  look(kind, _query, world): Observation {
    const conditions = conditionsOf(world.readings).filter((c) => c.kind === kind.id);
    return { conditions, ...coverage(world, kind) };
  },
};

const memo = new WeakMap<Readings, readonly Condition[]>();

function conditionsOf(readings: Readings): readonly Condition[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const events = eventsOf(readings);
  const out: Condition[] = [
    ...grouped(events.crashes, (e) => `${entityId(e.process)} ${e.key}`).flatMap((list) => crashed(list)),
    ...grouped(
      events.crashes.filter((e) => e.crash.exitStatus !== null),
      (e) => `${entityId(e.process)} ${e.crash.exitStatus}`,
    ).map((list) => exited(list)),
    ...grouped(events.signals, (e) => `${entityId(e.process)} ${e.signal}`).map((list) => {
      const first = list[0]!;
      return condition(signalDump, {
        entity: first.process,
        discriminator: first.signal,
        during: duringOf(list),
        onset: onsetOf(list),
        facts: { signal: first.signal },
        says: `the process was sent ${first.signal} and printed its goroutines before it quit`,
        places: placesOf(list),
        strength: first.strength,
      });
    }),
    ...grouped(events.flags, (e) => `${entityId(e.process)} ${e.message}`).map((list) => {
      const first = list[0]!;
      return condition(flagError, {
        entity: first.process,
        discriminator: first.message,
        during: duringOf(list),
        onset: onsetOf(list),
        quantity: counted(list.length, 'times'),
        facts: { message: first.message },
        says: `the program refused its command line: ${first.message}`,
        places: placesOf(list),
        strength: first.strength,
      });
    }),
  ];
  memo.set(readings, out);
  return out;
}

function crashed(list: readonly CrashEvent[]): Condition[] {
  const first = list[0]!;
  const { site } = first;
  const where = site === null ? '' : ` at ${shortGoSymbol(site.frame.symbol)}:${site.frame.line}`;
  const times = list.length === 1 ? '' : `, ${list.length} times`;
  const how = first.recovered ? (first.crash.kind === 'http' ? ' (net/http caught it: the request failed, the process lives)' : ' (recovered and logged)') : '';
  const discriminator = first.key;
  const goroutine = first.crash.row < 0 ? null : first.goroutine;
  const out: Condition[] = [
    condition(processCrashed, {
      entity: first.process,
      discriminator,
      during: duringOf(list),
      onset: onsetOf(list),
      quantity: counted(list.length, 'crashes'),
      facts: { class: first.class, message: first.message, fatal: first.crash.kind === 'fatal', recovered: first.recovered, count: list.length, goroutine },
      says: `${first.crash.kind === 'fatal' ? 'fatal error' : first.crash.kind === 'signal' ? 'signal' : 'panic'}: ${first.message}${where}${times}${how}`,
      places: placesOf(list),
      strength: first.strength,
    }),
  ];
  if (site === null) return out;
  out.push(
    condition(crashSite, {
      entity: first.process,
      discriminator,
      during: duringOf(list),
      // the line is as old as the binary: a defect stands as long as the process lives
      onset: { lastWell: null, firstIll: null },
      facts: {
        class: first.class,
        message: first.message,
        function: normaliseGoSymbol(site.frame.symbol),
        file: site.frame.file,
        line: site.frame.line,
        module: site.module,
        stack: site.stack,
        detail: first.detail,
      },
      says: `${shortGoSymbol(site.frame.symbol)} at ${site.frame.file}:${site.frame.line}`,
      places: placesOf(list),
      strength: site.own ? first.strength : first.strength === 'stated' ? 'derived' : first.strength,
    }),
  );
  return out;
}

function exited(list: readonly CrashEvent[]): Condition {
  const first = list[0]!;
  return condition(processExited, {
    entity: first.process,
    discriminator: `exit ${first.crash.exitStatus}`,
    during: duringOf(list),
    onset: onsetOf(list),
    quantity: counted(list.length, 'times'),
    facts: { code: first.crash.exitStatus, signal: null, supervisor: 'go', count: list.length },
    says: `the process ended with exit status ${first.crash.exitStatus}`,
    places: placesOf(list),
    strength: first.strength,
  });
}

const counted = (value: number, unit: string): Quantity => ({ value, unit, known: 'counted' });

interface Timed {
  readonly artifact: string;
  readonly head: { readonly offset: number; readonly length: number };
  readonly decoders: readonly string[];
  readonly at: Instant | null;
  readonly before: Instant | null;
  readonly after: Instant | null;
  readonly label: string;
}

function grouped<T>(list: readonly T[], key: (t: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const t of list) {
    const k = key(t);
    const g = groups.get(k);
    if (g === undefined) groups.set(k, [t]);
    else g.push(t);
  }
  return [...groups.values()];
}

const latest = (list: readonly (Instant | null)[]): Instant | null => list.reduce((a, b) => (a === null ? b : b === null || a > b ? a : b), null);
const earliest = (list: readonly (Instant | null)[]): Instant | null => list.reduce((a, b) => (a === null ? b : b === null || a < b ? a : b), null);

function duringOf(list: readonly Timed[]): Interval {
  return { from: earliest(list.map((e) => e.at ?? e.before)), to: latest(list.map((e) => e.at ?? e.after)) };
}

/** Between the last line before the first crash and the first after it. */
function onsetOf(list: readonly Timed[]): Onset {
  const sorted = [...list].sort((a, b) => {
    const x = a.at ?? a.before ?? a.after;
    const y = b.at ?? b.before ?? b.after;
    return x === y ? 0 : x === null ? 1 : y === null ? -1 : x < y ? -1 : 1;
  });
  const first = sorted[0]!;
  return { lastWell: first.before !== null && (first.at === null || first.before <= first.at) ? first.before : null, firstIll: first.at ?? first.after ?? first.before };
}

function placesOf(list: readonly Timed[]) {
  return uniquePlaces(
    list.map((e) => placeAt(e.artifact, e.head, { pointer: e.label, decoders: e.decoders })),
    4,
  );
}

/** A log that is whole for a stretch shows that nothing crashed in it; a log without a known stretch shows nothing of the time around it. */
function coverage(world: World, kind: Kind): Pick<Observation, 'covered' | 'notObservable'> {
  const covered: Coverage[] = [];
  const without: Entity[] = [];
  for (const t of textsOf(world.readings)) {
    if (t.interval.from !== null && t.interval.to !== null && t.artifact.incomplete === undefined)
      covered.push({ entity: t.process, interval: t.interval, places: [placeAt(t.artifact.id, { offset: 0, length: Math.min(120, t.artifact.source.sizeBytes) })] });
    else without.push(t.process);
  }
  const whose = [...new Set(without.map((e) => e.key))].sort();
  const notObservable =
    covered.length > 0 && whose.length === 0
      ? []
      : [
          {
            why: whose.length === 0 ? 'no log or stderr of a Go process is at hand' : `what is at hand of ${whose.slice(0, 3).join(', ')} is not the whole log of a known stretch`,
            next: kind.next,
          },
        ];
  return { covered, notObservable };
}
