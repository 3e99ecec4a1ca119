/**
 * Searching logs: gorca beside ripgrep, angle-grinder, jq, DuckDB and hl, as whole processes with their start, run in turns.
 *
 *   npm run build && npm run bench -- logs [--size 200] [--rounds 5] [--only 'trace id'] [--keep folder] [--large 10]
 *
 * --size is the size in MB of the JSON log and of the twenty files; the others have half of it. --only asks the questions whose titles hold that
 * text. --large asks what an index is for of a log of that many GB as well. --keep uses the logs of a folder, and puts them there when they are not. Peers that are not on the path may be in folders of
 * GORCA_BENCH_PEERS. Each answer is compared with what the generator knows: a wrong one is printed as WRONG. "× gorca" is wall time over
 * gorca's of the same round, median: above 1 the other takes longer. CPU time is of all threads, and moves less on a machine that is shared.
 * Peak memory counts pages of files that are mapped, as ripgrep does with a single file.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { type Shape, type Truth, writeLog, writeLogs } from './generate/logs/index.ts';
import { inTurns, MEASURED_BY } from './logs/measure.ts';
import { findPeers } from './logs/peers.ts';
import { type Logs, questions } from './logs/questions.ts';
import { block, HEAD } from './logs/table.ts';

const program = join('dist', 'cli', 'main.js');
if (!existsSync(program)) {
  console.error(`${program} is not there: npm run build`);
  process.exit(1);
}
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    keep: { type: 'string' },
    large: { type: 'string', default: '0' },
  },
});
const megabytes = Number(values.size);
const rounds = Number(values.rounds);
const gigabytes = Number(values.large);
if (!(megabytes > 0 && rounds >= 1 && gigabytes >= 0)) {
  console.error('--size is in MB, --large in GB, --rounds at least 1');
  process.exit(2);
}
const MANY = 20;

const folder = mkdtempSync(join(tmpdir(), 'gorca-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const cache = join(folder, 'cache');
mkdirSync(cache);

const { peers, lines } = findPeers();
console.log(
  `node ${process.version} · ${availableParallelism()} threads of ${cpus()[0]?.model.trim() ?? 'an unknown processor'} · ${(totalmem() / 1e9).toFixed(0)} GB · ${rounds} rounds · memory and CPU by ${MEASURED_BY}`,
);
console.log(lines.join(' · '));
const logs = makeLogs(values.keep === undefined ? folder : resolve(values.keep));
const bundled = (name: string): string => {
  const outfile = join(folder, `${name}.mjs`);
  buildSync({ entryPoints: [join('bench', 'peers', `${name}.ts`)], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' });
  return outfile;
};
const signatures = bundled('log-signatures');
const columns = bundled('log-columns');
const help = spawnSync(process.execPath, [program, 'logs', '--help'], { encoding: 'utf8' }).stdout;
const commands = new Set([...help.matchAll(/^ {2}gorca logs ([a-z]+)/gm)].map((m) => m[1] as string));
// no index of an earlier run, none left behind
const env = { ...process.env, XDG_CACHE_HOME: cache };

console.log(`\n${HEAD}`);
for (const asked of questions({ peers, logs, cache, signatures, columns, commands })) {
  if (values.only !== undefined && !asked.title.includes(values.only)) continue;
  asked.before?.();
  console.log(block(asked, await inTurns(asked.contestants, rounds, folder, env)));
}

function makeLogs(into: string): Logs {
  mkdirSync(into, { recursive: true });
  const one = (shape: Shape, share: number, of = megabytes): { path: string; truth: Truth } => {
    const path = join(into, `${shape}-${of}.log`);
    return { path, truth: kept([path], () => [writeLog(path, of * share * 1e6, shape)])[0] as Truth };
  };
  const paths = Array.from({ length: MANY }, (_none, i) => join(into, `service-${i + 1}-${megabytes}.log`));
  const tiny = join(into, 'tiny.log');
  return {
    one: { ndjson: one('ndjson', 1), hard: one('hard', 0.5), logfmt: one('logfmt', 0.5), console: one('console', 0.5), klog: one('klog', 0.5) },
    many: { paths, truths: kept(paths, () => writeLogs(paths, megabytes * 1e6, 'ndjson')) },
    large: gigabytes === 0 ? null : one('ndjson', 1, gigabytes * 1000),
    tiny: { path: tiny, truth: writeLog(tiny, 1000, 'ndjson') },
  };
}

/** Logs of an earlier run, when they are still as they were made. */
function kept(paths: readonly string[], make: () => Truth[]): Truth[] {
  const beside = `${paths[0]}.truth.json`;
  if (existsSync(beside)) {
    const truths = JSON.parse(readFileSync(beside, 'utf8')) as Truth[];
    // an older generator knew less
    if (paths.every((p, i) => existsSync(p) && statSync(p).size === truths[i]?.bytes && truths[i]?.slow !== undefined)) return truths;
  }
  const truths = make();
  writeFileSync(beside, JSON.stringify(truths));
  return truths;
}
