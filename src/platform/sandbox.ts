/**
 * Runs a program that nobody trusts: bubblewrap namespaces without a network, prlimit caps, a wall-clock limit, capped output.
 * Linux only; without bubblewrap it refuses and hands back the command a person could run elsewhere.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface SandboxLimits {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Private writable memory (RLIMIT_DATA): Go reserves far more address space than it uses. */
  readonly dataBytes: number;
  readonly outputBytes: number;
  readonly processes: number;
}

export const DEFAULT_LIMITS: SandboxLimits = { wallSeconds: 30, cpuSeconds: 30, dataBytes: 2 * 1024 ** 3, outputBytes: 1024 * 1024, processes: 512 };

export interface SandboxMount {
  readonly host: string;
  readonly inside: string;
  readonly writable?: boolean;
}

export interface SandboxRun {
  readonly argv: readonly string[];
  readonly mounts: readonly SandboxMount[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<SandboxLimits>;
}

export interface SandboxResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it was ended early: 'wall-clock' or 'output'; null when it ended by itself. */
  readonly stopped: 'wall-clock' | 'output' | null;
}

export interface SandboxRefusal {
  readonly refused: string;
  readonly next: string;
}

/** What keeps programs from being sandboxed here, or null when they can be. */
export function sandboxRefusal(): SandboxRefusal | null {
  if (process.platform !== 'linux') return { refused: 'running programs in a sandbox needs Linux', next: 'run the printed command on a Linux machine, or in a container' };
  for (const [tool, pkg] of [
    ['bwrap', 'bubblewrap'],
    ['prlimit', 'util-linux'],
  ] as const) {
    const found = spawnSync(tool, ['--version'], { stdio: 'ignore' });
    if (found.error !== undefined) return { refused: `${tool} is not installed, so nothing is run`, next: `apt-get install ${pkg} (or your system's package of that name)` };
  }
  const works = spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true'], { stdio: 'ignore' });
  if (works.status !== 0)
    return {
      refused: 'bubblewrap cannot make namespaces here, so nothing is run',
      next: 'allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1), or run as root',
    };
  return null;
}

/** Folders of the system a program needs, read-only. */
const SYSTEM = ['/usr', '/bin', '/lib', '/lib64', '/sbin', '/etc/alternatives'];

export function sandboxCommand(run: SandboxRun): string[] {
  const limits = { ...DEFAULT_LIMITS, ...run.limits };
  const bwrap = ['bwrap', '--unshare-all', '--die-with-parent', '--new-session', '--clearenv', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'];
  for (const folder of SYSTEM) if (existsSync(folder)) bwrap.push('--ro-bind', folder, folder);
  for (const m of run.mounts) bwrap.push(m.writable === true ? '--bind' : '--ro-bind', m.host, m.inside);
  const env = { PATH: '/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', LANG: 'C.UTF-8', ...run.env };
  for (const [name, value] of Object.entries(env)) bwrap.push('--setenv', name, value);
  bwrap.push('--chdir', run.cwd, '--');
  // inside the namespaces, so that RLIMIT_NPROC counts this user's processes there and not the whole machine's
  bwrap.push('prlimit', `--cpu=${limits.cpuSeconds}`, `--data=${limits.dataBytes}`, '--core=0', `--nofile=1024`, `--fsize=${512 * 1024 ** 2}`, '--', ...run.argv);
  return bwrap;
}

export function runSandboxed(run: SandboxRun): Promise<SandboxResult> {
  const limits = { ...DEFAULT_LIMITS, ...run.limits };
  const [command, ...args] = sandboxCommand(run);
  return new Promise((resolve, reject) => {
    const child = spawn(command as string, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let total = 0;
    let stopped: SandboxResult['stopped'] = null;
    const stop = (why: 'wall-clock' | 'output'): void => {
      stopped ??= why;
      // --die-with-parent ends everything inside with it
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop('wall-clock'), limits.wallSeconds * 1000);
    const take = (into: Buffer[]) => (part: Buffer) => {
      total += part.length;
      if (total > limits.outputBytes) stop('output');
      else into.push(part);
    };
    child.stdout.on('data', take(out));
    child.stderr.on('data', take(err));
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (exitCode, signal) => {
      clearTimeout(timer);
      resolve({ exitCode, signal, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8'), stopped });
    });
  });
}
