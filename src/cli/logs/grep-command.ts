/** `gorca logs grep`: open, search, print. */

import type { LogFile } from '../../collect/log-files/index.ts';
import type { Instant } from '../../model/index.ts';
import type { FormatSet } from '../../read/logs/index.ts';
import { compileQuery, firstDay, mayBeSearched, needsDay, QueryError } from '../../read/logs/search/index.ts';
import { oneLine } from '../../report/lib/safe-text.ts';
import type { FlagValues, Run } from '../command.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { namesStore } from '../flags.ts';
import { colourOf } from '../output.ts';
import { givenFormats } from '../own-formats.ts';
import { UsageError } from '../usage-error.ts';
import type { HeldHits } from './by-time.ts';
import { indexStore } from './index-folder.ts';
import { type Selected, selectBlocks } from './indexes.ts';
import { openFiles, sayChanges } from './open-files.ts';
import { HitPrinter, type Shown } from './print-hits.ts';
import { searchLogs } from './search.ts';
import type { TaskHits } from './tasks.ts';

/** Hits that may be held to be put in order: 24 bytes each. */
const ORDER_CAP = 4_000_000;
const THREADS = 2;

export const grep: Run = async (console, flags, args) => {
  const [query, ...inputs] = args;
  if (query === undefined) throw new UsageError(`a query is missing: gorca logs grep 'level=error' app.log`);
  const stores = namesStore(flags);
  if (inputs.length === 0 && !stores) throw new UsageError(`name at least one file, or - for standard input: gorca logs grep '${query}' app.log`);
  try {
    if (stores) return await searchStores(console, flags, query, inputs);
    const { logs, problems } = await openFiles(console, inputs);
    if (logs.length === 0) return problems.some((p) => p.code === 'files/denied') ? EXIT.denied : EXIT.nothingReadable;
    return await search(console, flags, query, logs);
  } catch (error) {
    if (error instanceof QueryError) throw new UsageError(queryFault(query, error));
    throw error;
  }
};

/** What stores hold comes first, then files. */
async function searchStores(console: Console, flags: FlagValues, query: string, inputs: readonly string[]): Promise<ExitCode> {
  if (flags['follow'] === true) throw new UsageError('--follow goes on with files; a log store is asked once');
  const { askGrep } = await import('./grep-stores.ts');
  const asked = await askGrep(console, flags, query);
  const files = inputs.length === 0 ? [] : (await openFiles(console, inputs)).logs;
  const logs = [...asked.logs, ...files];
  if (logs.length === 0 && asked.exit !== EXIT.finished) return asked.exit;
  const exit = await search(console, flags, query, logs);
  return asked.exit === EXIT.interrupted ? EXIT.interrupted : exit;
}

/** The query with a mark under the place that is meant. */
function queryFault(query: string, error: QueryError): string {
  return `${error.message}\n  ${query}\n  ${' '.repeat(Math.min(error.at, query.length))}^`;
}

function dayOf(query: string, logs: readonly LogFile[]): Instant | null {
  if (!needsDay(query)) return null;
  const days = logs.map((l) => firstDay(l.artifact)).filter((d) => d !== null);
  return days.reduce<Instant | null>((least, d) => (least === null || d < least ? d : least), null);
}

const NO_INDEX: Selected = { selection: null, passedOver: null };

async function indexed(query: string, day: Instant | null, logs: readonly LogFile[], countOnly: boolean, formats: FormatSet): Promise<Selected[]> {
  const compiled = await compileQuery(query, day);
  const store = indexStore();
  return logs.map((log) => (mayBeSearched(log.artifact, formats) ? selectBlocks(store, log, compiled, countOnly) : NO_INDEX));
}

interface Looked {
  bytes: number;
  looked: number;
  asked: number;
  longLines: number;
}

