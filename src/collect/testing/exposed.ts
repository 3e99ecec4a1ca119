/** go/zoo/exposed and go/zoo/services, built from source, each run on a free port of 127.0.0.1 and ended by its process id. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memorySource } from '../../model/index.ts';
import { sha256Of } from '../../platform/hash.ts';
import { freePort, type RunningServer, runServer } from './server-process.ts';

const CACHE = join(process.cwd(), 'node_modules', '.cache', 'gorca-servers');
const GO = join(process.cwd(), 'go');
const SOURCE = join(GO, 'zoo', 'exposed', 'main.go');

/** Another Go than the one at hand, which `go` itself fetches; or an experiment of the one at hand. */
interface Build {
  readonly toolchain?: string;
  readonly experiment?: string;
}

function built({ toolchain, experiment }: Build): string {
  const program = join(CACHE, `exposed-${toolchain ?? experiment ?? 'local'}-${sha256Of(memorySource(readFileSync(SOURCE))).slice(0, 12)}`);
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'build-'));
  try {
    // a module of its own: the zoo's asks for a Go newer than the toolchain
    copyFileSync(SOURCE, join(folder, 'main.go'));
    writeFileSync(join(folder, 'go.mod'), 'module gorca.dev/exposed\n\ngo 1.19\n');
    const env = {
      ...process.env,
      CGO_ENABLED: '0',
      GOWORK: 'off',
      GOFLAGS: '-buildvcs=false',
      ...(toolchain === undefined ? {} : { GOTOOLCHAIN: toolchain }),
      ...(experiment === undefined ? {} : { GOEXPERIMENT: experiment }),
    };
    execFileSync('go', ['build', '-o', 'exposed', '.'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    renameSync(join(folder, 'exposed'), program);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return program;
}

export interface Exposed {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Compiling the standard library anew, as another toolchain or an experiment needs, takes longer than a test may. */
export const prepareExposed = (...builds: readonly Build[]): void => {
  for (const b of builds) built(b);
};
export const PREPARING_MS = 600_000;

export async function startExposed(args: readonly string[], build: Build = {}): Promise<Exposed> {
  const child = spawn(built(build), [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const end = (): void => void child.kill('SIGKILL');
  process.on('exit', end);
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said += part.toString('utf8');
    });
    child.stdout.on('data', (part: Buffer) => {
      const m = /listening on (\S+)/.exec(part.toString('utf8'));
      if (m !== null) resolve(`http://${m[1]}`);
    });
    child.on('exit', () => reject(new Error(`exposed ended: ${said}`)));
  });
  return {
    url,
    pid: child.pid as number,
    stop: () => {
      process.off('exit', end);
      return over(child);
    },
  };
}

function over(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** A service with client_golang's metrics beside its profiles. */
export async function startService(name: string): Promise<RunningServer> {
  mkdirSync(CACHE, { recursive: true });
  const program = join(CACHE, 'zoo-services');
  execFileSync('go', ['build', '-o', program, './zoo/services'], { cwd: GO, env: { ...process.env, CGO_ENABLED: '0' }, stdio: ['ignore', 'ignore', 'pipe'] });
  const port = await freePort();
  return runServer(program, () => ['-listen', `127.0.0.1:${port}`, '-seconds', '120', name], `http://127.0.0.1:${port}`, '/healthz');
}
