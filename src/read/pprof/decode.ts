/** The decoding itself: one walk over the top level, then the tables, then the samples straight into their columns. */
import { decodeText } from '../../model/index.ts';
import { decodeFunctions, decodeLocations, decodeMappings, type Ids } from './tables.ts';
import type { Labels, LocationIndices, Profile, Samples, Strings, ValueType } from './types.ts';
import { expectType, Wire, WireFault } from './wire.ts';

/** Start and end of each message of one field, two entries each. */
export interface Extents {
  readonly from: number[];
  readonly to: number[];
}

interface TopLevel {
  readonly types: Extents;
  readonly samples: { count: number; first: number; bytes: number };
  readonly mappings: Extents;
  readonly locations: Extents;
  readonly functions: Extents;
  readonly strings: Extents;
  readonly comments: number[];
  periodType: [number, number] | null;
  dropFrames: number;
  keepFrames: number;
  timeNanos: bigint;
  durationNanos: bigint;
  period: number;
  defaultType: number;
  docUrl: number;
  /** Where the first profile ends; a second begins there when it is not the end of the bytes. */
  end: number;
}

const extents = (): Extents => ({ from: [], to: [] });

export interface Decoded {
  readonly profile: Profile;
  /** Bytes the profile takes; more follow when profiles were concatenated. */
  readonly end: number;
}

export function decodeProfile(bytes: Uint8Array): Decoded {
  const wire = new Wire(bytes);
  const top = topLevel(wire);
  const strings = lazyStrings(bytes, top.strings);
  const text = (index: number, at: number): string => {
    if (index >= strings.count) throw new WireFault(at, `string ${index} of ${strings.count}`);
    return strings.get(index);
  };
  if (strings.count > 0 && top.strings.to[0] !== top.strings.from[0]) throw new WireFault(top.strings.from[0]!, 'the first string is not empty');
  const sampleTypes = top.types.from.map((from, i) => valueType(wire, from, top.types.to[i]!, text));
  const mappings = decodeMappings(wire, top.mappings, text);
  const functions = decodeFunctions(wire, top.functions, strings.count);
  const locations = decodeLocations(wire, top.locations, mappings.ids, functions.ids);
  const { samples, labels, delta } = decodeSamples(wire, top, sampleTypes.length, locations.ids, locations.table.count, strings.count);
  const named = top.defaultType === 0 ? -1 : sampleTypes.findIndex((t) => t.type === text(top.defaultType, 0));
  return {
    end: top.end,
    profile: {
      sampleTypes,
      defaultType: named >= 0 ? named : sampleTypes.length - 1,
      samples,
      labels,
      locations: locations.table,
      lines: locations.lines,
      functions: functions.table,
      mappings: mappings.table,
      strings,
      dropFrames: text(top.dropFrames, 0),
      keepFrames: text(top.keepFrames, 0),
      timeNanos: top.timeNanos,
      durationNanos: top.durationNanos,
      periodType: top.periodType === null ? null : valueType(wire, top.periodType[0], top.periodType[1], text),
      period: top.period,
      comments: top.comments.map((c) => text(c, 0)),
      docUrl: text(top.docUrl, 0),
      delta,
    },
  };
}

/** Fields a profile has once. */
const SINGULAR = [7, 8, 9, 10, 11, 12, 14, 15].reduce((bits, field) => bits | (1 << field), 0);
const STRINGS = 1 << 6;

/**
 * Notes where every message lies. Appending one serialised profile to another is a legal merge for protobuf and nonsense for profiles:
 * the second one is recognised by its own empty first string, and what follows the first is left alone.
 */
function topLevel(wire: Wire, end = wire.bytes.length): TopLevel {
  const top: TopLevel = {
    types: extents(),
    samples: { count: 0, first: -1, bytes: 0 },
    mappings: extents(),
    locations: extents(),
    functions: extents(),
    strings: extents(),
    comments: [],
    periodType: null,
    dropFrames: 0,
    keepFrames: 0,
    timeNanos: 0n,
    durationNanos: 0n,
    period: 0,
    defaultType: 0,
    docUrl: 0,
    end,
  };
  // where a second profile may have begun: what comes once, or before the strings, comes after them
  let second = -1;
  let seen = 0;
  wire.at = 0;
  while (wire.at < end) {
    const start = wire.at;
    const tag = wire.index(end);
    const type = tag & 7;
    const field = Math.floor(tag / 8);
    if (field === 0) throw new WireFault(start, 'field number 0');
    if (field <= 15) {
      const bit = 1 << field;
      if (second < 0 && (seen & STRINGS) !== 0 && (field <= 5 || (SINGULAR & seen & bit) !== 0)) second = start;
      seen |= bit;
    }
    if (field >= 1 && field <= 6) {
      expectType(wire, type, 2, `field ${field}`);
      const to = wire.length(end);
      if (field === 6 && second >= 0 && to === wire.at) return topLevel(wire, second);
      if (field === 2) {
        if (top.samples.first < 0) top.samples.first = start;
        top.samples.count++;
        top.samples.bytes += to - wire.at;
      } else {
        const table = field === 1 ? top.types : field === 3 ? top.mappings : field === 4 ? top.locations : field === 5 ? top.functions : top.strings;
        table.from.push(wire.at);
        table.to.push(to);
      }
      wire.at = to;
    } else if (field === 11) {
      expectType(wire, type, 2, 'the period type');
      const to = wire.length(end);
      top.periodType = [wire.at, to];
      wire.at = to;
    } else if (field === 13) {
      if (type === 2) {
        const to = wire.length(end);
        while (wire.at < to) top.comments.push(wire.index(to));
      } else {
        expectType(wire, type, 0, 'a comment');
        top.comments.push(wire.index(end));
      }
    } else if (field <= 15) {
      expectType(wire, type, 0, `field ${field}`);
      if (field === 9 || field === 10 || field === 12) {
        wire.varint(end);
        if (field === 9) top.timeNanos = wire.big();
        else if (field === 10) top.durationNanos = wire.big();
        else top.period = wire.signed();
      } else {
        const index = wire.index(end);
        if (field === 7) top.dropFrames = index;
        else if (field === 8) top.keepFrames = index;
        else if (field === 14) top.defaultType = index;
        else top.docUrl = index;
      }
    } else wire.skip(type, end);
  }
  return top;
}

