/** Counts of cells, as ./columns.ts writes them: how many of the chosen rows have a field, by the kind of its value. */
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
