/** `gorca trace latency`: how long goroutines waited for a processor, and for whom. */
import { renderLatency } from '../../report/execution-trace/index.ts';
import type { Run } from '../command.ts';
import { pageOptions, printTraces } from './open-trace.ts';

export const run: Run = (console, flags, args) => printTraces(console, flags, args, ({ summary }, { name }) => renderLatency(summary, name, pageOptions(console, flags)));