function lazyStrings(bytes: Uint8Array, where: Extents): Strings {
  const known: (string | undefined)[] = [];
  return {
    // a profile without any string still has string 0
    count: Math.max(1, where.from.length),
    get(index) {
      let text = known[index];
      if (text === undefined) {
        text = index < where.from.length ? decodeText(bytes.subarray(where.from[index]!, where.to[index]!)) : '';
        known[index] = text;
      }
      return text;
    },
  };
}

function valueType(wire: Wire, from: number, to: number, text: (index: number, at: number) => string): ValueType {
  let type = 0;
  let unit = 0;
  wire.at = from;
  while (wire.at < to) {
    const tag = wire.index(to);
    if (tag === 8) type = wire.index(to);
    else if (tag === 16) unit = wire.index(to);
    else wire.skip(tag & 7, to);
  }
  return { type: text(type, from), unit: text(unit, from) };
}

function decodeSamples(
  wire: Wire,
  top: TopLevel,
  types: number,
  locationIds: Ids,
  locationCount: number,
  stringCount: number,
): { samples: Samples; labels: Labels; delta: boolean } {
  const bytes = wire.bytes;
  const count = top.samples.count;
  const offset = new Uint32Array(count);
  const length = new Uint32Array(count);
  const locationStart = new Uint32Array(count + 1);
  const labelStart = new Uint32Array(count + 1);
  // every value takes a byte at least: more samples times types than bytes is damage, and would ask for memory without end
  if (count * types > bytes.length) throw new WireFault(Math.max(0, top.samples.first), `${count} samples cannot have ${types} values each`);
  const value = new Float64Array(count * types);
  // an id takes a byte at least; pages that are never written cost nothing, growing and copying would (bench/pprof.ts)
  const ids = new IdRuns(bytes, locationIds, locationCount, locationCount <= 0x10000 ? new Uint16Array(top.samples.bytes) : new Uint32Array(top.samples.bytes));
  const labelRows = new LabelRows(count);
  let inexact = false;
  let delta = false;
  let s = 0;
  wire.at = Math.max(0, top.samples.first);
  while (s < count) {
    const tag = wire.index(top.end);
    if (tag !== 0x12) {
      wire.skip(tag & 7, top.end);
      continue;
    }
    const to = wire.length(top.end);
    offset[s] = wire.at;
    length[s] = to - wire.at;
    let values = 0;
    while (wire.at < to) {
      const at = wire.at;
      const fieldTag = bytes[at]!;
      if (fieldTag === 0x0a || fieldTag === 0x08) {
        wire.at++;
        if (fieldTag === 0x0a) wire.at = ids.run(wire, wire.length(to));
        else ids.one(wire, to);
        continue;
      }
      if (fieldTag === 0x12 || fieldTag === 0x10) {
        wire.at++;
        const stop = fieldTag === 0x12 ? wire.length(to) : to;
        while (wire.at < stop) {
          wire.varint(stop);
          if (values >= types) throw new WireFault(at, `a sample has more values than the ${types} sample types`);
          if (wire.high < 0) delta = true;
          if (!wire.exact()) inexact = true;
          value[s * types + values++] = wire.signed();
          if (fieldTag === 0x10) break;
        }
        continue;
      }
      if (fieldTag === 0x1a) {
        wire.at++;
        const stop = wire.length(to);
        let k = 0;
        let t = 0;
        let n = 0;
        let u = 0;
        while (wire.at < stop) {
          const tagOfLabel = wire.index(stop);
          if (tagOfLabel === 8) k = wire.index(stop);
          else if (tagOfLabel === 16) t = wire.index(stop);
          else if (tagOfLabel === 24) n = wire.int(stop);
          else if (tagOfLabel === 32) u = wire.index(stop);
          else wire.skip(tagOfLabel & 7, stop);
        }
        if (k >= stringCount || t >= stringCount || u >= stringCount) throw new WireFault(at, 'a label names a string that is not in the table');
        labelRows.push(k, t, n, u);
        continue;
      }
      const other = wire.index(to);
      wire.skip(other & 7, to);
    }
    if (values !== types) throw new WireFault(offset[s]!, `a sample has ${values} values for ${types} sample types`);
    s++;
    locationStart[s] = ids.count;
    labelStart[s] = labelRows.count;
  }
  const samples: Samples = {
    count,
    offset,
    length,
    locationStart,
    location: ids.indices(),
    value,
    exact: inexact ? exactValues(wire, offset, length, types) : null,
    labelStart,
  };
  const labels = labelRows.labels();
  return { samples, labels, delta };
}

