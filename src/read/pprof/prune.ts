/**
 * drop_frames and keep_frames, as github.com/google/pprof profile/prune.go (Prune, RemoveUninteresting) applies them: what is called by a
 * function that matches is cut off together with it, but never above the first frame, counted from the root, that matches nothing.
 */
import { linearRegex } from '../lib/linear-regex.ts';
import type { Lines, Locations, Profile, Samples } from './types.ts';

/** Whether a function is dropped: drop_frames matches its whole name without arguments, and keep_frames does not. */
export type Drops = (name: string) => boolean;

const RESERVED = /\(anonymous namespace\)|operator\(\)|\(/g;

/** The name as the two expressions see it: without the arguments of C++ and the leading dot of PowerPC. */
function simplifiedName(name: string): string {
  const text = name.startsWith('.') ? name.slice(1) : name;
  for (const m of text.matchAll(RESERVED)) if (m[0] === '(') return text.slice(0, m.index);
  return text;
}

/** What a profile says about itself: its own drop_frames and keep_frames; null where it says nothing. Throws what the expression is wrong about. */
export async function ownDrops(p: Profile): Promise<Drops | null> {
  if (p.dropFrames === '') return null;
  const drop = await linearRegex(`^(${p.dropFrames})$`);
  const keep = p.keepFrames === '' ? null : await linearRegex(`^(${p.keepFrames})$`);
  return (name) => drop(name) && !(keep?.(name) ?? false);
}

/** A profile without the frames that are dropped. The one given is not changed; without a match it is given back. */
export function pruned(p: Profile, drops: Drops): Profile {
  const known = new Map<number, boolean>();
  const dropped = (f: number): boolean => {
    if (f < 0) return false;
    let yes = known.get(f);
    if (yes === undefined) {
      const name = p.strings.get(p.functions.name[f]!);
      yes = name !== '' && drops(simplifiedName(name));
      known.set(f, yes);
    }
    return yes;
  };
  const WHOLE = 1;
  const BENEATH = 2;
  const cut = new Uint8Array(p.locations.count);
  const lineStart = new Uint32Array(p.locations.count + 1);
  const keptLines: number[] = [];
  let any = false;
  for (let at = 0; at < p.locations.count; at++) {
    const from = p.locations.lineStart[at]!;
    const to = p.locations.lineStart[at + 1]!;
    let i = to - 1;
    while (i >= from && !dropped(p.lines.function[i]!)) i--;
    let first = from;
    if (i >= from) {
      any = true;
      cut[at] = i === to - 1 ? WHOLE : BENEATH;
      if (cut[at] === BENEATH) first = i + 1;
    }
    for (let l = first; l < to; l++) keptLines.push(l);
    lineStart[at + 1] = keptLines.length;
  }
  if (!any) return p;
  const { samples } = p;
  const locationStart = new Uint32Array(samples.count + 1);
  const location = new Uint32Array(samples.location.length);
  let written = 0;
  for (let s = 0; s < samples.count; s++) {
    const from = samples.locationStart[s]!;
    const to = samples.locationStart[s + 1]!;
    let begin = from;
    let user = false;
    for (let i = to - 1; i >= from; i--) {
      const how = cut[samples.location[i]!]!;
      if (how === 0) user = true;
      else if (user) {
        begin = how === WHOLE ? i + 1 : i;
        break;
      }
    }
    for (let i = begin; i < to; i++) location[written++] = samples.location[i]!;
    locationStart[s + 1] = written;
  }
  const keptSamples: Samples = { ...samples, locationStart, location: location.subarray(0, written) };
  const lines: Lines = {
    count: keptLines.length,
    function: Int32Array.from(keptLines, (l) => p.lines.function[l]!),
    line: Float64Array.from(keptLines, (l) => p.lines.line[l]!),
  };
  const locations: Locations = { ...p.locations, lineStart };
  return { ...p, samples: keptSamples, lines, locations };
}