async function search(console: Console, flags: FlagValues, query: string, logs: readonly LogFile[]): Promise<ExitCode> {
  const day = dayOf(query, logs);
  const countOnly = flags['count'] === true;
  const first = typeof flags['first'] === 'number' ? flags['first'] : null;
  const byTime = (flags['order'] ?? (logs.length > 1 ? 'time' : 'file')) === 'time' && !countOnly;
  const { formats } = givenFormats(console, flags);
  const printer = new HitPrinter(console, logs, shownBy(console, flags), formats);
  const looked: Looked = { bytes: 0, looked: 0, asked: 0, longLines: 0 };
  const counts = logs.map(() => 0);
  let held: HeldHits[] = [];
  let total = 0;
  let tooMany = false;
  const indexes = flags['index'] === false ? logs.map(() => NO_INDEX) : await indexed(query, day, logs, countOnly, formats);
  for (const [i, s] of indexes.entries()) if (s.passedOver !== null) console.err(`${oneLine(logs[i]!.artifact.path)}: ${s.passedOver}\n`);
  for (const [i, s] of indexes.entries()) {
    counts[i]! += s.selection?.counted ?? 0;
    total += s.selection?.counted ?? 0;
  }
  const options = { query, day, countOnly, byTime, first: byTime ? null : first, threads: THREADS, formats, selected: indexes.map((s) => s.selection?.ranges ?? null) };
  const take = (hits: TaskHits, file: number): boolean => {
    counts[file]! += hits.count;
    total += hits.count;
    looked.bytes += hits.summary.bytes;
    looked.looked += hits.summary.looked;
    looked.asked += hits.summary.asked;
    looked.longLines += hits.summary.longLines;
    if (countOnly) return true;
    if (byTime) {
      held.push({ hits, file });
      tooMany = total > ORDER_CAP;
      return !tooMany;
    }
    for (let i = 0; i < hits.count; i++) printer.print(file, hits.base + (hits.offsets[i] as number), hits.lengths[i] as number, hits.times[i] as bigint);
    return true;
  };
  await searchLogs(logs, options, take);
  if (tooMany) {
    held = [];
    console.err(`more than ${ORDER_CAP} records match, too many to be put in order: they are printed as they stand in the files; a narrower query is ordered by time\n`);
    await searchLogs(logs, { ...options, byTime: false, first }, (hits, file) => {
      for (let i = 0; i < hits.count; i++) printer.print(file, hits.base + (hits.offsets[i] as number), hits.lengths[i] as number, hits.times[i] as bigint);
      return true;
    });
  } else if (byTime) {
    printer.printByTime(held, first ?? total);
  }
  printer.end();
  if (countOnly) console.out(countText(counts, logs, flags['json'] === true));
  sayChanges(console, logs);
  if (looked.longLines > 0) console.err(`${looked.longLines} lines of over a megabyte: only their heads were looked at\n`);
  if (flags['stats'] === true) {
    console.err(`${total} records matched; ${looked.bytes} bytes searched, ${looked.looked} lines looked at closely, ${looked.asked} of them as whole records\n`);
  }
  if (flags['stats'] === true) {
    const blocks = indexes.reduce((n, s) => n + (s.selection?.blocks ?? 0), 0);
    if (blocks > 0) console.err(`by the index ${indexes.reduce((n, s) => n + (s.selection?.read ?? 0), 0)} of ${blocks} blocks were read\n`);
  }
  if (flags['follow'] === true) {
    const { follow } = await import('./follow.ts');
    await follow(console, logs, { query, day, formats }, printer);
  }
  return EXIT.finished;
}

function countText(counts: readonly number[], logs: readonly LogFile[], json: boolean): string {
  const total = counts.reduce((a, b) => a + b, 0);
  if (!json) return `${total}\n`;
  return `${JSON.stringify({ matched: total, files: logs.map((l, i) => ({ file: l.artifact.path, matched: counts[i] })) })}\n`;
}

function shownBy(console: Console, flags: FlagValues): Shown {
  const fields = typeof flags['only'] === 'string' ? [flags['only']] : typeof flags['fields'] === 'string' ? flags['fields'].split(',').filter((f) => f !== '') : null;
  if (typeof flags['only'] === 'string' && typeof flags['fields'] === 'string') throw new UsageError('--only and --fields are two forms of one thing: give one of them');
  if (fields !== null && fields.length === 0) throw new UsageError('--fields names no field');
  return {
    fields,
    skipMissing: typeof flags['only'] === 'string',
    context: typeof flags['context'] === 'number' ? flags['context'] : 0,
    names: flags['with-filename'] === true,
    json: flags['json'] === true,
    readable: console.outIsTerminal && flags['raw'] !== true,
    colour: colourOf(console, flags),
  };
}
