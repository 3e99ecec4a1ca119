/**
 * Opens logs of any size for searching: nothing is hashed, large files are read in place, what is compressed, in an archive or comes on
 * standard input goes through a temporary file first.
 */
import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { ALWAYS, type Artifact, type Problem } from '../../model/index.ts';
import { MemoryBudget, openFile } from '../../platform/files.ts';

export interface LogFile {
  readonly artifact: Artifact;
  /** Where other threads may open it; null: only here. */
  readonly realPath: string | null;
}

export interface OpenedLogs {
  /** In the order given; folders in canonical order. */
  readonly logs: readonly LogFile[];
  readonly problems: readonly Problem[];
}

/** Opens what is packed, and folders: collectFiles of the collect stage. */
export type OpenPacked = (inputs: readonly string[]) => Promise<{ readonly artifacts: readonly Artifact[]; readonly problems: readonly Problem[] }>;

/** What is read whole at once and handed to no other thread. */
const SMALL = 8 * 1024 * 1024;

export async function openLogFiles(inputs: readonly string[], openPacked: OpenPacked): Promise<OpenedLogs> {
  const logs: LogFile[] = [];
  const problems: Problem[] = [];
  const budget = new MemoryBudget(4 * SMALL);
  for (const input of new Set(inputs)) {
    const real = plainFile(input);
    if (real === null) {
      const packed = await openPacked([input]);
      problems.push(...packed.problems);
      for (const artifact of packed.artifacts) logs.push({ artifact: packed.artifacts.length === 1 ? { ...artifact, id: input, path: input } : artifact, realPath: null });
      continue;
    }
    const source = openFile(real, budget);
    logs.push({ artifact: { id: input, path: input, decoders: [], source, sha256: '', interval: ALWAYS, covers: [] }, realPath: source.sizeBytes > SMALL ? real : null });
  }
  return { logs, problems };
}

/** The real path of a regular file that is neither compressed nor an archive; null for everything else, also for what is not there. */
function plainFile(input: string): string | null {
  if (input === '-') return null;
  try {
    const real = realpathSync(input);
    if (!statSync(real).isFile()) return null;
    return isPacked(headOf(real)) ? null : real;
  } catch {
    return null;
  }
}

function headOf(path: string): Uint8Array {
  const head = new Uint8Array(262);
  const fd = openSync(path, 'r');
  try {
    return head.subarray(0, readSync(fd, head, 0, head.length, 0));
  } finally {
    closeSync(fd);
  }
}

const MAGICS: readonly (readonly number[])[] = [
  [0x1f, 0x8b, 8],
  [0x28, 0xb5, 0x2f, 0xfd],
  [0x50, 0x4b, 3, 4],
];

function isPacked(head: Uint8Array): boolean {
  if (MAGICS.some((magic) => magic.every((b, i) => head[i] === b))) return true;
  return head.length >= 262 && String.fromCharCode(...head.subarray(257, 262)) === 'ustar';
}
