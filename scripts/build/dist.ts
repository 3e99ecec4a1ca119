import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import process from 'node:process';
import { buildSync } from 'esbuild';
import { GO_GRAMMAR_FILES } from '../../src/platform/go-grammar.ts';
import { asFunction } from './chunks.ts';
import { licenseTexts } from './licenses.ts';
import { STEPS } from './warm-up-steps.ts';

const require = createRequire(import.meta.url);

const CLI = join('dist', 'cli');
/** Threads are started from files of their own. */
const WORKERS: readonly string[] = ['search-worker', 'index-worker', 'count-worker'].map((name) => join('src', 'cli', 'logs', `${name}.ts`));

const SCRIPT = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', minifyWhitespace: true, logLevel: 'error' } as const;

/** From nothing: a file whose source is gone must not be left over. */
export function build(): boolean {
  rmSync('dist', { recursive: true, force: true });
  const tsc = spawnSync(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], { stdio: ['ignore', 2, 2] });
  if (tsc.status !== 0) {
    console.error('the program was not built: the type check did not pass');
    return false;
  }
  const inside = bundle();
  mkdirSync('dist/assets', { recursive: true });
  for (const file of Object.values(GO_GRAMMAR_FILES)) copyFileSync(require.resolve(file.module), join('dist', 'assets', file.asset));
  writeFileSync(join('dist', 'licenses.txt'), licenseTexts(inside));
  return keepCode();
}

/** The commands that show what most runs compile, run once; see `warm-up.ts`. In processes of their own, as they will run. */
function keepCode(): boolean {
  const program = join('dist', `warm-up-${process.pid}.cjs`);
  buildSync({ ...SCRIPT, entryPoints: [join('scripts', 'build', 'warm-up.ts')], outfile: program });
  try {
    return STEPS.every((step) => spawnSync(process.execPath, [program, resolve(CLI), step], { stdio: ['ignore', 'ignore', 2] }).status === 0);
  } finally {
    rmSync(program);
  }
}

/**
 * A few files instead of one for each module, because opening hundreds is most of what starting costs. What is imported when it is
 * needed stays in files of its own. All lie in dist/cli: they find package.json, the demo and the assets from there. Returns the folders
 * of the packages that are inside.
 */
function bundle(): ReadonlySet<string> {
  const entryPoints = [join('src', 'cli', 'main.ts'), ...WORKERS];
  const { outputFiles, metafile } = buildSync({
    entryPoints,
    outdir: CLI,
    entryNames: '[name]-chunk',
    bundle: true,
    splitting: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    metafile: true,
    define: { 'import.meta.url': 'chunkUrl' },
    logLevel: 'error',
  });
  const changing = Object.keys(metafile.inputs).filter((path) => path.startsWith('src/') && /^export (?:let|var) /m.test(readFileSync(path, 'utf8')));
  if (changing.length > 0) throw new Error(`an exported variable would change unseen by other chunks: ${changing.join(', ')}`);
  mkdirSync(CLI, { recursive: true });
  for (const file of outputFiles) writeFileSync(file.path, asFunction(file.text, file.path.endsWith('-chunk.js')));
  buildSync({ ...SCRIPT, entryPoints: [join('scripts', 'build', 'chunk-loader.ts')], outfile: join(CLI, 'load.js') });
  writeFileSync(join(CLI, 'package.json'), '{"type":"commonjs"}\n');
  const loader = readFileSync(join(CLI, 'load.js'), 'utf8');
  for (const entry of entryPoints) {
    const name = basename(entry, '.ts');
    // the loader stands in each of them: Node takes a millisecond to find another file
    writeFileSync(join(CLI, `${name}.js`), `#!/usr/bin/env node\n${loader}${name === 'main' ? 'startProgram()' : `startThread("${name}")`};\n`);
  }
  chmodSync(join(CLI, 'main.js'), 0o755);
  return new Set(Object.keys(metafile.inputs).flatMap((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
}
