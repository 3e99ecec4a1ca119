/**
 * Runs scripts/<name>.ts: `node scripts/run.mjs <name> [arguments…]`.
 *
 * The one script in plain JavaScript, because it is what makes TypeScript run: Node 20 does not strip types, so the script is
 * bundled by esbuild (whose binary comes with its package, no install script needed) into node_modules/.cache and imported from there.
 * Installs from the lock file first when node_modules is missing or differs from it, so every command works in a fresh clone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What is installed differs from the lock file; optional packages (other platforms' binaries) may be absent. */
function stale() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return true;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).some(([path, pkg]) => path !== '' && !pkg.optional && !pkg.link && installed[path]?.version !== pkg.version);
}

function install() {
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const throughNode = npm !== undefined && /npm-cli\.[cm]?js$/.test(npm);
  console.error('installing the packages of package-lock.json …');
  const done = spawnSync(throughNode ? process.execPath : 'npm', throughNode ? [npm, ...args] : args, {
    cwd: root,
    // stdout stays the command's own
    stdio: ['ignore', 2, 2],
    shell: !throughNode && process.platform === 'win32',
  });
  if (done.status !== 0) {
    console.error('npm ci did not succeed: the packages of package-lock.json are not installed');
    process.exit(1);
  }
}

const name = process.argv[2] ?? '';
const entry = join(root, 'scripts', `${name}.ts`);
if (!/^[a-z-]+$/.test(name) || !existsSync(entry)) {
  console.error(`there is no script scripts/${name}.ts`);
  process.exit(2);
}
if (stale()) install();
const { buildSync } = await import('esbuild');
const folder = join(root, 'node_modules', '.cache', 'gorca-scripts');
mkdirSync(folder, { recursive: true });
// a name of its own for each run: two commands may run at once
const outfile = join(folder, `${name}-${process.pid}.mjs`);
buildSync({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  sourcesContent: false,
  logLevel: 'error',
});
process.on('exit', () => rmSync(outfile, { force: true }));
process.setSourceMapsEnabled(true);
process.chdir(root);
process.argv.splice(1, 2, entry);
await import(pathToFileURL(outfile).href);
