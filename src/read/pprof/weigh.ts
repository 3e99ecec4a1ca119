/** Flat and cumulative weight by row: flat where the row is the leaf, cumulative wherever it stands on the stack, once a sample. */
import type { Profile } from './types.ts';

/** What samples are summed by: a row for every line of every location. */
export interface Rows {
  readonly name: readonly string[];
  /** Row of each entry of `lines`. */
  readonly ofLine: Int32Array;
  /** Row of each location without lines; -1 for the others. */
  readonly ofLocation: Int32Array;
}

export interface Weights {
  /** One row a name, in order of first appearance. */
  readonly name: readonly string[];
  readonly flat: Float64Array;
  readonly cum: Float64Array;
  /** Sum of the values, negative ones included. */
  readonly total: number;
  /** Sum of the values without their signs: what `go tool pprof` takes its percentages of. */
  readonly magnitude: number;
}

/**
 * Rows by any text of a function and line; texts that are equal are one row. What has no symbols is a row of its binary, as
 * `go tool pprof -top` names it: `[libc.so.6]`, `<unknown>`.
 */
export function rowsBy(p: Profile, text: (functionIndex: number, line: number) => string, byLine = false): Rows {
  const name: string[] = [];
  const known = new Map<string, number>();
  const row = (t: string): number => {
    let r = known.get(t);
    if (r === undefined) {
      r = name.length;
      known.set(t, r);
      name.push(t);
    }
    return r;
  };
  const ofFunction = new Int32Array(p.functions.count).fill(-1);
  const ofLine = new Int32Array(p.lines.count);
  const ofLocation = new Int32Array(p.locations.count).fill(-1);
  const { lineStart, mapping } = p.locations;
  const unnamed = (location: number): number => {
    const file = p.mappings[mapping[location]!]?.filename ?? '';
    return row(file === '' ? '<unknown>' : `[${file.slice(file.lastIndexOf('/') + 1)}]`);
  };
  for (let at = 0; at < p.locations.count; at++) {
    const from = lineStart[at]!;
    const to = lineStart[at + 1]!;
    if (from === to) ofLocation[at] = unnamed(at);
    for (let l = from; l < to; l++) {
      const f = p.lines.function[l]!;
      // a function without a name is where the runtime found none: address 0 of a thread's stack
      if (f < 0 || p.functions.name[f] === 0) ofLine[l] = unnamed(at);
      else if (byLine) ofLine[l] = row(text(f, p.lines.line[l]!));
      else {
        if (ofFunction[f] === -1) ofFunction[f] = row(text(f, 0));
        ofLine[l] = ofFunction[f]!;
      }
    }
  }
  return { name, ofLine, ofLocation };
}

/** Functions of one name are one row, as in `go tool pprof -top`. */
export const rowsByFunction = (p: Profile): Rows => rowsBy(p, (f) => p.strings.get(p.functions.name[f]!));

/** `keep`, where given, holds 1 for every sample that counts. */
export function weigh(p: Profile, type: number, rows: Rows = rowsByFunction(p), keep: Uint8Array | null = null): Weights {
  const types = p.sampleTypes.length;
  const { value } = p.samples;
  return weighValues(p, (s) => value[s * types + type]!, rows, keep);
}

/** The same for anything that each sample has one number of. */
export function weighValues(p: Profile, weightOf: (sample: number) => number, rows: Rows, keep: Uint8Array | null = null): Weights {
  const { name, ofLine, ofLocation } = rows;
  const flat = new Float64Array(name.length);
  const cum = new Float64Array(name.length);
  const seenIn = new Int32Array(name.length).fill(-1);
  const { locationStart, location } = p.samples;
  const { lineStart } = p.locations;
  // the row of a location with one line, by far the most; -1 where several calls were inlined
  const single = new Int32Array(p.locations.count);
  for (let at = 0; at < single.length; at++) {
    const from = lineStart[at]!;
    const lines = lineStart[at + 1]! - from;
    single[at] = lines === 0 ? ofLocation[at]! : lines === 1 ? ofLine[from]! : -1;
  }
  let total = 0;
  let magnitude = 0;
  for (let s = 0; s < p.samples.count; s++) {
    if (keep !== null && keep[s] === 0) continue;
    const v = weightOf(s);
    if (v === 0) continue;
    total += v;
    magnitude += v < 0 ? -v : v;
    const from = locationStart[s]!;
    const to = locationStart[s + 1]!;
    for (let i = from; i < to; i++) {
      const at = location[i]!;
      const only = single[at]!;
      if (only >= 0) {
        if (i === from) flat[only] = flat[only]! + v;
        if (seenIn[only] !== s) {
          seenIn[only] = s;
          cum[only] = cum[only]! + v;
        }
        continue;
      }
      const end = lineStart[at + 1]!;
      for (let l = lineStart[at]!; l < end; l++) {
        const row = ofLine[l]!;
        if (i === from && l === lineStart[at]!) flat[row] = flat[row]! + v;
        if (seenIn[row] !== s) {
          seenIn[row] = s;
          cum[row] = cum[row]! + v;
        }
      }
    }
  }
  return { name, flat, cum, total, magnitude };
}
