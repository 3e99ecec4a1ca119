/**
 * Decoding a large heap profile: gorca beside pprof-format (npm) and `go tool pprof -raw`, as whole processes, run in turns.
 *
 *   npx esbuild bench/pprof.ts --bundle --platform=node --format=esm --packages=external --outfile=node_modules/.cache/bench-pprof.mjs
 *   node node_modules/.cache/bench-pprof.mjs [profile, not compressed] [rounds]
 *
 * Without a profile one of about 50 MB is made by bench/generate/heap-profile (Go, some 15 s). gorca decodes and also weighs every
 * function; pprof-format decodes only; pprof decodes, checks and prints text (to nowhere). Peak memory is VmHWM, read every 5 ms.
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

const pprofTool = spawnSync('go', ['tool', '-n', 'pprof'], { encoding: 'utf8' }).stdout.trim();
// the first use of `go tool` builds the program: not a part of any run
spawnSync('go', ['tool', 'pprof', '-h'], { stdio: 'ignore' });
const contestants: Contestant[] = [
  { name: 'gorca (decode + weigh)', command: process.execPath, args: [bundled('pprof-gorca'), profile], runs: [] },
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
const medianOf = (c: Contestant): number => median(c.runs.map((r) => r.ms));
const own = medianOf(contestants[0] as Contestant);
for (const c of contestants) {
  const ms = medianOf(c);
  const peak = Math.max(...c.runs.map((r) => r.peakMiB));
  console.log(
    `${c.name.padEnd(34)} ${ms.toFixed(0).padStart(6)} ms  ${((megabytes / ms) * 1000).toFixed(0).padStart(5)} MB/s  ${peak.toFixed(0).padStart(5)} MiB  ${(ms / own).toFixed(2).padStart(6)} × gorca  ${c.runs[0]?.says ?? ''}`,
  );
}

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

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
}

function median(values: readonly number[]): number {
  const s = [...values].sort((a, b) => a - b);
  return ((s[(s.length - 1) >> 1] as number) + (s[s.length >> 1] as number)) / 2;
}
