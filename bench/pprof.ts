/**
 * A large heap profile: gorca beside Go's own reader (github.com/google/pprof), `go tool pprof` and pprof-format (npm), as whole processes, run
 * in turns.
 *
 *   npm run bench -- pprof [profile, not compressed] [rounds]
 *
 * Without a profile one of about 50 MB is made by bench/generate/heap-profile (Go, some 15 s). gorca and profile.Parse decode and weigh every
 * function; pprof-format decodes only; pprof decodes, checks and prints text (to nowhere). Peak memory is VmHWM, read every 5 ms. Ratios are
 * of runs of one round, for the machine may be busy: their median is printed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { buildSync } from 'esbuild';

interface Run {
  readonly ms: number;
  readonly peakMiB: number;
  readonly says: string;
}

interface Contestant {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly runs: Run[];
}

const folder = mkdtempSync(join(tmpdir(), 'gorca-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const rounds = Number(process.argv[3] ?? 5);
const profile = process.argv[2] ?? generate();
const megabytes = statSync(profile).size / 1e6;

const bundled = (name: string): string => {
  const outfile = join(folder, `${name}.mjs`);
  buildSync({
    entryPoints: [join('bench', 'peers', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
};

/** The program as it is used: commands are loaded when they are asked for. */
function program(): string {
  // beside the packages it imports
  const outdir = join('node_modules', '.cache', `bench-pprof-${process.pid}`);
  process.on('exit', () => rmSync(outdir, { recursive: true, force: true }));
  buildSync({
    entryPoints: ['src/cli/main.ts'],
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  return join(outdir, 'main.js');
}

function goPeer(name: string): string {
  const out = join(folder, name);
  const built = spawnSync('go', ['build', '-o', out, '.'], { cwd: join('bench', 'peers', name), stdio: 'inherit', env: { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off' } });
  if (built.status !== 0) throw new Error(`${name} does not build`);
  return out;
}

const pprofTool = spawnSync('go', ['tool', '-n', 'pprof'], { encoding: 'utf8' }).stdout.trim();
// the first use of `go tool` builds the program: not a part of any run
spawnSync('go', ['tool', 'pprof', '-h'], { stdio: 'ignore' });
const contestants: Contestant[] = [
  { name: 'gorca (decode + weigh)', command: process.execPath, args: [bundled('pprof-gorca'), profile], runs: [] },
  { name: 'gorca profile top', command: process.execPath, args: [program(), 'profile', 'top', profile], runs: [] },
  { name: `profile.Parse ${parseVersion()} (parse + weigh)`, command: goPeer('pprof-parse'), args: [profile], runs: [] },
  { name: `pprof-format ${versionOf('pprof-format')} (decode)`, command: process.execPath, args: [bundled('pprof-format'), profile], runs: [] },
  { name: 'go tool pprof -raw', command: pprofTool, args: ['-raw', profile], runs: [] },
  { name: 'go tool pprof -top', command: pprofTool, args: ['-top', profile], runs: [] },
];

console.log(`${profile}: ${megabytes.toFixed(1)} MB · node ${process.version} · ${spawnSync('go', ['version'], { encoding: 'utf8' }).stdout.trim()} · ${rounds} rounds`);
for (let round = 0; round <= rounds; round++) {
  for (const c of contestants) {
    const run = await once(c);
    // the first round warms the file cache
    if (round > 0) c.runs.push(run);
  }
}
const [own] = contestants as [Contestant];
console.log(`${''.padEnd(52)} median ms    MB/s  peak MiB  × file  × gorca`);
for (const c of contestants) {
  const ms = median(c.runs.map((r) => r.ms));
  const peak = Math.max(...c.runs.map((r) => r.peakMiB));
  const ratio = median(c.runs.map((r, i) => r.ms / (own.runs[i] as Run).ms));
  console.log(
    `${c.name.padEnd(52)} ${ms.toFixed(0).padStart(9)} ${((megabytes / ms) * 1000).toFixed(0).padStart(7)} ${peak.toFixed(0).padStart(9)} ${((peak * 1024 ** 2) / (megabytes * 1e6)).toFixed(1).padStart(7)} ${ratio.toFixed(2).padStart(8)}`,
  );
}
for (const c of contestants.slice(0, 3)) console.log(`${c.name}: ${c.runs[0]?.says ?? ''}`);

function once(c: Contestant): Promise<Run> {
  return new Promise((resolve, reject) => {
    const begin = process.hrtime.bigint();
    const child = spawn(c.command, c.args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let peakKiB = 0;
    let head = '';
    child.stdout.on('data', (part: Buffer) => {
      if (head.length < 200) head += part.toString('utf8', 0, 200);
    });
    const watch = setInterval(() => {
      const status = child.pid === undefined ? '' : statusOf(child.pid);
      peakKiB = Math.max(peakKiB, Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0));
    }, 5);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      if (code !== 0) reject(new Error(`${c.name} ended with ${code}`));
      else resolve({ ms: Number(process.hrtime.bigint() - begin) / 1e6, peakMiB: peakKiB / 1024, says: head.split('\n')[0] ?? '' });
    });
  });
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

function generate(): string {
  const program = join(folder, 'heap-profile');
  const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: join('bench', 'generate', 'heap-profile'), stdio: 'inherit' });
  if (built.status !== 0) throw new Error('go build failed');
  const out = join(folder, 'heap.pb');
  if (spawnSync(program, ['-stacks', '430000', '-out', out], { stdio: 'inherit' }).status !== 0) throw new Error('no profile was made');
  return out;
}

function parseVersion(): string {
  return /google\/pprof (?:v0\.0\.0-)?(\S{8})/.exec(readFileSync(join('bench', 'peers', 'pprof-parse', 'go.mod'), 'utf8'))?.[1] ?? '';
}

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
}

function median(values: readonly number[]): number {
  const s = [...values].sort((a, b) => a - b);
  return ((s[(s.length - 1) >> 1] as number) + (s[s.length >> 1] as number)) / 2;
}
