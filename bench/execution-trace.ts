/**
 * Execution traces: gorca beside golang.org/x/exp/trace, as whole processes, run in turns.
 *
 *   npm run bench -- execution-trace [--size 100] [--rounds 5] [--kind load|busy] [--trace FILE]
 *
 * Without a file go/zoo/traces writes one: `load` is what a service does that answers, logs, collects and reads without rest, `busy` nothing but
 * goroutines that pass on numbers and locks. Plain ordering: every event, counted. Summary: time by state and stack, latencies of the scheduler,
 * who woke whom; the peer's `-all` and gorca's only one also processors, pauses, assists, heap, tasks and MMU. CPU time, for wall time on a shared
 * machine says how busy others are.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { type Contestant, inTurns, MEASURED_BY, type Measured, median, type Run } from './logs/measure.ts';

const { values } = parseArgs({
  options: { size: { type: 'string', default: '100' }, rounds: { type: 'string', default: '5' }, kind: { type: 'string', default: 'load' }, trace: { type: 'string' } },
});
const folder = mkdtempSync(join(tmpdir(), 'gorca-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function built(program: string, cwd: string, path = '.'): string {
  const out = join(folder, program);
  if (spawnSync('go', ['build', '-o', out, path], { cwd, stdio: 'inherit' }).status !== 0) throw new Error(`${program} could not be built`);
  return out;
}

function bundled(name: string): string {
  const outfile = join(folder, `${name}.mjs`);
  buildSync({ entryPoints: [join('bench', 'peers', `${name}.ts`)], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' });
  return outfile;
}

function record(): string {
  const out = join(folder, 'trace.out');
  const program = built('traces', 'go', './zoo/traces');
  if (spawnSync(program, ['-only', values.kind, '-restless', '-megabytes', values.size, '-out', out], { stdio: 'inherit' }).status !== 0) throw new Error('no trace was recorded');
  return out;
}

const trace = values.trace === undefined ? record() : resolve(values.trace);
const megabytes = statSync(trace).size / 1e6;
const events = (output: string): string => `${(JSON.parse(output) as { events: number }).events}`;
const peer = built('execution-trace-summary', join('bench', 'peers', 'execution-trace-summary'));
const bundle = { order: bundled('execution-trace-order'), summary: bundled('execution-trace-summary') };
const ran = (output: string): string => (output.length > 0 ? 'summary' : 'nothing');
const disciplines: Readonly<Record<string, readonly Contestant[]>> = {
  'plain ordering': [
    { name: 'gorca', command: process.execPath, args: [bundle.order, trace], answer: events },
    { name: 'x/exp/trace', command: peer, args: ['-plain', trace], answer: events },
  ],
  summary: [
    { name: 'gorca, all of it', command: process.execPath, args: [bundle.summary, trace], answer: ran },
    { name: 'x/exp/trace', command: peer, args: [trace], answer: ran },
    { name: 'x/exp/trace -all', command: peer, args: ['-all', trace], answer: ran },
  ],
};

const version = spawnSync('go', ['list', '-m', '-f', '{{.Version}}', 'golang.org/x/exp'], {
  cwd: join('bench', 'peers', 'execution-trace-summary'),
  encoding: 'utf8',
}).stdout.trim();
console.log(`${values.trace === undefined ? `go/zoo/traces -only ${values.kind} -restless` : trace}: ${megabytes.toFixed(0)} MB`);
console.log(
  `node ${process.version}, ${spawnSync('go', ['version'], { encoding: 'utf8' }).stdout.trim()}, x/exp ${version}; ${values.rounds} rounds, CPU and memory by ${MEASURED_BY}`,
);
let count = 0;
for (const [name, contestants] of Object.entries(disciplines)) {
  const measured = await inTurns(contestants, Number(values.rounds), folder, process.env);
  count = Math.max(count, ...measured.map((m) => Number(m.answers[0])).filter(Number.isFinite));
  console.log(`${name.padEnd(18)} wall s   CPU s (median, least)   M events/s of CPU   peak MB   CPU × gorca`);
  for (const m of measured) console.log(row(m, measured[0] as Measured));
}

function row(m: Measured, own: Measured): string {
  const cpu = m.runs.map((r) => r.cpuMs);
  // of the same round; who takes long runs once
  const pairs = m.runs.map((r, i) => r.cpuMs / (own.runs[i] as Run).cpuMs);
  return [
    m.contestant.name.padEnd(18),
    (median(m.runs.map((r) => r.wallMs)) / 1000).toFixed(2).padStart(6),
    `${(median(cpu) / 1000).toFixed(2)}, ${(Math.min(...cpu) / 1000).toFixed(2)}`.padStart(24),
    (count / median(cpu) / 1000).toFixed(1).padStart(20),
    Math.max(...m.runs.map((r) => r.peakMB))
      .toFixed(0)
      .padStart(10),
    median(pairs).toFixed(2).padStart(14),
    m.answers.every((a) => a === `${count}` || a === 'summary') ? '' : `  ${m.answers.join(' or ')}`,
  ].join('');
}
