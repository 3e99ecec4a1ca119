/**
 * All dumps at hand in one shape: goroutines counted by where they stand, whatever form the dump has (debug=2, SIGQUIT in a log, debug=1, protobuf).
 * A bucket is a stack without the runtime's frames: its name is the same in all forms.
 */
import { type Artifact, type Instant, normaliseGoSymbol, type Place, parseInstant, placeAt, type Readings, shortGoSymbol } from '../../model/index.ts';
import { crashText } from '../../read/crash-text/index.ts';
import { goroutineDump } from '../../read/goroutine-dump/index.ts';
import { goroutineProfileText } from '../../read/goroutine-profile-text/index.ts';
import { parseLabels } from '../../read/lib/goroutines/header.ts';
import { createdBy, type Frame, type GoroutineTable, stackFrames } from '../../read/lib/goroutines/table.ts';
import type { Wrapper } from '../../read/lib/lines.ts';
import { framesOf, labelsOf, pprof } from '../../read/pprof/index.ts';
import type { ProcessOfArtifact } from '../lib/process-of-artifact.ts';
import { placeOfSample } from '../lib/profiles/captures.ts';
import { collapsed } from './recursion.ts';
import { isMoving, isOwn, isProgram, isSystem, UNKNOWN_WAIT, waitOf, withoutRuntime } from './waits.ts';

export interface Bucket {
  readonly key: string;
  /** Normalised symbols, runtime frames at both ends taken off, innermost first. */
  readonly frames: readonly Frame[];
  /** Where the program waits: the first own frame, else the first of a dependency, else the entry of the goroutine. */
  readonly at: Frame;
  readonly own: boolean;
  readonly system: boolean;
  count: number;
  readonly waits: Map<string, number>;
  readonly creators: Map<string, { readonly frame: Frame; count: number }>;
  longestMinutes: number;
  /** How many carry wait minutes at all. */
  withMinutes: number;
  leaked: number;
  /** Of those that wait, by the address they wait for (lock, channel, wait group, condition variable); printed for some only. */
  readonly objects: Map<number, number>;
  /** Profiler labels as they are printed, and how many carry them. */
  readonly labels: Map<string, number>;
  lockedToThread: number;
  /** Frames the runtime left out of its stack: 0 none, -1 some. */
  elided: number;
  readonly places: Place[];
  /** debug=2 only: goroutine ids and rows. */
  readonly ids: number[];
  readonly rows: number[];
}

/** leaks: a goroutineleak profile, which lists only those that the runtime found unable ever to run again. */
export type Form = 'debug2' | 'debug1' | 'protobuf' | 'leaks';

export interface Snapshot {
  readonly artifact: Artifact;
  readonly owner: ProcessOfArtifact;
  readonly form: Form;
  readonly at: Instant | null;
  /** Order among dumps of one file. */
  readonly n: number;
  readonly total: number;
  /** False: the dump is cut, counts are lower bounds. */
  readonly complete: boolean;
  readonly highestId: number | null;
  readonly place: Place;
  readonly buckets: ReadonlyMap<string, Bucket>;
  /** For reading argument words again. */
  readonly table: GoroutineTable | null;
  readonly wrapper: Wrapper | null;
}

/** Which process an artifact speaks of: what decides it looks at everything else at hand. */
export type OwnerOf = (artifact: Artifact) => ProcessOfArtifact;

const PLACES_KEPT = 2;
/** Addresses and label sets kept a bucket: one each where every goroutine has its own. */
const OBJECTS_CAP = 10_000;
const LABELS_CAP = 200;

