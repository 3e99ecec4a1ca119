/**
 * Which call path grew: from the root downwards, always into the callee that takes most of the change, as long as that is half of it at least.
 * Each step looks once at the samples that are still on the path, so no tree of all stacks is built.
 */
import type { Profile } from '../../../read/pprof/index.ts';
import { type Spelling, spellingOf } from './rows.ts';
import { varianceOf } from './sampling.ts';

export interface GrownPath {
  /** Root first. */
  readonly frames: readonly string[];
  readonly base: number;
  readonly now: number;
  readonly delta: number;
  /** One standard error of `delta`. */
  readonly error: number;
  /** Of the whole change in that direction along this path's first frame, 0 to 1. */
  readonly share: number;
}

export interface PathSide {
  readonly profile: Profile;
  readonly type: number;
  /** -1 for the older profile, the factor of normalisation for the newer. */
  readonly scale: number;
  readonly keep: Uint8Array | null;
}

const MOST_PATHS = 3;
const MOST_FRAMES = 512;
/** A callee that takes less of the change is one of several: the path ends above it. */
const TOGETHER = 0.5;
/** A path below this share of the whole change is not told. */
const LEAST = 0.1;
const SURE = 3;

interface Walker {
  readonly side: number;
  readonly sample: number;
  readonly value: number;
  /** Next location and line, going from the root to the leaf. */
  at: number;
  line: number;
}

export function grownPaths(sides: readonly PathSide[], spelling: Spelling, direction: 1 | -1): GrownPath[] {
  const ids = new Map<string, number>();
  const names: string[] = [];
  const idOf = sides.map(({ profile: p }) => {
    const of = new Int32Array(p.functions.count);
    const spell = spellingOf(p, spelling);
    for (let f = 0; f < of.length; f++) {
      const name = spell(f);
      let id = ids.get(name);
      if (id === undefined) {
        id = names.length;
        ids.set(name, id);
        names.push(name);
      }
      of[f] = id;
    }
    return of;
  });
  let left: Walker[] = [];
  sides.forEach((s, side) => {
    const types = s.profile.sampleTypes.length;
    for (let sample = 0; sample < s.profile.samples.count; sample++) {
      if (s.keep !== null && s.keep[sample] === 0) continue;
      const value = s.profile.samples.value[sample * types + s.type]! * s.scale;
      if (value !== 0) left.push({ side, sample, value, at: 0, line: 0 });
    }
  });
  const whole = grossChange(left, sides, idOf, direction);
  if (whole <= 0) return [];
  const variances = sides.map((s) => varianceOf(s.profile, s.type));
  const out: GrownPath[] = [];
  for (let n = 0; n < MOST_PATHS; n++) {
    for (const w of left) rewind(w, sides[w.side]!.profile);
    const { frames, walkers } = descend(left, sides, idOf, direction);
    if (frames.length === 0) break;
    let delta = 0;
    let base = 0;
    let variance = 0;
    for (const w of walkers) {
      const s = sides[w.side]!;
      delta += w.value;
      if (s.scale < 0) base -= w.value;
      variance += variances[w.side]!(w.sample) * s.scale ** 2;
    }
    const error = Math.sqrt(variance);
    if (delta * direction < whole * LEAST || delta * direction < SURE * error) break;
    out.push({ frames: frames.map((id) => names[id]!), base, now: base + delta, delta, error, share: Math.min(1, (delta * direction) / whole) });
    const taken = new Set(walkers);
    left = left.filter((w) => !taken.has(w));
  }
  return out;
}

function rewind(w: Walker, p: Profile): void {
  w.at = p.samples.locationStart[w.sample + 1]! - 1;
  w.line = w.at < p.samples.locationStart[w.sample]! ? -1 : p.locations.lineStart[p.samples.location[w.at]! + 1]! - 1;
}

/** The function at the walker, which then stands at the next one inward; -1 at the end of the stack, -2 for a frame without a name. */
function step(w: Walker, p: Profile, ids: Int32Array): number {
  const from = p.samples.locationStart[w.sample]!;
  if (w.at < from) return -1;
  const location = p.samples.location[w.at]!;
  const first = p.locations.lineStart[location]!;
  const f = w.line >= first ? p.lines.function[w.line]! : -1;
  w.line--;
  if (w.line < first) {
    w.at--;
    if (w.at >= from) w.line = p.locations.lineStart[p.samples.location[w.at]! + 1]! - 1;
  }
  return f < 0 ? -2 : ids[f]!;
}

/** The change in one direction, taken by the outermost function: what grew is not hidden by what shrank elsewhere. */
function grossChange(walkers: readonly Walker[], sides: readonly PathSide[], ids: readonly Int32Array[], direction: 1 | -1): number {
  const sums = new Map<number, number>();
  for (const w of walkers) {
    rewind(w, sides[w.side]!.profile);
    const id = step(w, sides[w.side]!.profile, ids[w.side]!);
    sums.set(id, (sums.get(id) ?? 0) + w.value * direction);
  }
  let out = 0;
  for (const v of sums.values()) if (v > 0) out += v;
  return out;
}

function descend(start: readonly Walker[], sides: readonly PathSide[], ids: readonly Int32Array[], direction: 1 | -1): { frames: number[]; walkers: readonly Walker[] } {
  const frames: number[] = [];
  let walkers = start;
  let delta = Number.NaN;
  while (frames.length < MOST_FRAMES) {
    const sums = new Map<number, number>();
    const next = walkers.map((w) => {
      const id = step(w, sides[w.side]!.profile, ids[w.side]!);
      sums.set(id, (sums.get(id) ?? 0) + w.value * direction);
      return id;
    });
    let best = -1;
    let most = 0;
    for (const [id, v] of sums) {
      if (id >= 0 && (v > most || (v === most && v > 0 && id < best))) {
        best = id;
        most = v;
      }
    }
    if (best < 0 || most <= 0 || (frames.length > 0 && most < delta * TOGETHER)) break;
    walkers = walkers.filter((_, i) => next[i] === best);
    frames.push(best);
    delta = most;
  }
  return { frames, walkers: frames.length === 0 ? [] : walkers };
}
