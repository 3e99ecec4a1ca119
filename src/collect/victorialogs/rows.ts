/** One query at a time: counted, streamed, counted again. */
import { formatInstant, type Instant, instant, parseInstant, type ReportGap } from '../../model/index.ts';
import { StoreFault } from '../lib/fault.ts';
import { type Answer, type Asking, ask } from '../lib/http.ts';
import { MOST_BYTES, type StoreOptions } from '../lib/wanted.ts';

export interface Row {
  readonly at: bigint;
  /** `_stream`; '' without one. */
  readonly stream: string;
  /** The row as it came, without its line end. */
  readonly bytes: Uint8Array;
}

const QUERY = '/select/logsql/query';
const SMALL_BYTES = 1024 * 1024;
const NAMES_BYTES = 16 * 1024 * 1024;
const LF = 10;
/** Fewer rows than that are not asked for when an answer is too large. */
const LEAST_ROWS = 100;

/**
 * A stream that was first seen seconds ago is not in the index yet: its rows are counted, but skipped where `_stream` is asked for
 * (lib/logstorage/block_result.go, addStreamColumn). It comes in within a second or so.
 */
const AGAIN = 3;
const AGAIN_MS = 1000;

/** What a cluster says when it will not answer without one of its storage nodes. */
const NODE_DOWN = /storage ?node|vlstorage|\/internal\/select\//i;

