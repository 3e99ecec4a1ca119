/**
 * Records of many logs in one order, by corrected time. Two passes over the logs and bounded memory between them: the first compares the clocks
 * (elsewhere), the second counts and keeps the earliest records; where all are asked for they are read in slices of time.
 */
import { fineSecondsBetween, formatInstant, type Instant, instant, plusSeconds, type ShownTime, type TimelineFile, type TimelineService } from '../../../model/index.ts';
import { Cadence, type Level, type LogQuery, type LogRecord, type LogSource, serviceOf } from '../../../read/logs/index.ts';
import type { Fleet } from '../traces/fleet.ts';
import { Columns } from './columns.ts';

export interface MergeQuery {
  /** In corrected time. */
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly minLevel: Level | null;
}

export interface MergedRecord {
  readonly log: number;
  readonly offset: number;
  readonly length: number;
  readonly service: string;
  readonly clock: string;
  readonly level: string | null;
  readonly message: string;
  readonly raw: Instant;
  readonly stepNs: bigint;
  /** What it may be on the reference clock; `at` lies in the middle and orders. */
  readonly low: Instant;
  readonly high: Instant;
  readonly at: bigint;
  /** Its clock can be compared with the others'. */
  readonly comparable: boolean;
  /** It has no time of its own (the runtime's crash text): that of the record above it stands for it. */
  readonly borrowed: boolean;
}

export interface Overview {
  readonly columns: Columns;
  readonly files: readonly TimelineFile[];
  readonly matched: number;
  readonly sampled: ReadonlySet<string>;
  /** The earliest in order. */
  readonly first: readonly MergedRecord[];
}

const MESSAGE_CAP = 400;
/** A slice of time that is read at once holds about so many. */
const SLICE = 100_000;

export class Merge {
  readonly #sources: readonly { readonly source: LogSource; readonly file: string }[];
  readonly #fleet: Fleet;
  readonly #reference: string | null;
  readonly #still = new Map<string, { low: number; high: number } | null>();
  readonly #asPrinted: boolean;
  /** Logs with records that have no time of their own: no question by time may be put to them. */
  readonly #borrowing = new Set<number>();

  constructor(sources: readonly { readonly source: LogSource; readonly file: string }[], fleet: Fleet, reference: string | null, asPrinted = false) {
    this.#asPrinted = asPrinted;
    this.#sources = sources;
    this.#fleet = fleet;
    this.#reference = reference;
  }

  overview(query: MergeQuery, keep: number): Overview {
    const columns = new Columns();
    const files: TimelineFile[] = [];
    const cadences = new Map<string, Cadence>();
    let first: MergedRecord[] = [];
    let matched = 0;
    for (const [log, { file }] of this.#sources.entries()) {
      const order = new FileOrder();
      this.#scan(log, query, order, (m) => {
        matched++;
        columns.add(`${m.service}\u0000${m.level ?? 'none'}`, Number(m.at) / 1e9);
        const cadence = cadences.get(m.service) ?? new Cadence();
        cadences.set(m.service, cadence);
        cadence.add(`${m.level ?? ''}\u0000${m.message}`, Number(m.raw) / 1e9, '');
        if (keep === 0) return;
        first.push(m);
        if (first.length >= 2 * keep + 1000) first = first.sort(inOrder).slice(0, keep);
      });
      files.push({ file, ...order.result() });
    }
    const sampled = new Set([...cadences].flatMap(([service, c]) => (c.result() === null ? [] : [service])));
    return { columns, files, matched, sampled, first: first.sort(inOrder).slice(0, keep) };
  }

  /** All of them, a slice of time after the other. */
  *all(query: MergeQuery, overview: Overview): Generator<MergedRecord> {
    const { from, width, counts } = overview.columns.spread(1024);
    const many = Math.max(0, ...[...counts.values()].map((c) => c.length));
    let begin: Instant | null = query.from;
    let held = 0;
    for (let i = 0; i < many; i++) {
      held += [...counts.values()].reduce((n, c) => n + (c[i] ?? 0), 0);
      const next = [...counts.values()].reduce((n, c) => n + (c[i + 1] ?? 0), 0);
      if (i < many - 1 && held + next < SLICE) continue;
      const end: Instant | null = i === many - 1 ? query.to : instant(BigInt(Math.round((from + (i + 1) * width) * 1e6)) * 1000n);
      const slice: MergedRecord[] = [];
      // a slice ends before the next begins
      for (const log of this.#sources.keys())
        this.#scan(log, { ...query, from: begin, to: end }, null, (m) => {
          if (i === many - 1 || end === null || m.at < end) slice.push(m);
        });
      yield* slice.sort(inOrder);
      begin = end;
      held = 0;
    }
  }

  #scan(log: number, query: MergeQuery, order: FileOrder | null, visit: (m: MergedRecord) => void): void {
    const { source } = this.#sources[log] as { source: LogSource };
    const pushed = this.#pushDown(query);
    let above: Instant | null = null;
    source.scan(order === null && !this.#borrowing.has(log) ? pushed : {}, (r) => {
      order?.add(r);
      const borrowed = r.time === null && r.format === 'go-crash' && above !== null;
      if (borrowed) this.#borrowing.add(log);
      const at = r.time?.at ?? (borrowed ? above : null);
      above = r.time?.at ?? above;
      if (at === null || !passes(r, query)) return true;
      const m = this.#merged(log, r, at, r.time?.stepNs ?? 1n, borrowed);
      if ((query.from === null || m.at >= query.from) && (query.to === null || m.at <= query.to)) visit(m);
      return true;
    });
  }

  /** What a log may be asked for: its own time, as far away from the asked one as any clock is. */
  #pushDown(query: MergeQuery): LogQuery {
    const level = query.minLevel === null ? {} : { minLevel: query.minLevel };
    const far = Math.max(1, ...this.#fleet.clocks.pairs.flatMap((p) => [Math.abs(p.low), Math.abs(p.high)].filter(Number.isFinite))) * Math.max(1, this.#fleet.clocks.pairs.length);
    return {
      ...level,
      ...(query.from === null ? {} : { from: plusSeconds(query.from, -far - 2) }),
      ...(query.to === null ? {} : { to: plusSeconds(query.to, far + 2) }),
    };
  }

  #merged(log: number, r: LogRecord, raw: Instant, stepNs: bigint, borrowed: boolean): MergedRecord {
    const { clock, owner } = this.#fleet.who(log, r.writer, serviceOf(r)?.text ?? null);
    const offset = this.#offset(clock, raw);
    const low = offset === null ? raw : plusSeconds(raw, -offset.high);
    const high = offset === null ? ((raw + stepNs) as Instant) : plusSeconds((raw + stepNs) as Instant, -offset.low);
    return {
      log,
      offset: r.span.offset,
      length: r.span.length,
      service: owner,
      clock,
      level: r.level,
      message: r.message.slice(0, MESSAGE_CAP),
      raw,
      stepNs,
      low,
      high,
      at: (low + high) / 2n,
      comparable: offset !== null,
      borrowed,
    };
  }

  #offset(clock: string, at: Instant): { low: number; high: number } | null {
    if (this.#asPrinted) return NONE;
    if (this.#reference === null) return null;
    if (!this.#fleet.clocks.still) return this.#fleet.clocks.between(this.#reference, clock, at);
    let known = this.#still.get(clock);
    if (known === undefined) {
      known = this.#fleet.clocks.between(this.#reference, clock, at);
      this.#still.set(clock, known);
    }
    return known;
  }
}

const NONE = { low: 0, high: 0 };
const passes = (r: LogRecord, q: MergeQuery): boolean => q.minLevel === null || (r.level !== null && RANK[r.level] >= RANK[q.minLevel]);
const RANK: Readonly<Record<Level, number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, fatal: 5 };

