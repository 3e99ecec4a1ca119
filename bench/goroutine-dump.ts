/**
 * Reading a dump of 100 000 goroutines: gorca beside panicparse (`pp -aggressive`), as whole processes, run in turns.
 *
 *   npx esbuild bench/goroutine-dump.ts --bundle --platform=node --format=esm --packages=external --outfile=node_modules/.cache/bench-goroutine-dump.mjs
 *   node node_modules/.cache/bench-goroutine-dump.mjs [dump] [rounds]
 *
 * Without a dump one is made by bench/generate/goroutine-dump (Go, some 10 s). panicparse is installed into a folder of its own by
 * `go install`; without a network it is left out. Peak memory is VmHWM, read every 5 ms; gorca's holds the file itself.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { buildSync } from 'esbuild';

const PANICPARSE = 'github.com/maruel/panicparse/v2/cmd/pp@v2.5.0';

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
const dump = process.argv[2] ?? generate();
const megabytes = statSync(dump).size / 1e6;

const bundle = join(folder, 'gorca.mjs');
buildSync({
  entryPoints: [join('bench', 'peers', 'goroutine-dump-gorca.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'error',
});
const contestants: Contestant[] = [{ name: 'gorca', command: process.execPath, args: [bundle, dump], runs: [] }];
const installed = spawnSync('go', ['install', PANICPARSE], { env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' }, stdio: 'ignore', timeout: 120_000 });
if (installed.status === 0) contestants.push({ name: `panicparse ${PANICPARSE.split('@')[1]} -aggressive`, command: join(folder, 'pp'), args: ['-aggressive', dump], runs: [] });
else console.log('panicparse could not be installed: gorca alone');

console.log(`${megabytes.toFixed(1)} MB · node ${process.version} · ${spawnSync('go', ['version'], { encoding: 'utf8' }).stdout.trim()} · ${rounds} rounds`);
for (let round = 0; round <= rounds; round++) {
  for (const c of contestants) {
    const run = await once(c);
    // the first round warms the file cache
    if (round > 0) c.runs.push(run);
  }
}
const own = median((contestants[0] as Contestant).runs.map((r) => r.ms));
const goroutines = Number(/^(\d+) goroutines/.exec(contestants[0]?.runs[0]?.says ?? '')?.[1] ?? 0);
for (const c of contestants) {
  const ms = median(c.runs.map((r) => r.ms));
  const peak = Math.max(...c.runs.map((r) => r.peakMiB));
  console.log(
    `${c.name.padEnd(30)} ${ms.toFixed(0).padStart(6)} ms  ${((megabytes / ms) * 1000).toFixed(0).padStart(5)} MB/s  ${((goroutines / ms) * 1000).toFixed(0).padStart(8)} goroutines/s  ${peak.toFixed(0).padStart(5)} MiB  ${(ms / own).toFixed(2).padStart(6)} × gorca`,
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
  const program = join(folder, 'goroutine-dump');
  const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: join('bench', 'generate', 'goroutine-dump'), stdio: 'inherit' });
  if (built.status !== 0) throw new Error('go build failed');
  const out = join(folder, 'goroutines.txt');
  if (spawnSync(program, ['-goroutines', '100000', '-out', out], { stdio: 'inherit' }).status !== 0) throw new Error('no dump was made');
  return out;
}

function median(values: readonly number[]): number {
  const s = [...values].sort((a, b) => a - b);
  return ((s[(s.length - 1) >> 1] as number) + (s[s.length >> 1] as number)) / 2;
}