/** Location ids of all samples as indices. A run of ids is most of what a profile is: it has a loop of its own (bench/pprof.ts). */
class IdRuns {
  count = 0;
  private readonly bytes: Uint8Array;
  private readonly ids: Ids;
  private readonly locations: number;
  private readonly out: LocationIndices;

  constructor(bytes: Uint8Array, ids: Ids, locations: number, out: LocationIndices) {
    this.bytes = bytes;
    this.ids = ids;
    this.locations = locations;
    this.out = out;
  }

  /** Reads packed ids from where the wire stands up to `stop`, and returns that. */
  run(wire: Wire, stop: number): number {
    const { bytes, out, locations } = this;
    const begin = wire.at;
    let n = this.count;
    let p = begin;
    // ids of up to three bytes, by far the most, without the general path
    if (this.ids.dense) {
      while (p < stop) {
        let id = bytes[p]!;
        if (id < 0x80) p++;
        else if (p + 1 < stop && bytes[p + 1]! < 0x80) {
          id = (id & 0x7f) | (bytes[p + 1]! << 7);
          p += 2;
        } else if (p + 2 < stop && bytes[p + 2]! < 0x80) {
          id = (id & 0x7f) | ((bytes[p + 1]! & 0x7f) << 7) | (bytes[p + 2]! << 14);
          p += 3;
        } else break;
        if (id === 0 || id > locations) throw new WireFault(begin, NO_LOCATION);
        out[n++] = id - 1;
      }
    }
    while (p < stop) {
      wire.at = p;
      out[n++] = this.index(wire, stop, begin);
      p = wire.at;
    }
    this.count = n;
    return stop;
  }

  /** One id that is not packed. */
  one(wire: Wire, stop: number): void {
    const index = this.index(wire, stop, wire.at);
    this.out[this.count++] = index;
  }

  private index(wire: Wire, stop: number, at: number): number {
    const id = wire.id(stop);
    const index = this.ids.dense ? (typeof id === 'number' ? id - 1 : -1) : (this.ids.byId.get(id) ?? -1);
    if (index < 0 || index >= this.locations) throw new WireFault(at, NO_LOCATION);
    return index;
  }

  indices(): LocationIndices {
    return this.out.subarray(0, this.count);
  }
}

const NO_LOCATION = 'a sample names a location that is not in the table';

/** Labels as they come: how many there are is known at the end. */
class LabelRows {
  count = 0;
  private key: Uint32Array;
  private text: Uint32Array;
  private number: Float64Array;
  private unit: Uint32Array;

  /** Profiles have none, or about one a sample. */
  constructor(samples: number) {
    this.key = new Uint32Array(samples);
    this.text = new Uint32Array(samples);
    this.number = new Float64Array(samples);
    this.unit = new Uint32Array(samples);
  }

  push(key: number, text: number, number: number, unit: number): void {
    const n = this.count++;
    if (n === this.key.length) this.grow();
    this.key[n] = key;
    this.text[n] = text;
    this.number[n] = number;
    this.unit[n] = unit;
  }

  private grow(): void {
    const larger = Math.max(16, this.key.length * 2);
    const widened = (from: Uint32Array): Uint32Array => {
      const to = new Uint32Array(larger);
      to.set(from);
      return to;
    };
    this.key = widened(this.key);
    this.text = widened(this.text);
    this.unit = widened(this.unit);
    const numbers = new Float64Array(larger);
    numbers.set(this.number);
    this.number = numbers;
  }

  labels(): Labels {
    const n = this.count;
    return { count: n, key: this.key.subarray(0, n), text: this.text.subarray(0, n), number: this.number.subarray(0, n), unit: this.unit.subarray(0, n) };
  }
}

/** Only where a value passes 2^53: every value again, exactly. */
function exactValues(wire: Wire, offset: Uint32Array, length: Uint32Array, types: number): BigInt64Array {
  const out = new BigInt64Array(offset.length * types);
  for (let s = 0; s < offset.length; s++) {
    const to = offset[s]! + length[s]!;
    let values = 0;
    wire.at = offset[s]!;
    while (wire.at < to) {
      const tag = wire.index(to);
      if (tag === 0x12) {
        const stop = wire.length(to);
        while (wire.at < stop) {
          wire.varint(stop);
          out[s * types + values++] = wire.big();
        }
      } else if (tag === 0x10) {
        wire.varint(to);
        out[s * types + values++] = wire.big();
      } else wire.skip(tag & 7, to);
    }
  }
  return out;
}
