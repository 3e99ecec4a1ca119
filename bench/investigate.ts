/**
 * How long a person waits: `gorca --version` and `gorca demo` beside `node -e 0`, as whole processes, run in turns.
 *
 *   npm run build && npm run bench -- investigate [rounds]
 *
 * Each round runs all of them one after the other, so that what else the machine does falls on all alike; what is compared is the median
 * of the differences within rounds. Wall time is what is waited for. CPU time, of all threads, moves far less on a machine that is shared; it
 * is read where there is a /proc, in steps of 10 ms.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** What is aimed at: the version within 1.5 times of Node's own start, the demo within one second beyond it. */
const VERSION_RATIO = 1.5;
const DEMO_BEYOND_MS = 1000;

interface Run {
  readonly wallMs: number;
  readonly cpuMs: number;
}

interface Contestant {
  readonly name: string;
  readonly args: readonly string[];
  readonly runs: Run[];
}

const program = join('dist', 'cli', 'main.js');
if (!existsSync(program)) {
  console.error(`${program} is not there: npm run build`);
  process.exit(1);
}
const rounds = Number(process.argv[2] ?? 11);
const node: Contestant = { name: 'node -e 0', args: ['-e', '0'], runs: [] };
const version: Contestant = { name: 'gorca --version', args: [program, '--version'], runs: [] };
const demo: Contestant = { name: 'gorca demo', args: [program, 'demo'], runs: [] };

console.log(`node ${process.version} · ${rounds} rounds`);
for (let round = 0; round <= rounds; round++) {
  for (const c of [node, version, demo]) {
    const run = once(c);
    // the first round warms the file cache
    if (round > 0) c.runs.push(run);
  }
}
for (const c of [node, version, demo]) {
  const wall = median(c.runs.map((r) => r.wallMs));
  const cpu = median(c.runs.map((r) => r.cpuMs));
  const beyond = median(c.runs.map((r, i) => r.wallMs - (node.runs[i] as Run).wallMs));
  const times = median(c.runs.map((r, i) => r.wallMs / (node.runs[i] as Run).wallMs));
  console.log(
    `${c.name.padEnd(16)} ${wall.toFixed(0).padStart(6)} ms  ${cpu.toFixed(0).padStart(6)} ms CPU  ${beyond.toFixed(0).padStart(6)} ms beyond node  ${times.toFixed(2).padStart(6)} × node`,
  );
}
console.log(`aimed at: --version within ${VERSION_RATIO} × node, demo within ${DEMO_BEYOND_MS} ms beyond node`);

function once(c: Contestant): Run {
  const before = childCpuMs();
  const begin = process.hrtime.bigint();
  const done = spawnSync(process.execPath, c.args, { stdio: ['ignore', 'ignore', 'ignore'] });
  const wallMs = Number(process.hrtime.bigint() - begin) / 1e6;
  if (done.status !== 0) throw new Error(`${c.name} ended with ${done.status}`);
  return { wallMs, cpuMs: childCpuMs() - before };
}

/** cutime and cstime of proc_pid_stat(5), in ticks of 10 ms. The program's name, in parentheses, may hold blanks. */
function childCpuMs(): number {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
