/** Cells, as ./columns.ts writes them: of which kind a value is, and how many of the chosen rows have a field, by that kind. */
import { BOOLEAN, NULL, NUMBER, STRING } from './fields';
import { columnCount } from './shapes';

/** No power of two: cells of a row would share a set of the cache. */
export const CELL_ROWS: u32 = 2056;
export const CELL: u32 = 8;
export const PRESENT: u32 = 0x80000000;
/** Counts of a column. */
const KINDS: u32 = 8;

/** `chosen`: of each of CELL_ROWS rows all bits or none. Writes KINDS u32 for each column at `counts`. */
export function countCells(cells: usize, rows: u32, chosen: usize, counts: usize): void {
  const kinds = i32x4.splat(0x87);
  for (let c: u32 = 0; c < columnCount(); c++) {
    let at = cells + c * (CELL_ROWS * CELL);
    let row = chosen;
    let strings = i32x4.splat(0);
    let numbers = strings;
    let booleans = strings;
    let nulls = strings;
    let opaques = strings;
    for (let i: u32 = 0; i < rows; i += 4) {
      // the second words of four cells
      const words = v128.shuffle<u32>(v128.load(at), v128.load(at, 16), 1, 3, 5, 7);
      const kind = v128.and(v128.and(i32x4.shr_u(words, 24), kinds), v128.load(row));
      strings = i32x4.sub(strings, i32x4.eq(kind, i32x4.splat(0x80)));
      numbers = i32x4.sub(numbers, i32x4.eq(kind, i32x4.splat(0x81)));
      booleans = i32x4.sub(booleans, i32x4.eq(kind, i32x4.splat(0x82)));
      nulls = i32x4.sub(nulls, i32x4.eq(kind, i32x4.splat(0x83)));
      opaques = i32x4.sub(opaques, i32x4.eq(kind, i32x4.splat(0x84)));
      at += 4 * CELL;
      row += 16;
    }
    const to = counts + c * (KINDS * 4);
    store<u32>(to, sum(strings));
    store<u32>(to, sum(numbers), 4);
    store<u32>(to, sum(booleans), 8);
    store<u32>(to, sum(nulls), 12);
    store<u32>(to, sum(opaques), 16);
  }
}

@inline
function sum(v: v128): u32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

/** What a bare word of pairs is: a number, true, false, null, or a text. */
export function wordKind(from: usize, end: usize): u32 {
  const c = load<u8>(from);
  const length = <u32>(end - from);
  if (c === 116) return length === 4 && load<u32>(from) === 0x65757274 ? BOOLEAN : STRING;
  if (c === 102) return length === 5 && load<u32>(from + 1) === 0x65736c61 ? BOOLEAN : STRING;
  if (c === 110) return length === 4 && load<u32>(from) === 0x6c6c756e ? NULL : STRING;
  let p = c === 43 || c === 45 ? from + 1 : from;
  let digits = digitsEnd(p, end, 400);
  if (digits === 0) return STRING;
  p = digits;
  if (p < end && load<u8>(p) === 46) {
    digits = digitsEnd(p + 1, end, 400);
    if (digits === 0) return STRING;
    p = digits;
  }
  if (p < end && (load<u8>(p) | 32) === 101) {
    p++;
    const sign = load<u8>(p);
    if (p < end && (sign === 43 || sign === 45)) p++;
    digits = digitsEnd(p, end, 4);
    if (digits === 0) return STRING;
    p = digits;
  }
  return p === end ? NUMBER : STRING;
}

/** After one to `most` digits; 0 where there are none, or more. */
function digitsEnd(from: usize, end: usize, most: u32): usize {
  let p = from;
  while (p < end && <u32>load<u8>(p) - 48 <= 9) p++;
  return p === from || <u32>(p - from) > most ? 0 : p;
}
