/**
 * Goroutine dumps as groups: `gorca goroutines summary` beside panicparse (`pp -aggressive`), as whole processes with their start, run in turns.
 *
 *   npm run build && npm run bench -- goroutines [--goroutines 100000] [--rounds 5] [--large 1000000]
 *
 * The dump is made by bench/generate/goroutine-dump (Go). Both must count every goroutine, and those of each wait, rightly. panicparse is
 * installed into a folder of its own by `go install`; without a network it is left out. --large measures gorca alone on that many, where the time
 * a goroutine must not grow. "× gorca" is wall time of the same round, median; CPU time is of all threads, and moves less on a machine that is shared.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type Contestant, inTurns, MEASURED_BY, median } from './logs/measure.ts';
import { block, HEAD } from './logs/table.ts';

const PANICPARSE = 'github.com/maruel/panicparse/v2/cmd/pp@v2.5.0';
/** The claim that is measured: so much memory beside twice the file. */
const SPARE_MB = 64 * 1.048576;

const program = resolve('dist', 'cli', 'main.js');
if (!existsSync(program)) {
  console.error(`${program} is not there: npm run build`);
  process.exit(1);
}
const { values } = parseArgs({
  options: { goroutines: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '5' }, large: { type: 'string', default: '0' } },
});
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), 'gorca-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const env = { PATH: process.env['PATH'] ?? '', HOME: folder, NO_COLOR: '1' };

const generator = join(folder, 'goroutine-dump');
// without the paths of this machine the dump has one size everywhere
if (spawnSync('go', ['build', '-trimpath', '-o', generator, '.'], { cwd: join('bench', 'generate', 'goroutine-dump'), stdio: 'inherit' }).status !== 0)
  throw new Error('go build failed');
const installed = spawnSync('go', ['install', PANICPARSE], { env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' }, stdio: 'ignore', timeout: 120_000 }).status === 0;
if (!installed) console.log('panicparse could not be installed: gorca alone');

console.log(
  `${cpus()[0]?.model ?? ''} × ${cpus().length} · node ${process.version} · ${spawnSync('go', ['version'], { encoding: 'utf8' }).stdout.trim()}${installed ? ` · panicparse ${PANICPARSE.split('@')[1]}` : ''} · ${rounds} rounds · ${MEASURED_BY}\n`,
);
console.log(HEAD);
const small = await compare(Number(values.goroutines), installed);
if (Number(values.large) > 0) {
  const large = await compare(Number(values.large), false);
  console.log(
    `\n${Number(values.large) / Number(values.goroutines)} times the goroutines: ${(large.cpuMs / small.cpuMs).toFixed(1)} times the CPU time (with the start, which is the same)`,
  );
}

async function compare(goroutines: number, beside: boolean): Promise<{ cpuMs: number }> {
  const dump = join(folder, `goroutines-${goroutines}.txt`);
  if (spawnSync(generator, ['-goroutines', String(goroutines), '-out', dump], { stdio: 'inherit' }).status !== 0) throw new Error('no dump was made');
  const bytes = statSync(dump).size;
  const contestants: Contestant[] = [{ name: 'gorca goroutines summary', command: process.execPath, args: [program, 'goroutines', 'summary', '--json', dump], answer: ours }];
  if (beside) contestants.push({ name: 'pp -aggressive', command: join(folder, 'pp'), args: ['-aggressive', dump], answer: theirs });
  const measured = await inTurns(contestants, rounds, folder, env);
  const own = measured[0] as (typeof measured)[number];
  const peak = Math.max(...own.runs.map((r) => r.peakMB));
  console.log(
    block(
      {
        title: `${goroutines} goroutines, ${(bytes / 1e6).toFixed(0)} MB, by what they wait for`,
        bytes,
        truth: truth(goroutines),
        note: () => `memory of gorca: ${peak.toFixed(0)} MB, of ${((2 * bytes) / 1e6 + SPARE_MB).toFixed(0)} MB that twice the file and 64 MiB are`,
      },
      measured,
    ),
  );
  rmSync(dump);
  return { cpuMs: median(own.runs.map((r) => r.cpuMs)) };
}

/** As the generator parks them, and main, which writes. */
function truth(n: number): string {
  const of = (rest: number): number => Math.floor(n / 5) + (n % 5 > rest ? 1 : 0);
  return JSON.stringify({ 'chan send': of(2) + of(3) + of(4), running: 1, select: of(1), 'sync.Mutex.Lock': of(0) });
}

function ours(output: string): string {
  const { dumps } = JSON.parse(output) as { dumps: readonly { waits: readonly { wait: string; count: number }[] }[] };
  return sorted(Object.fromEntries((dumps[0]?.waits ?? []).map((w) => [w.wait, w.count])));
}

/** `2857: sync.Mutex.Lock [Created by main.crowd @ main.go:40]` */
function theirs(output: string): string {
  const counts: Record<string, number> = {};
  for (const m of output.matchAll(/^(\d{1,9}): ([^[\n]{1,80}?)(?: \[.*)?$/gm)) counts[m[2] as string] = (counts[m[2] as string] ?? 0) + Number(m[1]);
  return sorted(counts);
}

function sorted(counts: Record<string, number>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(counts).sort()));
}
