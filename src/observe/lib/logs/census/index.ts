/**
 * One pass over logs in outline, kept as counts: which texts, levels and services, when; where text is no record; whether somebody sampled it. Of
 * fixed size at any length of a log, and two of them, of two ranges of one log or of two logs, add up to one.
 */
import { decodeText, readSlice } from '../../../../model/index.ts';
import { bytesOf, Cadence, INFO, LEVELS, type LogOutline, type LogRecord, NO_RANK, OUTLINE, type OutlineVisitor, type PaceBreak, serviceOf } from '../../../../read/logs/index.ts';
import { FileCount, type FileState } from './files.ts';
import { Histogram, type HistogramState } from './histogram.ts';
import { NO_LEVEL, type TextCount, type TextState, Texts } from './texts.ts';

export { Histogram } from './histogram.ts';

const SERVICES_CAP = 200;
const SERVICE_BUCKETS = 4096;
const LEVEL_BUCKETS = 512;
/** Hashes of texts as they stand in lines: beyond, records are asked. */
const ROWS_CAP = 1 << 17;
const SHAPES_CAP = 256;
const NAME_CAP = 128;

/** Seconds, inclusive. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface ServiceState {
  readonly name: string | null;
  readonly levels: readonly number[];
  readonly over: HistogramState;
  readonly first: number;
  readonly last: number;
}

export interface CensusState {
  readonly texts: readonly TextState[];
  readonly beyond: TextState | null;
  readonly services: readonly ServiceState[];
  readonly levels: readonly HistogramState[];
  readonly undated: readonly number[];
  readonly files: readonly FileState[];
  readonly breaks: readonly PaceBreak<string>[];
}

export class ServiceCount {
  readonly name: string | null;
  readonly levels = new Array<number>(NO_LEVEL + 1).fill(0);
  readonly over = new Histogram(SERVICE_BUCKETS);
  first = Number.POSITIVE_INFINITY;
  last = Number.NEGATIVE_INFINITY;

  constructor(name: string | null) {
    this.name = name;
  }

  get count(): number {
    return this.levels.reduce((a, b) => a + b, 0);
  }

  add(level: number, at: number | null): void {
    this.levels[level]!++;
    if (at === null) return;
    if (at < this.first) this.first = at;
    if (at > this.last) this.last = at;
    this.over.add(at);
  }

  merge(s: ServiceState): void {
    for (const [i, n] of s.levels.entries()) this.levels[i]! += n;
    this.first = Math.min(this.first, s.first);
    this.last = Math.max(this.last, s.last);
    this.over.merge(s.over);
  }
}

/** Keys of two words each, to small numbers; open addressing. */
class WordTable {
  #keys = new Uint32Array(2 * 4096);
  #values = new Int32Array(4096).fill(-1);
  size = 0;

