/** `gorca trace goroutine`: goroutines by the function they start in, or one of them from start to end. */
import { goroutineTimeline } from '../../observe/lib/execution-trace/timeline.ts';
import { renderGoroutine, renderGoroutines } from '../../report/execution-trace/index.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson } from '../output.ts';
import { openTraces, pageOptions, printTraces } from './open-trace.ts';

export const run: Run = async (console, flags, args) => {
  const id = flags['id'];
  if (typeof id !== 'number') return printTraces(console, flags, args, ({ summary }, { name }) => renderGoroutines(summary, name, pageOptions(console, flags)));
  const opened = await openTraces(console, args);
  if (typeof opened === 'number') return opened;
  let found = false;
  for (const { name, trace } of opened) {
    const timeline = goroutineTimeline(trace, id);
    if (timeline === null) continue;
    found = true;
    if (flags['json'] === true) printJson(console, { schema: 'gorca.trace-goroutine/1', file: name, ...timeline });
    else console.out(renderGoroutine(timeline, pageOptions(console, flags)));
  }
  if (!found) console.err(`no goroutine ${id} in the trace: gorca trace goroutine FILE lists what there is\n`);
  return found ? EXIT.finished : EXIT.nothingReadable;
};
