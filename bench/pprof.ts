/**
 * A large heap profile: gorca beside Go's own reader (github.com/google/pprof), `go tool pprof` and pprof-format (npm), as whole processes, run
 * in turns, each answer held against profile.Parse's.
 *
 *   npm run bench -- pprof [profile, not compressed] [rounds]
 *
 * Without a profile one of about 50 MB is made by bench/generate/heap-profile (Go, some 15 s). gorca and profile.Parse decode and weigh every
 * function; pprof-format decodes only; pprof decodes, checks and prints text (to nowhere).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { buildSync } from 'esbuild';
import { type Contestant, inTurns, MEASURED_BY, type Measured, median, type Run } from './logs/measure.ts';
import { block, HEAD } from './logs/table.ts';

const folder = mkdtempSync(join(tmpdir(), 'gorca-bench-'));
// beside the packages it imports
const programFolder = join('node_modules', '.cache', `bench-pprof-${process.pid}`);
process.on('exit', () => {
  for (const made of [folder, programFolder]) rmSync(made, { recursive: true, force: true });
});

function bundled(name: string): string {
  const outfile = join(folder, `${name}.mjs`);
  buildSync({ entryPoints: [join('bench', 'peers', `${name}.ts`)], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' });
  return outfile;
}

/** The program as it is used: commands are loaded when they are asked for. */
function program(): string {
  buildSync({
    entryPoints: ['src/cli/main.ts'],
    outdir: programFolder,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  return resolve(programFolder, 'main.js');
}

function built(name: string, ...path: string[]): string {
  const out = join(folder, name);
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off' };
  if (spawnSync('go', ['build', '-o', out, '.'], { cwd: join('bench', ...path, name), stdio: 'inherit', env }).status !== 0) throw new Error(`${name} does not build`);
  return out;
}

function generate(): string {
  const out = join(folder, 'heap.pb');
  if (spawnSync(built('heap-profile', 'generate'), ['-stacks', '430000', '-out', out], { stdio: 'inherit' }).status !== 0) throw new Error('no profile was made');
  return out;
}

const profile = process.argv[2] === undefined ? generate() : resolve(process.argv[2]);
const rounds = Number(process.argv[3] ?? 5);
const bytes = statSync(profile).size;
const parse = built('pprof-parse', 'peers');
const parseVersion = /google\/pprof (\S+)/.exec(readFileSync(join('bench', 'peers', 'pprof-parse', 'go.mod'), 'utf8'))?.[1] ?? '';
const { version: formatVersion } = JSON.parse(readFileSync(join('node_modules', 'pprof-format', 'package.json'), 'utf8')) as { version: string };
// the first use of `go tool` builds the program: not a part of any run
spawnSync('go', ['tool', 'pprof', '-h'], { stdio: 'ignore' });
const tool = spawnSync('go', ['tool', '-n', 'pprof'], { encoding: 'utf8' }).stdout.trim();

/** "428783 samples, 38066080 in all": gorca has a row for what has no name, so functions are not compared. */
const summed = (output: string): string => output.split(', ').slice(0, 2).join(', ').trim();
const contestants: Contestant[] = [
  { name: 'gorca, decode and weigh', command: process.execPath, args: [bundled('pprof-gorca'), profile], answer: summed },
  { name: 'gorca profile top', command: process.execPath, args: [program(), 'profile', 'top', profile], answer: null },
  { name: 'profile.Parse and weigh', command: parse, args: [profile], answer: summed },
  { name: 'pprof-format, decode', command: process.execPath, args: [bundled('pprof-format'), profile], answer: null },
  { name: 'go tool pprof -raw', command: tool, args: ['-raw', profile], answer: null },
  { name: 'go tool pprof -top', command: tool, args: ['-top', profile], answer: null },
];
const truth = summed(spawnSync(parse, [profile], { encoding: 'utf8' }).stdout);

console.log(
  `node ${process.version}, ${spawnSync('go', ['version'], { encoding: 'utf8' }).stdout.trim()}, google/pprof ${parseVersion}, pprof-format ${formatVersion}; ${rounds} rounds, CPU and memory by ${MEASURED_BY}`,
);
console.log(HEAD);
const measured = await inTurns(contestants, rounds, folder, process.env);
const [own] = measured as [Measured, ...Measured[]];
// wall time on a shared machine says how busy others are: CPU time of the same round beside it
const byCpu = (m: Measured): string => `${m.contestant.name} ${median(m.runs.map((r, i) => r.cpuMs / ((own.runs[i] ?? own.runs[0]) as Run).cpuMs)).toFixed(2)}`;
const least = Math.max(...own.runs.map((r) => r.peakMB)) / (bytes / 1e6);
console.log(
  block(
    {
      title: `a heap profile of ${(bytes / 1e6).toFixed(0)} MB (${truth})`,
      bytes,
      truth,
      note: () => `CPU time × gorca: ${measured.slice(1).map(byCpu).join(', ')}; gorca's peak is ${least.toFixed(1)} times the file`,
    },
    measured,
  ),
);
