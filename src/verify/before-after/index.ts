/**
 * Active experiment: a small Go program before and after a change, run in turn in the sandbox.
 * Each run prints one JSON line {"metric": NAME, "value": NUMBER}; a run is harmful when the value is above the limit.
 * "It is gone" is said only after as many clean runs as the rate before asks for.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { ReportProof } from '../../model/index.ts';
import { runSandboxed, type SandboxResult, sandboxRefusal } from '../../platform/sandbox.ts';
import { cleanRunsNeeded, median, rateAtLeast, rateAtMost } from '../lib/statistics.ts';

export interface BeforeAfter {
  /** Folder of a Go main package with its go.mod; only the standard library or a vendor folder, nothing is downloaded. */
  readonly before: string;
  /** Folder of the changed program, or a unified diff against `before`. */
  readonly after: { readonly folder: string } | { readonly patch: string };
  /** The metric to read from the printed lines; null: the first one printed. */
  readonly measure: string | null;
  /** A run is harmful when its value is greater than this. */
  readonly harmfulAbove: number;
  /** Runs before the change that establish the rate. */
  readonly baselineRuns: number;
  /** Runs after the change are never more than this. */
  readonly mostRuns: number;
  readonly onRun?: (which: 'before' | 'after', n: number, value: number | null) => void;
}

export const BEFORE_AFTER_DEFAULTS = { measure: null, harmfulAbove: 0, baselineRuns: 10, mostRuns: 100 } as const;

