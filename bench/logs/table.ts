/** One block for each question, 100 columns wide. */
import { type Measured, median } from './measure.ts';

export interface Question {
  readonly title: string;
  readonly bytes: number;
  /** The right answer; null: nothing is compared, the answer is shown. */
  readonly truth: string | null;
  /** Once before all runs. */
  readonly before?: () => void;
  /** What is to be said below. */
  readonly note?: () => string;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(ms < 9995 ? 3 : 1).padStart(8);

export const HEAD = `${''.padEnd(36)}${'min s'.padStart(8)}${'median'.padStart(8)}${'max'.padStart(8)}${'CPU s'.padStart(8)}${'MB/s'.padStart(7)}${'peak MB'.padStart(9)}${'× gorca'.padStart(9)}  answer`;

export function block(q: Question, measured: readonly Measured[]): string {
  return [q.title, ...measured.map((m) => row(q, m)), ...(q.note === undefined ? [] : [`  ${q.note()}`])].join('\n');
}

function row(q: Question, m: Measured): string {
  const wall = m.runs.map((r) => r.wallMs);
  const cpu = median(m.runs.map((r) => r.cpuMs));
  const peak = Math.max(...m.runs.map((r) => r.peakMB));
  const mid = median(wall);
  return [
    `  ${m.contestant.name}`.padEnd(36),
    seconds(Math.min(...wall)),
    seconds(mid),
    seconds(Math.max(...wall)),
    seconds(cpu),
    (q.bytes / 1e6 / (mid / 1000)).toFixed(0).padStart(7),
    peak.toFixed(0).padStart(9),
    m.ratio.toFixed(2).padStart(9),
    `  ${verdict(q, m)}`,
  ]
    .join('')
    .trimEnd();
}

/** A fast wrong answer is no answer. */
function verdict(q: Question, m: Measured): string {
  if (q.truth === null || m.contestant.answer === null) return m.answers.join(' ');
  return m.answers.length === 1 && m.answers[0] === q.truth ? 'right' : `WRONG ${m.answers.join(' ')}`;
}
