/** Field-anchored search over logs: a query is compiled to a plan, kernels find candidates, records decide what kernels cannot. */
import { type Engine, openSearcher, type Searcher, type SearchPlan } from '../../../kernels/index.ts';
import { type Artifact, type Instant, SNIFF_BYTES } from '../../../model/index.ts';
import { headOf } from '../../lib/head.ts';
import { type Wrapper, wrapperOf } from '../../lib/lines.ts';
import { BUILT_IN, type FormatSet } from '../format-set.ts';
import type { LogRecord } from '../log-source.ts';
import { instantNear, scanLog } from '../scan.ts';
import { compilePlan, type Lines, wrappedPlan } from './compile.ts';
import { dockerLines } from './docker-lines.ts';
import { readsEntries, searchEntries, standsBeside } from './entries.ts';
import { HeldSource } from './held-source.ts';
import { RecordJudge } from './judge.ts';
import { type MatchContext, matcherOf } from './match.ts';
import { parseQuery, type Query } from './query.ts';
import { type Hit, hitOf, type Judge, LINE_BUFFER, type RangeSummary, searchRange } from './range.ts';
import { compileRegexes } from './regex.ts';
import { WrappedJudge } from './wrapped-judge.ts';

export { textsOf } from './match.ts';
export { namedRole } from './names.ts';
export { QueryError } from './query.ts';
export type { Hit, RangeSummary } from './range.ts';

export interface CompiledQuery {
  readonly text: string;
  readonly query: Query;
  readonly context: MatchContext;
}

/** Throws QueryError with the place in the text. `day`: for times of day without a date. */
export async function compileQuery(text: string, day: Instant | null): Promise<CompiledQuery> {
  const query = parseQuery(text);
  const context: MatchContext = { regexes: await compileRegexes(regexesOf(query)), day };
  // faults of values are found where they are read
  compilePlan(query, context);
  matcherOf(query, context);
  return { text, query, context };
}

/** Whether the query names a time of day without its date. */
export function needsDay(text: string): boolean {
  const asks = (q: Query): boolean => {
    switch (q.kind) {
      case 'and':
      case 'or':
        return q.of.some(asks);
      case 'not':
        return asks(q.of);
      case 'field':
        return /^\d{1,2}:\d\d/.test(q.value) && ['since', 'until', 'time', 'ts'].includes(q.name);
      default:
        return false;
    }
  };
  return asks(parseQuery(text));
}

function regexesOf(query: Query): { value: string; at: number }[] {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.of.flatMap(regexesOf);
    case 'not':
      return regexesOf(query.of);
    case 'field':
      return query.op === '~' || query.op === '!~' ? [{ value: query.value, at: query.at }] : [];
    default:
      return [];
  }
}

export interface LogSearch {
  /** Lines that begin in [from, to). */
  run(from: number, to: number, hit: (h: Hit) => boolean | undefined): RangeSummary;
}

/** One log, searched by one plan. Buffers are kept between ranges. */
export class LogSearcher {
  readonly #query: CompiledQuery;
  readonly #engine: Engine;
  readonly #formats: FormatSet;
  readonly #searchers = new Map<string, Searcher>();
  readonly #plans = new Map<string, SearchPlan>();

  constructor(query: CompiledQuery, options: { readonly engine?: Engine; readonly formats?: FormatSet } = {}) {
    this.#query = query;
    this.#engine = options.engine ?? 'auto';
    this.#formats = options.formats ?? BUILT_IN;
  }

