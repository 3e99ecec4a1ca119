/**
 * Which fields the records of a log have: each with how many records have it, of which type its values are, and one of them. Lines of JSON and
 * logfmt become columns in a kernel, everything else is asked as a record. Of fixed size; two counts add up to one.
 */
import { ALL_BITS, CELL, CELL_KINDS, CELL_ROWS, openColumns } from '../../../kernels/index.ts';
import type { Artifact } from '../../../model/index.ts';
import { BUILT_IN, type FormatSet } from '../format-set.ts';
import type { FieldType, LogRecord } from '../log-source.ts';
import { LogOutline, type RowSource } from '../outline/index.ts';
import { columnsPlan } from './plan.ts';
import { textOfBytes } from './text-of-bytes.ts';
import { rowsOf, walkRows } from './walk.ts';

/** By their numbers in a cell. */
export const FIELD_TYPES: readonly FieldType[] = ['string', 'number', 'boolean', 'null', 'json'];
const BUFFER = 1024 * 1024;
/** More fields are counted, and not told apart. */
const FIELDS_CAP = 4096;
const EXAMPLE_CAP = 80;

export interface FieldUse {
  readonly name: string;
  /** Records that have it, by the type of its first value: FIELD_TYPES. */
  readonly types: readonly number[];
  /** A value that is not empty; null while there is none. */
  readonly example: string | null;
}

export interface FieldUseState {
  readonly fields: readonly FieldUse[];
  /** Fields of records there was no room for. */
  readonly beyond: number;
  readonly records: number;
  readonly rejected: number;
}

class Use {
  readonly types = new Array<number>(FIELD_TYPES.length).fill(0);
  example: string | null = null;
}

export class FieldCensus {
  readonly #formats: FormatSet;
  readonly #columns: ReturnType<typeof openColumns>;
  readonly #uses = new Map<string, Use>();
  /** By the kernel's numbers. */
  readonly #byColumn: Use[] = [];
  /** Whether rows are chosen that are not yet counted. */
  #chosen = false;
  /** How many of the kernel's columns were met, those without an example, and those that share a name. */
  #met = 0;
  #untold: number[] = [];
  #alike: readonly { readonly name: string; readonly columns: readonly number[] }[] = [];
  #isAlike: ReadonlySet<number> = new Set();
  readonly #source: RowSource;
  #beyond = 0;
  #records = 0;
  #rejected = 0;

