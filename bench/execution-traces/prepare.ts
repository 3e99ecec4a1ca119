/** What both benchmarks of execution traces need: the trace, the programs, and the lines that say what was measured with what. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { MEASURED_BY } from '../logs/measure.ts';

const PEER = join('bench', 'peers', 'execution-trace-summary');

interface Prepared {
  /** Ends with the process. */
  readonly folder: string;
  /** As --trace names it, else written by go/zoo/traces. */
  readonly trace: string;
  readonly megabytes: number;
  readonly rounds: number;
  /** The program on golang.org/x/exp/trace. */
  readonly peer: string;
  /** bench/peers/<name>.ts as one file. */
  bundled(name: string): string;
}

/** Reads the arguments, and prints the first two lines. */
export function prepare(): Prepared {
  const { values } = parseArgs({
    options: { size: { type: 'string', default: '100' }, rounds: { type: 'string', default: '5' }, kind: { type: 'string', default: 'load' }, trace: { type: 'string' } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'gorca-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const built = (program: string, cwd: string, path = '.'): string => {
    const out = join(folder, program);
    if (spawnSync('go', ['build', '-o', out, path], { cwd, stdio: 'inherit' }).status !== 0) throw new Error(`${program} could not be built`);
    return out;
  };
  const record = (): string => {
    const out = join(folder, 'trace.out');
    const program = built('traces', 'go', './zoo/traces');
    if (spawnSync(program, ['-only', values.kind, '-restless', '-megabytes', values.size, '-out', out], { stdio: 'inherit' }).status !== 0)
      throw new Error('no trace was recorded');
    return out;
  };
  const trace = values.trace === undefined ? record() : resolve(values.trace);
  const megabytes = statSync(trace).size / 1e6;
  const version = spawnSync('go', ['list', '-m', '-f', '{{.Version}}', 'golang.org/x/exp'], { cwd: PEER, encoding: 'utf8' }).stdout.trim();
  console.log(`${values.trace === undefined ? `go/zoo/traces -only ${values.kind} -restless` : trace}: ${megabytes.toFixed(0)} MB`);
  console.log(
    `node ${process.version}, ${spawnSync('go', ['version'], { encoding: 'utf8' }).stdout.trim()}, x/exp ${version}; ${values.rounds} rounds, CPU and memory by ${MEASURED_BY}`,
  );
  return {
    folder,
    trace,
    megabytes,
    rounds: Number(values.rounds),
    peer: built('execution-trace-summary', PEER),
    bundled(name) {
      const outfile = join(folder, `${name}.mjs`);
      buildSync({ entryPoints: [join('bench', 'peers', `${name}.ts`)], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' });
      return outfile;
    },
  };
}