export function snapshotsIn(readings: Readings, ownerOf: OwnerOf): readonly Snapshot[] {
  const out: Snapshot[] = [];
  const dumped = new Set<string>();
  for (const r of readings.of(goroutineDump)) {
    dumped.add(r.artifact.id);
    r.model.dumps.forEach((d, n) => {
      const rows = rangeOf(d.from, d.to);
      out.push(
        fromTable(ownerOf, r.artifact, r.model.table, rows, {
          n,
          at: timeOf(r.artifact, d.time, r.model.dumps.length),
          complete: d.complete,
          wrapper: r.model.wrapper,
          decoders: [],
        }),
      );
    });
  }
  // where all is dumps nothing else is sought in them
  for (const r of readings.artifacts.every((a) => dumped.has(a.id)) ? [] : readings.of(crashText)) {
    if (dumped.has(r.artifact.id)) continue;
    const { table } = r.model;
    r.model.crashes.forEach((c, n) => {
      // one goroutine of a panic says nothing about the others
      if (c.goroutines < 2) return;
      const rows: number[] = [];
      for (let i = 0; i < table.count; i++) if (table.block[i] === c.block) rows.push(i);
      out.push(fromTable(ownerOf, r.artifact, table, rows, { n, at: c.at ?? c.before ?? c.after, complete: c.complete, wrapper: r.model.wrapper, decoders: c.decoders }));
    });
  }
  for (const r of readings.of(goroutineProfileText)) {
    const leaks = r.model.profile === 'goroutineleak';
    const counted = r.model.stacks.reduce((n, s) => n + s.count, 0);
    const made = start(ownerOf, r.artifact, leaks ? 'leaks' : 'debug1', 0, r.artifact.takenAt ?? null, counted >= r.model.total, placeAt(r.artifact.id, r.model.span));
    for (const s of r.model.stacks) {
      made.total += s.count;
      const b = bucketOf(made.buckets, s.frames, '');
      b.count += s.count;
      if (leaks) b.leaked += s.count;
      tally(b.waits, waitOf(UNKNOWN_WAIT, s.frames), s.count);
      if (s.labels.length > 0) tally(b.labels, labelText(s.labels), s.count);
      if (b.places.length < PLACES_KEPT) b.places.push(placeAt(r.artifact.id, s.span, { pointer: `${s.count} goroutines` }));
    }
    out.push(made);
  }
  for (const r of readings.of(pprof)) {
    const p = r.model;
    const type = p.sampleTypes[p.defaultType]?.type;
    if (type !== 'goroutine' && type !== 'goroutineleak') continue;
    const leaks = type === 'goroutineleak';
    const made = start(ownerOf, r.artifact, leaks ? 'leaks' : 'protobuf', 0, r.artifact.takenAt ?? null, true, placeAt(r.artifact.id, { offset: 0, length: 16 }));
    for (let s = 0; s < p.samples.count; s++) {
      const count = p.samples.value[s * p.sampleTypes.length + p.defaultType]!;
      if (count <= 0) continue;
      const frames = framesOf(p, s).map((f) => ({ symbol: f.function, file: f.file, line: f.line }));
      made.total += count;
      const b = bucketOf(made.buckets, frames, '');
      b.count += count;
      if (leaks) b.leaked += count;
      tally(b.waits, waitOf(UNKNOWN_WAIT, frames), count);
      const labels = labelsOf(p, s).flatMap((l) => (l.text === null ? [] : [[l.key, l.text] as const]));
      if (labels.length > 0) tally(b.labels, labelText(labels), count);
      if (b.places.length < PLACES_KEPT) b.places.push(placeOfSample(r.artifact, p, s, `${count} goroutines`));
    }
    out.push(made);
  }
  return out;
}

const rangeOf = (from: number, to: number): number[] => Array.from({ length: to - from }, (_v, i) => from + i);

/** A file with several dumps was not taken at one moment: only a time of their own orders them. */
const timeOf = (artifact: Artifact, written: string | null, dumps: number): Instant | null =>
  written !== null ? parseInstant(written) : dumps === 1 ? (artifact.takenAt ?? null) : null;

interface Growing extends Snapshot {
  total: number;
  highestId: number | null;
  buckets: Map<string, Bucket>;
}

function start(ownerOf: OwnerOf, artifact: Artifact, form: Form, n: number, at: Instant | null, complete: boolean, place: Place): Growing {
  return { artifact, owner: ownerOf(artifact), form, at, n, total: 0, complete, highestId: null, place, buckets: new Map(), table: null, wrapper: null };
}

function fromTable(
  ownerOf: OwnerOf,
  artifact: Artifact,
  table: GoroutineTable,
  rows: readonly number[],
  about: { n: number; at: Instant | null; complete: boolean; wrapper: Wrapper | null; decoders: readonly string[] },
): Snapshot {
  const head = rows[0] ?? 0;
  const place = placeAt(
    artifact.id,
    { offset: table.offset[head]!, length: Math.min(120, table.length[head]!) },
    { pointer: `${rows.length} goroutines`, decoders: about.decoders },
  );
  // text inside a string field cannot be read again by its span
  const rereadable = !about.decoders.includes('json-string');
  const made: Growing = { ...start(ownerOf, artifact, 'debug2', about.n, about.at, about.complete, place), table: rereadable ? table : null, wrapper: about.wrapper };
  const labelTexts = new Map<number, string>();
  const leakedBit = bitOf(table, 'leaked');
  const threadBit = bitOf(table, 'locked to thread');
  const byStack = new Map<number, { raw: Frame[]; bucket: Bucket; waits: Map<number, string>; creator: { readonly frame: Frame; count: number } | null }>();
  for (const row of rows) {
    const stack = table.stack[row]!;
    const state = table.states[table.state[row]!] as string;
    let known = byStack.get(stack);
    if (known === undefined) {
      const raw = stackFrames(table, stack);
      const bucket = bucketOf(made.buckets, raw, state);
      known = { raw, bucket, waits: new Map(), creator: creatorIn(bucket, createdBy(table, stack)) };
      if (bucket.elided === 0) bucket.elided = table.stacks.elided[stack]!;
      byStack.set(stack, known);
    }
    let wait = known.waits.get(table.state[row]!);
    if (wait === undefined) {
      wait = waitOf(state, known.raw);
      known.waits.set(table.state[row]!, wait);
    }
    const b = known.bucket;
    b.count++;
    made.total++;
    tally(b.waits, wait, 1);
    const minutes = table.minutes[row]!;
    if (minutes >= 0) b.withMinutes++;
    if (minutes > b.longestMinutes) b.longestMinutes = minutes;
    const flags = table.flags[row]!;
    if ((flags & leakedBit) !== 0) b.leaked++;
    if ((flags & threadBit) !== 0) b.lockedToThread++;
    if (known.creator !== null) known.creator.count++;
    const object = table.object[row]!;
    if (object !== 0 && !isMoving(wait)) tallyUpTo(b.objects, object, OBJECTS_CAP);
    const labels = table.labels[row]!;
    if (labels >= 0) {
      let text = labelTexts.get(labels);
      if (text === undefined) {
        text = labelText(parseLabels(table.labelSets[labels] as string));
        labelTexts.set(labels, text);
      }
      tallyUpTo(b.labels, text, LABELS_CAP);
    }
    b.ids.push(table.id[row]!);
    b.rows.push(row);
    if (b.places.length < PLACES_KEPT)
      b.places.push(placeAt(artifact.id, { offset: table.offset[row]!, length: table.length[row]! }, { pointer: `goroutine ${table.id[row]}`, decoders: about.decoders }));
    if (made.highestId === null || table.id[row]! > made.highestId) made.highestId = table.id[row]!;
  }
  return made;
}

