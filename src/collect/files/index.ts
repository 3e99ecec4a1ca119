/**
 * Takes files, folders, archives and standard input as they are given, and makes artifacts of them.
 * Nothing is written beside them; archives are opened in memory or in a temporary file without a name.
 */
import { realpathSync, type Stats, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, resolve, sep } from 'node:path';
import { ALWAYS, type Artifact, type ByteSource, type Cover, type Problem, type ReportGap } from '../../model/index.ts';
import { nearNames } from '../../model/near-names.ts';
import { FileSource, MemoryBudget, openFile } from '../../platform/files.ts';
import type { DecodeLimits } from '../../platform/gunzip.ts';
import { Spool } from '../../platform/spool.ts';
import { readStream } from '../../platform/stream.ts';
import { compareNames, shortLabels } from '../lib/names.ts';
import { fileProblem } from '../lib/problems.ts';
import { walk } from '../lib/walk.ts';
import { applyManifests, type Described } from './manifest.ts';
import { fullName, type Item, type Opening, open } from './open.ts';

export interface FileOptions {
  readonly limits?: DecodeLimits;
  readonly mostFiles?: number;
  readonly budget?: MemoryBudget;
  /** false: checksums are left empty, which spares one reading of everything. */
  readonly hash?: boolean;
  /** Bytes read so far of those known to be there. */
  readonly onProgress?: (done: number, known: number) => void;
}

export interface Collected {
  /** In canonical order: by id. */
  readonly artifacts: readonly Artifact[];
  readonly problems: readonly Problem[];
  /** What a manifest says could not be captured. */
  readonly gaps: readonly ReportGap[];
  /** Asked once everything was read: which inputs changed meanwhile. */
  changes(): Problem[];
}

interface Input {
  readonly given: string;
  readonly real: string;
  readonly stats: Stats;
}

const MOST_FILES = 20_000;
const STDIN = '-';
const STDIN_NAME = 'stdin';

export async function collectFiles(inputs: readonly string[], options: FileOptions = {}): Promise<Collected> {
  const problems: Problem[] = [];
  const say = (p: Problem): void => void problems.push(p);
  let done = 0;
  let known = 0;
  const opening: Opening = {
    budget: options.budget ?? new MemoryBudget(),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.hash === undefined ? {} : { hash: options.hash }),
    say,
    archives: new Map(),
    onBytes(n) {
      done += n;
      options.onProgress?.(done, known);
    },
  };

  const items: Item[] = [];
  const opened: { file: File; source: ByteSource }[] = [];
  const found = await findInputs(inputs, say);
  const labels = shortLabels(found.map((f) => f.real));
  const only = found.length === 1 && !inputs.includes(STDIN);
  const files = found.flatMap((input, i) => filesOf(input, only ? '' : (labels[i] as string), options.mostFiles ?? MOST_FILES, say));
  known = files.reduce((n, f) => n + f.sizeBytes, 0);
  for (const file of files) {
    const source = await sourceOf(file, opening.budget, say);
    if (source === null) continue;
    opened.push({ file, source });
    items.push(...(await open(file.path, source, opening)));
  }
  if (inputs.includes(STDIN)) items.push(...(await open(STDIN_NAME, await spooled(0, opening.budget), opening)));

  const { described, gaps } = applyManifests(items, opening.archives, say);
  const artifacts = described.map(artifactOf).sort((a, b) => compareNames(a.id, b.id));
  return {
    artifacts: uniqueIds(artifacts),
    problems: problems.sort((a, b) => compareNames(a.code, b.code) || compareNames(a.what, b.what)),
    gaps,
    changes: () => opened.flatMap(({ file, source }) => changeOf(file.path, source)),
  };
}

/** What is there of what was named, each thing once, in one order whatever the order of the arguments. */
async function findInputs(inputs: readonly string[], say: (p: Problem) => void): Promise<Input[]> {
  const found = new Map<string, Input>();
  for (const given of new Set(inputs)) {
    if (given === STDIN) continue;
    try {
      const real = realpathSync(given);
      const stats = statSync(real);
      if (!found.has(real)) found.set(real, { given, real, stats });
    } catch (error) {
      say(await inputProblem(given, (error as NodeJS.ErrnoException).code ?? ''));
    }
  }
  const all = [...found.values()].sort((a, b) => compareNames(a.real, b.real));
  // a file inside a folder that was also given is read once, with the folder
  return all.filter(
    (input) => !all.some((other) => other !== input && other.stats.isDirectory() && input.real.startsWith(other.real.endsWith(sep) ? other.real : other.real + sep)),
  );
}

