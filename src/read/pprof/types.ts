/** A profile in columns. Indices are named for their table; -1 = none. Strings are decoded when asked for. */
import type { Span } from '../../model/index.ts';

export interface Strings {
  readonly count: number;
  get(index: number): string;
}

export interface ValueType {
  readonly type: string;
  readonly unit: string;
}

/** Two bytes an index where the table of locations allows: stacks are by far the most of a profile. */
export type LocationIndices = Uint16Array | Uint32Array;

export interface Samples {
  readonly count: number;
  /** Span of each Sample message in the decoded bytes, tag excluded. */
  readonly offset: Uint32Array;
  readonly length: Uint32Array;
  /** locations[locationStart[i] … locationStart[i+1]) is the stack of sample i, leaf first. */
  readonly locationStart: Uint32Array;
  readonly location: LocationIndices;
  /** values[i * types + t]. Nearest double; `exact` holds every value where one passes ±2^53, else null. */
  readonly value: Float64Array;
  readonly exact: BigInt64Array | null;
  readonly labelStart: Uint32Array;
}

export interface Labels {
  readonly count: number;
  readonly key: Uint32Array;
  /** String index; 0 = the label is a number. */
  readonly text: Uint32Array;
  readonly number: Float64Array;
  readonly unit: Uint32Array;
}

export interface Locations {
  readonly count: number;
  readonly mapping: Int32Array;
  readonly addressLow: Uint32Array;
  readonly addressHigh: Uint32Array;
  /** lines[lineStart[i] … lineStart[i+1]): innermost inlined function first, the real caller last. */
  readonly lineStart: Uint32Array;
}

export interface Lines {
  readonly count: number;
  readonly function: Int32Array;
  /** 0 = not known. */
  readonly line: Float64Array;
}

export interface Functions {
  readonly count: number;
  readonly name: Uint32Array;
  readonly systemName: Uint32Array;
  readonly filename: Uint32Array;
  readonly startLine: Float64Array;
}

export interface Mapping {
  readonly start: bigint;
  readonly limit: bigint;
  readonly fileOffset: bigint;
  readonly filename: string;
  readonly buildId: string;
  readonly hasFunctions: boolean;
  readonly hasInlineFrames: boolean;
}

export interface Profile {
  readonly sampleTypes: readonly ValueType[];
  /** Index of the type a viewer shows first: the named one, else the last. */
  readonly defaultType: number;
  readonly samples: Samples;
  readonly labels: Labels;
  readonly locations: Locations;
  readonly lines: Lines;
  readonly functions: Functions;
  readonly mappings: readonly Mapping[];
  readonly strings: Strings;
  /** Full-match regular expressions of functions that are of no interest: see `pruned`. */
  readonly dropFrames: string;
  readonly keepFrames: string;
  /** End of the capture for delta profiles, start otherwise; nanoseconds since the epoch, 0 = not written. */
  readonly timeNanos: bigint;
  readonly durationNanos: bigint;
  readonly periodType: ValueType | null;
  readonly period: number;
  readonly comments: readonly string[];
  readonly docUrl: string;
  /** Some value is negative: the difference of two snapshots (`?seconds=N`, `-base`). */
  readonly delta: boolean;
}

export interface ProfileFrame {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  /** Inlined into the next frame. */
  readonly inlined: boolean;
}

export const sampleSpan = (p: Profile, sample: number): Span => ({ offset: p.samples.offset[sample]!, length: p.samples.length[sample]! });

export const addressOf = (p: Profile, location: number): bigint => (BigInt(p.locations.addressHigh[location]!) << 32n) | BigInt(p.locations.addressLow[location]!);

/** Index of a sample type by name; -1 when the profile has none. */
export const typeIndex = (p: Profile, type: string): number => p.sampleTypes.findIndex((t) => t.type === type);

/** Stack of a sample, innermost first, inlined calls expanded. A location without symbols is its address. */
export function framesOf(p: Profile, sample: number): ProfileFrame[] {
  const out: ProfileFrame[] = [];
  const { location, locationStart } = p.samples;
  for (let i = locationStart[sample]!; i < locationStart[sample + 1]!; i++) {
    const at = location[i]!;
    const from = p.locations.lineStart[at]!;
    const to = p.locations.lineStart[at + 1]!;
    if (from === to) out.push({ function: `0x${addressOf(p, at).toString(16)}`, file: '', line: 0, inlined: false });
    for (let l = from; l < to; l++) {
      const f = p.lines.function[l]!;
      out.push({
        function: f < 0 ? `0x${addressOf(p, at).toString(16)}` : p.strings.get(p.functions.name[f]!),
        file: f < 0 ? '' : p.strings.get(p.functions.filename[f]!),
        line: p.lines.line[l]!,
        inlined: l + 1 < to,
      });
    }
  }
  return out;
}

export interface ProfileLabel {
  readonly key: string;
  readonly text: string | null;
  readonly number: number | null;
  readonly unit: string;
}

export function labelsOf(p: Profile, sample: number): ProfileLabel[] {
  const out: ProfileLabel[] = [];
  for (let i = p.samples.labelStart[sample]!; i < p.samples.labelStart[sample + 1]!; i++) {
    const text = p.labels.text[i]!;
    out.push({
      key: p.strings.get(p.labels.key[i]!),
      text: text === 0 ? null : p.strings.get(text),
      number: text === 0 ? p.labels.number[i]! : null,
      unit: p.strings.get(p.labels.unit[i]!),
    });
  }
  return out;
}
