/** `gorca trace wakeups`: who ended whose wait, and the critical path of a task or of a stretch of one goroutine. */
import type { TracePath } from '../../model/index.ts';
import { criticalPath, type Stretch } from '../../observe/lib/execution-trace/path.ts';
import { type Analysed, analyseTrace } from '../../observe/lib/execution-trace/summary.ts';
import { renderPath, renderWakes } from '../../report/execution-trace/index.ts';
import type { FlagValues, Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { openTraces, pageOptions, printTraces } from './open-trace.ts';

export const run: Run = async (console, flags, args) => {
  if (flags['task'] === undefined && flags['goroutine'] === undefined)
    return printTraces(console, flags, args, ({ summary }, { name }) => renderWakes(summary, name, pageOptions(console, flags)));
  const opened = await openTraces(console, args);
  if (typeof opened === 'number') return opened;
  const paths: { file: string; path: TracePath }[] = [];
  for (const { name, trace } of opened) {
    const analysed = analyseTrace(trace);
    const stretch = analysed === null ? null : stretchOf(analysed, flags);
    if (analysed !== null && stretch !== null) paths.push({ file: name, path: criticalPath(trace, stretch, analysed.analysis.first) });
  }
  if (paths.length === 0) {
    console.err('no such task or stretch in the trace: gorca trace summary FILE --json lists tasks, gorca trace goroutine FILE goroutines\n');
    return EXIT.nothingReadable;
  }
  if (flags['json'] === true) printJson(console, { schema: 'gorca.trace-path/1', paths });
  else for (const { path } of paths) console.out(renderPath(path, { ...pageOptions(console, flags), all: flags['all'] === true }));
  return EXIT.finished;
};

/** What the path is asked of: a task by id or the slowest of a type, or a stretch of one goroutine in milliseconds. */
function stretchOf({ analysis, summary }: Analysed, flags: FlagValues): Stretch | null {
  const { first } = analysis;
  const wanted = flags['task'];
  if (typeof wanted === 'string') {
    const whole = summary.tasks.list.filter((t) => t.beginNs !== null && t.endNs !== null && (String(t.id) === wanted || t.type === wanted));
    const [task] = whole.sort((a, b) => (b.endNs as number) - (b.beginNs as number) - ((a.endNs as number) - (a.beginNs as number)) || a.id - b.id);
    if (task === undefined) return null;
    return { what: `task ${task.type} ${task.id}`, from: first + (task.beginNs as number), to: first + (task.endNs as number), goroutine: task.endedOn };
  }
  const goroutine = flags['goroutine'] as number;
  const [from, to] = typeof flags['stretch'] === 'string' ? milliseconds(flags['stretch']) : [0, summary.spanNs];
  return { what: `goroutine ${goroutine}`, from: first + from, to: first + Math.min(to, summary.spanNs), goroutine };
}

function milliseconds(text: string): [number, number] {
  const m = /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(text);
  if (m === null || Number(m[1]) >= Number(m[2])) throw new UsageError(`--stretch ${text}: milliseconds from the start of the trace are expected, as 120/160.5`);
  return [Number(m[1]) * 1e6, Number(m[2]) * 1e6];
}
