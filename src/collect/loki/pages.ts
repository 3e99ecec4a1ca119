/**
 * Takes the lines of one LogQL query from Loki, page by page, oldest first: none lost, none twice.
 * `limit` cuts inside a nanosecond, so the lines of a full page's last time are left for the next page, which begins at that time.
 * What Loki refuses as too much at once (max_entries_limit_per_query, max_query_length, 4 MiB a message, time, bytes read) is asked for
 * in smaller parts. Each page is counted: with `categorize-labels`, v3.7.8 answers a page of more than 4 MiB with an empty one and HTTP 200.
 */
import { formatInstant, type Instant, instant, type ReportGap } from '../../model/index.ts';
import { StoreFault } from '../lib/fault.ts';
import { type Answer, ask } from '../lib/http.ts';
import type { Labels } from '../lib/slice.ts';
import { MOST_BYTES, quoted, type StoreOptions } from '../lib/wanted.ts';

export interface LokiLine {
  readonly at: bigint;
  readonly labels: Labels;
  /** The value of the answer: ["ns", "line"] or ["ns", "line", {"structuredMetadata": {…}}]. */
  readonly value: readonly unknown[];
}

/** Loki remembers that a stretch was empty: lines that came in late would be missed. */
const FRESH = { 'cache-control': 'no-cache' };
const CATEGORIZE = { ...FRESH, 'x-loki-response-encoding-flags': 'categorize-labels' };
/** Loki's own default of max_entries_limit_per_query; a smaller one is learnt from its refusal. */
const PAGE = 5000;
const PAGE_BYTES = 64 * 1024 * 1024;
const LIST_BYTES = 32 * 1024 * 1024;
/** So few lines of the length Loki takes at most (256 KiB) fit into a message. */
const SMALL_PAGE = 16;
const MOST_REQUESTS = 2000;
const SECOND = 1_000_000_000n;
/** A stretch this short is not asked for in parts. */
const SHORTEST = SECOND;

