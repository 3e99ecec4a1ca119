/** What `gorca logs patterns` and `gorca logs stats` rest on: a count over logs, in two threads where that pays. */
import type { LogFile } from '../../collect/log-files/index.ts';
import type { Problem } from '../../model/index.ts';
import { parallelism, SharedCounter, startWorker } from '../../platform/workers.ts';
import { BUILT_IN, type FormatSet } from '../../read/logs/index.ts';
import type { FlagValues } from '../command.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { givenFormats } from '../own-formats.ts';
import { UsageError } from '../usage-error.ts';
import { type Counting, CountRunner, type CountStart, type CountState, countTasks, openTally, type Tally } from './count-tasks.ts';
import { openFiles, sayChanges } from './open-files.ts';

/** Less than this is counted before a second thread has started. */
const WORTH_BYTES = 48 * 1024 * 1024;

export interface Counted {
  readonly state: CountState;
  readonly logs: readonly LogFile[];
  readonly problems: readonly Problem[];
}

export async function countLogs(console: Console, inputs: readonly string[], flags: FlagValues, counting: Counting): Promise<Counted> {
  if (inputs.length === 0) throw new UsageError('name at least one log: files, folders, archives, or - for standard input');
  const { formats } = givenFormats(console, flags);
  const { logs, problems } = await openFiles(console, inputs);
  const query = typeof flags['query'] === 'string' ? flags['query'] : null;
  const tally = await openTally(counting, formats);
  if (query === null) await countAll(logs, counting, formats, tally);
  else await countFound(logs, formats, query, tally);
  sayChanges(console, logs);
  return { state: tally.state(), logs, problems };
}

async function countAll(logs: readonly LogFile[], counting: Counting, formats: FormatSet, tally: Tally): Promise<void> {
  const runner = new CountRunner(logs, tally);
  const shared: { file: number; path: string }[] = [];
  for (const [file, l] of logs.entries()) {
    if (l.realPath !== null) shared.push({ file, path: l.realPath });
    else runner.run({ file, from: 0, to: l.artifact.source.sizeBytes });
  }
  const tasks = shared.flatMap(({ file }) => countTasks(runner.log(file), file));
  const bytes = shared.reduce((n, { file }) => n + logs[file]!.artifact.source.sizeBytes, 0);
  const counter = new SharedCounter();
  const several = formats === BUILT_IN && tasks.length > 1 && bytes >= WORTH_BYTES && parallelism() > 1;
  const number = new Map(shared.map(({ file }, i) => [file, i]));
  const start: CountStart = {
    paths: shared.map(({ file, path }) => ({ path, id: logs[file]!.artifact.path })),
    tasks: tasks.map((t) => ({ ...t, file: number.get(t.file)! })),
    counter: counter.buffer,
    counting,
  };
  let answered: (state: CountState | Error) => void = () => undefined;
  const answer = new Promise<CountState | Error>((resolve) => {
    answered = resolve;
  });
  const worker = several ? startWorker(new URL('./count-worker.js', import.meta.url), start, (m) => answered(m as CountState), answered) : null;
  try {
    for (let n = counter.next(); n < tasks.length; n = counter.next()) runner.run(tasks[n]!);
    if (worker !== null) {
      const theirs = await answer;
      if (theirs instanceof Error) throw theirs;
      tally.merge(theirs);
    }
  } finally {
    await worker?.end();
  }
}

/** Only what a query finds. */
async function countFound(logs: readonly LogFile[], formats: FormatSet, text: string, tally: Tally): Promise<void> {
  // what searches is loaded where there is something to be sought
  const { compileQuery, firstDay, LogSearcher, needsDay, recordAt } = await import('../../read/logs/search/index.ts');
  const day = needsDay(text) ? (logs.map((l) => firstDay(l.artifact)).find((d) => d !== null) ?? null) : null;
  const searcher = new LogSearcher(await compileQuery(text, day), { formats });
  for (const { artifact } of logs) {
    searcher.open(artifact).run(0, artifact.source.sizeBytes, (h) => {
      const record = h.record ?? recordAt(artifact, h.offset, h.length, formats);
      if (record !== null) tally.record(record);
      return true;
    });
  }
}

/** How a command ends for which no log could be opened; null: there are some. */
export function nothingOpened({ logs, problems }: Counted): ExitCode | null {
  if (logs.length > 0) return null;
  return problems.some((p) => p.code === 'files/denied') ? EXIT.denied : EXIT.nothingReadable;
}
