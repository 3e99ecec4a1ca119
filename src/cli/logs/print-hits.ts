/** Prints records: as they stand in the file, as chosen fields, as JSON, or readable on a terminal. */
import type { LogFile } from '../../collect/log-files/index.ts';
import { decodeText, formatInstant, type Instant, readSlice } from '../../model/index.ts';
import { BUILT_IN, durationOf, errorOf, type FormatSet, type LogRecord, serviceOf } from '../../read/logs/index.ts';
import { namedRole, recordAt, textsOf } from '../../read/logs/search/index.ts';
import { mergeRecords } from '../../read/logs/search/merge-records.ts';
import { escapeForJson, manyLines } from '../../report/lib/safe-text.ts';
import { renderLogRecord } from '../../report/log-record/index.ts';
import type { Console } from '../console.ts';
import { type HeldHits, streamsOf, visitByTime } from './by-time.ts';
import { mergeInThreads } from './merge-threads.ts';
import { mergeThread } from './search-thread.ts';
import { NO_TIME } from './tasks.ts';

export interface Shown {
  readonly fields: readonly string[] | null;
  /** A record without the field prints nothing. */
  readonly skipMissing: boolean;
  /** Lines before and after. */
  readonly context: number;
  readonly names: boolean;
  readonly json: boolean;
  readonly readable: boolean;
  readonly colour: boolean;
}

const OUT = 256 * 1024;
const LF = 10;
/** Of raw text in JSON and on a terminal. */
const RAW_CAP = 1024 * 1024;
const utf8 = new TextEncoder();

export class HitPrinter {
  readonly #console: Console;
  readonly #logs: readonly LogFile[];
  readonly #shown: Shown;
  readonly #formats: FormatSet;
  readonly #out = new Uint8Array(OUT);
  #filled = 0;
  /** Where the context printed last ended. */
  #last: { file: number; end: number } | null = null;

  constructor(console: Console, logs: readonly LogFile[], shown: Shown, formats: FormatSet = BUILT_IN) {
    this.#formats = formats;
    this.#console = console;
    this.#logs = logs;
    this.#shown = shown;
  }

