/** What would be published: built, packed, unpacked elsewhere and run there. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { build } from '../build/dist.ts';
import { type Check, failed, passed, runProgram } from './checks.ts';

interface Manifest {
  readonly version: string;
  readonly files: readonly string[];
}

/** Installed size. The packages it needs, the code compiled for this Node and what a search starts from are inside. */
const MOST_BYTES = 12 * 1024 * 1024;

/** Prints last which chunks V8 does not run from their compiled code; the first one only reads its arguments. */
const REFUSED = `const { scripts, startProgram } = require('./load.js');
process.argv.splice(1, 0, 'main.js');
startProgram();
process.on('exit', () => console.log('refused:' + [...scripts].filter(([name, s]) => name !== 'main-chunk.js' && s.cachedDataRejected !== false).map(([name]) => ' ' + name).join('')));`;

/** Prints last what V8 ran, and whether it refused the compiled code of it. */
const SEARCHED = `const { scripts, startProgram } = require('./load.js');
process.argv.splice(1, 0, 'main.js');
startProgram();
process.on('exit', () => console.log([...scripts].map(([name, s]) => name + ' ' + s.cachedDataRejected).join(' ')));`;

function sizeOf(path: string): number {
  const stats = statSync(path);
  return stats.isDirectory() ? readdirSync(path).reduce((n, e) => n + sizeOf(join(path, e)), 0) : stats.size;
}

export const packageCheck: Check = {
  name: 'the package runs where only it is installed',
  async run() {
    if (!build()) return failed('it does not build');
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
    const absent = manifest.files.filter((f) => !existsSync(f));
    if (absent.length > 0) return failed(`package.json lists under files what is not there: ${absent.join(', ')}`);
    const root = mkdtempSync(join(tmpdir(), 'gorca-package-'));
    try {
      for (const file of ['package.json', ...manifest.files]) cpSync(file, join(root, file), { recursive: true, preserveTimestamps: true });
      const size = sizeOf(root);
      const gorca = (...args: string[]) => runProgram(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...args], { cwd: root });
      const version = await gorca('--version');
      if (version.status !== 0 || version.output.trim() !== manifest.version) return failed('gorca --version', version.output);
      const demo = await gorca('demo');
      if (demo.status !== 0 || !demo.output.includes('CAUSE')) return failed('gorca demo', demo.output);
      const refused = await runProgram(process.execPath, ['-e', REFUSED, 'demo', '--evidence', '1'], { cwd: join(root, 'dist', 'cli') });
      if (refused.status !== 0 || !refused.output.endsWith('\nrefused:\n')) return failed('compiled code is not used', refused.output);
      const folder = join(root, 'incidents', 'rollout-leaks-goroutines', 'logs');
      const log = join(folder, readdirSync(folder).filter((f) => f.endsWith('.log'))[0] ?? '');
      const search = await runProgram(process.execPath, ['-e', SEARCHED, 'logs', 'grep', '-c', 'level=error', log], { cwd: join(root, 'dist', 'cli') });
      if (search.status !== 0 || !/^\d+\npack-logs-grep\.js false\n$/.test(search.output)) return failed('a search does not run from its pack alone', search.output);
      // another Node finds no code of its own
      rmSync(join(root, 'dist', 'cli', 'code'), { recursive: true });
      const compiling = await gorca('demo');
      if (compiling.output !== demo.output) return failed('gorca demo, without compiled code', compiling.output);
      const counted = await gorca('logs', 'grep', '-c', 'level=error', log);
      if (counted.output !== search.output.slice(0, counted.output.length)) return failed('gorca logs grep, without compiled code', counted.output);
      const shown = await gorca('demo', '--evidence', '1');
      if (shown.status !== 0) return failed('gorca demo --evidence 1', shown.output);
      // source is read by WebAssembly that must have come along
      const report = JSON.parse((await gorca('demo', '--json')).output) as {
        readonly problems: readonly { readonly code: string }[];
        readonly inputs: readonly { readonly readers: readonly string[] }[];
      };
      if (report.problems.some((p) => p.code === 'go-source/not-prepared') || !report.inputs.some((i) => i.readers.includes('go-source')))
        return failed('Go source could not be read');
      if (size > MOST_BYTES) return failed(`${size} bytes; at most ${MOST_BYTES}`);
      return passed(`${(size / 2 ** 20).toFixed(1)} MiB`);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};