export class Rows {
  readonly gaps: ReportGap[] = [];
  readonly #options: StoreOptions;
  #partial: ReportGap | null = null;
  #bytesLeft: number;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#bytesLeft = options.mostBytes ?? MOST_BYTES;
  }

  /** Set once a storage node did not answer: from then on every answer may lack its rows. */
  get partial(): ReportGap | null {
    return this.#partial;
  }

  /** `keep` is called once; after an interruption with the whole rows that had come. */
  async take(
    query: string,
    from: Instant,
    to: Instant,
    most: number,
    keep: (rows: readonly Row[], url: string) => void,
  ): Promise<{ readonly upTo: Instant; readonly cut: boolean }> {
    const there = await this.#count(query, from, to).catch(async (error: unknown) => {
      // what is wrong with a query is said better without what was put behind it
      if (error instanceof StoreFault && error.kind === 'refused') await this.#ask({ query, ...between(from, to), limit: '1' }, SMALL_BYTES);
      throw error;
    });
    let wanted = most;
    for (;;) {
      let upTo: bigint = to;
      if (there > wanted) {
        const firstLeft = await this.#timeAt(query, from, to, wanted);
        // more rows of one time than were asked for: none of them, rather than some
        upTo = firstLeft - 1n;
        if (upTo < from) {
          this.gaps.push({
            what: `VictoriaLogs holds more than ${wanted} matching rows of ${formatInstant(instant(firstLeft))}, the first of that stretch: none was taken`,
            why: 'rows of one time are taken together or not at all',
            next: 'a larger --limit',
          });
          return { upTo: instant(upTo), cut: true };
        }
      }
      try {
        let { rows, url } = await this.#stream(query, from, instant(upTo), keep);
        // what comes in meanwhile makes it more; less is a loss nobody else would notice
        const isLess = (): boolean => there <= wanted && rows.length < there && this.#partial === null;
        for (let again = 0; isLess() && again < AGAIN; again++) {
          await this.#pause();
          ({ rows, url } = await this.#stream(query, from, instant(upTo), keep));
        }
        keep(rows, url);
        if (isLess()) {
          this.gaps.push({
            what: `VictoriaLogs counted ${there} matching rows and handed out ${rows.length}`,
            why: 'it counts rows of a stream that it has just come to know, and does not hand them out yet; or rows were deleted or expired in between',
            next: 'run it again in a minute',
          });
        }
        return { upTo: instant(upTo), cut: there > wanted };
      } catch (error) {
        if (!(error instanceof StoreFault) || error.kind !== 'too-large' || this.#bytesLeft <= 0) throw error;
        const fewer = Math.floor(Math.min(wanted, there) / 4);
        if (fewer < LEAST_ROWS) throw error;
        wanted = fewer;
      }
    }
  }

  async any(query: string, from: Instant, to: Instant): Promise<boolean> {
    const { body } = await this.#ask({ query: `${query} | fields _time | limit 1`, ...between(from, to) }, SMALL_BYTES);
    return body.length > 0;
  }

  async earliest(query: string, from: Instant, to: Instant): Promise<Instant | null> {
    const { body } = await this.#ask({ query: `${query} | fields _time | sort by (_time) limit 1`, ...between(from, to) }, SMALL_BYTES);
    const line = new TextDecoder().decode(body).trim();
    return line === '' ? null : parseInstant(String((this.#json(line) as { _time?: unknown })['_time'] ?? ''));
  }

  /** Names of all fields of a stretch; null where the store does not say. */
  async fieldNames(from: Instant, to: Instant): Promise<readonly string[] | null> {
    try {
      const { body } = await this.#ask({ query: '*', ...between(from, to) }, NAMES_BYTES, '/select/logsql/field_names');
      const { values } = this.#json(new TextDecoder().decode(body)) as { values?: unknown };
      return Array.isArray(values) ? values.map((v: { value?: unknown }) => v.value).filter((v): v is string => typeof v === 'string') : null;
    } catch (error) {
      // too many, or an endpoint that a proxy does not let through: the usual names are asked for instead
      if (error instanceof StoreFault && ['too-large', 'timeout', 'not-found', 'refused'].includes(error.kind)) return null;
      throw error;
    }
  }

  async #count(query: string, from: Instant, to: Instant): Promise<number> {
    const { body } = await this.#ask({ query: `${query} | stats count() as rows`, ...between(from, to) }, SMALL_BYTES);
    const { rows } = this.#json(new TextDecoder().decode(body).trim() || '{"rows":"0"}') as { rows?: unknown };
    const n = Number(rows);
    if (!Number.isSafeInteger(n) || n < 0) throw this.#foreign();
    return n;
  }

  /** Time of the row that stands at a position, oldest first. */
  async #timeAt(query: string, from: Instant, to: Instant, position: number): Promise<bigint> {
    const { body } = await this.#ask({ query: `${query} | fields _time | sort by (_time) | offset ${position} | limit 1`, ...between(from, to) }, SMALL_BYTES);
    const at = parseInstant(String((this.#json(new TextDecoder().decode(body).trim() || '{}') as { _time?: unknown })['_time'] ?? ''));
    if (at === null) throw this.#foreign();
    return at;
  }

  async #stream(query: string, from: Instant, to: Instant, keep: (rows: readonly Row[], url: string) => void): Promise<{ rows: Row[]; url: string }> {
    let parts: Uint8Array[] = [];
    const onPart = (part: Uint8Array, size: number): void => {
      if (size === part.length) parts = [];
      parts.push(part);
      this.#options.onProgress?.(`${Math.round(size / 1024)} KiB`);
    };
    try {
      const answer = await this.#ask({ query, ...between(from, to) }, Math.max(1, this.#bytesLeft), QUERY, onPart);
      this.#bytesLeft -= answer.body.length;
      return { rows: this.#rowsOf(answer.body, false), url: answer.url };
    } catch (error) {
      if (error instanceof StoreFault && (error.kind === 'interrupted' || error.kind === 'broken-off' || error.kind === 'timeout')) {
        keep(this.#rowsOf(Buffer.concat(parts), true), this.#shown({ query, ...between(from, to) }));
      }
      throw error;
    }
  }

  #pause(): Promise<void> {
    const { signal } = this.#options;
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, AGAIN_MS);
      signal?.addEventListener('abort', end, { once: true });
    });
  }

  #shown(params: Readonly<Record<string, string>>): string {
    const url = new URL(this.#options.endpoint.base);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}${QUERY}`;
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
    return url.href;
  }

  /** `cut`: what stands behind the last line end is no whole row, and what follows a row may be the error that ended it. */
  #rowsOf(body: Uint8Array, cut: boolean): Row[] {
    const rows: Row[] = [];
    const decoder = new TextDecoder();
    let start = 0;
    while (start < body.length) {
      let end = body.indexOf(LF, start);
      if (end < 0) {
        if (cut) break;
        end = body.length;
      }
      if (end > start) {
        const bytes = body.subarray(start, end);
        let row: unknown;
        try {
          row = JSON.parse(decoder.decode(bytes));
        } catch {
          if (cut) break;
          throw this.#foreign();
        }
        const { _time, _stream } = (typeof row === 'object' && row !== null ? row : {}) as { _time?: unknown; _stream?: unknown };
        const at = typeof _time === 'string' ? parseInstant(_time) : null;
        if (at === null) {
          throw new StoreFault('refused', 'that query gives rows without their time (_time), which are no log lines', {
            next: 'leave out pipes such as stats, fields and uniq, or keep _time',
          });
        }
        rows.push({ at, stream: typeof _stream === 'string' ? _stream : '', bytes });
      }
      start = end + 1;
    }
    return rows;
  }

  /** Strict as long as all storage nodes answer. */
  async #ask(params: Readonly<Record<string, string>>, mostBytes: number, path = QUERY, onPart?: Asking['onPart']): Promise<Answer> {
    const { endpoint, signal } = this.#options;
    const asking: Asking = { mostBytes, ...(signal === undefined ? {} : { signal }), ...(onPart === undefined ? {} : { onPart }) };
    const partial = (allow: '0' | '1'): Promise<Answer> => ask(endpoint, path, { ...params, allow_partial_response: allow }, asking);
    if (this.#partial !== null) return partial('1');
    try {
      return await partial('0');
    } catch (error) {
      if (!(error instanceof StoreFault) || error.kind !== 'failed' || !NODE_DOWN.test(error.said)) throw error;
      const answer = await partial('1');
      this.#partial = {
        what: 'VictoriaLogs answered partially: rows of a storage node that did not answer are missing',
        why: error.said,
        next: 'ask again when all storage nodes of the cluster answer',
      };
      return answer;
    }
  }

  #json(text: string): Readonly<Record<string, unknown>> {
    try {
      const json: unknown = JSON.parse(text);
      if (typeof json === 'object' && json !== null) return json as Readonly<Record<string, unknown>>;
    } catch {
      // said below
    }
    throw this.#foreign();
  }

  #foreign(): StoreFault {
    const { name } = this.#options.endpoint;
    return new StoreFault('not-understood', `${name} does not answer as VictoriaLogs does`, {
      next: 'give the address of VictoriaLogs itself: the one under which /select/logsql/query answers (of a cluster: a select node)',
    });
  }
}

/** All nine digits, so that no version takes the end for a whole second; `end` is exclusive. */
function between(from: Instant, to: Instant): { start: string; end: string } {
  return { start: nine(from), end: nine(instant(to + 1n)) };
}

function nine(at: Instant): string {
  const text = formatInstant(at);
  const [whole, fraction = ''] = text.slice(0, -1).split('.') as [string, string?];
  return `${whole}.${fraction.padEnd(9, '0')}Z`;
}
