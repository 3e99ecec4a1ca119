/** `gorca logs stats`: what is to be known of logs before they are trusted. */
import { statsOf } from '../../observe/lib/logs/census/stats.ts';
import { renderStats } from '../../report/log-census/index.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, styleOf } from '../output.ts';
import { countLogs } from './count.ts';

export const run: Run = async (console, flags, args) => {
  const { census, logs, problems } = await countLogs(console, args, flags);
  if (logs.length === 0) return problems.some((p) => p.code === 'files/denied') ? EXIT.denied : EXIT.nothingReadable;
  const stats = statsOf(census);
  if (stats.records === 0) {
    console.err('no record of a known logger is in the input\n');
    return EXIT.nothingReadable;
  }
  if (flags['json'] === true) printJson(console, stats);
  else console.out(renderStats(stats, styleOf(console, flags)));
  return EXIT.finished;
};
