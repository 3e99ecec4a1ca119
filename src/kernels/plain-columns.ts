/** The plain twin of src/kernels/assembly/columns.ts: every line is read as a whole, no shape is remembered. */
import { CELL, CELL_KINDS, CELL_ROWS, CODINGS, COLUMNS, COLUMNS_WORDS, type ColumnSlot, type Columns, type ColumnsPlan, type GroupText, type LineGroup } from './columns-plan.ts';
import { DECIDED, NO_RANK, ODD_JSON, ODD_LOGFMT, type OutlineRole, TEXT_LINE } from './outline-plan.ts';
import { BOOLEAN, ESCAPED_KEY, ESCAPED_VALUE, FIELD_WORDS, NO_PARENT, NULL, NUMBER, OBJECT, OPAQUE, PlainFields, STRING } from './plain-fields.ts';
import { plainTime } from './plain-times.ts';

const ROWS = 8 * 1024;
const GROUPS_CAP = 8 * 1024;
const COLUMNS_CAP = 128;
const PRESENT = 0x80000000;
const BARE_CAP = 40;
const NAME_CAP = 1000;
const VALUE_CAP = 64 * 1024;
const WORD_NUMBER = /^[+-]?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,4})?$/;
const latin1 = new TextDecoder('latin1');
const utf8 = new TextEncoder();
const utf16 = new TextDecoder();

/** One character a byte of its UTF-8: names are compared byte by byte. */
const bytewise = (name: string): string => latin1.decode(utf8.encode(name));

interface Value {
  readonly at: number;
  readonly end: number;
  readonly coding: GroupText['coding'];
}

export function plainColumns(plan: ColumnsPlan, capacity: number): Columns {
  const buffer = new Uint8Array(capacity + 1);
  const out = new Uint32Array(ROWS * COLUMNS_WORDS);
  const times = new BigInt64Array(out.buffer);
  const lines = new Lines(plan, buffer);
  const cells = new Uint32Array(plan.cells ? COLUMNS_CAP * CELL_ROWS * 2 : 0);
  const chosen = new Uint32Array(CELL_ROWS);
  const rows = plan.cells ? CELL_ROWS : ROWS;
  const view = buffer.subarray(0, capacity);
  let numbers = new Map<string, number>();
  let groups: LineGroup[] = [];
  return {
    engine: 'plain',
    capacity,
    words: COLUMNS_WORDS,
    out,
    resumeAt: 0,
    full: false,
    buffer: () => view,
    run(from, end) {
      let n = 0;
      let p = from;
      this.full = false;
      cells.fill(0);
      for (; p < end && n < rows; n++) {
        const { stop, verdict: found } = lines.line(p, end);
        const verdict = found === DECIDED && plan.cells && !lines.putCells(cells, n) ? lines.odd : found;
        const to = n * COLUMNS_WORDS;
        if (verdict === DECIDED) {
          const group = lines.group();
          const key = keyOf(group);
          let number = numbers.get(key);
          if (number === undefined) {
            if (groups.length >= GROUPS_CAP) {
              this.full = true;
              break;
            }
            number = groups.push(group) - 1;
            numbers.set(key, number);
          }
          out[to + COLUMNS.rank] = lines.rank;
          out[to + COLUMNS.group] = number;
          out[to + COLUMNS.twice] = lines.twice ? 1 : 0;
          times[(to + COLUMNS.time) / 2] = lines.time;
        }
        out.set([p, stop, verdict], to);
        p = stop + 1;
      }
      this.resumeAt = p >= end ? end : p;
      return n;
    },
    groups: () => groups,
    columnNames: () => lines.columns,
    cells: () => cells,
    chosen: () => chosen,
    countChosen() {
      const counts = new Uint32Array(COLUMNS_CAP * CELL_KINDS);
      for (let c = 0; c < lines.columns.length; c++) {
        for (let row = 0; row < CELL_ROWS; row++) {
          const word = cells[(c * CELL_ROWS + row) * 2 + 1] as number;
          if (word !== 0 && chosen[row] !== 0) counts[c * CELL_KINDS + CELL.kind(word)]!++;
        }
      }
      chosen.fill(0);
      return counts;
    },
    forget: () => {
      numbers = new Map();
      groups = [];
    },
  };
}

const keyOf = ({ bucket, values }: LineGroup): string =>
  [bucket, ...values.map((v) => (v === null || typeof v === 'number' ? String(v) : `${v.coding}:${latin1.decode(v.bytes)}`))].join('\n');

