/**
 * Which fields the records of a log have: each with how many records have it, of which type its values are, and one of them. Lines of JSON and
 * logfmt become columns in a kernel, everything else is asked as a record. Of fixed size; two counts add up to one.
 */
import { CELL, CELL_ROWS, openColumns } from '../../../kernels/index.ts';
import type { Artifact } from '../../../model/index.ts';
import { BUILT_IN, type FormatSet } from '../format-set.ts';
import type { FieldType, LogRecord } from '../log-source.ts';
import { LogOutline } from '../outline/index.ts';
import { columnsPlan } from './plan.ts';
import { textOfBytes } from './text-of-bytes.ts';

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
  /** The record counted last. */
  last = 0;
}

export class FieldCensus {
  readonly #formats: FormatSet;
  readonly #columns: ReturnType<typeof openColumns>;
  readonly #uses = new Map<string, Use>();
  /** By the kernel's numbers. */
  readonly #byColumn: Use[] = [];
  #beyond = 0;
  #records = 0;
  #rejected = 0;

  constructor(formats: FormatSet = BUILT_IN, engine: Parameters<typeof openColumns>[2] = 'auto') {
    this.#formats = formats;
    this.#columns = openColumns({ ...columnsPlan({ names: [], everyNs: 0n }, formats), cells: true }, BUFFER, engine);
  }

  /** Opens a log for `walk`. */
  open(artifact: Artifact): LogOutline {
    return new LogOutline(artifact, this.#columns, this.#formats);
  }

  /** A range of a log that was opened here; [from, to) as LogOutline.walk wants them. */
  walk(log: LogOutline, from: number, to: number): void {
    const columns = this.#columns;
    log.walk(from, to, {
      row: (base, words, at) => {
        // a line that was held back has cells no more
        if (words === columns.out) this.#row(at / columns.words);
        else {
          const record = log.recordOf(base, words, at);
          // what the kernel decided a record says, too
          if (record === null) throw new Error(`no record at ${base + words[at]!} of ${log.artifact.path}`);
          this.record(record);
        }
      },
      record: (r) => this.record(r),
    });
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

  #row(row: number): void {
    this.#records++;
    const names = this.#columns.columnNames();
    const cells = this.#columns.cells();
    for (let c = 0; c < names.length; c++) {
      const at = (c * CELL_ROWS + row) * 2;
      const word = cells[at + 1]!;
      if (word === 0) continue;
      const use = this.#useOf(c, names[c]!);
      // `a.b` beside the `b` of an `a`: one field, twice
      if (use.last === this.#records) continue;
      use.last = this.#records;
      use.types[CELL.kind(word)]!++;
      if (use.example === null && CELL.length(word) > 0) {
        const begin = cells[at]!;
        use.example = shortened(textOfBytes({ bytes: this.#columns.buffer().subarray(begin, begin + CELL.length(word)), coding: CELL.coding(word) }));
      }
    }
  }

  #useOf(column: number, name: string): Use {
    // a kernel has fewer columns than there is room for
    this.#byColumn[column] ??= this.#use(name) ?? new Use();
    return this.#byColumn[column];
  }
}

const shortened = (text: string): string => (text.length > EXAMPLE_CAP ? `${text.slice(0, EXAMPLE_CAP - 1)}…` : text);
