/**
 * Opens logs of any size for searching: nothing is hashed, large files are read in place, what is compressed, in an archive or comes on
 * standard input goes through a temporary file first.
 */
import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ALWAYS, type Artifact, type Problem } from '../../model/index.ts';
import { MemoryBudget, openFile } from '../../platform/files.ts';
import { walk } from '../lib/walk.ts';

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

/** `isLog` says of what lies in a folder or an archive whether it is one; what is named by itself is searched whatever it is. */
export async function openLogFiles(inputs: readonly string[], openPacked: OpenPacked, isLog: (artifact: Artifact) => boolean): Promise<OpenedLogs> {
  const logs: LogFile[] = [];
  const problems: Problem[] = [];
  const budget = new MemoryBudget(4 * SMALL);
  const plain = (path: string, real: string): LogFile => {
    const source = openFile(real, budget);
    return { artifact: { id: path, path, decoders: [], source, sha256: '', interval: ALWAYS, covers: [] }, realPath: source.sizeBytes > SMALL ? real : null };
  };
  const add = async (path: string, named: boolean): Promise<void> => {
    const real = plainFile(path);
    if (real !== null) {
      const log = plain(path, real);
      if (named || isLog(log.artifact)) logs.push(log);
      return;
    }
    const packed = await openPacked([path]);
    problems.push(...packed.problems);
    const [only] = packed.artifacts;
    if (packed.artifacts.length === 1 && only !== undefined && only.member === undefined) {
      if (named || isLog(only)) logs.push({ artifact: { ...only, id: path, path }, realPath: null });
    } else for (const artifact of packed.artifacts) if (isLog(artifact)) logs.push({ artifact, realPath: null });
  };
  for (const input of new Set(inputs)) {
    const files = folderFiles(input, (p) => problems.push(p));
    if (files === null) await add(input, true);
    else for (const file of files) await add(file, false);
  }
  return { logs, problems };
}

const MOST_FILES = 20_000;

/** Files of a folder; null when the input is none. */
function folderFiles(input: string, say: (p: Problem) => void): string[] | null {
  try {
    if (input === '-' || !statSync(input).isDirectory()) return null;
  } catch {
    return null;
  }
  return walk(input, MOST_FILES, say).map((f) => join(input, f.path));
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
