/** What has been taken from a store so far: several queries, one bound, one slice. */
import { formatInstant, type Instant, instant, type ReportGap } from '../../model/index.ts';
import { StoreFault } from './fault.ts';
import { brokenGap, cutGap, interruptedGap } from './gaps.ts';
import type { Asked, SliceFile, StoreSlice } from './slice.ts';
import type { Stretch } from './trace.ts';
import type { LogsWanted } from './wanted.ts';

const TITLES = { loki: 'Loki', victorialogs: 'VictoriaLogs' } as const;

/** `keep` is called with lines as they come; what it got is kept when the query fails later. */
export type Take<L> = (
  query: string,
  from: Instant,
  to: Instant,
  most: number,
  keep: (lines: readonly L[], url: string) => void,
) => Promise<{ readonly upTo: Instant; readonly cut: boolean }>;

export class Taking<L extends { readonly at: bigint }> {
  readonly lines: L[] = [];
  readonly asked: Asked[] = [];
  readonly gaps: ReportGap[] = [];
  readonly #store: StoreSlice['store'];
  readonly #wanted: LogsWanted;
  readonly #takenAt = instant(BigInt(Date.now()) * 1_000_000n);
  #upTo: Instant;
  #cut = false;

  constructor(store: StoreSlice['store'], wanted: LogsWanted) {
    this.#store = store;
    this.#wanted = wanted;
    this.#upTo = wanted.to;
  }

  get whole(): Stretch {
    return { from: this.#wanted.from, to: this.#wanted.to };
  }

  times(): bigint[] {
    return this.lines.map((l) => l.at);
  }

  async step(what: string, query: string, within: Stretch, take: Take<L>): Promise<void> {
    const to = this.#upTo < within.to ? this.#upTo : within.to;
    if (within.from > to) return;
    const before = this.lines.length;
    let url = '';
    const keep = (lines: readonly L[], at: string): void => {
      for (const line of lines) this.lines.push(line);
      if (url === '') url = at;
    };
    let upTo = to;
    try {
      const taken = await take(query, within.from, to, this.#wanted.most, keep);
      upTo = taken.upTo;
      if (taken.cut) this.#cutAt(taken.upTo);
    } finally {
      if (url !== '') this.asked.push({ what, query, url, from: within.from, to: upTo, lines: this.lines.length - before });
    }
    this.#trim();
  }

  #cutAt(upTo: Instant): void {
    this.#cut = true;
    if (upTo < this.#upTo) this.#upTo = upTo;
  }

  /** Several queries share one bound: the earliest lines are kept, whole nanoseconds. */
  #trim(): void {
    const { most } = this.#wanted;
    if (this.lines.length > most) {
      const times = this.times().sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      this.#cutAt(instant(times[most]! - 1n));
    }
    if (!this.#cut) return;
    const kept = this.lines.filter((l) => l.at <= this.#upTo);
    this.lines.length = 0;
    for (const line of kept) this.lines.push(line);
  }

  /** What was taken is kept; a fault before anything could be asked is thrown on. Returns why the slice ends early. */
  ended(error: unknown): string {
    if (!(error instanceof StoreFault)) throw error;
    const title = TITLES[this.#store];
    if (error.kind === 'interrupted') {
      const last = this.times().reduce((n, t) => (t > n ? t : n), 0n);
      this.gaps.push(interruptedGap(title, this.lines.length, last === 0n ? '' : `, the last of ${formatInstant(instant(last))}`));
      return INTERRUPTED;
    }
    if (this.lines.length === 0 && this.asked.length === 0) throw error;
    this.gaps.push(brokenGap(title, this.lines.length, error));
    return 'the store failed on the way';
  }

  /** `broken`: why the lines are not all there, where something went wrong. */
  slice(server: string, files: readonly SliceFile[], broken: string | null, says: string): StoreSlice {
    const { from, to, most, trace, query, level, text } = this.#wanted;
    if (this.#cut) this.gaps.push(cutGap(TITLES[this.#store], most, this.#upTo, to));
    const filtered = trace !== undefined || query !== undefined || level !== undefined || text !== undefined;
    return {
      store: this.#store,
      server,
      files,
      lines: files.reduce((n, f) => n + f.lines, 0),
      asked: this.asked,
      gaps: this.gaps,
      from,
      to: this.#upTo,
      takenAt: this.#takenAt,
      incomplete:
        broken !== null
          ? { how: 'cut', why: broken }
          : filtered
            ? { how: 'filtered', why: `only lines that match ${query ?? (trace === undefined ? says : `the id ${trace}`)}` }
            : null,
      interrupted: broken === INTERRUPTED,
    };
  }
}

const INTERRUPTED = 'it was interrupted';
