/** Opens logs for searching and counting, and says what could not be opened. */
import { type OpenedLogs, openLogFiles } from '../../collect/log-files/index.ts';
import { openLog } from '../../read/logs/index.ts';
import { oneLine } from '../../report/lib/safe-text.ts';
import type { Console } from '../console.ts';

export async function openFiles(console: Console, inputs: readonly string[]): Promise<OpenedLogs> {
  const opened = await openLogFiles(
    inputs,
    // what opens archives is loaded where there is one
    async (packed) => {
      const { collectFiles } = await import('../../collect/files/index.ts');
      return collectFiles(packed, { hash: false });
    },
    (artifact) => openLog(artifact) !== null,
  );
  for (const p of opened.problems) console.err(`${oneLine(p.what)}: ${oneLine(p.why)}; ${oneLine(p.next)}\n`);
  return opened;
}