  print(file: number, offset: number, length: number, time: bigint): void {
    const { artifact } = this.#logs[file] as LogFile;
    const { fields, json, readable, context } = this.#shown;
    const name = this.#shown.names ? `${artifact.path}:${offset}:` : '';
    if (fields === null && !json && !readable) {
      if (context > 0) this.#withContext(file, offset, length, name);
      else this.#raw(artifact.source, offset, length, name);
      return;
    }
    const record = recordAt(artifact, offset, length, this.#formats);
    if (record === null) return;
    if (json) this.#text(`${escapeForJson(JSON.stringify(this.#object(record, time)))}\n`);
    else if (fields !== null) {
      const values = fields.map((f) => columnText(record, f, time));
      if (this.#shown.skipMissing && values[0] === undefined) return;
      this.#text(`${name}${values.map((v) => (v ?? '').replaceAll(/[\t\r\n]/g, ' ')).join('\t')}\n`);
    } else
      this.#text(
        renderLogRecord({ ...shownRecord(record, time), from: this.#logs.length > 1 ? artifact.path : null }, { colour: this.#shown.colour, columns: this.#console.columns }),
      );
  }

  /** At most `most` hits, the earliest first. */
  printByTime(held: readonly HeldHits[], most: number): void {
    const { fields, json, readable, context, names } = this.#shown;
    if (fields === null && !json && !readable && context === 0 && !names) {
      const streams = streamsOf(held).map(({ held: { hits, file }, times }) => ({
        source: (this.#logs[file] as LogFile).artifact.source,
        path: (this.#logs[file] as LogFile).realPath,
        base: hits.base,
        offsets: hits.offsets,
        lengths: hits.lengths,
        times,
      }));
      this.end();
      const write = (bytes: Uint8Array): void => this.#write(bytes);
      const { outDescriptor, outIsTerminal } = this.#console;
      const whole = !outIsTerminal && streams.reduce((n, s) => n + s.offsets.length, 0) <= most;
      const thread = whole ? mergeThread() : null;
      if (thread === null || outDescriptor === undefined || !mergeInThreads(streams, thread, outDescriptor, write)) mergeRecords(streams, most, write);
    } else {
      visitByTime(held, most, ({ hits, file }, k) => this.print(file, hits.base + (hits.offsets[k] as number), hits.lengths[k] as number, hits.times[k] as bigint));
    }
  }

  #object(record: LogRecord, time: bigint): object {
    const { fields } = this.#shown;
    const base = { file: record.artifact.path, offset: record.span.offset, length: record.span.length };
    const shown = shownRecord(record, time);
    if (fields !== null) return { ...base, ...Object.fromEntries(fields.map((f) => [f, columnText(record, f, time) ?? null])) };
    const { level, service, message } = shown;
    return {
      ...base,
      time: shown.time,
      level,
      service,
      message,
      // pairs, because a name may stand twice and both be meant
      fields: record.fields.map((f) => [f.name, f.text]),
      format: record.format,
      raw: record.text(),
    };
  }

  #raw(source: LogFile['artifact']['source'], offset: number, length: number, name: string): void {
    if (name !== '') this.#bytes(utf8.encode(name));
    for (let at = 0; at < length; ) {
      if (this.#filled >= OUT) this.end();
      // straight into what is written: a copy of each record would be most of the work
      const n = source.readInto(offset + at, this.#out.subarray(this.#filled, Math.min(OUT, this.#filled + length - at)));
      if (n <= 0) break;
      this.#filled += n;
      at += n;
    }
    this.#bytes(LINE_FEED);
  }

  #withContext(file: number, offset: number, length: number, name: string): void {
    const { source } = (this.#logs[file] as LogFile).artifact;
    const { context } = this.#shown;
    const from = linesBefore(source, offset, context);
    const to = linesAfter(source, offset + length, context);
    const begin = this.#last !== null && this.#last.file === file && this.#last.end >= from ? this.#last.end : from;
    if (this.#last !== null && begin === from && !(this.#last.file === file && this.#last.end === from)) this.#text('--\n');
    this.#last = { file, end: Math.max(to, begin) };
    if (begin < to) this.#raw(source, begin, to - begin - (endsLine(source, to) ? 1 : 0), name);
  }

  #text(text: string): void {
    // what is printed to a terminal was made harmless where it was made; values of fields were not
    this.#bytes(utf8.encode(this.#console.outIsTerminal && this.#shown.fields !== null ? `${manyLines(text.slice(0, RAW_CAP).replace(/\n$/, ''))}\n` : text));
  }

  #bytes(bytes: Uint8Array): void {
    if (bytes.length > OUT - this.#filled) this.end();
    if (bytes.length > OUT) {
      this.#write(bytes);
      return;
    }
    this.#out.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  /** Hands on what is held. */
  end(): void {
    if (this.#filled > 0) this.#write(this.#out.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #write(bytes: Uint8Array): void {
    if (this.#console.outIsTerminal && !this.#shown.readable && this.#shown.fields === null && !this.#shown.json) this.#console.out(`${manyLines(decodeText(bytes))}`);
    else if (this.#console.outBytes !== undefined) this.#console.outBytes(bytes);
    else this.#console.out(decodeText(bytes));
  }
}

const LINE_FEED = new Uint8Array([LF]);

function shownRecord(
  record: LogRecord,
  time: bigint,
): { time: string | null; level: string | null; service: string | null; message: string; error: string | null; fields: [string, string][]; stack: string | null } {
  const at = time !== NO_TIME ? (time as Instant) : (record.time?.at ?? null);
  const service = serviceOf(record);
  const error = errorOf(record);
  const used = new Set([service, error]);
  return {
    time: at === null ? null : formatInstant(at),
    level: record.level ?? record.levelText,
    service: service?.text ?? record.writer ?? null,
    message: record.message,
    error: error?.text ?? null,
    fields: record.fields.filter((f) => !used.has(f) && !isRole(record, f.text, f.name)).map((f) => [f.name, f.text]),
    stack: record.stack,
  };
}

/**
 * A column of several logs is of one unit: what `time` and `dur` stand for is written alike whatever the logger counts in. A field of exactly
 * that name, other than `time`, is printed as it stands.
 */
function columnText(record: LogRecord, name: string, time: bigint): string | undefined {
  const role = namedRole(name);
  if (name !== 'time' && record.fields.some((f) => f.name === name)) return textsOf(record, name)[0];
  if (role === 'time') {
    const at = time !== NO_TIME ? (time as Instant) : (record.time?.at ?? null);
    return at === null ? undefined : formatInstant(at);
  }
  const seconds = role === 'duration' ? (durationOf(record)?.seconds ?? null) : null;
  return seconds === null ? textsOf(record, name)[0] : goDurationText(seconds);
}

/** As `time.Duration` prints it, to the nanosecond. */
function goDurationText(seconds: number): string {
  const ns = Math.round(seconds * 1e9);
  const size = Math.abs(ns);
  if (size < 1e3) return `${ns}ns`;
  if (size < 1e6) return `${ns / 1e3}µs`;
  if (size < 1e9) return `${ns / 1e6}ms`;
  const minutes = Math.trunc(ns / 60e9);
  const rest = `${(ns - minutes * 60e9) / 1e9}s`;
  if (minutes === 0) return rest;
  const hours = Math.trunc(minutes / 60);
  return hours === 0 ? `${minutes}m${rest}` : `${hours}h${minutes % 60}m${rest}`;
}

/** Time, level, message and the like are shown by themselves. */
function isRole(record: LogRecord, text: string, name: string): boolean {
  return (
    (text === record.message && ['msg', 'message', '@message'].includes(name)) ||
    (text === record.levelText && ['level', 'lvl', 'severity', '@level'].includes(name)) ||
    ['time', 'ts', 'timestamp', '@timestamp'].includes(name) ||
    (record.stack !== null && text === record.stack)
  );
}

const STEP = 8192;

function linesBefore(source: LogFile['artifact']['source'], offset: number, count: number): number {
  let at = offset;
  let left = count;
  while (at > 0 && left > 0) {
    const from = Math.max(0, at - STEP);
    const part = readSlice(source, from, at - from);
    // the line feed that ends the line before
    let end = part.length - 1;
    let cut = -1;
    while (left > 0 && end >= 0) {
      const lf = part.lastIndexOf(LF, end - 1);
      cut = lf;
      if (lf < 0) break;
      left--;
      end = lf;
    }
    if (cut >= 0) at = from + cut + 1;
    else {
      at = from;
      if (from === 0) break;
    }
  }
  return at;
}

function linesAfter(source: LogFile['artifact']['source'], end: number, count: number): number {
  let left = count + 1;
  let at = end;
  while (at < source.sizeBytes && left > 0) {
    const part = readSlice(source, at, STEP);
    if (part.length === 0) break;
    let from = 0;
    while (left > 0) {
      const lf = part.indexOf(LF, from);
      if (lf < 0) break;
      left--;
      from = lf + 1;
    }
    if (left === 0) return at + from;
    at += part.length;
  }
  return source.sizeBytes;
}

const endsLine = (source: LogFile['artifact']['source'], end: number): boolean => readSlice(source, end - 1, 1)[0] === LF;
