/**
 * Takes rows from VictoriaLogs (one node or a cluster's select node) where they lie: the query runs there, only its slice comes back.
 * Asked is /select/logsql/query and field_names (v1.43.1). Rows are counted first, then streamed as the store finds them and sorted here,
 * which costs the store nothing. The order of rows of one nanosecond is not kept by the store.
 * A cluster with a storage node down refuses unless a partial answer is allowed: it is asked strictly first, so a part is never taken for all.
 */
import { instant } from '../../model/index.ts';
import { aroundGap, expiredGap } from '../lib/gaps.ts';
import type { Holds } from '../lib/holds.ts';
import type { StoreSlice } from '../lib/slice.ts';
import { Taking } from '../lib/taking.ts';
import { around, type Stretch } from '../lib/trace.ts';
import { escapedRegex, type LogsWanted, lowerLevels, mayHoldTrace, quoted, SERVICE_FIELDS, type StoreOptions, TRACE_FIELDS } from '../lib/wanted.ts';
import { filesOf } from './files.ts';
import { type Row, Rows } from './rows.ts';

/** Throws StoreFault when nothing could be asked; later faults are gaps beside what was taken. */
export async function collectVictoriaLogs(wanted: LogsWanted, options: StoreOptions): Promise<StoreSlice> {
  return new Collection(wanted, options).run();
}

const LEVEL_FIELDS = ['level', 'severity', 'severity_text', 'lvl', 'log.level'] as const;
const anyOf = (parts: readonly string[]): string => (parts.length === 1 ? (parts[0] as string) : `(${parts.join(' or ')})`);

/** More fields than that are not named in a filter. */
const MOST_FIELDS = 64;

/** An escape may stand for any character of a line of JSON. */
const ESCAPED = '\\\\u00[2-7]';

function holdsFilter(holds: Holds, fields: readonly string[]): string {
  if (holds.kind !== 'text') return `(${holds.of.map((h) => holdsFilter(h, fields)).join(holds.kind === 'and' ? ' ' : ' or ')})`;
  const { texts, whole, fold, word } = holds;
  // words have a bloom filter each
  if (word) return `(${['_msg', ...fields].flatMap((f) => texts.map((t) => `${quoted(f)}:${quoted(t)}`)).join(' or ')} or _msg:~${quoted(ESCAPED)})`;
  const any = [...texts.map(escapedRegex), ...(whole.length === 0 ? [] : [`^(${whole.map(escapedRegex).join('|')})$`])].join('|');
  const regex = (of: string): string => quoted(`${fold ? '(?i)' : ''}(${of})`);
  return `(_msg:~${regex(`${any}|${ESCAPED}`)}${fields.map((f) => ` or ${quoted(f)}:~${regex(any)}`).join('')})`;
}

class Collection {
  readonly #wanted: LogsWanted;
  readonly #options: StoreOptions;
  readonly #store: Rows;
  readonly #taking: Taking<Row>;
  /** Of rows that hold what is wanted; '' for all. */
  #holding = '';

  constructor(wanted: LogsWanted, options: StoreOptions) {
    this.#wanted = wanted;
    this.#options = options;
    this.#store = new Rows(options);
    this.#taking = new Taking('victorialogs', wanted);
  }

  async run(): Promise<StoreSlice> {
    let broken: string | null = null;
    try {
      await this.#collect();
    } catch (error) {
      broken = this.#taking.ended(error);
    }
    const { partial, gaps } = this.#store;
    this.#taking.gaps.unshift(...(partial === null ? [] : [partial]), ...gaps);
    return this.#taking.slice(this.#options.endpoint.name, filesOf(this.#taking.lines), broken ?? (partial === null ? null : 'a storage node did not answer'), this.#says());
  }

