/**
 * Every profile the tests hold, held against `go tool pprof`: the types, each sample with its values, stack, symbols and labels (-raw), weights (-top),
 * labels (-tags) and differences (-diff_base). What disagrees is listed with its reason, and the list may only become shorter.
 */
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { testArtifact } from '../../../model/testing/artifact.ts';
import { type Profile, pprof, weigh } from '../../../read/pprof/index.ts';
import { fixtureBytes } from '../../../read/testing/check-reader.ts';
import { rawSamples, samplesOfRaw } from '../../../read/testing/pprof-raw.ts';
import { diffProfiles } from './diff.ts';
import { labelsView } from './views.ts';

/** File and question, with the reason. */
const DISAGREEMENTS: Readonly<Record<string, string>> = {};

const root = join(import.meta.dirname, '../../../..');
const files = ['go/zoo/testdata', 'incidents', 'src'].flatMap((folder) => profilesBelow(join(root, folder))).sort();

function profilesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.pb.gz'))
    .map((f) => join(folder, f));
}

// the first use of `go tool` builds the program
const go = spawnSync('go', ['tool', 'pprof', '-h'], { stdio: 'ignore' });
const tool = go.error === undefined ? spawnSync('go', ['tool', '-n', 'pprof'], { encoding: 'utf8' }).stdout.trim() : '';

const asked = (...args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(tool, args, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }, (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
  });

const read = (file: string): Profile => pprof.read(testArtifact(fixtureBytes(file))).model as Profile;
const UNIT: Readonly<Record<string, string>> = { nanoseconds: 'ns', bytes: 'B' };
const unitOf = (p: Profile, type: number): string[] => {
  const unit = UNIT[p.sampleTypes[type]!.unit];
  return unit === undefined ? [] : [`-unit=${unit}`];
};

function tableOf(text: string): Map<string, [number, number]> {
  const out = new Map<string, [number, number]>();
  for (const line of text.split('\n')) {
    const m = /^\s*(-?[\d.]+)[a-zA-Z]*\s+-?[\d.]+%\s+-?[\d.]+%\s+(-?[\d.]+)[a-zA-Z]*\s+-?[\d.]+%\s+(.+?)(?: \(inline\)| \(partial-inline\))?$/.exec(line);
    if (m !== null) out.set(m[3]!, [Number(m[1]), Number(m[2])]);
  }
  return out;
}

const TOP = ['-top', '-nodefraction=0', '-nodecount=100000', '-edgefraction=0'];
const found: string[] = [];
let compared = 0;

/** Runs two at a time, and notes what disagrees. */
async function each<T>(list: readonly T[], name: (of: T) => string, agrees: (of: T) => Promise<boolean>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < list.length; i = next++) {
      const of = list[i] as T;
      compared++;
      if (!(await agrees(of))) found.push(name(of));
    }
  };
  await Promise.all([worker(), worker()]);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const short = (file: string): string => relative(root, file);