  constructor(formats: FormatSet = BUILT_IN, engine: Parameters<typeof openColumns>[2] = 'auto') {
    this.#formats = formats;
    this.#columns = openColumns({ ...columnsPlan({ names: [], everyNs: 0n }, formats), cells: true }, BUFFER, engine);
    this.#source = rowsOf(this.#columns, (from, end) => {
      this.#count();
      const n = this.#columns.run(from, end);
      this.#meet();
      return n;
    });
  }

  /** Opens a log for `walk`. */
  open(artifact: Artifact): LogOutline {
    return new LogOutline(artifact, this.#source, this.#formats);
  }

  /** A range of a log that was opened here; [from, to) as LogOutline.walk wants them. */
  walk(log: LogOutline, from: number, to: number): void {
    const columns = this.#columns;
    const chosen = columns.chosen();
    const take = (words: Uint32Array, at: number): boolean => {
      // a line that was held back has cells no more
      if (words !== columns.out) return false;
      const row = at / columns.words;
      chosen[row] = ALL_BITS;
      this.#chosen = true;
      this.#records++;
      for (const c of this.#untold) this.#tell(c, row);
      return true;
    };
    walkRows(log, from, to, take, (r) => this.record(r));
    this.#count();
  }

  record(r: LogRecord): void {
    if (r.format === 'plain') {
      if (r.text().trim() !== '') this.#rejected++;
      return;
    }
    this.#records++;
    const seen = new Set<string>();
    for (const f of r.fields) {
      if (seen.has(f.name)) continue;
      seen.add(f.name);
      const use = this.#use(f.name);
      if (use === null) continue;
      use.types[FIELD_TYPES.indexOf(f.type)]!++;
      if (use.example === null && f.text !== '') use.example = shortened(f.text);
    }
  }

  state(): FieldUseState {
    const fields = [...this.#uses].map(([name, use]) => ({ name, types: use.types, example: use.example }));
    return { fields: fields.filter((f) => f.types.some((n) => n > 0)), beyond: this.#beyond, records: this.#records, rejected: this.#rejected };
  }

  merge(other: FieldUseState): void {
    for (const f of other.fields) {
      const use = this.#use(
        f.name,
        f.types.reduce((a, b) => a + b, 0),
      );
      if (use === null) continue;
      for (const [i, n] of f.types.entries()) use.types[i]! += n;
      use.example ??= f.example;
    }
    this.#beyond += other.beyond;
    this.#records += other.records;
    this.#rejected += other.rejected;
  }

  /** null when there is no room; `count` records have it. */
  #use(name: string, count = 1): Use | null {
    const known = this.#uses.get(name);
    if (known !== undefined) return known;
    if (this.#uses.size >= FIELDS_CAP) {
      this.#beyond += count;
      return null;
    }
    const made = new Use();
    this.#uses.set(name, made);
    return made;
  }

  /** Cells of the rows that were chosen hold until the kernel runs again. */
  #count(): void {
    if (!this.#chosen) return;
    this.#chosen = false;
    if (this.#alike.length > 0) this.#countAlike();
    const counts = this.#columns.countChosen();
    const names = this.#columns.columnNames();
    for (let c = 0; c < names.length; c++) {
      if (this.#isAlike.has(c)) continue;
      const at = c * CELL_KINDS;
      for (let kind = 0; kind < FIELD_TYPES.length; kind++) if (counts[at + kind] !== 0) this.#useOf(c, names[c]!).types[kind]! += counts[at + kind]!;
    }
  }

  /** `a.b` beside the `b` of an `a`: one field, which a record may have twice. */
  #countAlike(): void {
    const chosen = this.#columns.chosen();
    const cells = this.#columns.cells();
    for (const { name, columns } of this.#alike) {
      for (let row = 0; row < CELL_ROWS; row++) {
        if (chosen[row] === 0) continue;
        let first = -1;
        let begin = Number.POSITIVE_INFINITY;
        for (const c of columns) {
          const at = (c * CELL_ROWS + row) * 2;
          if (cells[at + 1] === 0 || cells[at]! >= begin) continue;
          first = c;
          begin = cells[at]!;
        }
        if (first >= 0) this.#useOf(first, name).types[CELL.kind(cells[(first * CELL_ROWS + row) * 2 + 1]!)]!++;
      }
    }
  }

  /** Columns that came with the last run. */
  #meet(): void {
    const names = this.#columns.columnNames();
    if (names.length === this.#met) return;
    for (; this.#met < names.length; this.#met++) this.#untold.push(this.#met);
    const byName = new Map<string, number[]>();
    for (const [c, name] of names.entries()) byName.set(name, [...(byName.get(name) ?? []), c]);
    this.#alike = [...byName].filter(([, columns]) => columns.length > 1).map(([name, columns]) => ({ name, columns }));
    this.#isAlike = new Set(this.#alike.flatMap((a) => a.columns));
  }

  /** An example of a field, if this row has one. */
  #tell(column: number, row: number): void {
    const cells = this.#columns.cells();
    const at = (column * CELL_ROWS + row) * 2;
    const word = cells[at + 1]!;
    if (word === 0 || CELL.length(word) === 0) return;
    this.#untold = this.#untold.filter((c) => c !== column);
    const use = this.#useOf(column, this.#columns.columnNames()[column]!);
    const begin = cells[at]!;
    use.example ??= shortened(textOfBytes({ bytes: this.#columns.buffer().subarray(begin, begin + CELL.length(word)), coding: CELL.coding(word) }));
  }

  #useOf(column: number, name: string): Use {
    // a kernel has fewer columns than there is room for
    this.#byColumn[column] ??= this.#use(name) ?? new Use();
    return this.#byColumn[column];
  }
}

const shortened = (text: string): string => (text.length > EXAMPLE_CAP ? `${text.slice(0, EXAMPLE_CAP - 1)}…` : text);
