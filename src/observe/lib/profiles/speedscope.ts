/**
 * Profiles in speedscope's own file format (file-format-schema.json of its package), for speedscope's importer of pprof files shows one type of
 * a Go profile only, the outermost of inlined calls, no labels, and fails on negative values.
 *
 * Every sample type is a profile of its own, with inlined calls as frames. A difference becomes two, what grew and what shrank, for weights
 * must not be negative. For the type shown first each label key gives one more, with the label as the outermost frame: `route: /order`.
 * Equal stacks are one; they stand in the order of their stacks, which a profile without times has best.
 */
import { labelsOf, type Profile } from '../../../read/pprof/index.ts';
import type { ProfileInput } from './views.ts';

/** A label key with more values than this is an id: a profile by it would be one frame a sample. */
const MOST_VALUES = 500;
const MOST_KEYS = 8;
/** Above this many frames in all stacks only the type asked for is written, without labels: a page holds no more. */
const MOST_FRAMES = 12_000_000;

const UNITS: Readonly<Record<string, string>> = { nanoseconds: 'nanoseconds', microseconds: 'microseconds', milliseconds: 'milliseconds', seconds: 'seconds', bytes: 'bytes' };

interface Frame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
}

/** The document in parts, so that a large one is never one text. */
export function* speedscopeDocument(inputs: readonly ProfileInput[], title: string): Generator<string> {
  const frames: Frame[] = [];
  const known = new Map<string, number>();
  const frame = (f: Frame): number => {
    const key = `${f.name}\u0000${f.file ?? ''}\u0000${f.line ?? ''}`;
    let index = known.get(key);
    if (index === undefined) {
      index = frames.length;
      known.set(key, index);
      frames.push(f);
    }
    return index;
  };
  yield `{"$schema":"https://www.speedscope.app/file-format-schema.json","name":${JSON.stringify(title)},"exporter":"gorca","activeProfileIndex":0,"profiles":[`;
  const all = writesAll(inputs);
  let first = true;
  for (const input of inputs) {
    const named = ` · ${input.file.slice(input.file.lastIndexOf('/') + 1)}`;
    const of = framesOfLocations(input.profile, frame);
    for (const part of profilesOf(input, named, frame, all, of)) {
      yield* sampledProfile(part, input.profile, of, first);
      first = false;
    }
  }
  yield `],"shared":{"frames":${JSON.stringify(frames)}}}`;
}

/** Whether all types and labels of these are written. */
export const writesAll = (inputs: readonly ProfileInput[]): boolean =>
  inputs.reduce((n, i) => n + i.profile.samples.location.length * i.profile.sampleTypes.length, 0) <= MOST_FRAMES;

/** One profile of the document: stacks in order, each with its weight. */
interface Sampled {
  readonly name: string;
  readonly unit: string;
  /** A sample that has the stack. */
  readonly samples: Uint32Array;
  readonly weights: Float64Array;
  /** Outermost frame of each sample of the profile, where labels stand for one. */
  readonly roots: Int32Array | null;
}

/** The frames of each location, root first, inlined calls expanded; locations with the same frames have the same number. */
interface FramesOf {
  readonly frames: readonly (readonly number[])[];
  readonly alike: Uint32Array;
}

function* profilesOf(input: ProfileInput, named: string, frame: (f: Frame) => number, all: boolean, of: FramesOf): Generator<Sampled> {
  const p = input.profile;
  // what the viewer opens with stands first
  const order = [input.type, ...p.sampleTypes.map((_, t) => t).filter((t) => t !== input.type)];
  const stacks = stackOrder(input, of, null);
  for (const type of all ? order : [input.type]) yield* byType(input, type, p.sampleTypes[type]!.type, named, stacks, null);
  if (!all) return;
  for (const key of labelKeys(input)) {
    const roots = new Int32Array(p.samples.count);
    for (let s = 0; s < p.samples.count; s++) {
      const texts = labelsOf(p, s).flatMap((l) => (l.key === key ? [l.text ?? `${l.number}${l.unit === '' ? '' : ` ${l.unit}`}`] : []));
      roots[s] = frame({ name: texts.length === 0 ? `(no ${key})` : `${key}: ${texts.join(', ')}` });
    }
    yield* byType(input, input.type, `${p.sampleTypes[input.type]!.type} by label ${key}`, named, stackOrder(input, of, roots), roots);
  }
}

function labelKeys(input: ProfileInput): string[] {
  const values = new Map<string, Set<string>>();
  for (let s = 0; s < input.profile.samples.count; s++) {
    for (const l of labelsOf(input.profile, s)) {
      const of = values.get(l.key) ?? new Set<string>();
      values.set(l.key, of);
      if (of.size <= MOST_VALUES) of.add(l.text ?? String(l.number));
    }
  }
  return [...values]
    .filter(([, of]) => of.size <= MOST_VALUES)
    .map(([key]) => key)
    .sort()
    .slice(0, MOST_KEYS);
}