async function inputProblem(given: string, code: string): Promise<Problem> {
  if (code === 'EACCES' || code === 'EPERM') return fileProblem('files/denied', `${given} could not be read`);
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return fileProblem('files/unreadable', `${given} could not be read (${code})`);
  if (/^[a-z]+:\/\//i.test(given)) {
    return fileProblem('files/not-found', `${given} is an address, not a file`, {
      why: 'files are read, addresses are not',
      next: `curl -sS -o capture ${given}; gorca investigate capture`,
    });
  }
  const folder = dirname(resolve(given));
  const near = nearNames(basename(given), await readdir(folder).catch(() => []));
  return fileProblem(
    'files/not-found',
    `${given} was not found`,
    near.length === 0 ? {} : { next: `did you mean ${near.map((n) => given.slice(0, given.length - basename(given).length) + n).join(' or ')}?` },
  );
}

interface File {
  readonly path: string;
  readonly full: string;
  readonly sizeBytes: number;
  /** A pipe or device named on purpose: `<(kubectl logs …)`. */
  readonly isStream: boolean;
}

function filesOf(input: Input, label: string, mostFiles: number, say: (p: Problem) => void): File[] {
  if (!input.stats.isDirectory()) {
    return [{ path: label === '' ? basename(input.real) : label, full: input.real, sizeBytes: input.stats.size, isStream: !input.stats.isFile() }];
  }
  let unlisted = false;
  const files = walk(input.real, mostFiles, (p) => {
    unlisted ||= p.code === 'files/denied' || p.code === 'files/unreadable';
    say(p);
  });
  // what could not be looked into is not known to be empty
  if (files.length === 0 && !unlisted) say(fileProblem('files/empty-folder', `the folder ${input.given} holds no file`));
  return files.map((f) => ({ path: label === '' ? f.path : `${label}/${f.path}`, full: f.full, sizeBytes: sizeOf(f.full), isStream: false }));
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

async function sourceOf(file: File, budget: MemoryBudget, say: (p: Problem) => void): Promise<ByteSource | null> {
  try {
    return file.isStream ? await spooled(file.full, budget) : openFile(file.full, budget);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    say(fileProblem(code === 'EACCES' || code === 'EPERM' ? 'files/denied' : 'files/unreadable', `${file.path} could not be read`));
    return null;
  }
}

function changeOf(path: string, source: ByteSource): Problem[] {
  const change = source instanceof FileSource ? source.change() : null;
  if (change === null) return [];
  switch (change.how) {
    case 'grown':
      return [fileProblem('files/grown', `${path} grew by ${change.bytes} bytes while it was read`)];
    case 'shrunk':
      return [fileProblem('files/shrunk', `${path} had ${source.sizeBytes} bytes and now has ${change.bytes}`)];
    default:
      return [fileProblem('files/replaced', `${path} is ${change.how === 'gone' ? 'no longer there' : 'another file than the one that was opened'}`)];
  }
}

async function spooled(from: string | 0, budget: MemoryBudget): Promise<ByteSource> {
  const spool = new Spool(budget);
  await readStream(from, (bytes) => spool.add(bytes));
  return spool.finish();
}

function artifactOf({ item, stated, changed }: Described): Artifact {
  const covers: readonly Cover[] = stated?.covers ?? [];
  const incomplete = item.cut === undefined ? stated?.incomplete : { how: 'cut' as const, why: item.cut };
  return {
    id: fullName(item),
    path: item.path,
    ...(item.member === undefined ? {} : { member: item.member }),
    decoders: item.decoders,
    source: item.source,
    sha256: item.sha256,
    interval: stated?.interval ?? ALWAYS,
    covers: changed ? covers.map((c) => ({ ...c, strength: 'guessed' as const })) : covers,
    ...(stated?.collector === undefined ? {} : { collector: stated.collector }),
    ...(stated?.command === undefined ? {} : { command: stated.command }),
    ...(stated?.takenAt === undefined ? {} : { takenAt: stated.takenAt }),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

/** Two members of one archive may bear one name. */
function uniqueIds(artifacts: readonly Artifact[]): Artifact[] {
  const seen = new Map<string, number>();
  return artifacts.map((a) => {
    const n = (seen.get(a.id) ?? 0) + 1;
    seen.set(a.id, n);
    return n === 1 ? a : { ...a, id: `${a.id}#${n}` };
  });
}
