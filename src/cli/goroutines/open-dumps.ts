/** What the commands of `gorca goroutines` share: inputs into dumps, and what was wrong with them. */
import { basename, resolve, sep } from 'node:path';
import { collectFiles } from '../../collect/files/index.ts';
import { type Artifact, type Problem, parseInstant, processOf, type Reader } from '../../model/index.ts';
import { type Snapshot, snapshotsIn } from '../../observe/goroutines/snapshots.ts';
import { crashText } from '../../read/crash-text/index.ts';
import { goroutineDump } from '../../read/goroutine-dump/index.ts';
import { goroutineProfileText } from '../../read/goroutine-profile-text/index.ts';
import { type OpenReadings, openReadings } from '../../read/lib/readings.ts';
import { pprof } from '../../read/pprof/index.ts';
import { oneLine } from '../../report/lib/safe-text.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { progressOn } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export interface OpenDumps {
  readonly artifacts: readonly Artifact[];
  readonly readings: OpenReadings;
  /** In the order of their files, and in each as they stand. */
  readonly dumps: readonly Snapshot[];
  /** Dumps a file. */
  readonly ofFile: ReadonlyMap<string, number>;
  /** How the command ends where there is no dump. */
  readonly exit: ExitCode;
}

const READERS = [goroutineDump, goroutineProfileText, pprof, crashText];
const LISTED = 5;

/** `more`: what else the inputs may hold that is asked for. */
export async function openDumps(console: Console, inputs: readonly string[], more: readonly Reader<unknown>[] = []): Promise<OpenDumps> {
  if (inputs.length === 0)
    throw new UsageError("name at least one dump: files, folders, archives, or - for standard input; curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' takes one");
  const progress = progressOn(console);
  const { artifacts: given, problems } = await collectFiles(inputs, { hash: false, onProgress: progress.onBytes });
  const artifacts = given.map((a) => (a.takenAt === undefined ? withTime(a) : a));
  const readings = openReadings(artifacts, [...READERS, ...more]);
  progress.says('reading …');
  // whose process it is does not matter here, and finding out would read everything else
  const found = snapshotsIn(readings, (a) => ({ process: processOf(a.id), strength: 'guessed', edges: [] }));
  const order = new Map(readings.artifacts.map((a, i) => [a.id, i]));
  const dumps = [...found].sort((a, b) => (order.get(a.artifact.id) ?? 0) - (order.get(b.artifact.id) ?? 0) || a.n - b.n);
  progress.end();
  say(console, [...problems, ...readings.problems().filter((p) => p.severity !== 'note')]);
  const ofFile = new Map<string, number>();
  for (const d of dumps) ofFile.set(d.artifact.id, Math.max(ofFile.get(d.artifact.id) ?? 0, d.n + 1));
  if (dumps.length === 0) console.err(nothingFound(artifacts, readings));
  return { artifacts, readings, dumps, ofFile, exit: problems.some((p) => p.code === 'files/denied') ? EXIT.denied : EXIT.nothingReadable };
}

/** The place of each file in the command, by artifact id; null where they were not all named one by one. */
export function givenOrder(dumps: readonly Snapshot[], args: readonly string[]): ReadonlyMap<string, number> | null {
  const given = args.map((a) => resolve(a));
  const rank = (s: Snapshot): number => {
    const path = s.artifact.path.split('/').join(sep);
    const whole = given.findIndex((g) => g.endsWith(sep + path));
    return whole >= 0 ? whole : given.findIndex((g) => path === basename(g) || path.startsWith(basename(g) + sep));
  };
  const ranks = new Map(dumps.map((d) => [d.artifact.id, rank(d)]));
  if (new Set(ranks.values()).size !== ranks.size || dumps.some((d) => ranks.get(d.artifact.id) === -1)) return null;
  const paths = [...dumps].sort((a, b) => (ranks.get(a.artifact.id) as number) - (ranks.get(b.artifact.id) as number)).map((d) => d.artifact.path);
  const sorted = (after: (a: string, b: string) => boolean): boolean => paths.every((p, i) => i === 0 || !after(paths[i - 1] as string, p));
  // a shell writes dump-10 before dump-2 for dump-*, and nobody means that
  return sorted((a, b) => a > b) && !sorted((a, b) => natural(a, b) > 0) ? null : ranks;
}

/** dump-2 before dump-10. */
export const natural = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

const STAMP = /(\d{4})-?(\d\d)-?(\d\d)T(\d\d)[:_-]?(\d\d)[:_-]?(\d\d)(\.\d{1,9})?Z/;

/** Captures are often named by when they were taken; only a whole time in UTC is believed. */
function withTime(a: Artifact): Artifact {
  const m = STAMP.exec(a.path);
  const at = m === null ? null : parseInstant(`${m[1]}-${m[2]}-${m[3]}T${m[4]}:${m[5]}:${m[6]}${m[7] ?? ''}Z`);
  return at === null ? a : { ...a, takenAt: at };
}

function say(console: Console, problems: readonly Problem[]): void {
  for (const p of problems) console.err(`${p.place === null ? '' : `${oneLine(p.place.artifact)}: `}${oneLine(p.what)}: ${oneLine(p.why)}; ${oneLine(p.next)}\n`);
}

/** What each file is instead, as far as it can be said. */
function nothingFound(artifacts: readonly Artifact[], readings: OpenReadings): string {
  if (readings.of(crashText).some((r) => r.model.crashes.some((c) => c.goroutines === 1)))
    return 'a crash with the goroutine that failed was found, and no others: run the program with GOTRACEBACK=all to have all of them; gorca investigate reads the crash itself\n';
  const lines = artifacts.slice(0, LISTED).map((a) => {
    const owner = readings.owner(a);
    const what =
      owner === null ? (readings.tried(a)[0]?.why ?? 'of no known form') : owner.id === pprof.id ? 'a profile, but not of goroutines' : `${owner.title}, without goroutines`;
    return `${oneLine(a.id)}: ${oneLine(what)}\n`;
  });
  if (artifacts.length > LISTED) lines.push(`and ${artifacts.length - LISTED} more files\n`);
  return `no goroutine dump was found; a dump has lines of the form "goroutine 1 [running]:", a profile of goroutines is protobuf or begins with "goroutine profile: total"\n${lines.join('')}`;
}
