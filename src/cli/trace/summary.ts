/** `gorca trace summary`: what an execution trace says, on one page. */
import { renderTraceSummary } from '../../report/execution-trace/index.ts';
import type { Run } from '../command.ts';
import { pageOptions, printTraces } from './open-trace.ts';

export const run: Run = (console, flags, args) => printTraces(console, flags, args, ({ summary }, { name }) => renderTraceSummary(summary, name, pageOptions(console, flags)));