describe.skipIf(tool === '')('every profile fixture', { timeout: 600_000 }, () => {
  it('-raw: each sample', async () => {
    expect(files.length).toBeGreaterThan(150);
    await each(
      files,
      (file) => `-raw ${short(file)}`,
      async (file) => {
        const p = read(file);
        const text = await asked('-raw', file);
        const types = /^Samples:\n(.*)$/m.exec(text)?.[1]?.trim().split(' ') ?? [];
        const marked = types.findIndex((t) => t.endsWith('[dflt]'));
        return (
          same(
            p.sampleTypes.map((t) => `${t.type}/${t.unit}`),
            types.map((t) => t.replace('[dflt]', '')),
          ) &&
          p.defaultType === (marked < 0 ? types.length - 1 : marked) &&
          same(rawSamples(p), samplesOfRaw(text))
        );
      },
    );
  });

  // one of three is enough where each sample was the same
  const some = files.filter((_, i) => i % 3 === 0);

  it('-top: flat and cumulative weights of the type shown first', async () => {
    await each(
      some,
      (file) => `-top ${short(file)}`,
      async (file) => {
        const p = read(file);
        const theirs = tableOf(await asked(...TOP, ...unitOf(p, p.defaultType), `-sample_index=${p.sampleTypes[p.defaultType]!.type}`, file));
        const w = weigh(p, p.defaultType);
        const ours = new Map(w.name.map((n, i) => [n, [w.flat[i]!, w.cum[i]!]]));
        return [...theirs].every(([name, weights]) => same(ours.get(name), weights));
      },
    );
  });

  it('-tags: labels and what is under each value', async () => {
    const labelled = files.filter((f) => /costs|requests|goroutine|heap-delta/.test(f) || f.includes('read/pprof')).filter((_, i) => i % 2 === 0);
    let values = 0;
    await each(
      labelled,
      (file) => `-tags ${short(file)}`,
      async (file) => {
        const p = read(file);
        if (p.labels.count === 0) return true;
        const text = await asked('-tags', ...unitOf(p, p.defaultType), `-sample_index=${p.sampleTypes[p.defaultType]!.type}`, file);
        const theirs = new Map<string, number>();
        let key = '';
        for (const line of text.split('\n')) {
          const head = /^ (\S+): Total /.exec(line);
          if (head !== null) key = head[1]!;
          const row = /^\s+(-?\d+)[a-zA-Z]*(?:\s+\(\s*-?[\d.]+%\))?: (.*)$/.exec(line);
          if (head === null && row !== null) theirs.set(`${key}=${row[2]!.replace(/^(\d+)B$/, '$1')}`, Number(row[1]));
        }
        const view = labelsView({ file, profile: p, type: p.defaultType, keep: null }, Number.MAX_SAFE_INTEGER);
        const ours = new Map<string, number>(view.keys.flatMap((k) => k.values.map((v): [string, number] => [`${k.key}=${v.text.replace(/ bytes$/, '')}`, v.value])));
        values += theirs.size;
        // pprof leaves out what is 0
        return [...theirs].every(([name, v]) => ours.get(name) === v) && [...ours].every(([name, v]) => v === 0 || theirs.has(name));
      },
    );
    expect(values).toBeGreaterThan(50);
  });

  it('-diff_base: what changed between two of one process', async () => {
    const kind = (file: string): string =>
      `${file.slice(0, file.lastIndexOf('/'))} ${/(?:^|[^a-z])(heap|goroutine|block|mutex|threadcreate)(?:[^a-z]|$)/.exec(short(file))?.[1] ?? ''}`;
    const pairs = files.flatMap((file, i): [string, string][] => {
      const before = files.slice(0, i).findLast((f) => kind(f) === kind(file));
      return before === undefined ||
        /delta/.test(file + before) ||
        read(before)
          .sampleTypes.map((t) => t.type)
          .join() !==
          read(file)
            .sampleTypes.map((t) => t.type)
            .join()
        ? []
        : [[before, file]];
    });
    const chosen = pairs.filter((_, i) => i % 3 === 0);
    expect(chosen.length).toBeGreaterThan(15);
    await each(
      chosen,
      ([a, b]) => `-diff_base ${short(a)} ${short(b)}`,
      async ([a, b]) => {
        const p = read(b);
        const type = p.sampleTypes[p.defaultType]!.type;
        const theirs = tableOf(await asked(...TOP, ...unitOf(p, p.defaultType), `-sample_index=${type}`, `-diff_base=${a}`, b));
        const d = diffProfiles(read(a), p, type, { normalise: 'none', normaliseNames: false });
        const ours = new Map(d.rows.map((r) => [r.name, [r.flat.delta, r.cum.delta]]));
        return [...theirs].every(([name, weights]) => same(ours.get(name), weights));
      },
    );
  });

  it('disagrees nowhere but where it is said', () => {
    expect(found.sort()).toEqual(Object.keys(DISAGREEMENTS).sort());
  });
});

afterAll(() =>
  console.log(tool === '' ? 'go is not installed: every comparison with go tool pprof skipped' : `${compared} comparisons with go tool pprof over ${files.length} profiles`),
);
