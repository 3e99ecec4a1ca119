/**
 * What the programs of dist/cli start with: runs chunks of the bundle from code that is compiled already.
 *
 * V8 compiles a function when it is first called, and that is a fifth of what a short investigation costs. The build keeps what it compiled
 * beside each chunk, for the Node it ran under. V8 itself refuses what another version or other flags wrote; then it compiles as always.
 */
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { optimiseLater } from '../../src/platform/optimise-later.ts';

/** Node's own: the loader is a CommonJS script. */
declare const require: (name: string) => unknown;

type Exports = Readonly<Record<string, unknown>>;
type Chunk = (require: (name: string) => unknown, load: (name: string) => Promise<unknown>, chunkUrl: string) => Exports;

/** Where compiled code lies: for exactly this Node on this kind of machine. */
export const CODE_FOLDER = join(__dirname, 'code', `${process.version}-${process.platform}-${process.arch}`);

const chunks = new Map<string, Exports | null>();

/** What ran, by the chunk's name: the build takes the compiled code from here. */
export const scripts = new Map<string, Script>();

function requireAny(name: string): unknown {
  return name.startsWith('./') ? requireChunk(name.slice(2)) : require(name);
}

async function load(name: string): Promise<unknown> {
  return requireAny(name);
}

/** Programs whose chunks lie together: opening and compiling fifty files takes longer than a short search. The name of a program is its words. */
const PACKS: readonly string[] = ['logs-grep', 'search-worker'];
export const packFile = (name: string): string => `pack-${name}.js`;
/** What a pack holds, by the chunk's name. */
let packed: Readonly<Record<string, Chunk>> = {};

/** false: there is no such pack. */
export function openPack(name: string): boolean {
  if (!PACKS.includes(name) || !existsSync(join(__dirname, packFile(name)))) return false;
  packed = scriptOf(packFile(name)).runInThisContext() as typeof packed;
  return true;
}

/** The program itself, by its first two words. Short ones are run without what only pays in long runs. */
export function startProgram(): void {
  const words = process.argv.slice(2, 4);
  if (!openPack(words.join('-')) && words[0]?.startsWith('-') === false) optimiseLater();
  requireChunk('main-chunk.js');
}

/** A thread: flags are the process's. */
export function startThread(name: string): void {
  openPack(name);
  requireChunk(`${name}-chunk.js`);
}

export function requireChunk(name: string): Exports {
  const had = chunks.get(name);
  if (had === null) throw new Error(`chunks import each other in a circle: ${name}`);
  if (had !== undefined) return had;
  chunks.set(name, null);
  const chunk = packed[name] ?? (scriptOf(name).runInThisContext() as Chunk);
  const exports = chunk(requireAny, load, pathToFileURL(join(__dirname, name)).href);
  chunks.set(name, exports);
  return exports;
}

function scriptOf(name: string): Script {
  const filename = join(__dirname, name);
  const { source, changedMs } = read(filename);
  const code = compiled(join(CODE_FOLDER, name), changedMs);
  const script = new Script(source, code === null ? { filename } : { filename, cachedData: code });
  scripts.set(name, script);
  return script;
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
