/**
 * A profile as text (debug=1) in the columns of a decoded one, so that everything works on both: the same samples and values that
 * `go tool pprof` makes of the text, and also the names and labels, which pprof throws away.
 */
import type { Span } from '../../../model/index.ts';
import type { GoroutineProfileText } from '../../../read/goroutine-profile-text/index.ts';
import type { Profile, ValueType } from '../../../read/pprof/index.ts';
import { estimated, type ProfileText } from '../../../read/pprof-text/index.ts';

interface Row {
  readonly values: readonly number[];
  /** Innermost first; several lines are inlined calls, none is an address without a name. */
  readonly locations: readonly number[];
  readonly labels: readonly (readonly [key: string, text: string | null, number: number, unit: string])[];
  readonly span: Span;
}

/** Collects texts, functions and locations by what they say. */
class Tables {
  readonly strings: string[] = [''];
  private readonly known = new Map<string, number>([['', 0]]);
  private readonly functions = new Map<string, number>();
  private readonly locations = new Map<number | string, number>();
  readonly name: number[] = [];
  readonly filename: number[] = [];
  readonly address: number[] = [];
  readonly lines: { function: number; line: number }[][] = [];

  text(s: string): number {
    let index = this.known.get(s);
    if (index === undefined) {
      index = this.strings.length;
      this.strings.push(s);
      this.known.set(s, index);
    }
    return index;
  }

  line(fn: string, file: string, line: number): { function: number; line: number } {
    const key = `${fn}\n${file}`;
    let index = this.functions.get(key);
    if (index === undefined) {
      index = this.name.length;
      this.functions.set(key, index);
      this.name.push(this.text(fn));
      this.filename.push(this.text(file));
    }
    return { function: index, line };
  }

  /** The location of an address; where several rows tell of it the most lines count, for leading frames of the runtime are left out of a row. */
  location(key: number | string, lines: { function: number; line: number }[]): number {
    let index = this.locations.get(key);
    if (index === undefined) {
      index = this.lines.length;
      this.locations.set(key, index);
      this.lines.push(lines);
      this.address.push(typeof key === 'number' ? key : 0);
    } else if (lines.length > this.lines[index]!.length) this.lines[index] = lines;
    return index;
  }
}

/** Heap values are scaled up as pprof does; delays are nanoseconds, and both numbers of a mutex profile stand for all contentions. */
export function profileOfText(m: ProfileText): Profile {
  const tables = new Tables();
  const heap = m.profile === 'heap';
  const contention = m.types.includes('delay');
  const types: ValueType[] = heap
    ? ['alloc_objects count', 'alloc_space bytes', 'inuse_objects count', 'inuse_space bytes'].map(valueType)
    : contention
      ? ['contentions count', 'delay nanoseconds'].map(valueType)
      : [{ type: m.profile, unit: 'count' }];
  const leading = new Set<number>();
  const rows = m.rows.map((row): Row => {
    const byAddress = new Map<number, { function: number; line: number }[]>();
    for (const f of row.frames) {
      const lines = byAddress.get(f.address) ?? [];
      byAddress.set(f.address, lines);
      lines.push(tables.line(f.function, f.file, f.line));
    }
    // leading frames are left out where they are the runtime's; a row without any name says nothing of the kind
    const firstNamed = row.addresses.findIndex((a) => byAddress.has(a - 1));
    const locations = row.addresses.map((a, i) => {
      const at = tables.location(a - 1, byAddress.get(a - 1) ?? []);
      if (i < firstNamed) leading.add(at);
      return at;
    });
    return { values: valuesOf(m, row.values), locations, labels: heap ? sizeLabel(row.values) : [], span: row.span };
  });
  for (const at of leading) if (tables.lines[at]!.length === 0) tables.lines[at] = [tables.line('runtime.<not named in the text>', '', 0)];
  const periodType = heap ? { type: 'space', unit: 'bytes' } : contention ? { type: 'contentions', unit: 'count' } : types[0]!;
  return assemble(tables, types, rows, periodType, heap ? m.rateBytes : (m.samplingPeriod ?? 1));
}

const valueType = (text: string): ValueType => {
  const [type, unit] = text.split(' ') as [string, string];
  return { type, unit };
};

