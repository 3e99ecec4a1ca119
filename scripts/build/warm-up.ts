/**
 * Runs the commands people start with, once each, and keeps what V8 compiled for them beside the chunks (see `chunk-loader.ts`). Nothing of
 * what they answer is kept. Argument: the folder of the chunks.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import type { runCli } from '../../src/cli/app.ts';
import type * as loader from './chunk-loader.ts';

const INCIDENT = join('incidents', 'rollout-leaks-goroutines');
const first = (folder: string, end: string): string => join(INCIDENT, folder, readdirSync(join(INCIDENT, folder)).filter((f) => f.endsWith(end))[0] ?? '');
const log = first('logs', '.log');
const dump = first('dumps', '.debug2.txt');

const COMMANDS: readonly (readonly string[])[] = [
  ['logs', 'grep', 'level=error', log],
  ['logs', 'grep', '-c', 'msg~"reserve.*timeout"', log],
  ['logs', 'patterns', log],
  ['logs', 'stats', log],
  ['goroutines', 'summary', dump],
  ['profile', 'top', first('profiles', '.heap.pb.gz')],
  ['demo'],
];

async function warmUp(folder: string): Promise<void> {
  const { requireChunk, scripts, CODE_FOLDER } = createRequire(__filename)(join(folder, 'load.js')) as typeof loader;
  const kept = new Map<string, Buffer>();
  const app = requireChunk(readdirSync(folder).find((f) => /^app-\w+\.js$/.test(f)) ?? '') as { readonly runCli: typeof runCli };
  const nowhere = (): void => {};
  for (const argv of COMMANDS) {
    const status = await app.runCli(argv, { out: nowhere, outBytes: nowhere, err: nowhere, outIsTerminal: false, errIsTerminal: false, columns: 80, env: {} });
    if (status !== 0) throw new Error(`gorca ${argv.join(' ')} ended with ${status}`);
    // V8 throws away what has not run for a while: what was kept before it did so is the longer one
    for (const [name, script] of scripts) {
      const code = script.createCachedData();
      if (code.length > (kept.get(name)?.length ?? 0)) kept.set(name, code);
    }
  }
  mkdirSync(CODE_FOLDER, { recursive: true });
  for (const [name, code] of kept) writeFileSync(join(CODE_FOLDER, name), code);
}

void warmUp(process.argv[2]!);