const bitOf = (table: GoroutineTable, flag: string): number => {
  const at = table.flagNames.indexOf(flag);
  return at < 0 ? 0 : 1 << at;
};

function creatorIn(b: Bucket, frame: Frame | null): { readonly frame: Frame; count: number } | null {
  if (frame === null) return null;
  const key = `${frame.symbol}:${frame.line}`;
  const known = b.creators.get(key) ?? { frame, count: 0 };
  b.creators.set(key, known);
  return known;
}

/** tenant=blue, route="/a, b": labels of all forms in one spelling. */
const labelText = (labels: readonly (readonly [string, string])[]): string =>
  [...labels]
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
    .map(([k, v]) => `${/^[^\s=,"]{1,200}$/.test(k) ? k : JSON.stringify(k)}=${/^[^\s=,"]{0,200}$/.test(v) ? v : JSON.stringify(v)}`)
    .join(', ');

function tallyUpTo<K>(map: Map<K, number>, key: K, cap: number): void {
  const known = map.get(key);
  if (known !== undefined) map.set(key, known + 1);
  else if (map.size < cap) map.set(key, 1);
}

function tally(map: Map<string, number>, key: string, count: number): void {
  map.set(key, (map.get(key) ?? 0) + count);
}

function bucketOf(buckets: Map<string, Bucket>, raw: readonly Frame[], state: string): Bucket {
  const kept = withoutRuntime(raw);
  const frames = (kept.length > 0 ? kept : raw).map((f) => ({ symbol: normaliseGoSymbol(f.symbol), file: f.file, line: f.line }));
  const text = collapsed(frames)
    .map((f) => `${f.function}:${f.line}`)
    .join('\n');
  // without a frame of the program the entry says more than the innermost wait: net/http.(*persistConn).readLoop
  const at = frames.find(isOwn) ?? frames.find(isProgram) ?? frames.at(-1) ?? { symbol: state, file: '', line: 0 };
  const key = `${shortGoSymbol(at.symbol)}:${at.line}~${hash(text)}`;
  const known = buckets.get(key);
  if (known !== undefined) return known;
  const made: Bucket = {
    key,
    frames,
    at,
    own: frames.some(isOwn),
    system: isSystem(frames, state) || kept.length === 0,
    count: 0,
    waits: new Map(),
    creators: new Map(),
    longestMinutes: -1,
    withMinutes: 0,
    leaked: 0,
    objects: new Map(),
    labels: new Map(),
    lockedToThread: 0,
    elided: 0,
    places: [],
    ids: [],
    rows: [],
  };
  buckets.set(key, made);
  return made;
}

/** FNV-1a, as eight hex digits: two stacks that wait at one line stay two buckets. */
function hash(text: string): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h >>> 0).toString(16).padStart(8, '0');
}

/** The reason most of them wait for; what merely runs at that line counts only when nothing waits there. */
export function mainWait(b: Bucket): string {
  const sorted = [...b.waits].sort((x, y) => Number(isMoving(x[0])) - Number(isMoving(y[0])) || y[1] - x[1] || (x[0] < y[0] ? -1 : 1));
  return sorted.find(([w]) => w !== UNKNOWN_WAIT)?.[0] ?? UNKNOWN_WAIT;
}

export function mainCreator(b: Bucket): Frame | null {
  return [...b.creators.values()].sort((x, y) => y.count - x.count || (x.frame.symbol < y.frame.symbol ? -1 : 1))[0]?.frame ?? null;
}