/** State of one collection: what the server has taught so far, and what is left of the bounds. */
export class Pages {
  readonly gaps: ReportGap[] = [];
  readonly #options: StoreOptions;
  /** Lines of the next page: halved when that is too much, doubled again when it goes well. */
  #page = PAGE;
  #mostPage = PAGE;
  #wentWell = 0;
  #longest: bigint | null = null;
  #bytesLeft: number;
  #requests = 0;
  /** Loki refused to count. */
  #uncounted = false;
  readonly #warned = new Set<string>();

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#bytesLeft = options.mostBytes ?? MOST_BYTES;
  }

  /** `keep` is called for each page as it comes. Lines of [from, upTo] are then all there; `cut`: there was more than was wanted. */
  async take(
    query: string,
    from: Instant,
    to: Instant,
    most: number,
    keep: (lines: readonly LokiLine[], url: string) => void,
  ): Promise<{ readonly upTo: Instant; readonly cut: boolean }> {
    let at: bigint = from;
    const end = to + 1n;
    let count = 0;
    let stretch: bigint | null = null;
    while (at < end) {
      const stop: bigint = atMost(atMost(end, at, this.#longest), at, stretch);
      const wanted = Math.min(this.#page, most - count + 1);
      let page: { lines: LokiLine[]; url: string };
      try {
        page = await this.#ask(query, at, stop, wanted);
      } catch (error) {
        const smaller: { readonly stretch: bigint | null } | null = error instanceof StoreFault ? this.#smaller(error, stop - at) : null;
        if (smaller === null) throw error;
        if (smaller.stretch !== null) stretch = smaller.stretch;
        continue;
      }
      let lines = page.lines;
      let next = stop;
      if (lines.length >= wanted) {
        const last = lines.reduce((n, l) => (l.at > n ? l.at : n), at);
        lines = lines.filter((l) => l.at < last);
        next = last;
        if (lines.length === 0) {
          // a page full of one nanosecond
          const moment = await this.#moment(query, last);
          lines = moment;
          next = last + 1n;
        }
      }
      const missing = await this.#missing(query, at, next, lines);
      if (missing > 0) {
        if (this.#page > 1) {
          this.#halve();
          continue;
        }
        this.gaps.push({
          what: `Loki counts ${missing} more lines from ${formatInstant(instant(at))} to ${formatInstant(instant(next - 1n))} than it hands out`,
          why: 'an answer of more than 4 MiB is dropped without a word (grpc_server_max_send_msg_size), or the lines were deleted meanwhile',
          next: 'raise grpc_server_max_send_msg_size of Loki',
        });
      }
      if (count + lines.length > most) {
        // whole nanoseconds only: what is kept is all there is up to there
        const sorted = [...lines].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
        const firstLeft = sorted[most - count]!.at;
        const kept = lines.filter((l) => l.at < firstLeft);
        keep(kept, page.url);
        return { upTo: instant(firstLeft - 1n), cut: true };
      }
      keep(lines, page.url);
      count += lines.length;
      this.#grow();
      at = next;
      if (count >= most && at < end) {
        const more = await this.#ask(query, at, end, 1);
        return { upTo: instant(at - 1n), cut: more.lines.length > 0 };
      }
      this.#options.onProgress?.(`${count} lines up to ${formatInstant(instant(at))}`);
    }
    return { upTo: to, cut: false };
  }

  #halve(): void {
    this.#page = Math.max(1, this.#page >> 1);
    this.#wentWell = 0;
  }

  #grow(): void {
    if (this.#page === this.#mostPage || ++this.#wentWell < 2) return;
    this.#page = Math.min(this.#mostPage, this.#page * 2);
    this.#wentWell = 0;
  }

  /** The first line of a selector in a stretch; null when there is none. */
  async earliest(selector: string, from: Instant, to: Instant): Promise<Instant | null> {
    let first: Instant | null = null;
    await this.#inStretches(from, to, async (start, stop) => {
      const { lines } = await this.#ask(selector, start, stop, 1);
      if (lines[0] !== undefined) first = instant(lines[0].at);
      return first !== null;
    });
    return first;
  }

  /** What an endpoint of the index lists in a stretch, each once: streams, names of labels. */
  async listed(path: string, from: Instant, to: Instant): Promise<readonly unknown[]> {
    const all = new Map<string, unknown>();
    const { endpoint, signal } = this.#options;
    await this.#inStretches(from, to, async (start, stop) => {
      const answer = await ask(endpoint, path, { start: String(start), end: String(stop) }, { mostBytes: LIST_BYTES, headers: FRESH, ...(signal === undefined ? {} : { signal }) });
      const { data } = parsed(answer.body, endpoint.name);
      for (const one of Array.isArray(data) ? (data as unknown[]) : []) {
        const key = typeof one === 'object' && one !== null ? JSON.stringify(Object.entries(one).sort()) : JSON.stringify(one);
        all.set(key, one);
      }
      return false;
    });
    return [...all.values()];
  }

  /** Stretches as long as Loki answers at once (max_query_length holds for the index, too), until `one` has enough. */
  async #inStretches(from: Instant, to: Instant, one: (start: bigint, stop: bigint) => Promise<boolean>): Promise<void> {
    let at: bigint = from;
    const end = to + 1n;
    while (at < end) {
      const stop = atMost(end, at, this.#longest);
      try {
        if (await one(at, stop)) return;
        at = stop;
      } catch (error) {
        const longest = this.#longest;
        if (!(error instanceof StoreFault) || this.#smaller(error, stop - at) === null || this.#longest === longest) throw error;
      }
    }
  }

  /**
   * How many lines of [start, stop) Loki counts and did not hand out. Counts cross its parts as numbers, which no limit drops. They are taken in
   * milliseconds from the end, so the first millisecond is not counted.
   */
  async #missing(query: string, start: bigint, stop: bigint, lines: readonly LokiLine[]): Promise<number> {
    const last = stop - 1n;
    const ms = (last - start) / 1_000_000n;
    if (ms === 0n || this.#uncounted) return 0;
    const { endpoint, signal } = this.#options;
    try {
      const params = { query: `sum(count_over_time(${query} [${ms}ms]))`, time: String(last) };
      const answer = await ask(endpoint, '/loki/api/v1/query', params, { mostBytes: LIST_BYTES, headers: FRESH, ...(signal === undefined ? {} : { signal }) });
      const data = parsed(answer.body, endpoint.name)['data'] as { readonly result?: readonly { readonly value?: readonly unknown[] }[] } | undefined;
      const counted = Number(data?.result?.[0]?.value?.[1] ?? 0);
      const first = last - ms * 1_000_000n;
      return counted - lines.filter((l) => l.at > first).length;
    } catch (error) {
      if (!(error instanceof StoreFault) || error.kind === 'interrupted') throw error;
      this.#uncounted = true;
      this.gaps.push({
        what: 'it could not be checked that Loki handed out all lines',
        why: `${error.message}${error.said === '' ? '' : `: ${error.said}`} (asked to count them)`,
        next: 'ask for less at once: --service, --since',
      });
      return 0;
    }
  }

  /** All lines of one nanosecond. */
  async #moment(query: string, at: bigint): Promise<LokiLine[]> {
    const { lines } = await this.#ask(query, at, at + 1n, this.#page);
    if (lines.length >= this.#page) {
      this.gaps.push({
        what: `Loki holds more than ${this.#page} matching lines of ${formatInstant(instant(at))}: the rest of that nanosecond is missing`,
        why: 'one request hands out so many lines, and no query divides a nanosecond',
        next: 'raise max_entries_limit_per_query, or ask for one service at a time: --service',
      });
    }
    return lines;
  }

  async #ask(query: string, start: bigint, end: bigint, limit: number): Promise<{ lines: LokiLine[]; url: string }> {
    if (++this.#requests > MOST_REQUESTS) throw new StoreFault('too-large', `more than ${MOST_REQUESTS} requests would be needed`, { next: 'ask for less: --since, --until' });
    const answer = await ask(
      this.#options.endpoint,
      '/loki/api/v1/query_range',
      { query, start: String(start), end: String(end), limit: String(limit), direction: 'forward' },
      { mostBytes: Math.min(PAGE_BYTES, Math.max(1, this.#bytesLeft)), headers: CATEGORIZE, ...(this.#options.signal === undefined ? {} : { signal: this.#options.signal }) },
    );
    this.#bytesLeft -= answer.body.length;
    return { lines: this.#linesOf(answer), url: answer.url };
  }

  #linesOf(answer: Answer): LokiLine[] {
    const json = parsed(answer.body, this.#options.endpoint.name);
    const data = json['data'] as { readonly resultType?: unknown; readonly result?: unknown } | undefined;
    if (data?.resultType === 'matrix' || data?.resultType === 'vector') {
      throw new StoreFault('refused', 'that query gives numbers, not lines', { said: '', next: 'leave the aggregation out: {service="orders"} |= "timeout" gives lines' });
    }
    if (json['status'] !== 'success' || data?.resultType !== 'streams' || !Array.isArray(data.result)) throw notLoki(this.#options.endpoint.name);
    for (const w of Array.isArray(json['warnings']) ? (json['warnings'] as unknown[]) : []) this.#warn(String(w));
    const lines: LokiLine[] = [];
    for (const stream of data.result as readonly { readonly stream?: Labels; readonly values?: readonly (readonly unknown[])[] }[]) {
      for (const value of stream.values ?? []) {
        if (typeof value[0] !== 'string' || !/^\d{1,19}$/.test(value[0]) || typeof value[1] !== 'string') throw notLoki(this.#options.endpoint.name);
        lines.push({ at: BigInt(value[0]), labels: stream.stream ?? {}, value });
      }
    }
    return lines;
  }

  #warn(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.gaps.push({ what: `Loki answered with a warning: ${text}`, why: 'the answer may not hold all that was asked for', next: "see Loki's own log, and ask again" });
  }

  /** What to do about a refusal that says "too much at once"; null when it is none. */
  #smaller(fault: StoreFault, asked: bigint): { readonly stretch: bigint | null } | null {
    const { said } = fault;
    const entries = /max_entries_limit_per_query \(\d{1,10} > (\d{1,10})\)/.exec(said);
    if (entries !== null && Number(entries[1]) >= 1 && Number(entries[1]) < this.#page) {
      this.#page = Number(entries[1]);
      this.#mostPage = this.#page;
      return { stretch: null };
    }
    const length = /query time range exceeds the limit \(query length: [^,]{1,40}, limit: ([^)]{1,40})\)/.exec(said);
    if (length !== null) {
      const longest = goDurationNs(length[1]!);
      if (longest === null || longest < SHORTEST || (this.#longest !== null && longest >= this.#longest)) return null;
      this.#longest = longest;
      return { stretch: null };
    }
    if (/larger than max|message larger|ResourceExhausted/i.test(said) || fault.kind === 'too-large') {
      if (this.#bytesLeft <= 0 || this.#page <= 1) return null;
      this.#halve();
      return { stretch: null };
    }
    const slow = fault.kind === 'timeout' || /deadline exceeded|context canceled|timeout|too many bytes|too many chunks/i.test(said);
    if (!slow) return null;
    // a page of more than 4 MiB may get no answer at all (querier to frontend): fewer lines first, then a shorter stretch
    if (this.#page > SMALL_PAGE) {
      this.#halve();
      this.#halve();
      return { stretch: null };
    }
    if (asked > SHORTEST) return { stretch: asked / 2n > SHORTEST ? asked / 2n : SHORTEST };
    return null;
  }
}

const atMost = (end: bigint, at: bigint, length: bigint | null): bigint => (length !== null && end - at > length ? at + length : end);

const notLoki = (server: string): StoreFault =>
  new StoreFault('not-understood', `${server} does not answer as Loki does`, { next: 'give the address of Loki itself: the one under which /loki/api/v1/labels answers' });

export function parsed(body: Uint8Array, server: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Readonly<Record<string, unknown>>;
  } catch {
    // said below
  }
  throw notLoki(server);
}

const UNITS: Readonly<Record<string, bigint>> = {
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
  d: 86400n * SECOND,
  w: 7n * 86400n * SECOND,
  y: 365n * 86400n * SECOND,
};

/** Prometheus' durations: 30d1h. */
export function goDurationNs(text: string): bigint | null {
  if (!/^(?:\d{1,9}(?:ms|[smhdwy])){1,8}$/.test(text)) return null;
  let ns = 0n;
  for (const part of text.matchAll(/(\d{1,9})(ms|[smhdwy])/g)) ns += BigInt(part[1]!) * UNITS[part[2]!]!;
  return ns;
}

export const matcher = (name: string, operator: '=' | '!=' | '=~' | '!~', value: string): string => `${name}${operator}${quoted(value)}`;
