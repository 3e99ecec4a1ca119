/** `gorca logs grep`: where a second thread will pay, it starts while everything else is loaded. */
import { realpathSync, statSync } from 'node:fs';
import { parallelism } from '../../platform/workers.ts';
import type { FlagValues, Run } from '../command.ts';
import { indexStore } from './index-folder.ts';
import { endSearchThread, startSearchThread, WORTH_BYTES } from './search-thread.ts';

export const run: Run = async (console, flags, args) => {
  if (isLarge(flags, args.slice(1)) && parallelism() > 1) startSearchThread();
  try {
    const { grep } = await import('./grep-command.ts');
    return await grep(console, flags, args);
  } finally {
    await endSearchThread();
  }
};

/** Whether so much will be read as it seems: an index leaves little of a log, and --first may need little. */
function isLarge(flags: FlagValues, inputs: readonly string[]): boolean {
  if (flags['first'] !== undefined) return false;
  let bytes = 0;
  try {
    for (const input of inputs) {
      const stat = statSync(input, { throwIfNoEntry: false });
      if (stat?.isFile() === true) bytes += stat.size;
    }
    if (bytes < WORTH_BYTES) return false;
    const store = indexStore();
    return flags['index'] === false || !inputs.some((input) => input !== '-' && store.has(realpathSync(input)));
  } catch {
    // whoever opens the files says what is wrong with them
    return false;
  }
}