function valuesOf(m: ProfileText, v: readonly number[]): number[] {
  if (m.profile === 'heap') {
    const inUse = estimated(v[0]!, v[1]!, m.rateBytes);
    const allocated = estimated(v[2]!, v[3]!, m.rateBytes);
    return [allocated.objects, allocated.bytes, inUse.objects, inUse.bytes];
  }
  if (!m.types.includes('delay')) return [v[0]!];
  const each = m.samplingPeriod ?? 1;
  // as pprof computes it: from the cycles, in this order
  const perNanosecond = (m.cyclesPerSecond ?? 0) / 1e9;
  const delay = perNanosecond > 0 ? (Math.round(v[0]! * perNanosecond) * each) / perNanosecond : v[0]! * each;
  return [v[1]! * each, Math.trunc(delay)];
}

/** The mean size of the objects of a row, as pprof labels it. */
function sizeLabel(v: readonly number[]): Row['labels'] {
  const size = v[0]! > 0 ? Math.trunc(v[1]! / v[0]!) : v[2]! > 0 ? Math.trunc(v[3]! / v[2]!) : 0;
  return [['bytes', null, size, '']];
}

/** Goroutines counted by stack, with their labels. */
export function profileOfGoroutineText(m: GoroutineProfileText): Profile {
  const tables = new Tables();
  const rows = m.stacks.map((s): Row => {
    const locations = s.frames.map((f) => tables.location(`${f.symbol}\n${f.file}\n${f.line}`, [tables.line(f.symbol, f.file, f.line)]));
    return { values: [s.count], locations, labels: s.labels.map(([key, text]) => [key, text, 0, ''] as const), span: s.span };
  });
  const type = { type: m.profile, unit: 'count' };
  return assemble(tables, [type], rows, type, 1);
}

function assemble(tables: Tables, sampleTypes: readonly ValueType[], rows: readonly Row[], periodType: ValueType, period: number): Profile {
  const labels = rows.flatMap((r) => r.labels);
  const key = Uint32Array.from(labels, (l) => tables.text(l[0]));
  const text = Uint32Array.from(labels, (l) => (l[1] === null ? 0 : tables.text(l[1])));
  const unit = Uint32Array.from(labels, (l) => tables.text(l[3]));
  const lines = tables.lines.flat();
  const starts = (lengths: readonly number[]): Uint32Array => {
    const out = new Uint32Array(lengths.length + 1);
    lengths.forEach((n, i) => {
      out[i + 1] = out[i]! + n;
    });
    return out;
  };
  const functions = tables.name.length;
  return {
    sampleTypes,
    defaultType: sampleTypes.length - 1,
    samples: {
      count: rows.length,
      offset: Uint32Array.from(rows, (r) => r.span.offset),
      length: Uint32Array.from(rows, (r) => r.span.length),
      locationStart: starts(rows.map((r) => r.locations.length)),
      location: Uint32Array.from(rows.flatMap((r) => r.locations)),
      value: Float64Array.from(rows.flatMap((r) => r.values)),
      exact: null,
      labelStart: starts(rows.map((r) => r.labels.length)),
    },
    labels: { count: labels.length, key, text, number: Float64Array.from(labels, (l) => l[2]), unit },
    locations: {
      count: tables.lines.length,
      mapping: new Int32Array(tables.lines.length).fill(-1),
      addressLow: Uint32Array.from(tables.address, (a) => a % 2 ** 32),
      addressHigh: Uint32Array.from(tables.address, (a) => Math.floor(a / 2 ** 32)),
      lineStart: starts(tables.lines.map((l) => l.length)),
    },
    lines: { count: lines.length, function: Int32Array.from(lines, (l) => l.function), line: Float64Array.from(lines, (l) => l.line) },
    functions: {
      count: functions,
      name: Uint32Array.from(tables.name),
      systemName: Uint32Array.from(tables.name),
      filename: Uint32Array.from(tables.filename),
      startLine: new Float64Array(functions),
    },
    mappings: [],
    strings: { count: tables.strings.length, get: (index) => tables.strings[index] ?? '' },
    dropFrames: '',
    keepFrames: '',
    timeNanos: 0n,
    durationNanos: 0n,
    periodType,
    period,
    comments: [],
    docUrl: '',
    delta: false,
  };
}
