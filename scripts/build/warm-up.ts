/**
 * Runs the commands people start with, once each, and keeps what V8 compiled for them beside the chunks (see `chunk-loader.ts`). Nothing of
 * what they answer is kept. Arguments: the folder of the chunks, and which of STEPS is to be done.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import type { runCli } from '../../src/cli/app.ts';
import { TaskRunner } from '../../src/cli/logs/task-runner.ts';
import { tasksOf, type WorkerStart } from '../../src/cli/logs/tasks.ts';
import { ALWAYS } from '../../src/model/time.ts';
import { MemoryBudget, openFile } from '../../src/platform/files.ts';
import { optimiseLater } from '../../src/platform/optimise-later.ts';
import { BUILT_IN } from '../../src/read/logs/index.ts';
import { compileQuery } from '../../src/read/logs/search/index.ts';
import type * as loader from './chunk-loader.ts';
import type { Step } from './warm-up-steps.ts';

const INCIDENT = join('incidents', 'rollout-leaks-goroutines');
const first = (folder: string, end: string): string => join(INCIDENT, folder, readdirSync(join(INCIDENT, folder)).filter((f) => f.endsWith(end))[0] ?? '');
const log = first('logs', '.log');
const dump = first('dumps', '.debug2.txt');

/** What they have in common: code that is there and not used takes its time at each start. */
const GREPS: readonly (readonly string[])[] = [['logs', 'grep', '-c', 'trace_id=4bf92f3577b34da6a3ce929d0e0e4736', log]];
const COMMANDS: readonly (readonly string[])[] = [
  ['logs', 'grep', 'level=error', log],
  ['logs', 'grep', '-c', 'msg~"reserve.*timeout"', log],
  ['logs', 'patterns', log],
  ['logs', 'stats', log],
  ['goroutines', 'summary', dump],
  ['profile', 'top', first('profiles', '.heap.pb.gz')],
  ['demo'],
];

type Loader = typeof loader;
const loaderIn = (folder: string): Loader => createRequire(__filename)(join(folder, 'load.js')) as Loader;
const isChunk = (name: string): boolean => !name.startsWith('pack-');

async function run({ requireChunk }: Loader, folder: string, argv: readonly string[]): Promise<void> {
  const app = requireChunk(readdirSync(folder).find((f) => /^app-\w+\.js$/.test(f)) ?? '') as { readonly runCli: typeof runCli };
  const nowhere = (): void => {};
  const status = await app.runCli(argv, { out: nowhere, outBytes: nowhere, err: nowhere, outIsTerminal: false, errIsTerminal: false, columns: 80, env: {} });
  if (status !== 0) throw new Error(`gorca ${argv.join(' ')} ended with ${status}`);
}

async function chunks(folder: string): Promise<void> {
  optimiseLater();
  const load = loaderIn(folder);
  const kept = new Map<string, Buffer>();
  for (const argv of COMMANDS) {
    await run(load, folder, argv);
    // V8 throws away what has not run for a while: what was kept before it did so is the longer one
    for (const [name, script] of load.scripts) {
      const code = script.createCachedData();
      if (code.length > (kept.get(name)?.length ?? 0)) kept.set(name, code);
    }
  }
  mkdirSync(load.CODE_FOLDER, { recursive: true });
  for (const [name, code] of kept) writeFileSync(join(load.CODE_FOLDER, name), code);
}

/** Their functions in one script, by their names. */
function writePack(folder: string, file: string, names: readonly string[]): void {
  const members = names.map((name) => `${JSON.stringify(name)}:${readFileSync(join(folder, name), 'latin1')}`);
  writeFileSync(join(folder, file), `({${members.join(',\n')}})`, 'latin1');
}

async function grepPack(folder: string): Promise<void> {
  const load = loaderIn(folder);
  for (const argv of GREPS) await run(load, folder, argv);
  writePack(folder, load.packFile('logs-grep'), ['main-chunk.js', ...load.scripts.keys()]);
}

/** The last command runs as it will be typed, to the end of the process. */
async function grepCode(folder: string): Promise<void> {
  const load = loaderIn(folder);
  load.openPack('logs-grep');
  for (const argv of GREPS) await run(load, folder, argv);
  const file = load.packFile('logs-grep');
  process.on('exit', () => writeFileSync(join(load.CODE_FOLDER, file), load.scripts.get(file)!.createCachedData()));
  process.argv = [process.execPath, join(folder, 'main.js'), 'logs', 'grep', '-c', 'level=error', log];
  load.requireChunk('main-chunk.js');
}

/** Begins as the thread will, answers with what it loaded and with the code of its pack. */
const THREAD = `const { parentPort, workerData: folder } = require('node:worker_threads');
const load = require(folder + '/load.js');
load.startThread('search-worker');
parentPort.on('message', (message) => {
  if (message === 'done') parentPort.postMessage({ names: [...load.scripts.keys()], code: load.scripts.get(load.packFile('search-worker'))?.createCachedData() ?? null });
});`;

interface Loaded {
  readonly names: readonly string[];
  readonly code: Uint8Array | null;
}

async function searchThread(folder: string): Promise<Loaded> {
  optimiseLater();
  const path = resolve(log);
  const file = { artifact: { id: path, path, decoders: [], source: openFile(path, new MemoryBudget(0)), sha256: '', interval: ALWAYS, covers: [] }, realPath: path };
  const query = 'trace_id=4bf92f3577b34da6a3ce929d0e0e4736';
  const tasks = tasksOf([file], [null]);
  const start: WorkerStart = {
    query,
    day: null,
    paths: [path],
    tasks,
    plans: new TaskRunner(await compileQuery(query, null), [file], BUILT_IN).plansOf(tasks),
    counter: new SharedArrayBuffer(4),
    countOnly: true,
    byTime: false,
    own: [],
  };
  const worker = new Worker(THREAD, { eval: true, workerData: folder });
  return new Promise((settle, reject) => {
    worker.on('error', reject);
    worker.on('message', (message: Loaded | object | null) => {
      if (message === null) worker.postMessage('done');
      else if ('names' in message) {
        settle(message);
        void worker.terminate();
      }
    });
    worker.postMessage(start);
  });
}

async function step(folder: string, name: Step): Promise<void> {
  const { CODE_FOLDER, packFile } = loaderIn(folder);
  const file = packFile('search-worker');
  if (name === 'chunks') await chunks(folder);
  else if (name === 'logs-grep: what') await grepPack(folder);
  else if (name === 'logs-grep: code') await grepCode(folder);
  else if (name === 'search-worker: what') writePack(folder, file, (await searchThread(folder)).names.filter(isChunk));
  else writeFileSync(join(CODE_FOLDER, file), (await searchThread(folder)).code ?? new Uint8Array(0));
}

void step(process.argv[2]!, process.argv[3] as Step);
