/** Mappings, functions and locations. Ids are looked up densely where they run from 1, as runtime/pprof and pprof write them. */
import type { Extents } from './decode.ts';
import type { Functions, Lines, Locations, Mapping } from './types.ts';
import { type Wire, WireFault } from './wire.ts';

export interface Ids {
  /** Id n stands at index n-1. */
  readonly dense: boolean;
  readonly byId: ReadonlyMap<number | string, number>;
}

class IdTable implements Ids {
  dense = true;
  readonly byId = new Map<number | string, number>();
  add(id: number | string, index: number, at: number, what: string): void {
    if (id === 0) throw new WireFault(at, `a ${what} with id 0`);
    if (id !== index + 1) this.dense = false;
    if (this.byId.has(id)) throw new WireFault(at, `two ${what}s have the id ${id}`);
    this.byId.set(id, index);
  }
}

export function decodeMappings(wire: Wire, where: Extents, text: (index: number, at: number) => string): { table: Mapping[]; ids: Ids } {
  const ids = new IdTable();
  const table = where.from.map((from, i): Mapping => {
    const to = where.to[i]!;
    const n = [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n];
    let id: number | string = 0;
    wire.at = from;
    while (wire.at < to) {
      const tag = wire.index(to);
      const field = Math.floor(tag / 8);
      if (tag === 8) id = wire.id(to);
      else if (field >= 2 && field <= 10 && (tag & 7) === 0) {
        wire.varint(to);
        n[field] = BigInt.asUintN(64, wire.big());
      } else wire.skip(tag & 7, to);
    }
    ids.add(id, i, from, 'mapping');
    return {
      start: n[2]!,
      limit: n[3]!,
      fileOffset: n[4]!,
      filename: text(Number(n[5]), from),
      buildId: text(Number(n[6]), from),
      hasFunctions: n[7] !== 0n,
      hasInlineFrames: n[10] !== 0n,
    };
  });
  return { table, ids };
}

export function decodeFunctions(wire: Wire, where: Extents, strings: number): { table: Functions; ids: Ids } {
  const count = where.from.length;
  const ids = new IdTable();
  const name = new Uint32Array(count);
  const systemName = new Uint32Array(count);
  const filename = new Uint32Array(count);
  const startLine = new Float64Array(count);
  const stringIndex = (to: number, from: number): number => {
    const index = wire.index(to);
    if (index >= strings) throw new WireFault(from, `a function names string ${index} of ${strings}`);
    return index;
  };
  for (let i = 0; i < count; i++) {
    const from = where.from[i]!;
    const to = where.to[i]!;
    let id: number | string = 0;
    wire.at = from;
    while (wire.at < to) {
      const tag = wire.index(to);
      if (tag === 8) id = wire.id(to);
      else if (tag === 16) name[i] = stringIndex(to, from);
      else if (tag === 24) systemName[i] = stringIndex(to, from);
      else if (tag === 32) filename[i] = stringIndex(to, from);
      else if (tag === 40) startLine[i] = wire.int(to);
      else wire.skip(tag & 7, to);
    }
    ids.add(id, i, from, 'function');
  }
  return { table: { count, name, systemName, filename, startLine }, ids };
}

export function decodeLocations(wire: Wire, where: Extents, mappingIds: Ids, functionIds: Ids): { table: Locations; lines: Lines; ids: Ids } {
  const count = where.from.length;
  const ids = new IdTable();
  const mapping = new Int32Array(count).fill(-1);
  const addressLow = new Uint32Array(count);
  const addressHigh = new Uint32Array(count);
  const lineStart = new Uint32Array(count + 1);
  const functionOf: number[] = [];
  const lineOf: number[] = [];
  for (let i = 0; i < count; i++) {
    const from = where.from[i]!;
    const to = where.to[i]!;
    let id: number | string = 0;
    wire.at = from;
    while (wire.at < to) {
      const tag = wire.index(to);
      if (tag === 8) id = wire.id(to);
      else if (tag === 16) {
        const wanted = wire.id(to);
        if (wanted !== 0) {
          const index = mappingIds.byId.get(wanted);
          if (index === undefined) throw new WireFault(from, 'a location names a mapping that is not in the table');
          mapping[i] = index;
        }
      } else if (tag === 24) {
        wire.varint(to);
        addressLow[i] = wire.low;
        addressHigh[i] = wire.high;
      } else if (tag === 34) {
        const stop = wire.length(to);
        let f = -1;
        let line = 0;
        while (wire.at < stop) {
          const t = wire.index(stop);
          if (t === 8) {
            const wanted = wire.id(stop);
            if (wanted !== 0) {
              const index = functionIds.byId.get(wanted);
              if (index === undefined) throw new WireFault(from, 'a line names a function that is not in the table');
              f = index;
            }
          } else if (t === 16) line = wire.int(stop);
          else wire.skip(t & 7, stop);
        }
        functionOf.push(f);
        lineOf.push(line);
      } else wire.skip(tag & 7, to);
    }
    ids.add(id, i, from, 'location');
    lineStart[i + 1] = functionOf.length;
  }
  return {
    table: { count, mapping, addressLow, addressHigh, lineStart },
    lines: { count: functionOf.length, function: Int32Array.from(functionOf), line: Float64Array.from(lineOf) },
    ids,
  };
}
