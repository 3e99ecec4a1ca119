/** The columns kernel in WebAssembly: lays a plan out as src/kernels/assembly/columns.ts reads it. */
import { CELL_KINDS, CELL_ROWS, CODINGS, COLUMNS_WORDS, type ColumnSlot, type Columns, type ColumnsPlan, type GroupText, type LineGroup } from './columns-plan.ts';
import { kernelExports } from './instance.ts';
import { Layout } from './layout.ts';
import { NO_RANK, OUTLINE_ROLES } from './outline-plan.ts';
import { PAD, slotOf } from './plan.ts';
import { COLUMNS_AT, COLUMNS_CAP, CONTAINERS_AT, LONGEST_TEXT, SHAPES_BYTES } from './shapes.ts';

const FIELD_BYTES = 24 * 1024;
const ROWS = 8 * 1024;
/** Contexts below are no objects but pairs. */
const FIRST_CONTAINER = 4;
/** As src/kernels/assembly/groups.ts divides them. */
const GROUP_TABLE = 16 * 1024;
const GROUPS_CAP = 8 * 1024;
const GROUP = 48;
const GROUPS_BYTES = GROUP_TABLE * 4 + GROUPS_CAP * GROUP + 1024 * 1024;
const UNDECIDABLE = 15;
const utf8 = new TextEncoder();
const decoder = new TextDecoder();
const decodeUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes);
const LETTER = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 65 && c <= 90);

interface Entry {
  readonly name: string;
  readonly role: number;
  readonly slots: number;
}

/** Names that several slots mean are one entry. */
function entriesOf(
  slots: readonly ColumnSlot[],
  names: (s: ColumnSlot & { kind: 'field' }) => readonly string[],
  undecidable: (s: ColumnSlot & { kind: 'field' }) => readonly string[],
): Entry[] {
  const found = new Map<string, { role: number; slots: number }>();
  const put = (name: string, role: number, bits: number): void => {
    const known = found.get(name);
    if (known === undefined) found.set(name, { role, slots: bits });
    else {
      known.role ||= role;
      known.slots |= bits;
    }
  };
  for (const [i, s] of slots.entries()) {
    if (s.kind !== 'field') continue;
    for (const name of names(s)) put(name, 0, 1 << i);
    for (const name of undecidable(s)) put(name, UNDECIDABLE, 0);
  }
  return [...found].map(([name, of]) => ({ name, ...of }));
}

