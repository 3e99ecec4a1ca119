/** Reports of the race detector: which two lines race, and whether the run failed for it. */
import { dataRace, raceDetected } from '../../model/conditions/races.ts';
import {
  type Condition,
  condition,
  type Entity,
  entityId,
  type Facts,
  type Identified,
  type Kind,
  moduleOfFile,
  normaliseGoSymbol,
  type Observation,
  type Observer,
  originOfFrame,
  type Place,
  placeAt,
  type Readings,
  readSlice,
  type Strength,
  shortGoSymbol,
  uniquePlaces,
} from '../../model/index.ts';
import type { Frame } from '../../read/lib/goroutines/table.ts';
import { type RaceAccess, type RaceReport, type RaceReports, raceReport } from '../../read/race-report/index.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';
import { processOfText } from '../lib/process-of-text.ts';

/** runtime.mapassign_faststr, runtime.mapiternext; since Go 1.24 also internal/runtime/maps.(*Iter).Next. */
const MAP = /^(?:runtime\.map(?:access|assign|delete|iter|Iter|clear|clone)|internal\/runtime\/maps\.)/;
/** A report with which the text ends: at most this much may follow its closing bar. */
const TAIL_BYTES = 64;
/** Different pairs of lines kept for two goroutines. */
const PAIRS_CAP = 100;

interface Half {
  /** null where the detector could not restore the stack. */
  readonly at: Frame | null;
  readonly module: string | null;
  readonly what: 'read' | 'write';
  readonly startedBy: string | null;
  /** Lines of the program, from the access outwards. */
  readonly own: readonly string[];
  readonly goroutine: number;
}

interface Race {
  readonly process: Entity;
  readonly strength: Strength;
  readonly halves: readonly [Half, Half];
  readonly map: boolean;
  readonly count: number;
  readonly places: readonly Place[];
  readonly how: 'test-failed' | 'exit-66' | 'last-words' | null;
  readonly tests: number;
}

const frameText = (f: Frame): string => `${normaliseGoSymbol(f.symbol)} ${f.file}:${f.line}`;

/** The program's own line that made the access; where it has none, the innermost of another module. */
function halfOf(access: RaceAccess, report: RaceReport): Half {
  const origins = access.frames.map((f) => originOfFrame(f.symbol, f.file));
  const index = origins.indexOf('own') >= 0 ? origins.indexOf('own') : origins.indexOf('dependency');
  const by = report.goroutines.find((g) => g.id === access.goroutine)?.frames ?? [];
  const started = by.find((f) => originOfFrame(f.symbol, f.file) === 'own') ?? by[0];
  const inside = access.frames.slice(0, index + 1).find((_f, i) => origins[i] === 'dependency');
  return {
    at: access.frames[index] ?? null,
    module: inside === undefined ? null : (moduleOfFile(inside.file) ?? normaliseGoSymbol(inside.symbol)),
    what: access.what,
    startedBy: started === undefined ? null : frameText(started),
    own: access.frames.filter((_f, i) => origins[i] === 'own').map(frameText),
    goroutine: access.goroutine,
  };
}

const keyOf = (h: Half): string => (h.at === null ? '\uffff' : `${frameText(h.at)} ${h.what}`);
const throughMap = (a: RaceAccess): boolean => MAP.test(a.frames[0]?.symbol ?? '');
const ordered = (x: Half, y: Half): [Half, Half] => (keyOf(x) <= keyOf(y) ? [x, y] : [y, x]);
const lines = (r: Pick<Race, 'halves'>): string => r.halves.map((h) => (h.at === null ? '?' : `${normaliseGoSymbol(h.at.symbol)}:${h.at.line}`)).join(' / ');

/**
 * One of two stacks of one access may lack its innermost frame, where that was inlined (map functions of Go 1.27): the line is then that of the
 * call. The deeper of the two is kept.
 */
function deeper(a: Half, b: Half): Half | null {
  if (a.goroutine !== b.goroutine) return null;
  const [first, second] = a.own.length >= b.own.length ? [a, b] : [b, a];
  const line = second.own[0];
  return line !== undefined && first.own.includes(line) ? first : null;
}

function merged(a: Race, b: Race, halves: readonly [Half, Half]): Race {
  return {
    ...a,
    halves,
    // the same two lines are reported for the map itself and once more for the value in it
    map: a.map || b.map,
    count: a.count + b.count,
    places: uniquePlaces([...a.places, ...b.places], 4),
    how: a.how ?? b.how,
    tests: Math.max(a.tests, b.tests),
  };
}

/** Reports of the same two goroutines that lie on each other's stacks. */
function join(list: Race[], race: Race): void {
  for (const [i, known] of list.entries()) {
    for (const [x, y] of [race.halves, [race.halves[1], race.halves[0]] as const]) {
      const first = deeper(known.halves[0], x);
      const second = deeper(known.halves[1], y);
      if (first === null || second === null) continue;
      list[i] = merged(known, race, ordered(first, second));
      return;
    }
  }
  list.push(race);
}

