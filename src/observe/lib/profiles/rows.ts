/** What profiles are summed by, and which samples count. Texts are the toolchain's own unless `normalised` says otherwise. */
import { lastingGoSymbol, normaliseGoSymbol, packageOfSymbol } from '../../../model/index.ts';
import { labelsOf, type Profile, type Rows, rowsBy } from '../../../read/pprof/index.ts';

export const GRANULARITIES = ['function', 'file', 'package', 'line'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/**
 * as-written: what the toolchain wrote. one-build: one name for one function of one program, generics and size classes as src/model/go-symbol.ts
 * has them. builds: the same over two programs, where closures carry other numbers: all closures of one function are one.
 */
export type Spelling = 'as-written' | 'one-build' | 'builds';

export const spellingOf =
  (p: Profile, spelling: Spelling) =>
  (f: number): string => {
    const name = p.strings.get(p.functions.name[f]!);
    return spelling === 'as-written' ? name : spelling === 'one-build' ? normaliseGoSymbol(name) : lastingGoSymbol(name, p.strings.get(p.functions.filename[f]!));
  };

export function profileRows(p: Profile, by: Granularity, spelling: Spelling = 'as-written'): Rows {
  const name = (f: number): string => p.strings.get(p.functions.name[f]!);
  const shown = spellingOf(p, spelling);
  const file = (f: number): string => p.strings.get(p.functions.filename[f]!);
  switch (by) {
    case 'function':
      return rowsBy(p, shown);
    case 'file':
      return rowsBy(p, file);
    case 'package':
      // C and static assembly have none
      return rowsBy(p, (f) => packageOfSymbol(name(f)) || '<no package>');
    case 'line':
      return rowsBy(p, (f, line) => `${shown(f)} ${file(f)}:${line}`, true);
  }
}

/** Text of a label of one sample, with its unit where it is a number; null: the sample has none of that key. */
export function labelText(p: Profile, sample: number, key: string): string | null {
  const found = labelsOf(p, sample).filter((l) => l.key === key);
  return found.length === 0 ? null : found.map((l) => l.text ?? `${l.number}${l.unit}`).join(',');
}

export interface Selection {
  /** Keep samples with a frame whose function, file or binary it says yes to. */
  readonly focus?: (text: string) => boolean;
  /** Drop samples with such a frame. */
  readonly ignore?: (text: string) => boolean;
  /** Keep samples whose label `key` has a value it says yes to. */
  readonly label?: { readonly key: string; readonly is: (text: string) => boolean };
}

/** 1 for each sample that counts, as `go tool pprof -focus -ignore` selects them; null: all do. */
export function selectSamples(p: Profile, selection: Selection): Uint8Array | null {
  const { focus, ignore, label } = selection;
  if (focus === undefined && ignore === undefined && label === undefined) return null;
  const focused = focus === undefined ? null : locationsThat(p, focus);
  const ignored = ignore === undefined ? null : locationsThat(p, ignore);
  const keep = new Uint8Array(p.samples.count);
  const { location, locationStart } = p.samples;
  for (let s = 0; s < p.samples.count; s++) {
    let yes = focused === null;
    let no = false;
    for (let i = locationStart[s]!; i < locationStart[s + 1]!; i++) {
      if (focused !== null && focused[location[i]!] === 1) yes = true;
      if (ignored !== null && ignored[location[i]!] === 1) no = true;
    }
    if (!yes || no) continue;
    if (label !== undefined) {
      const text = labelText(p, s, label.key);
      if (text === null || !label.is(text)) continue;
    }
    keep[s] = 1;
  }
  return keep;
}

function locationsThat(p: Profile, says: (text: string) => boolean): Uint8Array {
  const ofString = new Map<number, boolean>();
  const text = (index: number): boolean => {
    let yes = ofString.get(index);
    if (yes === undefined) {
      yes = says(p.strings.get(index));
      ofString.set(index, yes);
    }
    return yes;
  };
  const ofMapping = p.mappings.map((m) => says(m.filename));
  const out = new Uint8Array(p.locations.count);
  for (let at = 0; at < p.locations.count; at++) {
    let yes = ofMapping[p.locations.mapping[at]!] === true;
    for (let l = p.locations.lineStart[at]!; !yes && l < p.locations.lineStart[at + 1]!; l++) {
      const f = p.lines.function[l]!;
      yes = f >= 0 && (text(p.functions.name[f]!) || text(p.functions.systemName[f]!) || text(p.functions.filename[f]!));
    }
    out[at] = yes ? 1 : 0;
  }
  return out;
}
