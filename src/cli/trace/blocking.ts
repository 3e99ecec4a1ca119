/** `gorca trace blocking`: what goroutines waited for, where, and who ended it. */
import { renderBlocking } from '../../report/execution-trace/index.ts';
import type { Run } from '../command.ts';
import { pageOptions, printTraces } from './open-trace.ts';

export const run: Run = (console, flags, args) =>
  printTraces(console, flags, args, ({ summary }, { name }) => renderBlocking(summary, name, { ...pageOptions(console, flags), all: flags['all'] === true }));