class Lines {
  rank = NO_RANK;
  time = 0n;
  /** Whether the last line has a field twice. */
  twice = false;
  /** What the last line is when not all of it is known. */
  odd = ODD_JSON;
  readonly columns: string[] = [];
  readonly #numbers = new Map<string, number>();
  #count = 0;
  readonly #plan: ColumnsPlan;
  readonly #b: Uint8Array;
  readonly #fields = new PlainFields();
  readonly #roles: ReadonlyMap<string, OutlineRole>;
  readonly #levels: ReadonlyMap<string, number>;
  readonly #slots: readonly { readonly of: ColumnSlot; readonly names: ReadonlySet<string>; readonly bare: ReadonlySet<string> }[];
  readonly #undecidable: ReadonlySet<string>;
  #values: (Value | null)[] = [];

  constructor(plan: ColumnsPlan, b: Uint8Array) {
    this.#plan = plan;
    this.#b = b;
    this.#roles = new Map(plan.keys.map((k) => [bytewise(k.name), k.role]));
    this.#levels = new Map(plan.levels.map((l) => [l.name, l.rank]));
    this.#slots = plan.slots.map((of) => ({ of, names: new Set(of.kind === 'field' ? of.names.map(bytewise) : []), bare: new Set(of.kind === 'field' ? of.bare : []) }));
    this.#undecidable = new Set(plan.slots.flatMap((s) => (s.kind === 'field' ? s.undecidable : [])));
  }

