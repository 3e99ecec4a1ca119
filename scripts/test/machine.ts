/** What the tests need of the machine beside Node and Go, installed where that may be done. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

/** Program → Debian package. Without them the tests that run untrusted programs in a sandbox cannot run. */
const WANTED: Readonly<Record<string, string>> = { bwrap: 'bubblewrap', prlimit: 'util-linux' };

const isThere = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

/** Says what is missing in the end; empty when nothing is. */
export function prepareMachine(): string[] {
  if (process.platform !== 'linux') return [];
  const missing = Object.entries(WANTED).filter(([program]) => !isThere(program));
  if (missing.length === 0) return [];
  const packages = missing.map(([, name]) => name);
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`installing ${packages.join(', ')} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = (): boolean => spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { stdio: 'ignore', env }).status === 0;
    if (!install()) {
      spawnSync('apt-get', ['update'], { stdio: 'ignore', env });
      install();
    }
  }
  return missing
    .filter(([program]) => !isThere(program))
    .map(([program, name]) => `${program} (Debian package ${name}) is missing: the sandbox is tested only as far as it refuses`);
}
