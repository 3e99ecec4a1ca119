/** Whole processes, run in turns: wall time, CPU time of all threads and children, peak memory, and what they answered. */
import { spawn, spawnSync } from 'node:child_process';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

export interface Contestant {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What it answered, out of its output; null: nothing is read, and its output goes nowhere. */
  readonly answer: ((output: string) => string) | null;
  /** Before each run: an index is thrown away or built. */
  readonly prepare?: () => void;
  /** Its way to say that there was nothing to be found, with an empty output. */
  readonly noneStatus?: number;
  /** Run once before all rounds, for answers that are too long to be kept: "right", or what is wrong. */
  readonly check?: (c: Contestant, env: NodeJS.ProcessEnv) => Promise<string>;
}

export interface Run {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMB: number;
  readonly status: number | null;
  readonly output: string;
}

/** More output than this belongs into a pipe to `wc -l`. */
const OUTPUT_CAP = 4 * 1024 * 1024;

/** GNU time reads what the kernel counted for a process and its children; without it /proc is read every 5 ms, which knows no children. */
const GNU_TIME = spawnSync('/usr/bin/time', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU') === true;
export const MEASURED_BY = GNU_TIME ? 'GNU time' : 'VmHWM and utime of /proc every 5 ms, children not counted';

export function runOnce(c: Contestant, folder: string, env: NodeJS.ProcessEnv): Promise<Run> {
  c.prepare?.();
  const report = join(folder, 'time.txt');
  const [command, args] = GNU_TIME ? ['/usr/bin/time', ['-q', '-o', report, '-f', '%U %S %M', c.command, ...c.args]] : [c.command, c.args];
  return new Promise((resolve, reject) => {
    const begin = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ['ignore', c.answer === null ? openSync('/dev/null', 'w') : 'pipe', 'ignore'], env });
    const parts: Buffer[] = [];
    let held = 0;
    child.stdout?.on('data', (part: Buffer) => {
      if (held < OUTPUT_CAP) parts.push(part);
      held += part.length;
    });
    let peakKiB = 0;
    let cpuMs = 0;
    const watch = GNU_TIME
      ? undefined
      : setInterval(() => {
          peakKiB = Math.max(peakKiB, Number(/^VmHWM:\s+(\d+) kB$/m.exec(procFile(child.pid, 'status'))?.[1] ?? 0));
          const stat = procFile(child.pid, 'stat');
          const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
          if (fields.length > 13) cpuMs = (Number(fields[11]) + Number(fields[12])) * 10;
        }, 5);
    child.on('error', reject);
    child.on('close', (status) => {
      const wallMs = Number(process.hrtime.bigint() - begin) / 1e6;
      clearInterval(watch);
      if (GNU_TIME) {
        const [user, system, peak] = readFileSync(report, 'utf8').trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
        cpuMs = ((user ?? Number.NaN) + (system ?? Number.NaN)) * 1000;
        peakKiB = peak ?? Number.NaN;
        rmSync(report, { force: true });
      }
      resolve({ wallMs, cpuMs, peakMB: (peakKiB * 1024) / 1e6, status, output: Buffer.concat(parts).toString('utf8') });
    });
  });
}

function procFile(pid: number | undefined, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

export function median(values: readonly number[]): number {
  const s = [...values].sort((a, b) => a - b);
  return ((s[(s.length - 1) >> 1] as number) + (s[s.length >> 1] as number)) / 2;
}

/** Who takes longer than this is run in the first round only: a benchmark that nobody waits for measures nothing. */
const SLOW_MS = 6000;

export interface Measured {
  readonly contestant: Contestant;
  readonly runs: readonly Run[];
  /** Wall time over the first contestant's of the same round, median of the rounds. */
  readonly ratio: number;
  /** Every answer that was given, without repeats. */
  readonly answers: readonly string[];
}

/** Rounds in which each runs once, beginning with another one each time; the round before them warms the file cache. */
export async function inTurns(contestants: readonly Contestant[], rounds: number, folder: string, env: NodeJS.ProcessEnv): Promise<Measured[]> {
  const runs: (Run | null)[][] = contestants.map(() => []);
  const answers = contestants.map(() => new Set<string>());
  const slow = contestants.map(() => false);
  let warm: Run | null = null;
  for (const [i, c] of contestants.entries()) if (c.check !== undefined) answers[i]?.add(await c.check(c, env));
  for (let round = 0; round <= rounds; round++) {
    for (let k = 0; k < contestants.length; k++) {
      const i = (k + round) % contestants.length;
      const c = contestants[i] as Contestant;
      if (slow[i] === true) {
        (runs[i] as (Run | null)[]).push(null);
        continue;
      }
      const run = await runOnce(c, folder, env);
      if (run.status !== 0 && !(run.status === c.noneStatus && run.output === '')) answers[i]?.add(`ended with ${run.status}`);
      else if (c.answer !== null) answers[i]?.add(c.answer(run.output));
      if (round === 0 && i === 0) warm = run;
      slow[i] = round === 0 && i > 0 && run.wallMs > SLOW_MS;
      if (round > 0) (runs[i] as (Run | null)[]).push(run);
      else if (slow[i] === true) (runs[i] as (Run | null)[]).push(run);
    }
  }
  const own = runs[0] as (Run | null)[];
  const ownFirst = (warm as Run).wallMs;
  return contestants.map((contestant, i) => {
    const all = runs[i] as (Run | null)[];
    const done = all.filter((r) => r !== null);
    const ratios = slow[i] === true ? [(done[0] as Run).wallMs / ownFirst] : all.map((r, k) => (r as Run).wallMs / (own[k] as Run).wallMs);
    return { contestant, runs: done, ratio: median(ratios), answers: [...(answers[i] as Set<string>)] };
  });
}
