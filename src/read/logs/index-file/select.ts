/** Which parts of an indexed log a query must read: blocks that cannot hold a match are passed over. */
import {
  IDS_FULL,
  type IdProbe,
  INSIDE,
  idHash,
  idProbe,
  isIndexedId,
  LINE_BYTES,
  lineBits,
  lineHolds,
  lineOf,
  OPAQUE_FULL,
  POSTINGS_FULL,
  UNTIMED,
} from '../../../kernels/index.ts';
import { levelRanks, type MatchContext, timeRange } from '../search/match.ts';
import { namedRole } from '../search/names.ts';
import type { Query } from '../search/query.ts';
import { type Block, checkOf, OPAQUE_RANK, readMarks } from './rows.ts';

/** What every match must have. */
interface Needs {
  readonly from: bigint | null;
  readonly to: bigint | null;
  /** Accepted ranks; null: any, also none. */
  readonly ranks: number | null;
  /** Of each group one id at least stands in the record. */
  readonly ids: readonly (readonly string[])[];
}

const ANY: Needs = { from: null, to: null, ranks: null, ids: [] };

export function needsOf(query: Query, context: MatchContext): Needs {
  switch (query.kind) {
    case 'and':
      return query.of.map((q) => needsOf(q, context)).reduce(both, ANY);
    case 'or':
      return query.of.map((q) => needsOf(q, context)).reduce(either);
    case 'field':
      return ofField(query, context);
    default:
      return ANY;
  }
}

function ofField(q: Query & { kind: 'field' }, context: MatchContext): Needs {
  const role = namedRole(q.name);
  if (q.op === '~' || q.op === '!~' || q.op === '!=') return ANY;
  if (role === 'level') return { ...ANY, ranks: levelRanks(q.op, q.value, q.at) };
  if (role === 'since' || role === 'until' || role === 'time') return { ...ANY, ...timeRange(q, role, context.day) };
  // what is no field of its own stands nowhere as a whole value
  const whole = role !== 'message' && role !== 'caller' && role !== 'format' && role !== 'logger' && role !== 'pod';
  return q.op === '=' && whole && isIndexedId(q.value) ? { ...ANY, ids: [[q.value]] } : ANY;
}

const least = (a: bigint | null, b: bigint | null): bigint | null => (a === null || b === null ? null : a < b ? a : b);
const greatest = (a: bigint | null, b: bigint | null): bigint | null => (a === null || b === null ? null : a > b ? a : b);

const both = (a: Needs, b: Needs): Needs => ({
  from: greatest(a.from ?? b.from, b.from ?? a.from),
  to: least(a.to ?? b.to, b.to ?? a.to),
  ranks: a.ranks === null ? b.ranks : b.ranks === null ? a.ranks : a.ranks & b.ranks,
  ids: [...a.ids, ...b.ids],
});

const either = (a: Needs, b: Needs): Needs => ({
  from: least(a.from, b.from),
  to: greatest(a.to, b.to),
  ranks: a.ranks === null || b.ranks === null ? null : a.ranks | b.ranks,
  ids: a.ids.length > 0 && b.ids.length > 0 ? [[...(a.ids[0] as readonly string[]), ...(b.ids[0] as readonly string[])]] : [],
});

/** The query is one condition on the level, or none, and perhaps some on time: counts in the index answer it. */
function onlyCounts(query: Query): boolean {
  const of = query.kind === 'and' ? query.of : [query];
  let levels = 0;
  for (const q of of) {
    if (q.kind !== 'field') return false;
    const role = namedRole(q.name);
    if (role === 'level') levels++;
    else if (role !== 'since' && role !== 'until' && role !== 'time') return false;
    if (!COUNTED.includes(q.op)) return false;
  }
  return levels <= 1;
}

const COUNTED: readonly string[] = ['=', '>', '>=', '<', '<='];

export interface Range {
  readonly from: number;
  readonly to: number;
  /** A line that the index points at: it is to be looked at whatever it holds. */
  readonly line: boolean;
}

export interface Selection {
  /** Lines that begin in [from, to) are to be searched; in order. */
  readonly ranges: readonly Range[];
  /** Matches known from the index alone. */
  readonly counted: number;
  /** Blocks, and how many of them must be read. */
  readonly blocks: number;
  readonly read: number;
  /** A part of the index was damaged: those blocks are read. */
  readonly damaged: number;
}

const RARE = 8;
const utf8 = new TextEncoder();

