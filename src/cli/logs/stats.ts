/** `gorca logs stats`: what is to be known of logs before they are trusted, or records by what their fields say. */
import type { Run } from '../command.ts';
import { UsageError } from '../usage-error.ts';

/** Only of use with --by, or with --fields. */
const OF_BY: readonly string[] = ['every'];
const OF_BOTH: readonly string[] = ['first', 'query'];

export const run: Run = async (console, flags, args) => {
  const by = typeof flags['by'] === 'string';
  const fields = flags['fields'] === true;
  if (by && fields) throw new UsageError('--by and --fields are two questions: one at a time');
  if (by) return (await import('./stats-by.ts')).run(console, flags, args);
  for (const name of OF_BY) if (flags[name] !== undefined) throw new UsageError(`--${name} goes with --by: records by what a field says`);
  if (fields) return (await import('./stats-fields.ts')).run(console, flags, args);
  for (const name of OF_BOTH)
    if (flags[name] !== undefined) throw new UsageError(`--${name} goes with --by and --fields: records by what a field says, and which fields there are`);
  return (await import('./stats-of-all.ts')).run(console, flags, args);
};
