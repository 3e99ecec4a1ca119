/** `gorca trace gc`: pauses, assists, cycles, the heap against its goal. */
import { renderCollector } from '../../report/execution-trace/index.ts';
import type { Run } from '../command.ts';
import { pageOptions, printTraces } from './open-trace.ts';

export const run: Run = (console, flags, args) => printTraces(console, flags, args, ({ summary }, { name }) => renderCollector(summary, name, pageOptions(console, flags)));