export function select(
  query: Query,
  context: MatchContext,
  blocks: readonly Block[],
  read: (offset: number, length: number) => Uint8Array,
  sizeBytes: number,
  countOnly: boolean,
): Selection {
  const needs = needsOf(query, context);
  const counts = countOnly && onlyCounts(query);
  const hashes = needs.ids.map((group) => group.map((id) => soughtOf(utf8.encode(id))));
  const ranges: { from: number; to: number; line: boolean }[] = [];
  let counted = 0;
  let damaged = 0;
  let looked = 0;
  const add = (from: number, to: number, line: boolean): void => {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === from && last.line === line) last.to = to;
    else ranges.push({ from, to, line });
  };
  let before = false;
  for (const b of blocks) {
    if (b.lines === 0) continue;
    // a record of the block before may end in this one
    if (before && (b.flags & INSIDE) !== 0) {
      looked++;
      add(b.offset, b.offset + b.bytes, false);
      // and beyond it, where nothing in it begins another
      before = b.timed === 0 && b.levels.every((n) => n === 0);
      continue;
    }
    before = false;
    if (outOfTime(b, needs)) continue;
    const { ranks } = needs;
    const allTold = b.opaque === 0 && (b.flags & OPAQUE_FULL) === 0;
    if (ranks === null) {
      // lines with fields and a time each: whatever else they hold, time decides
      if (counts && allTold && withinTime(b, needs)) {
        counted += b.timed;
        continue;
      }
    } else if ((b.flags & OPAQUE_FULL) === 0) {
      const known = b.levels.reduce((n, count, rank) => (((ranks >> rank) & 1) === 1 ? n + count : n), 0);
      if (known === 0 && allTold) continue;
      if (counts && allTold && withinTime(b, needs)) {
        counted += known;
        continue;
      }
      if ((ranks & 0b111) === 0 && (b.flags & POSTINGS_FULL) === 0) {
        const marks = marksIn(b, read);
        if (marks === 'damaged') damaged++;
        else {
          const marked = marks.filter((m) => m.rank === OPAQUE_RANK || ((ranks >> m.rank) & 1) === 1);
          if (marked.length * RARE < b.lines) {
            if (hashes.length > 0 && !holdsAll(b, hashes, read)) continue;
            looked++;
            for (const m of marked) add(b.offset + m.offset, b.offset + m.offset + 1, true);
            continue;
          }
        }
      }
    }
    if (hashes.length > 0 && !holdsAll(b, hashes, read)) continue;
    looked++;
    before = true;
    add(b.offset, b.offset + b.bytes, false);
  }
  const end = blocks.at(-1);
  // what came after the index was made
  const covered = end === undefined ? 0 : end.offset + end.bytes;
  if (covered < sizeBytes) add(covered, sizeBytes, false);
  return { ranges, counted, blocks: blocks.length, read: looked, damaged };
}

function outOfTime(b: Block, needs: Needs): boolean {
  if ((needs.from === null && needs.to === null) || (b.flags & UNTIMED) !== 0) return false;
  return b.timed === 0 || (needs.from !== null && b.to < needs.from) || (needs.to !== null && b.from > needs.to);
}

/** Every line of it has its time inside. */
function withinTime(b: Block, needs: Needs): boolean {
  if (needs.from === null && needs.to === null) return true;
  return (b.flags & UNTIMED) === 0 && b.timed === b.lines && (needs.from === null || b.from >= needs.from) && (needs.to === null || b.to <= needs.to);
}

function marksIn(b: Block, read: (offset: number, length: number) => Uint8Array): { offset: number; rank: number }[] | 'damaged' {
  const marks = read(b.marksOffset, b.marksBytes);
  return marks.length === b.marksBytes && checkOf(marks) === b.marksCheck ? [...readMarks(marks)] : 'damaged';
}

function soughtOf(id: Uint8Array): Sought {
  const probe = idProbe(idHash(id, 0, id.length));
  return { probe, bits: lineBits(probe) };
}

/** What is looked for in a filter. */
interface Sought {
  readonly probe: IdProbe;
  readonly bits: readonly number[];
}

function holdsAll(b: Block, ids: readonly (readonly Sought[])[], read: (offset: number, length: number) => Uint8Array): boolean {
  if ((b.flags & IDS_FULL) !== 0) return true;
  const lines = b.filterBytes / LINE_BYTES;
  if (lines === 0) return false;
  return ids.every((group) => group.some(({ probe, bits }) => lineHolds(read(b.filterOffset + lineOf(probe, lines) * LINE_BYTES, LINE_BYTES), bits)));
}
