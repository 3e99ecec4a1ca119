/** What is counted of one log as a file: bytes, formats, lines, and what speaks of rotation, truncation or a clock that was set. */
import type { LogRecord } from '../../../../read/logs/index.ts';

export interface Mark {
  readonly offset: number;
  readonly length: number;
}

export interface FileState {
  readonly path: string;
  readonly sizeBytes: number;
  readonly lines: number;
  readonly longLines: number;
  readonly records: number;
  readonly recordBytes: number;
  /** Text between records that no known logger wrote; blank lines apart. */
  readonly rejected: number;
  readonly rejectedBytes: number;
  readonly blank: number;
  readonly blankBytes: number;
  readonly rejectedAt: readonly Mark[];
  readonly rejectedLast: Mark | null;
  readonly severalLines: number;
  readonly crashes: number;
  readonly duplicateKeys: number;
  readonly duplicateAt: Mark | null;
  readonly formats: ReadonlyMap<string, number>;
  readonly undated: number;
  readonly first: number;
  readonly last: number;
  /** The coarsest step its clocks print, ns. */
  readonly stepNs: number;
  readonly stepsBack: number;
  /** The farthest: seconds, and the record after it. */
  readonly back: { readonly seconds: number; readonly at: Mark } | null;
  /** Text with NUL bytes: what a truncation in place leaves. */
  readonly holes: number;
  readonly holeAt: Mark | null;
}

const MARKS = 5;
/** Threads of one process print their records up to so much out of order. */
const LEAST_BACK = 1;

export class FileCount {
  readonly path: string;
  readonly sizeBytes: number;
  #lines = 0;
  #longLines = 0;
  #records = 0;
  #recordBytes = 0;
  #rejected = 0;
  #rejectedBytes = 0;
  #blank = 0;
  #blankBytes = 0;
  #rejectedAt: Mark[] = [];
  #rejectedLast: Mark | null = null;
  #severalLines = 0;
  #crashes = 0;
  #duplicateKeys = 0;
  #duplicateAt: Mark | null = null;
  readonly #formats = new Map<string, number>();
  #undated = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #stepNs = 0;
  #stepsBack = 0;
  #back: { seconds: number; at: Mark } | null = null;
  #holes = 0;
  #holeAt: Mark | null = null;
  #before = Number.NaN;

  constructor(path: string, sizeBytes: number) {
    this.path = path;
    this.sizeBytes = sizeBytes;
  }

  row(offset: number, length: number, at: number, duplicates: boolean, format: string): void {
    this.#records++;
    this.#recordBytes += length;
    this.#formats.set(format, (this.#formats.get(format) ?? 0) + 1);
    if (duplicates) this.#duplicate(offset, length);
    this.#time(at, offset, length);
  }

  record(r: LogRecord, bytes: number, at: number | null): void {
    this.#records++;
    this.#recordBytes += bytes;
    this.#formats.set(r.format, (this.#formats.get(r.format) ?? 0) + 1);
    if (r.lines > 1) this.#severalLines++;
    if (r.format === 'go-crash') this.#crashes++;
    else if (hasDuplicates(r)) this.#duplicate(r.span.offset, r.span.length);
    if (at === null) {
      // a crash has no time of its own
      if (r.format !== 'go-crash') this.#undated++;
      return;
    }
    if (r.time?.from === 'record') this.stepOf(r.time.stepNs);
    this.#time(at, r.span.offset, r.span.length);
  }

  stepOf(stepNs: bigint): void {
    this.#stepNs = Math.max(this.#stepNs, Number(stepNs));
  }

