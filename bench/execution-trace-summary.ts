/**
 * What an execution trace says: `gorca trace summary` beside a program on golang.org/x/exp/trace that does the same work, as whole processes with
 * their start, run in turns.
 *
 *   npm run build && npm run bench -- execution-trace-summary [--size 100] [--rounds 5] [--kind load|busy] [--trace FILE]
 *
 * The peer keeps time by state, reason and stack, latencies, and who unblocked whom. gorca keeps that, and the ledger of processor time, pauses,
 * assists, heap, tasks, regions, the curve of utilization and what wakers did in their turns. Both answers are compared: events, time running and
 * runnable, and the wait that was longest in sum. The third row is gorca reading the same events for the ledger of processor time alone, the
 * fourth reading them for nothing: what both are measured by. The last line has the ledger's ratio to it, and whether its rows add up.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { prepare } from './execution-traces/prepare.ts';
import { type Contestant, inTurns, type Measured, median, type Run } from './logs/measure.ts';

const program = join('dist', 'cli', 'main.js');
if (!existsSync(program)) {
  console.error(`${program} is not there: npm run build`);
  process.exit(1);
}

interface Own {
  events: number;
  goroutines: { spent: { running: number; runnable: number } };
  waits: { totalNs: number }[];
}
interface Theirs {
  events: number;
  states: { Running: number; Runnable: number };
  waits: { total: number }[];
}
const answer = (events: number, running: number, runnable: number, longest: number): string => `${events} events, ran ${running}, runnable ${runnable}, longest ${longest}`;
const own = (output: string): string => {
  const s = JSON.parse(output) as Own;
  return answer(s.events, s.goroutines.spent.running, s.goroutines.spent.runnable, s.waits[0]?.totalNs ?? 0);
};
const theirs = (output: string): string => {
  const s = JSON.parse(output) as Theirs;
  return answer(s.events, s.states.Running, s.states.Runnable, s.waits[0]?.total ?? 0);
};

const ledger = (output: string): string => {
  const { rows, capacityNs, addUpTo } = JSON.parse(output) as { rows: unknown[]; capacityNs: number; addUpTo: number };
  return addUpTo === capacityNs ? `its ${rows.length} rows are exactly processors × time, ${capacityNs} ns` : `WRONG: its rows are ${addUpTo} ns of ${capacityNs}`;
};

const { folder, trace, megabytes, rounds, peer, bundled } = prepare();
const contestants: Contestant[] = [
  { name: 'gorca trace summary', command: process.execPath, args: [program, 'trace', 'summary', trace, '--json'], answer: own },
  { name: 'golang.org/x/exp/trace', command: peer, args: [trace], answer: theirs },
  {
    name: 'gorca, ledger alone',
    command: process.execPath,
    args: [bundled('execution-trace-ledger'), trace],
    answer: ledger,
  },
  {
    name: 'gorca, events alone',
    command: process.execPath,
    args: [bundled('execution-trace-order'), trace],
    answer: (o) => `${(JSON.parse(o) as { events: number }).events} events with Sync`,
  },
];
const measured = await inTurns(contestants, rounds, folder, process.env);
const first = measured[0] as Measured;
console.log(
  `${''.padEnd(26)}${'wall s'.padStart(8)}${'MB/s'.padStart(8)}${'CPU s'.padStart(8)}${'peak MB'.padStart(9)}${'wall × gorca'.padStart(14)}${'CPU × gorca'.padStart(13)}`,
);
for (const m of measured) console.log(row(m));
const [a, b] = measured.map((m) => m.answers.join(' or '));
console.log(a === b ? `both: ${a}` : `DIFFERENT: gorca ${a}; x/exp ${b}`);

const [alone, events] = measured.slice(2) as [Measured, Measured];
const times = (of: (r: Run) => number): string => median(alone.runs.map((r, i) => of(r) / of(events.runs[i] as Run))).toFixed(2);
console.log(`ledger: ${alone.answers.join(' or ')}; ${times((r) => r.cpuMs)} × the CPU time of events alone, ${times((r) => r.wallMs)} × the wall time`);

/** Medians; ratios of the same round, for what else the machine does falls on both. */
function row(m: Measured): string {
  const ratio = (of: (r: Run) => number): string => median(m.runs.map((r, i) => of(r) / of(first.runs[i] as Run))).toFixed(2);
  const wall = median(m.runs.map((r) => r.wallMs)) / 1000;
  return [
    m.contestant.name.padEnd(26),
    wall.toFixed(2).padStart(8),
    (megabytes / wall).toFixed(0).padStart(8),
    (median(m.runs.map((r) => r.cpuMs)) / 1000).toFixed(2).padStart(8),
    Math.max(...m.runs.map((r) => r.peakMB))
      .toFixed(0)
      .padStart(9),
    ratio((r) => r.wallMs).padStart(14),
    ratio((r) => r.cpuMs).padStart(13),
  ].join('');
}
