/** Goes on as files grow: looks at their size a few times a second, searches what is new in whole lines, says rotation and truncation. */

import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogFile } from '../../collect/log-files/index.ts';
import { ALWAYS, type Instant, readSlice } from '../../model/index.ts';
import { MemoryBudget, openFile } from '../../platform/files.ts';
import { type Rotation, rotationOfArtifact } from '../../read/lib/rotation.ts';
import type { FormatSet } from '../../read/logs/index.ts';
import { compileQuery, LogSearcher } from '../../read/logs/search/index.ts';
import type { Console } from '../console.ts';
import type { HitPrinter } from './print-hits.ts';
import { NO_TIME } from './tasks.ts';

const EVERY_MS = 200;
const LF = 10;
const WINDOW = 1024 * 1024;

interface Followed {
  file: number;
  path: string;
  inode: number;
  /** Everything before it was searched; a line begins here. */
  at: number;
}

/** Until the program is interrupted, or `ends` says so. */
export async function follow(
  console: Console,
  logs: readonly LogFile[],
  { query, day, formats }: { readonly query: string; readonly day: Instant | null; readonly formats?: FormatSet },
  printer: HitPrinter,
  ends: () => boolean = () => false,
): Promise<void> {
  const searcher = new LogSearcher(await compileQuery(query, day), formats === undefined ? {} : { formats });
  const followed: Followed[] = [];
  const written = writtenTo(logs);
  for (const [file, log] of logs.entries()) {
    const path = log.artifact.path;
    if (!written.has(log)) {
      console.err(`${path} is a rotated part that nothing is written to: it is not followed\n`);
      continue;
    }
    const stats = statOf(path);
    if (log.artifact.decoders.length > 0 || stats === null) console.err(`${path} cannot be followed: it is no plain file\n`);
    else followed.push({ file, path, inode: stats.ino, at: wholeLines(log.artifact.source.sizeBytes, log.artifact.source) });
  }
  while (followed.length > 0 && !ends()) {
    for (const f of followed) step(f, console, searcher, printer, logs as LogFile[]);
    printer.end();
    await sleep(EVERY_MS);
  }
}

/** Of a rotated log only the file without a number or stamp grows; at the next rotation another file takes the name of each of the others. */
function writtenTo(logs: readonly LogFile[]): ReadonlySet<LogFile> {
  const rotations = logs.map((log) => rotationOfArtifact(log.artifact));
  const isPlain = (r: Rotation): boolean => r.number === null && r.stamp === null;
  const plain = new Set(rotations.filter(isPlain).map((r) => r.base));
  return new Set(logs.filter((_log, i) => isPlain(rotations[i] as Rotation) || !plain.has((rotations[i] as Rotation).base)));
}

function step(f: Followed, console: Console, searcher: LogSearcher, printer: HitPrinter, logs: LogFile[]): void {
  const stats = statOf(f.path);
  // between two names of a rotation there is no file for a moment
  if (stats === null) return;
  if (stats.ino !== f.inode) {
    console.err(`${f.path} was rotated: the new file is read from its beginning; what was written to the old one since the last look may be missing\n`);
    f.inode = stats.ino;
    f.at = 0;
  } else if (stats.size < f.at) {
    console.err(`${f.path} was truncated from ${f.at} to ${stats.size} bytes: it is read from its beginning\n`);
    f.at = 0;
  }
  if (stats.size <= f.at) return;
  const source = openFile(f.path, new MemoryBudget(0));
  const end = wholeLines(source.sizeBytes, source);
  if (end <= f.at) return;
  const artifact = { id: f.path, path: f.path, decoders: [], source, sha256: '', interval: ALWAYS, covers: [] };
  logs[f.file] = { artifact, realPath: null };
  searcher.open(artifact).run(f.at, end, (h) => {
    printer.print(f.file, h.offset, h.length, h.time ?? NO_TIME);
    return true;
  });
  f.at = end;
}

function statOf(path: string): { ino: number; size: number } | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** Offset after the last line feed: a line is read when it is whole. */
function wholeLines(size: number, source: LogFile['artifact']['source']): number {
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - WINDOW);
    const lf = readSlice(source, from, end - from).lastIndexOf(LF);
    if (lf >= 0) return from + lf + 1;
    end = from;
  }
  return 0;
}
