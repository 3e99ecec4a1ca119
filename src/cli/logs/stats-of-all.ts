/** `gorca logs stats` without --by: levels and services over time, and what speaks against trusting a log. */
import { Census, type CensusState } from '../../observe/lib/logs/census/index.ts';
import { statsOf } from '../../observe/lib/logs/census/stats.ts';
import { renderStats } from '../../report/log-census/index.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, styleOf } from '../output.ts';
import { countLogs, nothingOpened } from './count.ts';

export const run: Run = async (console, flags, args) => {
  const counted = await countLogs(console, args, flags, { kind: 'census', windows: null });
  const nothing = nothingOpened(counted);
  if (nothing !== null) return nothing;
  const census = new Census();
  census.merge(counted.state as CensusState);
  const stats = statsOf(census);
  if (stats.records === 0) {
    console.err('no record of a known logger is in the input\n');
    return EXIT.nothingReadable;
  }
  if (flags['json'] === true) printJson(console, stats);
  else console.out(renderStats(stats, styleOf(console, flags)));
  return EXIT.finished;
};