/** One clock's records of one time keep the order of their file. */
const inOrder = (a: MergedRecord, b: MergedRecord): number => (a.at !== b.at ? (a.at < b.at ? -1 : 1) : a.log !== b.log ? a.log - b.log : a.offset - b.offset);

/** Which of two records in a row came first cannot be said: different clocks, and each may have been before the other. */
export const orderUnknown = (before: MergedRecord | null, m: MergedRecord): boolean =>
  before !== null && (before.clock !== m.clock ? !(before.comparable && m.comparable) || before.high > m.low : before.log !== m.log && before.high > m.low);

export function shownTime(m: MergedRecord): ShownTime {
  const half = fineSecondsBetween(m.low, m.high) / 2;
  return {
    raw: formatInstant(m.raw),
    stepSeconds: Number(m.stepNs) / 1e9,
    corrected: m.comparable ? formatInstant(instant(m.at)) : null,
    earlySeconds: half,
    lateSeconds: half,
    narrowed: false,
    known: m.borrowed ? 'last-record' : 'logged',
  };
}

/** Levels of each service, the gravest first, in at most `most` columns. */
export function servicesOf(overview: Overview, most: number): { services: TimelineService[]; from: number; width: number } {
  const { from, width, counts } = overview.columns.spread(most);
  const by = new Map<string, Map<string, readonly number[]>>();
  for (const [key, list] of counts) {
    const [service, level] = key.split('\u0000') as [string, string];
    const levels = by.get(service) ?? new Map<string, readonly number[]>();
    by.set(service, levels);
    levels.set(level, list);
  }
  const sum = (list: readonly number[] | undefined): number => (list ?? []).reduce((a, b) => a + b, 0);
  const order = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'none'];
  const services = [...by]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, levels]) => ({
      service,
      counts: Object.fromEntries(order.flatMap((l) => (levels.has(l) ? [[l, levels.get(l) as readonly number[]]] : []))),
      total: [...levels.values()].reduce((n, l) => n + sum(l), 0),
      errors: sum(levels.get('error')) + sum(levels.get('fatal')),
      sampled: overview.sampled.has(service),
    }));
  return { services, from, width };
}

class FileOrder {
  #records = 0;
  #untimed = 0;
  #from: Instant | null = null;
  #to: Instant | null = null;
  #outOfOrder = 0;
  #worst = 0;
  #step = 0n;

  add(r: LogRecord): void {
    this.#records++;
    if (r.time === null) {
      this.#untimed++;
      return;
    }
    const { at, stepNs } = r.time;
    if (stepNs > this.#step) this.#step = stepNs;
    if (this.#to !== null && at + stepNs <= this.#to) {
      this.#outOfOrder++;
      this.#worst = Math.max(this.#worst, fineSecondsBetween(at, this.#to));
    }
    if (this.#from === null || at < this.#from) this.#from = at;
    if (this.#to === null || at > this.#to) this.#to = at;
  }

  result(): Omit<TimelineFile, 'file'> {
    return {
      records: this.#records,
      untimed: this.#untimed,
      from: this.#from === null ? null : formatInstant(this.#from),
      to: this.#to === null ? null : formatInstant(this.#to),
      outOfOrder: this.#outOfOrder,
      worstSeconds: this.#worst,
      stepSeconds: Number(this.#step) / 1e9,
    };
  }
}
