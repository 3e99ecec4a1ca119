/**
 * Takes lines from Loki where they lie: the query runs there, and only its slice comes back.
 * Asked are /loki/api/v1/series and labels (index only), query_range (lines) and drilldown-limits (what the tenant may ask); v3.7.8.
 * What Loki cut, does not keep so long, or warned of is a gap. It does not say when an ingester was missing: nor can this.
 */
import { type Instant, instant } from '../../model/index.ts';
import { StoreFault } from '../lib/fault.ts';
import { aroundGap, expiredGap } from '../lib/gaps.ts';
import { ask } from '../lib/http.ts';
import { FileNames, type Labels, MOST_FILES, type SliceFile, type StoreSlice, sourceOf } from '../lib/slice.ts';
import { Taking } from '../lib/taking.ts';
import { around, type Stretch } from '../lib/trace.ts';
import { type LogsWanted, lowerLevels, mayHoldTrace, quoted, type StoreOptions, TRACE_FIELDS } from '../lib/wanted.ts';
import { goDurationNs, type LokiLine, matcher, Pages, parsed } from './pages.ts';
import { everyStream, labelNames, streamsOf, streamsOfService } from './selectors.ts';

/** Throws StoreFault when nothing could be asked; later faults are gaps beside what was taken. */
export async function collectLoki(wanted: LogsWanted, options: StoreOptions): Promise<StoreSlice> {
  return new Collection(wanted, options).run();
}

/** Labels and structured metadata have names of this form; an OTLP attribute trace.id becomes trace_id. */
const asLabel = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_');

class Collection {
  readonly #wanted: LogsWanted;
  readonly #options: StoreOptions;
  readonly #pages: Pages;
  readonly #taking: Taking<LokiLine>;

  constructor(wanted: LogsWanted, options: StoreOptions) {
    this.#wanted = wanted;
    this.#options = options;
    this.#pages = new Pages(options);
    this.#taking = new Taking('loki', wanted);
  }

  async run(): Promise<StoreSlice> {
    let broken: string | null = null;
    try {
      await this.#collect();
    } catch (error) {
      broken = this.#taking.ended(error);
    }
    this.#taking.gaps.push(...this.#pages.gaps);
    return this.#taking.slice(this.#options.endpoint.name, filesOf(this.#taking.lines), broken, this.#says());
  }

  async #collect(): Promise<void> {
    const { from, to, trace, query } = this.#wanted;
    const { whole } = this.#taking;
    if (query !== undefined) return this.#step('as given', [query], whole);
    const listed = await streamsOf(this.#pages, from, to);
    // lists of streams are remembered by Loki for a day, an empty one too: names of labels are asked for before nothing is believed
    const streams = listed?.length === 0 ? null : listed;
    const names = streams === null ? await labelNames(this.#pages, from, to) : [...new Set(streams.flatMap((s) => Object.keys(s)))];
    const parts = this.#parts(streams, names);
    if (parts.length > 0) {
      if (trace !== undefined) await this.#trace(trace, parts, names);
      else {
        await this.#step(
          this.#says(),
          parts.map((p) => `{${p.join(', ')}}${this.#filters()}`),
          whole,
        );
      }
    }
    await this.#expired(parts);
  }