  async #collect(): Promise<void> {
    const { trace, query } = this.#wanted;
    if (query !== undefined) {
      await this.#step('as given', query, this.#taking.whole);
      if (/\ballow_partial_response\s{0,8}=/.test(query)) {
        this.#taking.gaps.push({
          what: 'it is not known whether all storage nodes of VictoriaLogs answered',
          why: 'the query allows a partial answer, and the store does not say when it gave one',
          next: 'ask without allow_partial_response',
        });
      }
      return;
    }
    this.#holding = await this.#holdingFilter();
    // what the rows must hold says more of a trace than its id
    if (trace === undefined || this.#holding !== '') await this.#step(this.#says(), this.#filter() || '*', this.#taking.whole);
    else await this.#trace(trace);
    await this.#expired();
  }

  #says(): string {
    const { service, level, text } = this.#wanted;
    const parts = [service === undefined ? 'all rows' : `rows of ${service}`, level === undefined ? '' : `${level} and above`, text === undefined ? '' : `text ${quoted(text)}`];
    return parts.filter((p) => p !== '').join(', ');
  }

  /** Rows without a level stay: what is left out is known to be lower. */
  #filter(): string {
    const { service, level, text } = this.#wanted;
    const lower = level === undefined ? [] : lowerLevels(level);
    return [
      this.#holding,
      service === undefined ? '' : anyOf(SERVICE_FIELDS.map((f) => (f === 'job' ? `"job":~${quoted(`^(.+/)?${escapedRegex(service)}$`)}` : `${quoted(f)}:=${quoted(service)}`))),
      text === undefined ? '' : `_msg:~${quoted(escapedRegex(text))}`,
      ...(lower.length === 0 ? [] : LEVEL_FIELDS.map((f) => `!${quoted(f)}:~${quoted(`(?i)^(${lower.join('|')})$`)}`)),
    ]
      .filter((p) => p !== '')
      .join(' ');
  }

  /** No filter says "in any field": each that there is in that stretch is named, and where they are too many all rows are taken. */
  async #holdingFilter(): Promise<string> {
    const { holds } = this.#wanted;
    if (holds === undefined) return '';
    const { from, to } = this.#taking.whole;
    const names = await this.#store.fieldNames(from, to);
    if (names === null || names.length > MOST_FIELDS) return '';
    const filter = holdsFilter(
      holds,
      names.filter((n) => !['_msg', '_time', '_stream_id', '_stream'].includes(n)),
    );
    this.#taking.gaps.push({
      what: 'of records over several rows (crash text, stacks of console loggers) only the rows that hold what is sought came back',
      why: 'VictoriaLogs was asked for rows that hold it, and knows of no records',
      next: 'gorca collect takes all rows of that time',
    });
    return filter;
  }

  /** Fields by their bloom filters first, then whole words of the message by theirs, then its text: each dearer than the one before. */
  async #trace(id: string): Promise<void> {
    const { whole } = this.#taking;
    const base = this.#filter();
    const with_ = (filter: string): string => (base === '' ? filter : `${base} ${filter}`);
    const names = await this.#store.fieldNames(whole.from, whole.to);
    const fields = names === null ? [...TRACE_FIELDS] : names.filter(mayHoldTrace);
    const inFields = fields.length === 0 ? null : anyOf(fields.map((f) => `${quoted(f)}:=${quoted(id)}`));
    if (inFields !== null) await this.#step(`field ${fields.join(', ')}`, with_(inFields), whole);
    const found = around(this.#taking.times(), whole);
    const not = inFields === null ? '' : ` !${inFields}`;
    await this.#step('word of the message', with_(`_msg:${quoted(id)}${not}`), found ?? whole);
    if (this.#taking.lines.length === 0) await this.#step('text of the message', with_(`_msg:~${quoted(escapedRegex(id))}`), whole);
    if (found !== null && (found.from > whole.from || found.to < whole.to)) this.#taking.gaps.push(aroundGap(found.from, found.to));
  }

  async #step(what: string, query: string, within: Stretch): Promise<void> {
    await this.#taking.step(what, query, within, (...args) => this.#store.take(...args));
  }

  /** Is there anything as old as was asked for? Rows outside the retention window were dropped without an error when they came. */
  async #expired(): Promise<void> {
    const { from, to, service } = this.#wanted;
    const streams = service === undefined ? '*' : anyOf(SERVICE_FIELDS.map((f) => `${quoted(f)}:=${quoted(service)}`));
    const tenth = instant(from + (to - from) / 10n);
    if (await this.#store.any(streams, from, tenth)) return;
    const first = await this.#store.earliest(streams, tenth, to);
    const of = service === undefined ? '' : ` of a service ${service}`;
    this.#taking.gaps.push(
      expiredGap(
        'VictoriaLogs',
        from,
        to,
        first,
        `nothing${of} was written then, or it was dropped: rows older than -retentionPeriod are, without an error, also when they come in late`,
      ),
    );
  }
}
