/** Opens logs for searching and counting, and says what could not be opened. */
import { type LogFile, type OpenedLogs, openLogFiles } from '../../collect/log-files/index.ts';
import { FileSource } from '../../platform/files.ts';
import { rotationOfArtifact } from '../../read/lib/rotation.ts';
import { openLog, rotatedSets } from '../../read/logs/index.ts';
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
  const { logs, problems } = partsInOrder(opened.logs);
  for (const p of [...opened.problems, ...problems]) console.err(`${oneLine(p.what)}: ${oneLine(p.why)}; ${oneLine(p.next)}\n`);
  return { logs, problems: [...opened.problems, ...problems] };
}

/** Says what became of logs while they were read, where that took something out of the answer. What is added to one meanwhile is no part of it. */
export function sayChanges(console: Console, logs: readonly LogFile[]): void {
  for (const { artifact } of logs) {
    const { source } = artifact;
    const change = source instanceof FileSource ? source.change() : null;
    if (change === null || change.how === 'grown') continue;
    const path = oneLine(artifact.path);
    if (change.how === 'shrunk')
      console.err(`${path} had ${source.sizeBytes} bytes and now has ${change.bytes}: it was cut shorter while it was read, and what stood behind may be missing here\n`);
    else
      console.err(
        `${path} was ${change.how === 'gone' ? 'removed' : 'replaced by another file'} while it was read: a part of it may be missing here; search the rotated file, too\n`,
      );
  }
}

/** Parts of a rotated log stand where the first of them was named, oldest first. */
function partsInOrder(logs: readonly LogFile[]): OpenedLogs {
  const groups = new Map<string, LogFile[]>();
  for (const log of logs) {
    const { base } = rotationOfArtifact(log.artifact);
    groups.set(base, [...(groups.get(base) ?? []), log]);
  }
  // a log by itself is not even opened for this
  const several = [...groups.values()].filter((g) => g.length > 1).flat();
  if (several.length === 0) return { logs, problems: [] };
  const files = new Map(several.map((log) => [log.artifact.id, log]));
  const sets = rotatedSets(several.map((log) => openLog(log.artifact)).filter((source) => source !== null));
  const setOf = new Map(sets.flatMap((set) => set.parts.map((part) => [part.artifact.id, set] as const)));
  const out = new Set<LogFile>();
  for (const log of logs) {
    const set = setOf.get(log.artifact.id);
    for (const file of set?.parts.map((part) => files.get(part.artifact.id)) ?? [log]) if (file !== undefined) out.add(file);
  }
  return { logs: [...out], problems: sets.flatMap((set) => set.problems) };
}
