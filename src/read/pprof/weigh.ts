/** Flat and cumulative weight by function: flat where the function is the leaf, cumulative wherever it stands on the stack, once a sample. */
import type { Profile } from './types.ts';

export interface Weights {
  /** One row a function name, in order of first appearance. */
  readonly name: readonly string[];
  readonly flat: Float64Array;
  readonly cum: Float64Array;
  readonly total: number;
}

/** Functions of one name are one row, as `go tool pprof -top` has it; locations without symbols are left out of the rows, not of the total. */
export function weigh(p: Profile, type: number): Weights {
  const rowOfFunction = new Int32Array(p.functions.count);
  const rows = new Map<string, number>();
  const name: string[] = [];
  for (let f = 0; f < p.functions.count; f++) {
    const text = p.strings.get(p.functions.name[f]!);
    let row = rows.get(text);
    if (row === undefined) {
      row = name.length;
      rows.set(text, row);
      name.push(text);
    }
    rowOfFunction[f] = row;
  }
  const flat = new Float64Array(name.length);
  const cum = new Float64Array(name.length);
  const seenIn = new Int32Array(name.length).fill(-1);
  const types = p.sampleTypes.length;
  const { locationStart, location, value } = p.samples;
  const { lineStart } = p.locations;
  let total = 0;
  for (let s = 0; s < p.samples.count; s++) {
    const v = value[s * types + type]!;
    total += v;
    if (v === 0) continue;
    let leaf = true;
    for (let i = locationStart[s]!; i < locationStart[s + 1]!; i++) {
      const at = location[i]!;
      for (let l = lineStart[at]!; l < lineStart[at + 1]!; l++) {
        const f = p.lines.function[l]!;
        if (f < 0) {
          leaf = false;
          continue;
        }
        const row = rowOfFunction[f]!;
        if (leaf) {
          flat[row] = flat[row]! + v;
          leaf = false;
        }
        if (seenIn[row] === s) continue;
        seenIn[row] = s;
        cum[row] = cum[row]! + v;
      }
      leaf = false;
    }
  }
  return { name, flat, cum, total };
}