/** What was concluded, with every measured value: the transcript of the experiment. */
export interface BeforeAfterResult {
  readonly proof: ReportProof;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

const EXPERIMENT = 'before-after';

export async function verifyBeforeAfter(experiment: BeforeAfter): Promise<BeforeAfterResult> {
  const command = commandOf(experiment);
  const nothing = (outcome: ReportProof['outcome'], says: string, next: string | null): BeforeAfterResult => ({
    proof: { experiment: EXPERIMENT, kind: 'active', outcome, says, statistics: null, command: next ?? command, places: [] },
    before: [],
    after: [],
  });
  const refusal = sandboxRefusal();
  if (refusal !== null) return nothing('not-run', `${refusal.refused}; ${refusal.next}`, command);

  const work = mkdtempSync(join(tmpdir(), 'gorca-prove-'));
  try {
    const before = join(work, 'before');
    const after = join(work, 'after');
    cpSync(experiment.before, before, { recursive: true });
    if ('folder' in experiment.after) cpSync(experiment.after.folder, after, { recursive: true });
    else {
      cpSync(experiment.before, after, { recursive: true });
      const problem = applyPatch(after, experiment.after.patch);
      if (problem !== null) return nothing('not-run', problem, command);
    }
    if (hashFolder(before) === hashFolder(after)) return nothing('not-run', 'the program after the change is the same as before, byte for byte', command);
    for (const which of ['before', 'after'] as const) {
      const built = await build(join(work, which), work);
      if (built.exitCode !== 0) return nothing('not-run', `the program ${which} the change does not build: ${firstLine(built.stderr)}`, `cd ${which} && go build .`);
    }
    return await interleave(experiment, work, command, nothing);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function interleave(
  experiment: BeforeAfter,
  work: string,
  command: string,
  nothing: (outcome: ReportProof['outcome'], says: string, next: string | null) => BeforeAfterResult,
): Promise<BeforeAfterResult> {
  const values: Record<'before' | 'after', number[]> = { before: [], after: [] };
  const one = async (which: 'before' | 'after'): Promise<string | null> => {
    const result = await runSandboxed({ argv: [`/run/${which}`], mounts: [{ host: join(work, 'bin'), inside: '/run' }], cwd: '/tmp', env: { GOMEMLIMIT: '1GiB' } });
    const value = measured(result, experiment.measure);
    experiment.onRun?.(which, values[which].length + 1, typeof value === 'number' ? value : null);
    if (typeof value === 'string') return `a run ${which} the change ${value}`;
    values[which].push(value);
    return null;
  };
  const harmful = (list: readonly number[]): number => list.filter((v) => v > experiment.harmfulAbove).length;

  // in turn, so that a machine that gets slower or faster changes both sides alike
  for (let i = 0; i < experiment.baselineRuns; i++) {
    for (const which of ['before', 'after'] as const) {
      const problem = await one(which);
      if (problem !== null) return nothing('not-run', problem, null);
    }
  }
  const rate = rateAtLeast(harmful(values.before), values.before.length);
  const needed = cleanRunsNeeded(rate);
  while (harmful(values.after) === 0 && values.after.length < Math.min(needed, experiment.mostRuns)) {
    const problem = await one('after');
    if (problem !== null) return nothing('not-run', problem, null);
  }
  // and once more before: what was seen at the start is still so at the end
  const problem = await one('before');
  if (problem !== null) return nothing('not-run', problem, null);
  return conclude(experiment, values.before, values.after, needed, command);
}

function conclude(experiment: BeforeAfter, before: readonly number[], after: readonly number[], needed: number, command: string): BeforeAfterResult {
  const isHarmful = (v: number): boolean => v > experiment.harmfulAbove;
  const k = before.filter(isHarmful).length;
  const kAfter = after.filter(isHarmful).length;
  const what = experiment.measure ?? 'the measured value';
  const statistics = {
    'before: harmful runs': `${k}/${before.length}`,
    'before: median': median(before),
    'before: rate at least (95 %)': round(rateAtLeast(k, before.length)),
    'clean runs needed': Number.isFinite(needed) ? needed : 'none would do',
    'after: harmful runs': `${kAfter}/${after.length}`,
    'after: median': median(after),
    'after: rate at most (95 %)': round(rateAtMost(kAfter, after.length)),
  };
  let outcome: ReportProof['outcome'];
  let says: string;
  if (k === 0) {
    outcome = 'not-reproduced';
    says = `${what} was never above ${experiment.harmfulAbove} before the change (${before.length} runs): no proof of anything`;
  } else if (kAfter > 0) {
    outcome = 'refuted';
    says = `${what} is still above ${experiment.harmfulAbove} after the change in ${kAfter} of ${after.length} runs`;
  } else if (after.length < needed) {
    outcome = 'supported';
    says = `${what} is gone in ${after.length} runs after the change; ${needed} clean runs would be needed to prove it`;
  } else if (!isHarmful(before[before.length - 1] as number) && k === before.length - 1) {
    outcome = 'supported';
    says = `${what} is gone after the change, but the last run before the change was clean as well`;
  } else {
    outcome = 'proved';
    says = `${what} ${median(before)} → ${median(after)} (medians); above ${experiment.harmfulAbove} in ${k} of ${before.length} runs before, in none of ${after.length} after, ${needed} needed`;
  }
  return { proof: { experiment: EXPERIMENT, kind: 'active', outcome, says, statistics, command, places: [] }, before, after };
}

const round = (x: number): number => Math.round(x * 10_000) / 10_000;
const firstLine = (text: string): string => text.split('\n').find((l) => l.trim() !== '' && !l.startsWith('#')) ?? 'no message';

function measured(result: SandboxResult, name: string | null): number | string {
  if (result.stopped !== null) return `was stopped by its ${result.stopped} limit`;
  for (const line of result.stdout.split('\n')) {
    if (!line.startsWith('{')) continue;
    try {
      const record = JSON.parse(line) as { metric?: unknown; value?: unknown };
      if (typeof record.value === 'number' && typeof record.metric === 'string' && (name === null || record.metric === name)) return record.value;
    } catch {
      // another program's line
    }
  }
  return result.exitCode === 0
    ? `printed no line {"metric":${JSON.stringify(name ?? '…')},"value":…}`
    : `ended with exit code ${result.exitCode ?? result.signal}: ${firstLine(result.stderr)}`;
}

/** Compiles inside the sandbox, with a build cache of gorca's own and no way to a module proxy. */
async function build(folder: string, work: string): Promise<SandboxResult> {
  const goroot = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8', env: { ...process.env, GOTOOLCHAIN: 'local' } }).stdout?.trim() ?? '';
  if (goroot === '') return { exitCode: 127, signal: null, stdout: '', stderr: 'the go command is not installed', stopped: null };
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gorca', 'go-build');
  const bin = join(work, 'bin');
  mkdirSync(cache, { recursive: true });
  mkdirSync(bin, { recursive: true });
  const name = relative(work, folder);
  return runSandboxed({
    argv: ['/go/bin/go', 'build', '-trimpath', '-o', `/out/${name}`, '.'],
    mounts: [
      { host: goroot, inside: '/go' },
      { host: folder, inside: '/src' },
      { host: cache, inside: '/cache', writable: true },
      { host: bin, inside: '/out', writable: true },
    ],
    cwd: '/src',
    env: { GOROOT: '/go', GOCACHE: '/cache', GOPATH: '/tmp/go', GOPROXY: 'off', GOFLAGS: '-buildvcs=false', GOTOOLCHAIN: 'local', CGO_ENABLED: '0', GOWORK: 'off' },
    limits: { wallSeconds: 240, cpuSeconds: 400 },
  });
}

function applyPatch(folder: string, patch: string): string | null {
  const git = spawnSync('git', ['apply', '--whitespace=nowarn', '-p1', resolve(patch)], { cwd: folder, encoding: 'utf8', env: { ...process.env, GIT_DIR: '/nonexistent' } });
  if (git.error !== undefined) return 'git is not installed, so the patch was not applied; give the changed program with --after';
  return git.status === 0 ? null : `the patch does not apply to the program: ${firstLine(git.stderr)}`;
}

function hashFolder(folder: string): string {
  const hash = createHash('sha256');
  const walk = (at: string): void => {
    for (const name of readdirSync(at).sort()) {
      const path = join(at, name);
      if (statSync(path).isDirectory()) walk(path);
      else hash.update(`${relative(folder, path)}\0`).update(readFileSync(path));
    }
  };
  walk(folder);
  return hash.digest('hex');
}

function commandOf(e: BeforeAfter): string {
  const after = 'folder' in e.after ? `--after ${e.after.folder}` : `--patch ${e.after.patch}`;
  return `gorca prove --before ${e.before} ${after}${e.measure === null ? '' : ` --measure ${e.measure}`}`;
}
