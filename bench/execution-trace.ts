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
import process from 'node:process';
import { prepare } from './execution-traces/prepare.ts';
import { type Contestant, inTurns, type Measured, median, type Run } from './logs/measure.ts';

const { folder, trace, rounds, peer, bundled } = prepare();
const events = (output: string): string => `${(JSON.parse(output) as { events: number }).events}`;
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

let count = 0;
for (const [name, contestants] of Object.entries(disciplines)) {
  const measured = await inTurns(contestants, rounds, folder, process.env);
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
