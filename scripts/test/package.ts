/** What would be published: built, packed, unpacked elsewhere and run there. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { build } from '../build/dist.ts';
import { type Check, failed, passed, runProgram } from './checks.ts';

interface Manifest {
  readonly version: string;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Installed size without what it depends on. */
const MOST_BYTES = 8 * 1024 * 1024;

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
      for (const file of ['package.json', ...manifest.files]) cpSync(file, join(root, file), { recursive: true });
      const size = sizeOf(root);
      for (const name of Object.keys(manifest.dependencies)) {
        mkdirSync(join(root, 'node_modules', name, '..'), { recursive: true });
        symlinkSync(join(process.cwd(), 'node_modules', name), join(root, 'node_modules', name), 'junction');
      }
      const gorca = (...args: string[]) => runProgram(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...args], { cwd: root });
      const version = await gorca('--version');
      if (version.status !== 0 || version.output.trim() !== manifest.version) return failed('gorca --version', version.output);
      const demo = await gorca('demo');
      if (demo.status !== 0 || !demo.output.includes('CAUSE')) return failed('gorca demo', demo.output);
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