  get(a: number, b: number): number {
    const mask = this.#values.length - 1;
    for (let i = (a ^ (b >>> 7)) & mask; ; i = (i + 1) & mask) {
      const v = this.#values[i]!;
      if (v < 0 || (this.#keys[2 * i] === a && this.#keys[2 * i + 1] === b)) return v;
    }
  }

  set(a: number, b: number, value: number): void {
    if (this.size * 2 >= this.#values.length) this.#grow();
    const mask = this.#values.length - 1;
    let i = (a ^ (b >>> 7)) & mask;
    while (this.#values[i]! >= 0) i = (i + 1) & mask;
    this.#keys[2 * i] = a;
    this.#keys[2 * i + 1] = b;
    this.#values[i] = value;
    this.size++;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Uint32Array(keys.length * 2);
    this.#values = new Int32Array(values.length * 2).fill(-1);
    this.size = 0;
    for (let i = 0; i < values.length; i++) if (values[i]! >= 0) this.set(keys[2 * i]!, keys[2 * i + 1]!, values[i]!);
  }
}

export class Census {
  readonly texts = new Texts();
  readonly services = new Map<string | null, ServiceCount>();
  readonly levels = Array.from({ length: NO_LEVEL + 1 }, () => new Histogram(LEVEL_BUCKETS));
  /** Records without a time, by level. */
  readonly undated = new Array<number>(NO_LEVEL + 1).fill(0);
  readonly files = new Map<string, FileCount>();
  readonly #breaks: PaceBreak<string>[] = [];
  #cadence = new Cadence<string>();
  readonly #windows: readonly [Stretch, Stretch] | null;
  readonly #rows = new WordTable();
  readonly #rowTexts: TextCount[] = [];
  readonly #serviceRows = new WordTable();
  readonly #serviceCounts: ServiceCount[] = [];
  readonly #shapes = new Map<number, string>();

  /** Records in either stretch are counted for each text. */
  constructor(windows: readonly [Stretch, Stretch] | null = null) {
    this.#windows = windows;
  }

  /** Goes over a range of a log. Ranges of one log come in their order; [from, to) as LogOutline.walk wants them. */
  walk(log: LogOutline, from: number, to: number): void {
    const path = log.artifact.member ?? log.artifact.path;
    const file = this.files.get(path) ?? new FileCount(path, log.artifact.source.sizeBytes);
    this.files.set(path, file);
    const summary = log.walk(from, to, this.#visitor(log, file));
    file.walked(summary.lines, summary.longLines);
    this.#endCadence();
  }

  /** Records that were found some other way. */
  record(r: LogRecord): void {
    const path = r.artifact.member ?? r.artifact.path;
    const file = this.files.get(path) ?? new FileCount(path, r.artifact.source.sizeBytes);
    this.files.set(path, file);
    this.#record(r, file);
  }

  #endCadence(): void {
    this.#breaks.push(...this.#cadence.breaks());
    this.#cadence = new Cadence();
  }

  #visitor(log: LogOutline, file: FileCount): OutlineVisitor {
    return {
      row: (base, words, at) => {
        const info = words[at + OUTLINE.info]!;
        const rank = INFO.rank(info);
        const level = rank === NO_RANK ? NO_LEVEL : rank;
        const time = ((words[at + OUTLINE.time + 1]! | 0) * 4294967296 + words[at + OUTLINE.time]!) / 1e9;
        const text = this.#textOf(log, base, words, at, level);
        const service = this.#serviceOfRow(log, base, words, at);
        const start = base + words[at + OUTLINE.start]!;
        file.row(start, base + words[at + OUTLINE.end]! - start, time, INFO.duplicates(info), this.#shapeOf(log, base, words, at, file));
        text.add(time, service.name);
        service.add(level, time);
        this.levels[level]!.add(time);
        this.#inWindows(text, time);
        this.#cadence.add(words[at + OUTLINE.exact]! + level * 4294967296, time, text.key);
      },
      record: (r) => this.#record(r, file),
    };
  }

  #record(r: LogRecord, file: FileCount): void {
    if (r.format === 'plain') {
      file.rejected(r, bytesOf(r.spans));
      return;
    }
    const time = r.time === null ? null : Number(r.time.at) / 1e9;
    const level = r.level === null ? NO_LEVEL : LEVELS.indexOf(r.level);
    file.record(r, bytesOf(r.spans), time);
    const text = this.texts.of(r, level);
    const service = this.#service(serviceOf(r)?.text ?? null);
    text.add(time, service.name);
    service.add(level, time);
    if (time === null) {
      this.undated[level]!++;
      return;
    }
    this.levels[level]!.add(time);
    this.#inWindows(text, time);
    this.#cadence.add(`${level} ${r.message.slice(0, 200)}`, time, text.key);
  }

  #inWindows(text: TextCount, at: number): void {
    if (this.#windows === null) return;
    for (const [i, w] of this.#windows.entries()) if (at >= w.from && at <= w.to) text.windows[i]!++;
  }

  #textOf(log: LogOutline, base: number, words: Uint32Array, at: number, level: number): TextCount {
    const a = words[at + OUTLINE.message]! ^ Math.imul(words[at + OUTLINE.error]!, 0x9e3779b1) ^ Math.imul(level + 1, 0x85ebca6b);
    const b = words[at + OUTLINE.message + 1]! ^ Math.imul(words[at + OUTLINE.error + 1]!, 0xc2b2ae35) ^ level;
    const known = this.#rows.get(a >>> 0, b >>> 0);
    if (known >= 0) return this.#rowTexts[known]!;
    const record = log.recordOf(base, words, at);
    // what the kernel decided a record says, too
    if (record === null) throw new Error(`no record at ${base + words[at]!} of ${log.artifact.path}`);
    const text = this.texts.of(record, level);
    if (this.#rows.size < ROWS_CAP) {
      this.#rows.set(a >>> 0, b >>> 0, this.#rowTexts.length);
      this.#rowTexts.push(text);
    }
    return text;
  }

  #serviceOfRow(log: LogOutline, base: number, words: Uint32Array, at: number): ServiceCount {
    const a = words[at + OUTLINE.service]!;
    const b = words[at + OUTLINE.service + 1]!;
    const known = this.#serviceRows.get(a, b);
    if (known >= 0) return this.#serviceCounts[known]!;
    const begin = words[at + OUTLINE.serviceAt]!;
    const name = a === 0 && b === 0 ? null : decodeText(readSlice(log.artifact.source, base + begin, words[at + OUTLINE.serviceEnd]! - begin));
    const service = this.#service(name);
    if (this.#serviceCounts.length < ROWS_CAP) {
      this.#serviceRows.set(a, b, this.#serviceCounts.length);
      this.#serviceCounts.push(service);
    }
    return service;
  }

  #service(given: string | null): ServiceCount {
    const name = given === null || given.length > NAME_CAP ? null : given;
    let service = this.services.get(name);
    if (service !== undefined) return service;
    // the rest of too many count as unnamed
    const kept = this.services.size < SERVICES_CAP ? name : null;
    service = this.services.get(kept) ?? new ServiceCount(kept);
    this.services.set(kept, service);
    return service;
  }

  #shapeOf(log: LogOutline, base: number, words: Uint32Array, at: number, file: FileCount): string {
    const shape = INFO.shape(words[at + OUTLINE.info]!);
    const known = this.#shapes.get(shape);
    if (known !== undefined) return known;
    const record = log.recordOf(base, words, at);
    const format = record?.format ?? 'json';
    if (record?.time != null) file.stepOf(record.time.stepNs);
    if (this.#shapes.size < SHAPES_CAP) this.#shapes.set(shape, format);
    return format;
  }

  get breaks(): readonly PaceBreak<string>[] {
    return this.#breaks;
  }

  state(): CensusState {
    this.#endCadence();
    return {
      texts: [...this.texts.all()].map((t) => t.state()),
      beyond: this.texts.beyond?.state() ?? null,
      services: [...this.services.values()].map((s) => ({ name: s.name, levels: s.levels, over: s.over.state(), first: s.first, last: s.last })),
      levels: this.levels.map((h) => h.state()),
      undated: this.undated,
      files: [...this.files.values()].map((f) => f.state()),
      breaks: this.#breaks,
    };
  }

  merge(s: CensusState): void {
    this.texts.merge(s.texts, s.beyond);
    for (const of of s.services) this.#service(of.name).merge(of);
    for (const [i, h] of s.levels.entries()) this.levels[i]!.merge(h);
    for (const [i, n] of s.undated.entries()) this.undated[i]! += n;
    for (const f of s.files) {
      const file = this.files.get(f.path) ?? new FileCount(f.path, f.sizeBytes);
      this.files.set(f.path, file);
      file.merge(f);
    }
    this.#breaks.push(...s.breaks);
  }
}
