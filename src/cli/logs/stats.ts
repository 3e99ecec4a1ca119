/** `gorca logs stats`: what is to be known of logs before they are trusted, or records by what their fields say. */
import type { Run } from '../command.ts';
import { UsageError } from '../usage-error.ts';

/** Only of use with --by. */
const GROUPING: readonly string[] = ['every', 'first', 'query'];

export const run: Run = async (console, flags, args) => {
  if (typeof flags['by'] === 'string') return (await import('./stats-by.ts')).run(console, flags, args);
  for (const name of GROUPING) if (flags[name] !== undefined) throw new UsageError(`--${name} goes with --by: records by what a field says`);
  return (await import('./stats-of-all.ts')).run(console, flags, args);
};