export function wasmColumns(plan: ColumnsPlan, capacity: number): Columns | null {
  const kernel = kernelExports();
  if (kernel === null) return null;
  const layout = new Layout(kernel);
  const at = layout.reserve(192);
  const entries = (of: readonly Entry[]): number => layout.words(of.flatMap((e) => [layout.put(utf8.encode(e.name)), utf8.encode(e.name).length, e.role, e.slots]));
  const keySlots = new Array<number>(64).fill(0);
  for (const [i, k] of plan.keys.entries()) {
    let slot = slotOf(utf8.encode(k.name));
    while (keySlots[slot] !== 0) slot = (slot + 1) & 63;
    keySlots[slot] = i + 1;
  }
  const bare = entriesOf(
    plan.slots,
    (s) => s.bare,
    (s) => s.undecidable,
  );
  const whole = entriesOf(
    plan.slots,
    (s) => s.names,
    () => [],
  );
  const slotsOf = (kind: ColumnSlot['kind']): number => plan.slots.reduce((bits, s, i) => (s.kind === kind ? bits | (1 << i) : bits), 0);
  const levels = layout.reserve(Math.max(16, plan.levels.length * 16));
  const words = [
    layout.words(keySlots),
    entries(plan.keys.map((k) => ({ name: k.name, role: OUTLINE_ROLES.indexOf(k.role) || UNDECIDABLE, slots: 0 }))),
    bare.length,
    entries(bare),
    layout.reserve(FIELD_BYTES + 64),
    levels,
    plan.levels.length,
    whole.length,
    entries(whole),
    layout.reserve(1024 + 64),
    (plan.json ? 1 : 0) | (plan.logfmt ? 2 : 0),
    plan.slots.length,
    slotsOf('level'),
    slotsOf('message'),
  ];
  const shapesAt = layout.reserve(SHAPES_BYTES);
  const groupsAt = layout.reserve(GROUPS_BYTES);
  const outAt = layout.reserve(ROWS * COLUMNS_WORDS * 4);
  const chosenAt = layout.reserve(CELL_ROWS * 4);
  const countsAt = layout.reserve(COLUMNS_CAP * CELL_KINDS * 4);
  const cellsAt = plan.cells ? layout.reserve(COLUMNS_CAP * CELL_ROWS * 8) : 0;
  const bufferAt = layout.reserve(capacity + PAD + LONGEST_TEXT);
  const memory = new Uint8Array(kernel.memory.buffer);
  const view = new DataView(kernel.memory.buffer);
  for (const [i, l] of plan.levels.entries()) {
    const to = levels + i * 16;
    memory.fill(0, to, to + 16);
    memory.set(utf8.encode(l.name), to);
    view.setUint32(to + 8, l.name.length, true);
    view.setUint32(to + 12, l.rank, true);
  }
  memory.fill(0, at, at + 192);
  new Uint32Array(kernel.memory.buffer).set(words, at / 4);
  view.setBigInt64(at + 56, plan.everyNs, true);
  view.setUint32(at + 128, shapesAt, true);
  view.setUint32(at + 132, groupsAt, true);
  view.setUint32(at + 136, cellsAt, true);
  const mark = (set: number, c: number): void => {
    for (const b of LETTER(c) ? [c | 32, c & ~32] : [c]) memory[set + (b >> 3)]! |= 1 << (b & 7);
  };
  for (const { name } of bare) {
    mark(at + 64, name.charCodeAt(0));
    mark(at + 96, name.charCodeAt(name.length - 1));
  }
  // a separator may stand where the bare name has none
  for (const c of [45, 95]) {
    mark(at + 64, c);
    mark(at + 96, c);
  }
  kernel.openColumns(at);
  const buffer = new Uint8Array(kernel.memory.buffer, bufferAt, capacity);
  const group = (number: number): LineGroup => {
    const to = groupsAt + GROUP_TABLE * 4 + number * GROUP;
    return {
      bucket: view.getBigInt64(to + 8, true),
      values: plan.slots.map((s, i) => {
        const address = view.getUint32(to + 16 + i * 8, true);
        const coded = view.getUint32(to + 20 + i * 8, true);
        if (coded >>> 30 === 3) return s.kind === 'level' && address !== NO_RANK ? address : null;
        return { bytes: memory.slice(address, address + (coded & 0x3fffffff)), coding: CODINGS[coded >>> 30] as GroupText['coding'] };
      }),
    };
  };
  const chosen = new Uint32Array(kernel.memory.buffer, chosenAt, CELL_ROWS);
  chosen.fill(0);
  const counts = new Uint32Array(kernel.memory.buffer, countsAt, COLUMNS_CAP * CELL_KINDS);
  const names: string[] = [];
  const cells = new Uint32Array(kernel.memory.buffer, cellsAt, plan.cells ? COLUMNS_CAP * CELL_ROWS * 2 : 0);
  /** Of an entry of either table: the context around it, and its own key. */
  const nameAt = (table: number, i: number): string => {
    const entry = shapesAt + table + i * 12;
    const around = view.getUint32(entry, true);
    const key = decodeUtf8(memory.subarray(view.getUint32(entry + 4, true), view.getUint32(entry + 4, true) + view.getUint32(entry + 8, true)));
    const prefix = around < FIRST_CONTAINER ? '' : nameAt(CONTAINERS_AT, (around - FIRST_CONTAINER) >> 1);
    return prefix === '' ? key : `${prefix}.${key}`;
  };
  return {
    engine: 'wasm',
    capacity,
    words: COLUMNS_WORDS,
    out: new Uint32Array(kernel.memory.buffer, outAt, ROWS * COLUMNS_WORDS),
    resumeAt: 0,
    full: false,
    buffer: () => buffer,
    run(from, end) {
      const n = kernel.columns(at, bufferAt + from, bufferAt + end, bufferAt, outAt, plan.cells ? CELL_ROWS : ROWS);
      this.resumeAt = kernel.columnsResume() - bufferAt;
      this.full = kernel.columnsFull() !== 0;
      return n;
    },
    groups: () => Array.from({ length: kernel.groupCount() }, (_none, i) => group(i)),
    columnNames() {
      for (let i = names.length; i < kernel.columnCount(); i++) names.push(nameAt(COLUMNS_AT, i));
      return names;
    },
    cells: () => cells,
    chosen: () => chosen,
    countChosen() {
      kernel.countCells(cellsAt, CELL_ROWS, chosenAt, countsAt);
      chosen.fill(0);
      return counts;
    },
    forget: () => kernel.openGroups(groupsAt),
  };
}