/** Bytes behind the last report that are neither white space nor the closing bar. */
function endsWith(size: number, end: number, read: (from: number, to: number) => Uint8Array): boolean {
  return size - end <= TAIL_BYTES && read(end, size).every((b) => b === 0x0a || b === 0x0d || b === 0x20 || b === 0x3d);
}

const memo = new WeakMap<Readings, readonly Race[]>();

function racesOf(readings: Readings): readonly Race[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const runs = new Map<string, Race[]>();
  for (const { artifact, model } of readings.of<RaceReports>(raceReport)) {
    for (const report of model.reports) {
      const [a, b] = report.accesses;
      if (report.kind !== 'race' || a === undefined || b === undefined) continue;
      const halves = ordered(halfOf(a, report), halfOf(b, report));
      if (halves[0].at === null) continue;
      const { process, strength } = processOfText(readings, artifact, report.writer);
      const ends = endsWith(artifact.source.sizeBytes, report.span.offset + report.span.length, (from, to) => readSlice(artifact.source, from, to - from));
      const race: Race = {
        process,
        strength,
        halves,
        map: throughMap(a) && throughMap(b),
        count: 1,
        places: [a, b].map((x) => placeAt(artifact.id, x.span, { decoders: report.decoders, pointer: 'race report' })),
        how: model.failedTests > 0 ? 'test-failed' : model.found !== null ? 'exit-66' : ends ? 'last-words' : null,
        tests: model.failedTests,
      };
      // goroutine ids hold within one life only
      const run = `${artifact.id} ${entityId(process)} ${Math.min(a.goroutine, b.goroutine)} ${Math.max(a.goroutine, b.goroutine)}`;
      const list = runs.get(run) ?? [];
      runs.set(run, list);
      if (list.length < PAIRS_CAP) join(list, race);
    }
  }
  const found = new Map<string, Race>();
  for (const race of [...runs.values()].flat()) {
    const key = `${entityId(race.process)} ${lines(race)}`;
    const known = found.get(key);
    found.set(key, known === undefined ? race : merged(known, race, known.halves));
  }
  const list = [...found.values()];
  memo.set(readings, list);
  return list;
}

const short = (h: Half): string => (h.at === null ? 'a line whose stack is lost' : `${shortGoSymbol(h.at.symbol)}:${h.at.line}`);
const verb = (h: Half): string => (h.what === 'write' ? 'writes' : 'reads');

function pairText({ halves: [first, other], map }: Race): string {
  const what = map ? 'one map' : 'one variable';
  if (short(first) === short(other)) return `${short(first)} uses ${what} from two goroutines without synchronisation`;
  return `${short(first)} ${verb(first)} and ${short(other)} ${verb(other)} ${what} without synchronisation`;
}

const HOW = {
  'test-failed': 'the test failed',
  'exit-66': 'the process ends with status 66',
  'last-words': 'the text ends with the report',
} as const;

function conditionsOf(kind: Kind, readings: Readings): Condition[] {
  return racesOf(readings).flatMap((r): Condition[] => {
    const [first, other] = r.halves;
    const pair = {
      function: normaliseGoSymbol(first.at?.symbol ?? ''),
      file: first.at?.file ?? '',
      line: first.at?.line ?? 0,
      what: first.what,
      startedBy: first.startedBy,
      otherFunction: other.at === null ? null : normaliseGoSymbol(other.at.symbol),
      otherFile: other.at?.file ?? null,
      otherLine: other.at?.line ?? null,
      otherWhat: other.what,
      otherStartedBy: other.startedBy,
      map: r.map,
      module: first.module ?? other.module,
      count: r.count,
    };
    const shared = {
      entity: r.process,
      discriminator: lines(r),
      during: { from: null, to: null },
      onset: { lastWell: null, firstIll: null },
      quantity: { value: r.count, unit: 'reports', known: 'counted' as const },
      places: r.places,
    };
    if (kind.id === dataRace.id) return [condition<Facts>(dataRace as Kind, { ...shared, facts: pair, says: pairText(r), strength: r.strength })];
    if (r.how === null) return [];
    return [
      condition<Facts>(raceDetected as Kind, {
        ...shared,
        facts: { ...pair, how: r.how, tests: r.tests },
        says: `the race detector reports a data race at ${short(first)}${short(first) === short(other) ? '' : ` and ${short(other)}`}, ${HOW[r.how]}`,
        // that the program ended there is not in the text
        strength: r.how === 'last-words' ? 'guessed' : r.strength,
      }),
    ];
  });
}

export const race: Observer = {
  id: 'race',
  answers: [dataRace, raceDetected] as readonly unknown[] as readonly Kind[],
  identify: (readings): Identified => ({ aliases: [], edges: readings.of<RaceReports>(raceReport).flatMap((r) => processOfArtifact(r.artifact, readings).edges) }),
  // a run under the detector shows the races it met, never that there are no others
  look: (kind, _query, world): Observation => ({
    conditions: conditionsOf(kind, world.readings),
    covered: [],
    notObservable: [{ why: 'no report of the race detector is at hand', next: kind.next }],
  }),
};