  #parts(streams: readonly Labels[] | null, names: readonly string[]): string[][] {
    const { service } = this.#wanted;
    if (service === undefined) return everyStream(streams, names);
    const { parts, known } = streamsOfService(service, streams, names);
    if (parts.length === 0) {
      this.#taking.gaps.push({
        what: `no stream of Loki is of a service ${service} in that time`,
        why: known.length === 0 ? 'no label names a service' : `services there are: ${known.slice(0, 20).join(', ')}${known.length > 20 ? ` and ${known.length - 20} more` : ''}`,
        next: 'name one of them, or select the streams yourself: --query \'{label="value"}\'',
      });
    }
    return parts;
  }

  #says(): string {
    const { service, level, text } = this.#wanted;
    const parts = [
      service === undefined ? 'every stream' : `streams of ${service}`,
      level === undefined ? '' : `${level} and above`,
      text === undefined ? '' : `text ${quoted(text)}`,
    ];
    return parts.filter((p) => p !== '').join(', ');
  }

  /** Lines whose level Loki does not know stay: what is left out is known to be lower. */
  #filters(): string {
    const { level, text } = this.#wanted;
    const lower = level === undefined ? [] : lowerLevels(level);
    const not = lower.length === 0 ? '' : ` | detected_level!~"(?i)(${lower.join('|')})" | level!~"(?i)(${lower.join('|')})"`;
    return `${text === undefined ? '' : ` |= ${quoted(text)}`}${not}`;
  }

  /** Index first, then structured metadata, then the text of lines: each dearer than the one before. */
  async #trace(id: string, parts: readonly string[][], names: readonly string[]): Promise<void> {
    const { whole } = this.#taking;
    const labels = names.filter(mayHoldTrace);
    const filters = this.#filters();
    const not: string[] = [];
    for (const label of labels) {
      const queries = parts.map((p) => `{${[...p, ...not, matcher(label, '=', id)].join(', ')}}${filters}`);
      await this.#step(`label ${label}`, queries, whole);
      not.push(matcher(label, '!=', id));
    }
    const fields = [...new Set(TRACE_FIELDS.map(asLabel))].filter((f) => !labels.includes(f));
    const select = parts.map((p) => `{${[...p, ...not].join(', ')}}`);
    const beside = select.map((s) => `${s} | ${fields.map((f) => `${f}=${quoted(id)}`).join(' or ')}${filters}`);
    await this.#step(`structured metadata ${fields.join(', ')}`, beside, around(this.#taking.times(), whole) ?? whole);
    const found = around(this.#taking.times(), whole);
    const inText = select.map((s) => `${s} |= ${quoted(id)}${fields.map((f) => ` | ${f}!=${quoted(id)}`).join('')}${filters}`);
    await this.#step('text of the line', inText, found ?? whole);
    if (found !== null && (found.from > whole.from || found.to < whole.to)) this.#taking.gaps.push(aroundGap(found.from, found.to));
  }

  async #step(what: string, queries: readonly string[], within: Stretch): Promise<void> {
    for (const query of queries) await this.#taking.step(what, query, within, (...args) => this.#pages.take(...args));
  }

  /** Is there anything as old as was asked for? Expired lines, and those before max_query_lookback, leave without a word. */
  async #expired(parts: readonly string[][]): Promise<void> {
    const { from, to } = this.#wanted;
    const tenth = instant(from + (to - from) / 10n);
    const limits = await this.#limits();
    const lookback = limits === null ? null : goDurationNs(String(limits['max_query_lookback'] ?? ''));
    const retention = limits === null ? null : goDurationNs(String(limits['retention_period'] ?? ''));
    const short = [
      lookback === null || lookback === 0n ? '' : `Loki answers for the last ${String(limits?.['max_query_lookback'])} only (max_query_lookback)`,
      retention === null || retention === 0n ? '' : `Loki keeps lines for ${String(limits?.['retention_period'])} (retention_period)`,
    ].filter((s) => s !== '');
    const why = `nothing was written then, or it is no longer kept${short.length === 0 ? '' : `: ${short.join('; ')}`}`;
    let first: Instant | null = null;
    for (const part of parts) {
      const selector = `{${part.join(', ')}}`;
      const at = (await this.#pages.earliest(selector, from, tenth)) ?? (await this.#pages.earliest(selector, tenth, to));
      if (at !== null && (first === null || at < first)) first = at;
      if (first !== null && first <= tenth) return;
    }
    if (this.#wanted.service !== undefined && parts.length === 0) return;
    this.#taking.gaps.push(expiredGap('Loki', from, to, first, why));
  }

  /** What the tenant may ask; null where Loki (or a proxy) does not say. */
  async #limits(): Promise<Readonly<Record<string, unknown>> | null> {
    const { endpoint, signal } = this.#options;
    // a Loki without tenants calls its only one fake, and wants to hear it here
    const headers: Record<string, string> = 'x-scope-orgid' in endpoint.headers ? {} : { 'x-scope-orgid': 'fake' };
    try {
      const answer = await ask(endpoint, '/loki/api/v1/drilldown-limits', {}, { mostBytes: 1024 * 1024, headers, ...(signal === undefined ? {} : { signal }) });
      const { limits } = parsed(answer.body, endpoint.name);
      return typeof limits === 'object' && limits !== null ? (limits as Readonly<Record<string, unknown>>) : null;
    } catch (error) {
      if (error instanceof StoreFault && error.kind !== 'interrupted') return null;
      throw error;
    }
  }
}

/** Answers of Loki again, one for each source: an entry a line, so that a place has a line to name. */
function filesOf(lines: readonly LokiLine[]): SliceFile[] {
  interface Group {
    readonly name: string;
    covers: SliceFile['covers'];
    readonly streams: Map<string, { readonly labels: Labels; readonly lines: LokiLine[] }>;
  }
  const groups = new Map<string, Group>();
  for (const line of lines) {
    const source = sourceOf(line.labels);
    const key = groups.has(source.key) || groups.size < MOST_FILES ? source.key : '';
    let group = groups.get(key);
    if (group === undefined) {
      group = key === '' ? { name: 'more', covers: [], streams: new Map() } : { name: source.name, covers: source.covers, streams: new Map() };
      groups.set(key, group);
    }
    const labels = JSON.stringify(Object.entries(line.labels).sort());
    const stream = group.streams.get(labels) ?? { labels: line.labels, lines: [] };
    stream.lines.push(line);
    group.streams.set(labels, stream);
  }
  const names = new FileNames('loki', '.json');
  return [...groups.values()]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map((group) => {
      const streams = [...group.streams.entries()]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, s]) => {
          const values = s.lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map((l) => JSON.stringify(l.value));
          return `{"stream":${JSON.stringify(s.labels)},"values":[\n${values.join(',\n')}\n]}`;
        });
      const text = `{"status":"success","data":{"resultType":"streams","encodingFlags":["categorize-labels"],"result":[\n${streams.join(',\n')}\n]}}\n`;
      const count = [...group.streams.values()].reduce((n, s) => n + s.lines.length, 0);
      return { path: names.of(group.name), bytes: new TextEncoder().encode(text), lines: count, covers: group.covers };
    });
}
