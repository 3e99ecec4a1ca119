import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { buildSync } from 'esbuild';
import { GO_GRAMMAR_FILES } from '../../src/platform/go-grammar.ts';

const require = createRequire(import.meta.url);

const WORKERS: readonly string[] = ['search-worker', 'index-worker', 'count-worker'].map((name) => join('src', 'cli', 'logs', `${name}.ts`));

/** From nothing: a file whose source is gone must not be left over. */
export function build(): boolean {
  rmSync('dist', { recursive: true, force: true });
  const tsc = spawnSync(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], { stdio: ['ignore', 2, 2] });
  if (tsc.status !== 0) {
    console.error('the program was not built: the type check did not pass');
    return false;
  }
  bundle();
  mkdirSync('dist/assets', { recursive: true });
  for (const file of Object.values(GO_GRAMMAR_FILES)) copyFileSync(require.resolve(file.module), join('dist', 'assets', file.asset));
  chmodSync('dist/cli/main.js', 0o755);
  return true;
}

/**
 * A few files instead of one for each module, because opening hundreds is most of what starting costs. What is imported when it is
 * needed stays in files of its own. All lie in dist/cli: they find package.json, the demo and the assets from there.
 */
function bundle(): void {
  buildSync({
    // threads are started from files of their own
    entryPoints: [join('src', 'cli', 'main.ts'), ...WORKERS],
    outdir: join('dist', 'cli'),
    entryNames: '[name]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    // a tenth less to read at each start; names stay, for the stacks of our own mistakes
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'error',
  });
}