function framesOfLocations(p: Profile, frame: (f: Frame) => number): FramesOf {
  const alike = new Uint32Array(p.locations.count);
  const known = new Map<string, number>();
  const frames: number[][] = [];
  for (let at = 0; at < p.locations.count; at++) {
    const out: number[] = [];
    const from = p.locations.lineStart[at]!;
    for (let l = p.locations.lineStart[at + 1]! - 1; l >= from; l--) {
      const f = p.lines.function[l]!;
      if (f < 0 || p.functions.name[f] === 0) out.push(frame({ name: unnamed(p, at) }));
      else {
        const file = p.strings.get(p.functions.filename[f]!);
        // where the function begins, not where it was: a function is one box however many of its lines call
        const line = p.functions.startLine[f]!;
        out.push(frame({ name: p.strings.get(p.functions.name[f]!), ...(file === '' ? {} : { file }), ...(line > 0 ? { line } : {}) }));
      }
    }
    if (out.length === 0) out.push(frame({ name: unnamed(p, at) }));
    const key = out.join(' ');
    let number = known.get(key);
    if (number === undefined) {
      number = frames.length;
      known.set(key, number);
      frames.push(out);
    }
    alike[at] = number;
  }
  return { frames, alike };
}

function unnamed(p: Profile, location: number): string {
  const file = p.mappings[p.locations.mapping[location]!]?.filename ?? '';
  return file === '' ? '<unknown>' : `[${file.slice(file.lastIndexOf('/') + 1)}]`;
}

type Compare = (a: number, b: number) => number;

/** Samples that count, in the order of their stacks: root first, callers before what they call. No stack is written out for it. */
function stackOrder(input: ProfileInput, of: FramesOf, roots: Int32Array | null): { readonly sorted: Uint32Array; readonly compare: Compare } {
  const { location, locationStart, count } = input.profile.samples;
  const { alike } = of;
  const compare: Compare = (a, b) => {
    if (roots !== null && roots[a] !== roots[b]) return roots[a]! - roots[b]!;
    let i = locationStart[a + 1]! - 1;
    let k = locationStart[b + 1]! - 1;
    const firstOfA = locationStart[a]!;
    const firstOfB = locationStart[b]!;
    while (i >= firstOfA && k >= firstOfB) {
      const difference = alike[location[i--]!]! - alike[location[k--]!]!;
      if (difference !== 0) return difference;
    }
    return i - firstOfA - (k - firstOfB);
  };
  const kept = new Uint32Array(count);
  let n = 0;
  for (let s = 0; s < count; s++) if (input.keep === null || input.keep[s] === 1) kept[n++] = s;
  return { sorted: kept.subarray(0, n).sort(compare), compare };
}

function* byType(
  input: ProfileInput,
  type: number,
  name: string,
  named: string,
  stacks: { readonly sorted: Uint32Array; readonly compare: Compare },
  roots: Int32Array | null,
): Generator<Sampled> {
  const p = input.profile;
  const { unit } = p.sampleTypes[type]!;
  const { sorted, compare } = stacks;
  const samples = new Uint32Array(sorted.length);
  const weights = new Float64Array(sorted.length);
  let n = 0;
  for (const s of sorted) {
    const v = p.samples.value[s * p.sampleTypes.length + type]!;
    if (v === 0) continue;
    if (n > 0 && compare(samples[n - 1]!, s) === 0) weights[n - 1] = weights[n - 1]! + v;
    else {
      samples[n] = s;
      weights[n++] = v;
    }
  }
  const shown = UNITS[unit] ?? 'none';
  const title = unit === shown || unit === 'count' ? name : `${name} (${unit})`;
  const part = (text: string, sign: 1 | -1): Sampled => {
    const at = Array.from({ length: n }, (_, i) => i).filter((i) => weights[i]! * sign > 0);
    return {
      name: `${text}${named}`,
      unit: shown,
      samples: Uint32Array.from(at, (i) => samples[i]!),
      weights: Float64Array.from(at, (i) => weights[i]! * sign),
      roots,
    };
  };
  if (!p.delta) {
    yield part(title, 1);
    return;
  }
  const grew = part(`${title}, grew`, 1);
  const shrank = part(`${title}, shrank`, -1);
  if (grew.samples.length > 0 || shrank.samples.length === 0) yield grew;
  if (shrank.samples.length > 0) yield shrank;
}

const CHUNK = 2000;

function* sampledProfile(part: Sampled, p: Profile, of: FramesOf, first: boolean): Generator<string> {
  const total = part.weights.reduce((n, w) => n + w, 0);
  yield `${first ? '' : ','}{"type":"sampled","name":${JSON.stringify(part.name)},"unit":${JSON.stringify(part.unit)},"startValue":0,"endValue":${total},"samples":[`;
  const { location, locationStart } = p.samples;
  for (let from = 0; from < part.samples.length; from += CHUNK) {
    const stacks: string[] = [];
    for (const s of part.samples.subarray(from, from + CHUNK)) {
      const stack: number[] = part.roots === null ? [] : [part.roots[s]!];
      for (let i = locationStart[s + 1]! - 1; i >= locationStart[s]!; i--) for (const f of of.frames[of.alike[location[i]!]!]!) stack.push(f);
      stacks.push(`[${stack.join(',')}]`);
    }
    yield `${from === 0 ? '' : ','}${stacks.join(',')}`;
  }
  yield '],"weights":[';
  for (let from = 0; from < part.weights.length; from += CHUNK) yield `${from === 0 ? '' : ','}${part.weights.subarray(from, from + CHUNK).join(',')}`;
  yield ']}';
}
