/** What a check says, and how its tools are run. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Shown whether it passed or not: what was looked at. */
  readonly note: string;
  /** Shown when it failed. */
  readonly details?: string;
}

export interface Check {
  readonly name: string;
  run(): Promise<Outcome>;
}

export const passed = (note: string): Outcome => ({ passed: 1, failed: 0, note });
export const failed = (note: string, details = ''): Outcome => ({ passed: 0, failed: 1, note, details });

export interface Ended {
  readonly status: number;
  readonly output: string;
}

/** Runs a program to its end with nothing on its standard input. A program that is not there ends with status 127. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly live?: boolean } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, [...args], { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (bytes: Buffer): void => {
      output += bytes.toString('utf8');
      if (options.live === true) process.stdout.write(bytes);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => resolve({ status: 127, output: `${command}: ${error.message}` }));
    child.on('close', (status, signal) => resolve({ status: status ?? 1, output: signal === null ? output : `${output}\nended by ${signal}` }));
  });
}

/** A tool of node_modules, by the path of its JavaScript: no shell, no PATH. */
export const runTool = (tool: string, args: readonly string[], options: Parameters<typeof runProgram>[2] = {}): Promise<Ended> =>
  runProgram(process.execPath, [join('node_modules', tool), ...args], options);

export const script = (name: string, args: readonly string[] = []): Promise<Ended> => runProgram(process.execPath, ['scripts/run.mjs', name, ...args]);
