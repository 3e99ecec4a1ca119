/**
 * What the programs of dist/cli start with: runs chunks of the bundle from code that is compiled already.
 *
 * V8 compiles a function when it is first called, and that is a fifth of what a short investigation costs. The build keeps what it compiled
 * beside each chunk, for the Node it ran under. V8 itself refuses what another version or other flags wrote; then it compiles as always.
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/**
 * The V8 of Node 20 optimises a function that ran 66 KB of its bytecode. In a run of a second that is more work for the threads which compile than
 * it saves, and they take the processor from the one that works. Four times that is reached within milliseconds where there is much to do.
 * Later ones have a cheap compiler in between and are left alone.
 */
if (process.versions.v8.startsWith('11.3.')) setFlagsFromString('--interrupt-budget=270336');

type Exports = Readonly<Record<string, unknown>>;
type Chunk = (require: (name: string) => unknown, load: (name: string) => Promise<unknown>, chunkUrl: string) => Exports;

/** Where compiled code lies: for exactly this Node on this kind of machine. */
export const CODE_FOLDER = join(__dirname, 'code', `${process.version}-${process.platform}-${process.arch}`);

const requireElse = createRequire(__filename);
const chunks = new Map<string, Exports | null>();

/** What ran, by the chunk's name: the build takes the compiled code from here. */
export const scripts = new Map<string, Script>();

function requireAny(name: string): unknown {
  return name.startsWith('./') ? requireChunk(name.slice(2)) : requireElse(name);
}

async function load(name: string): Promise<unknown> {
  return requireAny(name);
}

export function requireChunk(name: string): Exports {
  const had = chunks.get(name);
  if (had === null) throw new Error(`chunks import each other in a circle: ${name}`);
  if (had !== undefined) return had;
  chunks.set(name, null);
  const filename = join(__dirname, name);
  const { source, changedMs } = read(filename);
  const code = compiled(join(CODE_FOLDER, name), changedMs);
  const script = new Script(source, code === null ? { filename } : { filename, cachedData: code });
  scripts.set(name, script);
  const exports = (script.runInThisContext() as Chunk)(requireAny, load, pathToFileURL(filename).href);
  chunks.set(name, exports);
  return exports;
}

/** The build writes chunks in ASCII. */
function read(filename: string): { readonly source: string; readonly changedMs: number } {
  const file = openSync(filename, 'r');
  try {
    return { source: readFileSync(file, 'latin1'), changedMs: fstatSync(file).mtimeMs };
  } finally {
    closeSync(file);
  }
}

/** null: there is none, or the chunk was changed by hand since (V8 compares no more than the length of the text). */
function compiled(filename: string, changedMs: number): Buffer | null {
  let file: number;
  try {
    file = openSync(filename, 'r');
  } catch {
    return null;
  }
  try {
    return fstatSync(file).mtimeMs < changedMs ? null : readFileSync(file);
  } finally {
    closeSync(file);
  }
}