  /** `every`: each line of the ranges is looked at, because an index points at it. */
  open(artifact: Artifact, every = false): LogSearch {
    const wrapper = wrapperOf(artifact.source);
    const matches = matcherOf(this.#query.query, this.#query.context);
    const near = instantNear(artifact);
    const formats = this.#formats;
    if (readsEntries(wrapper, formats)) return { run: (from, _to, hit) => searchEntries(artifact, near, formats, matches, from, hit) };
    const { source } = artifact;
    const held = 'bytes' in source ? null : new HeldSource(source);
    const read = held === null ? artifact : { ...artifact, source: held };
    const lines = { wrapper, json: nearlyAllJson(headOf(source)), every };
    if (wrapper !== null) {
      const kernel = standsBeside(wrapper) ? null : this.#searcher(lines);
      const judge = new WrappedJudge({ artifact: read, near, matches, formats, wrapper, kernel });
      const searcher = this.#rawSearcher(wrapper, every);
      return {
        run: (from, to, hit) => {
          judge.begin();
          return searchRange({ source, held, searcher, judge }, from, to, hit);
        },
      };
    }
    const record = new RecordJudge({ artifact: read, near, matches, formats });
    const judge: Judge = {
      get asked() {
        return record.asked;
      },
      judge: (start, end, line) => hitOf(record.judge(start, end, line)),
    };
    const searcher = this.#searcher(lines);
    return { run: (from, to, hit) => searchRange({ source, held, searcher, judge }, from, to, hit) };
  }

  /** What the kernel looks for in the lines of a log; null: its records are read from the beginning, or taken out of a wrapper first. */
  planOf({ source }: Artifact, every = false): SearchPlan | null {
    const wrapper = wrapperOf(source);
    return wrapper !== null || readsEntries(wrapper, this.#formats) ? null : this.#plan({ wrapper, json: nearlyAllJson(headOf(source)), every });
  }

  #plan(lines: Lines): SearchPlan {
    const key = keyOf(lines);
    const made = this.#plans.get(key) ?? compilePlan(this.#query.query, this.#query.context, { ...lines, formats: this.#formats });
    this.#plans.set(key, made);
    return made;
  }

  #searcher(lines: Lines): Searcher {
    return this.#opened(keyOf(lines), () => openSearcher(this.#plan(lines), LINE_BUFFER, this.#engine));
  }

  /** Finds the raw lines of a driver that are taken out of their wrappers. */
  #rawSearcher(wrapper: Wrapper, every: boolean): Searcher {
    return this.#opened(`raw ${wrapper} ${every}`, () => {
      const searcher = openSearcher(wrappedPlan(this.#query.query, this.#query.context, wrapper, every), LINE_BUFFER, this.#engine);
      return wrapper === 'docker' ? dockerLines(searcher) : searcher;
    });
  }

  #opened(key: string, open: () => Searcher): Searcher {
    const made = this.#searchers.get(key) ?? open();
    this.#searchers.set(key, made);
    return made;
  }
}

const keyOf = (lines: Lines): string => `${lines.wrapper} ${lines.json} ${lines.every}`;

/** The record that begins at a place; null when there is none. */
export function recordAt(artifact: Artifact, offset: number, length: number, formats: FormatSet = BUILT_IN): LogRecord | null {
  const wrapped = wrapperOf(artifact.source) !== null;
  const all = (): boolean => true;
  return new RecordJudge({ artifact, near: instantNear(artifact), matches: all, formats }).at(offset, length, wrapped);
}

/** Lines and wrapped lines may be searched from anywhere, and indexed; entries that are no line, and formats of the user's own, are read from the beginning. */
export const mayBeSearched = (artifact: Artifact, formats: FormatSet = BUILT_IN): boolean => !readsEntries(wrapperOf(artifact.source), formats);

/** At most one line in fifty of the head begins otherwise than with a brace. */
function nearlyAllJson(head: Uint8Array): boolean {
  let lines = 0;
  let others = 0;
  for (let at = 0; at < head.length; ) {
    lines++;
    if (head[at] !== 123) others++;
    const lf = head.indexOf(10, at);
    if (lf < 0) break;
    at = lf + 1;
  }
  return lines > 0 && others * 50 <= lines;
}

/** Midnight (UTC) of the day of the first record with a time; null without one in the head. */
export function firstDay(artifact: Artifact): Instant | null {
  let day: Instant | null = null;
  scanLog(
    artifact,
    instantNear(artifact),
    {},
    (r) => {
      const at = r.time?.at;
      if (at === undefined) return true;
      day = (at - (((at % DAY_NS) + DAY_NS) % DAY_NS)) as Instant;
      return false;
    },
    BUILT_IN,
    { to: SNIFF_BYTES },
  );
  return day;
}

const DAY_NS = 86_400_000_000_000n;
