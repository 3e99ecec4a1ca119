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
    for (const part of profilesOf(input, named, frame, all)) {
      yield* sampledProfile(part, first);
      first = false;
    }
  }
  yield `],"shared":{"frames":${JSON.stringify(frames)}}}`;
}

/** Whether all types and labels of these are written. */
export const writesAll = (inputs: readonly ProfileInput[]): boolean =>
  inputs.reduce((n, i) => n + i.profile.samples.location.length * i.profile.sampleTypes.length, 0) <= MOST_FRAMES;

interface Sampled {
  readonly name: string;
  readonly unit: string;
  readonly samples: readonly { readonly stack: readonly number[]; readonly weight: number }[];
}

function* profilesOf(input: ProfileInput, named: string, frame: (f: Frame) => number, all: boolean): Generator<Sampled> {
  const p = input.profile;
  const stacks = stacksOf(p, frame);
  // what the viewer opens with stands first
  const order = [input.type, ...p.sampleTypes.map((_, t) => t).filter((t) => t !== input.type)];
  for (const type of all ? order : [input.type]) yield* byType(input, type, p.sampleTypes[type]!.type, named, stacks);
  if (!all) return;
  for (const key of labelKeys(input)) {
    const roots = new Int32Array(p.samples.count);
    for (let s = 0; s < p.samples.count; s++) {
      const texts = labelsOf(p, s).flatMap((l) => (l.key === key ? [l.text ?? `${l.number}${l.unit === '' ? '' : ` ${l.unit}`}`] : []));
      roots[s] = frame({ name: texts.length === 0 ? `(no ${key})` : `${key}: ${texts.join(', ')}` });
    }
    yield* byType(
      input,
      input.type,
      `${p.sampleTypes[input.type]!.type} by label ${key}`,
      named,
      stacks.map((stack, s) => [roots[s]!, ...stack]),
    );
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

/** Frames of every sample, root first, inlined calls expanded. */
function stacksOf(p: Profile, frame: (f: Frame) => number): number[][] {
  const ofLocation = Array.from({ length: p.locations.count }, (_, at): readonly number[] => {
    const out: number[] = [];
    const from = p.locations.lineStart[at]!;
    for (let l = p.locations.lineStart[at + 1]! - 1; l >= from; l--) {
      const f = p.lines.function[l]!;
      if (f < 0) out.push(frame({ name: unnamed(p, at) }));
      else {
        const file = p.strings.get(p.functions.filename[f]!);
        // where the function begins, not where it was: a function is one box however many of its lines call
        const line = p.functions.startLine[f]!;
        out.push(frame({ name: p.strings.get(p.functions.name[f]!), ...(file === '' ? {} : { file }), ...(line > 0 ? { line } : {}) }));
      }
    }
    return out.length > 0 ? out : [frame({ name: unnamed(p, at) })];
  });
  return Array.from({ length: p.samples.count }, (_, s) => {
    const stack: number[] = [];
    for (let i = p.samples.locationStart[s + 1]! - 1; i >= p.samples.locationStart[s]!; i--) stack.push(...ofLocation[p.samples.location[i]!]!);
    return stack;
  });
}

function unnamed(p: Profile, location: number): string {
  const file = p.mappings[p.locations.mapping[location]!]?.filename ?? '';
  return file === '' ? '<unknown>' : `[${file.slice(file.lastIndexOf('/') + 1)}]`;
}

function* byType(input: ProfileInput, type: number, name: string, named: string, stacks: readonly (readonly number[])[]): Generator<Sampled> {
  const p = input.profile;
  const unit = p.sampleTypes[type]!.unit;
  const sums = new Map<string, { stack: readonly number[]; weight: number }>();
  for (let s = 0; s < p.samples.count; s++) {
    if (input.keep !== null && input.keep[s] === 0) continue;
    const v = p.samples.value[s * p.sampleTypes.length + type]!;
    if (v === 0) continue;
    const stack = stacks[s]!;
    const key = stack.join(' ');
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { stack, weight: v });
    else sum.weight += v;
  }
  const shown = UNITS[unit] ?? 'none';
  const title = unit === shown || unit === 'count' ? name : `${name} (${unit})`;
  const sorted = [...sums.values()].sort((a, b) => compareStacks(a.stack, b.stack));
  if (!p.delta) {
    yield { name: `${title}${named}`, unit: shown, samples: sorted };
    return;
  }
  const grew = sorted.filter((s) => s.weight > 0);
  const shrank = sorted.flatMap((s) => (s.weight < 0 ? [{ stack: s.stack, weight: -s.weight }] : []));
  if (grew.length > 0 || shrank.length === 0) yield { name: `${title}, grew${named}`, unit: shown, samples: grew };
  if (shrank.length > 0) yield { name: `${title}, shrank${named}`, unit: shown, samples: shrank };
}

function compareStacks(a: readonly number[], b: readonly number[]): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

const CHUNK = 5000;

function* sampledProfile(of: Sampled, first: boolean): Generator<string> {
  const total = of.samples.reduce((n, s) => n + s.weight, 0);
  yield `${first ? '' : ','}{"type":"sampled","name":${JSON.stringify(of.name)},"unit":${JSON.stringify(of.unit)},"startValue":0,"endValue":${total},"samples":[`;
  for (let i = 0; i < of.samples.length; i += CHUNK) {
    yield `${i === 0 ? '' : ','}${of.samples
      .slice(i, i + CHUNK)
      .map((s) => `[${s.stack.join(',')}]`)
      .join(',')}`;
  }
  yield '],"weights":[';
  for (let i = 0; i < of.samples.length; i += CHUNK) {
    yield `${i === 0 ? '' : ','}${of.samples
      .slice(i, i + CHUNK)
      .map((s) => s.weight)
      .join(',')}`;
  }
  yield ']}';
}
