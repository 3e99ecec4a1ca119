/** `gorca logs index`: makes or brings up to date what lets later queries read only the blocks they must. */
import { mayBeSearched } from '../../read/logs/search/index.ts';
import { oneLine } from '../../report/lib/safe-text.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import { indexStore } from './index-folder.ts';
import { buildIndex, realPathOf } from './indexes.ts';
import { openFiles } from './open-files.ts';

const THREADS = 2;
const MIB = 1024 * 1024;

export const run: Run = async (console, flags, args) => {
  if (args.length === 0) throw new UsageError('name at least one log: gorca logs index app.log');
  const store = indexStore();
  if (flags['remove'] === true) {
    for (const path of args) store.remove(realPathOf(path) ?? path);
    return EXIT.finished;
  }
  const { logs } = await openFiles(console, args);
  if (logs.length === 0) return EXIT.nothingReadable;
  for (const log of logs) {
    const realPath = log.artifact.decoders.length > 0 || !args.includes(log.artifact.path) ? null : realPathOf(log.artifact.path);
    if (realPath === null || !mayBeSearched(log.artifact)) {
      console.err(`${oneLine(log.artifact.path)} is not indexed: only plain files of lines are\n`);
      continue;
    }
    const made = await buildIndex(store, { ...log, realPath }, THREADS);
    if (flags['json'] === true) console.out(`${JSON.stringify({ file: log.artifact.path, ...made })}\n`);
    else {
      const share = made.logBytes === 0 ? 0 : (made.indexBytes * 100) / made.logBytes;
      console.out(
        `${oneLine(log.artifact.path)}: ${made.lines} lines in ${made.blocks} blocks, ${made.kept} of them known; index ${(made.indexBytes / MIB).toFixed(1)} MiB, ${share.toFixed(1)} % of the log\n`,
      );
    }
    if (made.fault !== null) console.err(`the index of ${oneLine(log.artifact.path)} could not be kept (${made.fault}): queries work without\n`);
  }
  return EXIT.finished;
};