  line(start: number, end: number): { stop: number; verdict: number } {
    const b = this.#b;
    const lf = b.indexOf(10, start);
    let stop = lf < 0 || lf > end ? end : lf;
    let verdict = TEXT_LINE;
    if (b[start] === 123 && this.#plan.json) {
      verdict = ODD_JSON;
      const count = this.#fields.json(b, start, end);
      if (count >= 0) {
        stop = this.#fields.objectEnd;
        if (b[stop] === 13) stop++;
        if (stop >= end || b[stop] === 10) verdict = this.#weigh(count, 'json') ? DECIDED : ODD_JSON;
        else {
          const next = b.indexOf(10, stop);
          stop = next < 0 || next > end ? end : next;
        }
      }
    } else if (this.#plan.logfmt && (b[start] as number) > 32) {
      const count = this.#fields.logfmt(b, start, stop);
      if (count > 0 && this.#fields.fields[0] === start) {
        verdict = ODD_LOGFMT;
        if (this.#fields.words <= count && !b.subarray(start, stop).includes(27)) verdict = this.#weigh(count, 'go') ? DECIDED : ODD_LOGFMT;
      }
    }
    return { stop: Math.min(stop, end), verdict };
  }

  /** Every field of the last line; false where one has no column. */
  putCells(cells: Uint32Array, row: number): boolean {
    const f = this.#fields.fields;
    const coded = CODINGS.indexOf(this.odd === ODD_JSON ? 'json' : 'go');
    this.twice = false;
    if (this.#fields.words > 0 && this.odd === ODD_LOGFMT) return false;
    for (let i = 0; i < this.#count; i++) {
      const [, keyLength = 0, at = 0, end = 0, bits = 0] = f.subarray(i * FIELD_WORDS, (i + 1) * FIELD_WORDS);
      const kind = bits & 0xff;
      if (keyLength === 0) return false;
      if (kind === OBJECT) continue;
      if (kind === OPAQUE && this.#b[at] === 123 && end > at + 2) return false;
      const column = this.#column(i);
      if (column === null) return false;
      const to = (column * CELL_ROWS + row) * 2;
      if (cells[to + 1] !== 0) this.twice = true;
      else cells.set([at, (end - at) | (this.#cellKind(kind, at, end) << 24) | (((bits & ESCAPED_VALUE) !== 0 ? coded : 0) << 27) | PRESENT], to);
    }
    return true;
  }

  /** A bare word of pairs may be more than a text. */
  #cellKind(kind: number, at: number, end: number): number {
    if (this.odd === ODD_JSON || this.#b[at - 1] === 34) return kind;
    const word = latin1.decode(this.#b.subarray(at, end));
    return WORD_NUMBER.test(word) ? NUMBER : word === 'true' || word === 'false' ? BOOLEAN : word === 'null' ? NULL : kind;
  }

  /** By the objects around it, too: `a.b` is another column than the `b` of an `a`. */
  #column(field: number): number | null {
    const path: string[] = [];
    const f = this.#fields.fields;
    for (let i = field; i !== NO_PARENT; i = f[i * FIELD_WORDS + 5] as number) {
      const keyAt = f[i * FIELD_WORDS] as number;
      path.unshift(latin1.decode(this.#b.subarray(keyAt, keyAt + (f[i * FIELD_WORDS + 1] as number))));
    }
    const key = `${this.odd} ${JSON.stringify(path)}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.columns.length >= COLUMNS_CAP) return null;
    this.#numbers.set(key, this.columns.length);
    return this.columns.push(utf16.decode(Uint8Array.from(path.join('.'), (c) => c.charCodeAt(0)))) - 1;
  }

  group(): LineGroup {
    const { everyNs } = this.#plan;
    const rest = everyNs === 0n ? 0n : this.time % everyNs;
    return {
      bucket: everyNs === 0n ? 0n : this.time / everyNs - (rest < 0n ? 1n : 0n),
      values: this.#slots.map(({ of }, i) => {
        if (of.kind === 'level') return this.rank === NO_RANK ? null : this.rank;
        const v = this.#values[i];
        return v === null || v === undefined ? null : { bytes: this.#b.slice(v.at, v.end), coding: v.coding };
      }),
    };
  }

  #name(field: number): string | null {
    const f = this.#fields.fields;
    const [keyAt = 0, keyLength = 0] = f.subarray(field * FIELD_WORDS, field * FIELD_WORDS + 2);
    const parent = f[field * FIELD_WORDS + 5] as number;
    const key = latin1.decode(this.#b.subarray(keyAt, keyAt + keyLength));
    if (parent === NO_PARENT) return key;
    const around = this.#name(parent);
    const name = around === null || around === '' || key === '' ? null : `${around}.${key}`;
    return name === null || name.length > NAME_CAP ? null : name;
  }

  /** Whether all is known. */
  #weigh(count: number, escapes: 'json' | 'go'): boolean {
    const f = this.#fields.fields;
    this.#count = count;
    this.odd = escapes === 'json' ? ODD_JSON : ODD_LOGFMT;
    const roles: Partial<Record<OutlineRole, Value>> = {};
    this.#values = this.#slots.map(() => null);
    this.rank = NO_RANK;
    for (let i = 0; i < count; i++) {
      const [keyAt = 0, keyLength = 0, at = 0, end = 0, bits = 0, parent = 0] = f.subarray(i * FIELD_WORDS, (i + 1) * FIELD_WORDS);
      if ((bits & ESCAPED_KEY) !== 0) return false;
      if (keyLength === 0) continue;
      const key = latin1.decode(this.#b.subarray(keyAt, keyAt + keyLength));
      const kind = bits & 0xff;
      const last = key.slice(key.lastIndexOf('.') + 1).replaceAll(/[_-]/g, '');
      const bare = last.length > BARE_CAP ? '' : last.replaceAll(/[A-Z]/g, (c) => c.toLowerCase());
      const role = parent === NO_PARENT ? this.#roles.get(key) : undefined;
      if (this.#undecidable.has(bare)) return false;
      if (kind === OBJECT) {
        if (role !== undefined) return false;
        continue;
      }
      const value: Value = { at, end, coding: (bits & ESCAPED_VALUE) !== 0 ? escapes : 'raw' };
      if (role !== undefined) {
        if (roles[role] !== undefined || (kind !== STRING && !(role === 'time' && kind === NUMBER)) || !['message', 'level', 'time'].includes(role)) return false;
        if (role !== 'message' && value.coding !== 'raw') return false;
        roles[role] = value;
      }
      const name = this.#name(i);
      for (const [s, slot] of this.#slots.entries()) {
        const meant = role === 'message' ? slot.of.kind === 'message' : false;
        if (this.#values[s] !== null || !(meant || (name !== null && slot.names.has(name)) || (kind !== OPAQUE && slot.bare.has(bare)))) continue;
        if (end - at > VALUE_CAP) return false;
        this.#values[s] = value;
      }
    }
    if (roles.message === undefined || roles.time === undefined) return false;
    const time = plainTime(this.#b, roles.time.at, roles.time.end - roles.time.at);
    if (time === null) return false;
    this.time = time;
    if (roles.level === undefined) return true;
    const text = latin1.decode(this.#b.subarray(roles.level.at, roles.level.end));
    const rank = /^[A-Za-z]{1,8}$/.test(text) ? this.#levels.get(text.toLowerCase()) : undefined;
    if (rank === undefined) return false;
    this.rank = rank;
    return true;
  }
}
