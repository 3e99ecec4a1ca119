/** Is that all lines of all files, by time? Lines and bytes are counted, and the time of each line is held against the one before. */
import { spawn } from 'node:child_process';
import { START_MS } from '../generate/logs/index.ts';
import type { Contestant } from './measure.ts';

/** zap writes seconds as a float64, which resolves a quarter of a microsecond. */
const SLACK_NS = 500;

export const checkMerged =
  (records: number, bytes: number): NonNullable<Contestant['check']> =>
  (c, env) =>
    new Promise((resolve, reject) => {
      const child = spawn(c.command, c.args, { stdio: ['ignore', 'pipe', 'ignore'], env });
      let lines = 0;
      let seen = 0;
      let last = Number.NEGATIVE_INFINITY;
      let disorder = 0;
      let rest = '';
      child.stdout.on('data', (part: Buffer) => {
        seen += part.length;
        const text = rest + part.toString('latin1');
        let at = 0;
        for (let lf = text.indexOf('\n'); lf >= 0; lf = text.indexOf('\n', at)) {
          const ns = timeOf(text, at);
          if (ns < last - SLACK_NS) disorder++;
          last = Math.max(last, ns);
          lines++;
          at = lf + 1;
        }
        rest = text.slice(at);
      });
      child.on('error', reject);
      child.on('close', () => {
        if (lines === records && seen === bytes && disorder === 0) resolve('right');
        else resolve(`WRONG ${lines} of ${records} lines, ${seen} of ${bytes} bytes, ${disorder} out of order`);
      });
    });

/** ns since START_MS, of a line of writeLog's ndjson that begins at `at`. */
function timeOf(text: string, at: number): number {
  const slog = text.startsWith('{"time":"', at);
  const begin = slog ? at + 9 : text.indexOf('"ts":', at) + 5;
  if (slog) {
    const end = text.indexOf('Z"', begin);
    return (Date.parse(`${text.slice(begin, begin + 19)}Z`) - START_MS) * 1e6 + nanos(text.slice(begin + 20, end));
  }
  const dot = text.indexOf('.', begin);
  const end = text.indexOf(',', dot);
  return (Number(text.slice(begin, dot)) - START_MS / 1000) * 1e9 + nanos(text.slice(dot + 1, end));
}

const nanos = (fraction: string): number => Number(fraction.padEnd(9, '0'));
