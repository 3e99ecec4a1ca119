/** Log formats of the user: those named by --format-file, and those that lie in the user's configuration folder. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_IN, type FormatSet, formatSet, readOwnFormats } from '../read/logs/index.ts';
import type { FlagValues } from './command.ts';
import type { Console } from './console.ts';
import { UsageError } from './usage-error.ts';

const FILES_CAP = 200;
const BYTES_CAP = 1024 * 1024;

export interface GivenFormats {
  readonly formats: FormatSet;
  /** Files whose formats are used: a report says so. */
  readonly files: readonly string[];
}

/** A fault in a named file is wrong usage; one in the configuration folder is said, and its format is not used. */
export function givenFormats(console: Console, flags: FlagValues): GivenFormats {
  const flag = flags['format-file'];
  const named = typeof flag === 'string' ? [flag] : Array.isArray(flag) ? (flag as readonly string[]) : [];
  const files = new Map<string, string>();
  for (const path of named) files.set(path, readNamed(path));
  for (const path of configured(console)) {
    if (files.has(path)) continue;
    try {
      if (statSync(path).size <= BYTES_CAP) files.set(path, readFileSync(path, 'utf8'));
    } catch (error) {
      console.err(`${path} could not be read (${(error as NodeJS.ErrnoException).code ?? ''}); its log format is not used\n`);
    }
  }
  if (files.size === 0) return { formats: BUILT_IN, files: [] };
  const read = readOwnFormats([...files].map(([name, text]) => ({ name, text })));
  const refused = read.faults.filter((f) => named.includes(f.file));
  if (refused.length > 0) throw new UsageError(refused.map((f) => `--format-file ${f.file}\n${f.text}`).join('\n'));
  for (const f of read.faults) console.err(`${f.file}\n${f.text}\n`);
  const faulty = new Set(read.faults.map((f) => f.file));
  return { formats: read.formats.length === 0 ? BUILT_IN : formatSet(read.formats), files: [...files.keys()].filter((f) => !faulty.has(f)) };
}

function readNamed(path: string): string {
  try {
    if (statSync(path).size > BYTES_CAP) throw new UsageError(`--format-file ${path} has more than ${BYTES_CAP} bytes`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--format-file ${path} could not be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

function configured(console: Console): string[] {
  const { env } = console;
  const home = env['XDG_CONFIG_HOME'] || (env['HOME'] ? join(env['HOME'], '.config') : '');
  if (home === '') return [];
  const folder = join(home, 'gorca', 'log-formats');
  try {
    return readdirSync(folder)
      .filter((f) => f.endsWith('.json'))
      .sort()
      .slice(0, FILES_CAP)
      .map((f) => join(folder, f));
  } catch {
    return [];
  }
}