  #duplicate(offset: number, length: number): void {
    this.#duplicateKeys++;
    this.#duplicateAt ??= { offset, length };
  }

  #time(at: number, offset: number, length: number): void {
    if (at < this.#first) this.#first = at;
    if (at > this.#last) this.#last = at;
    const back = this.#before - at;
    if (back > LEAST_BACK) {
      this.#stepsBack++;
      if (this.#back === null || back > this.#back.seconds) this.#back = { seconds: back, at: { offset, length } };
    }
    this.#before = at;
  }

  rejected(r: LogRecord, bytes: number): void {
    const text = r.message;
    if (text.trim() === '') {
      this.#blank++;
      this.#blankBytes += bytes;
      return;
    }
    this.#rejected++;
    this.#rejectedBytes += bytes;
    this.#rejectedLast = { offset: r.span.offset, length: r.span.length };
    if (this.#rejectedAt.length < MARKS) this.#rejectedAt.push({ offset: r.span.offset, length: r.span.length });
    if (text.includes('\u0000')) {
      this.#holes++;
      this.#holeAt ??= { offset: r.span.offset, length: r.span.length };
    }
  }

  walked(lines: number, longLines: number): void {
    this.#lines += lines;
    this.#longLines += longLines;
    // what the other ranges hold is not looked at from here
    this.#before = Number.NaN;
  }

  state(): FileState {
    return {
      path: this.path,
      sizeBytes: this.sizeBytes,
      lines: this.#lines,
      longLines: this.#longLines,
      records: this.#records,
      recordBytes: this.#recordBytes,
      rejected: this.#rejected,
      rejectedBytes: this.#rejectedBytes,
      blank: this.#blank,
      blankBytes: this.#blankBytes,
      rejectedAt: this.#rejectedAt,
      rejectedLast: this.#rejectedLast,
      severalLines: this.#severalLines,
      crashes: this.#crashes,
      duplicateKeys: this.#duplicateKeys,
      duplicateAt: this.#duplicateAt,
      formats: this.#formats,
      undated: this.#undated,
      first: this.#first,
      last: this.#last,
      stepNs: this.#stepNs,
      stepsBack: this.#stepsBack,
      back: this.#back,
      holes: this.#holes,
      holeAt: this.#holeAt,
    };
  }

  merge(s: FileState): void {
    this.#lines += s.lines;
    this.#longLines += s.longLines;
    this.#records += s.records;
    this.#recordBytes += s.recordBytes;
    this.#rejected += s.rejected;
    this.#rejectedBytes += s.rejectedBytes;
    this.#blank += s.blank;
    this.#blankBytes += s.blankBytes;
    this.#rejectedAt = [...this.#rejectedAt, ...s.rejectedAt].sort((a, b) => a.offset - b.offset).slice(0, MARKS);
    if (s.rejectedLast !== null && (this.#rejectedLast === null || s.rejectedLast.offset > this.#rejectedLast.offset)) this.#rejectedLast = s.rejectedLast;
    this.#severalLines += s.severalLines;
    this.#crashes += s.crashes;
    this.#duplicateKeys += s.duplicateKeys;
    this.#duplicateAt = earlier(this.#duplicateAt, s.duplicateAt);
    for (const [f, n] of s.formats) this.#formats.set(f, (this.#formats.get(f) ?? 0) + n);
    this.#undated += s.undated;
    this.#first = Math.min(this.#first, s.first);
    this.#last = Math.max(this.#last, s.last);
    this.#stepNs = Math.max(this.#stepNs, s.stepNs);
    this.#stepsBack += s.stepsBack;
    if (s.back !== null && (this.#back === null || s.back.seconds > this.#back.seconds || (s.back.seconds === this.#back.seconds && s.back.at.offset < this.#back.at.offset)))
      this.#back = s.back;
    this.#holes += s.holes;
    this.#holeAt = earlier(this.#holeAt, s.holeAt);
  }
}

const earlier = (a: Mark | null, b: Mark | null): Mark | null => (a === null ? b : b === null || a.offset <= b.offset ? a : b);

function hasDuplicates(r: LogRecord): boolean {
  const names = new Set<string>();
  for (const f of r.fields) {
    if (names.has(f.name)) return true;
    names.add(f.name);
  }
  return false;
}
