/** `gorca profile`, as it is typed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProfileDifference, ProfileLabels, ProfileLedger, ProfileTop } from '../../model/index.ts';
import type { FlagValues, Run } from '../command.ts';
import { type Said, saidBy } from '../testing/said.ts';
import { run as attribute } from './attribute.ts';
import { run as diff } from './diff.ts';
import { run as labels } from './labels.ts';
import { run as open } from './open.ts';
import { serveSpeedscope, speedscopeFolder } from './serve-speedscope.ts';
import { run as top } from './top.ts';

const folder = mkdtempSync(join(tmpdir(), 'gorca-profile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const source = join(import.meta.dirname, '../..');
const fixture = (name: string): string => join(source, 'observe/lib/profiles/testdata', `${name}.pb.gz`);
const WELL = fixture('requests.well.go1.26');
const ILL = fixture('requests.compile-each.go1.26');
const DELTA = join(source, 'read/pprof/testdata/heap-delta.go1.26.pb.gz');
const HEAP_TEXT = join(source, 'read/pprof-text/testdata/heap.go1.26.txt');

const said = (run: Run, flags: FlagValues, args: readonly string[]): Promise<Said> => saidBy((console) => run(console, flags, args));

const json = async <V>(run: Run, flags: FlagValues, args: readonly string[]): Promise<V> => JSON.parse((await said(run, { ...flags, json: true }, args)).out) as V;

describe('profile top', () => {
  it('prints functions with their share and its error, within 80 columns', async () => {
    const { out, exit } = await said(top, { rows: 5, cum: true }, [ILL]);
    expect(exit).toBe(0);
    expect(out).toMatch(/cpu: 1\.76 s · in 3\.32 s \(0\.53 processors\)/);
    expect(out).toMatch(/^ {31}1\.31 s {3}74 % main\.main$/m);
    expect(out).toMatch(/in \d+ more rows \(-n\)/);
    for (const l of out.split('\n')) expect([...l].length, l).toBeLessThanOrEqual(80);
  });

  it('by package and by label, of another type, as data', async () => {
    const packages = await json<ProfileTop>(top, { by: 'package' }, [ILL]);
    expect(packages.rows.find((r) => r.name === 'regexp/syntax')?.flat).toBeGreaterThan(0);
    expect(packages.rows.reduce((n, r) => n + r.flat, 0)).toBe(packages.profile.total);
    const routes = await json<ProfileTop>(top, { by: 'label:route', 'sample-type': 'samples' }, [ILL]);
    expect(routes.rows.map((r) => r.name).sort()).toEqual(['/order', '/search', '<none>']);
    expect(routes.rows.reduce((n, r) => n + r.flat, 0)).toBe(176);
  });

  it('reads text, several files, and selects samples', async () => {
    const both = await json<ProfileTop[]>(top, {}, [HEAP_TEXT, ILL]);
    expect(both.map((t) => t.profile.type)).toEqual(['inuse_space', 'cpu']);
    const focused = await json<ProfileTop>(top, { focus: 'main\\.search$' }, [ILL]);
    expect(focused.profile.total).toBe(100e6);
    const labelled = await json<ProfileTop>(top, { label: 'route=^/search$' }, [ILL]);
    expect(labelled.profile.samples).toBeLessThan(focused.profile.allSamples);
    const ignored = await json<ProfileTop>(top, { ignore: 'main\\.search$' }, [ILL]);
    expect(ignored.profile.total + focused.profile.total).toBe(1.76e9);
  });

  it('says what is wrong', async () => {
    await expect(said(top, { 'sample-type': 'inuse_space' }, [ILL])).rejects.toThrow('the profile has samples, cpu');
    await expect(said(top, { focus: '(' }, [ILL])).rejects.toThrow('--focus (');
    await expect(said(top, { by: 'address' }, [ILL])).rejects.toThrow('label:KEY');
    await expect(said(top, {}, [])).rejects.toThrow('which profile?');
    const none = await said(top, {}, [join(import.meta.dirname, 'profile.test.ts')]);
    expect(none.exit).toBe(3);
    expect(none.err).toMatch(/is no profile: .*pprof/);
    const empty = join(folder, 'empty.pb');
    writeFileSync(empty, '');
    const cut = join(folder, 'cut.pb.gz');
    writeFileSync(cut, readFileSync(ILL).subarray(0, 5000));
    expect((await said(top, {}, [empty])).exit).toBe(3);
    expect((await said(top, {}, [cut])).exit).toBe(3);
    expect((await said(top, {}, [cut])).err).not.toBe('');
  });
});

describe('profile attribute', () => {
  it('is a ledger: rows sum to the total, idle work is charged to nobody', async () => {
    const l = await json<ProfileLedger>(attribute, {}, [ILL]);
    expect(l.rows.reduce((n, r) => n + r.value, 0)).toBe(l.profile.total);
    expect(l.users[0]?.function).toBe('gorca.dev/go/zoo/costs.validate'.replace('gorca.dev/go/zoo/costs', 'main'));
    const { out } = await said(attribute, {}, [ILL]);
    expect(out).toMatch(/idle scheduler\n {29}nobody/);
    expect(out).toMatch(/100 % {2}in all, 176 ticks/);
    expect(out).toMatch(/charged to\n? +nobody: 110 ms, 6\.3 %/);
    for (const line of out.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
  });
});

describe('profile diff', () => {
  it('tells what grew, along which path, and nothing that sampling may explain', async () => {
    const { out } = await said(diff, {}, [WELL, ILL]);
    expect(out).toMatch(/TOTAL {3}570 ms → 1\.59 s, \+1\.02 s ± \d+ ms: more than sampling/);
    expect(out).toMatch(/GREW[\s\S]*└ main\.validate\n {10}└ regexp\.MustCompile/);
    const d = await json<ProfileDifference>(diff, {}, [WELL, ILL]);
    expect(d.rows.every((r) => r.flat.significant || r.cum.significant)).toBe(true);
    expect(d.unsure).toBeGreaterThan(50);
    const all = await json<ProfileDifference>(diff, { all: true }, [WELL, ILL]);
    expect(all.rows.length).toBe(d.rows.length + d.unsure);
  });

  it('near miss: the same twice', async () => {
    const { out } = await said(diff, {}, [WELL, fixture('requests.well-again.go1.26')]);
    expect(out).toMatch(/no function changed by more than sampling shows by itself/);
    expect(out).not.toMatch(/GREW/);
  });

  it('takes a difference alone, and refuses what cannot be compared', async () => {
    const { out } = await said(diff, {}, [DELTA]);
    expect(out).toMatch(/DELTA[\s\S]*TOTAL {3}−1\.24 MiB ± /);
    expect(out).toMatch(/SHRANK {2}−3\.12 MiB[\s\S]*main\.fillCache/);
    await expect(said(diff, {}, [WELL])).rejects.toThrow('a second profile is needed');
    await expect(said(diff, {}, [WELL, HEAP_TEXT])).rejects.toThrow('the two hold different things');
    await expect(said(diff, {}, [WELL, ILL, DELTA])).rejects.toThrow('two profiles are compared');
  });

  it('of heaps says what stayed of what was allocated', async () => {
    const heap = (n: number): string => join(source, `observe/heap/testdata/grows-${n}.pb.gz`);
    const { out } = await said(diff, {}, [heap(1), heap(4)]);
    expect(out).toMatch(/allocated in between: 66\.5 MiB; of it \+57\.3 MiB is in use more than\n {8}before: 86 % stayed/);
  });
});

describe('profile labels', () => {
  it('lists keys and values', async () => {
    const l = await json<ProfileLabels>(labels, {}, [ILL]);
    expect(l.keys.map((k) => [k.key, k.values.map((v) => v.text)])).toEqual([['route', ['/order', '/search']]]);
    const { out } = await said(labels, {}, [ILL]);
    expect(out).toMatch(/route: on 74 % of cpu/);
    expect((await said(labels, {}, [join(source, 'read/pprof/testdata/mutex.go1.26.pb.gz')])).out).toMatch(/no sample has a label/);
  });
});

interface Speedscope {
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly {
    readonly name: string;
    readonly unit: string;
    readonly endValue: number;
    readonly samples: readonly number[][];
    readonly weights: readonly number[];
  }[];
}

const fetched = (url: string, host?: string): Promise<{ status: number; body: string; policy: string }> =>
  new Promise((resolve, reject) => {
    get(url, host === undefined ? {} : { headers: { host } }, (r) => {
      let body = '';
      r.on('data', (part: Buffer) => {
        body += part.toString('utf8');
      });
      r.on('end', () => resolve({ status: r.statusCode ?? 0, body, policy: String(r.headers['content-security-policy']) }));
    }).on('error', reject);
  });

describe('profile open', () => {
  const appFolder = speedscopeFolder();

  it("writes what speedscope's own schema asks for: every type, inlined calls, labels, both halves of a difference", async () => {
    const out = join(folder, 'out.json');
    expect((await said(open, { output: out }, [DELTA, ILL])).exit).toBe(0);
    const text = readFileSync(out, 'utf8');
    const doc = JSON.parse(text) as Speedscope;
    if (appFolder === null) throw new Error('speedscope is not installed: npm install');
    const schema = JSON.parse(readFileSync(join(appFolder, 'file-format-schema.json'), 'utf8')) as { $schema?: string };
    delete schema.$schema;
    const validate = new Ajv({ strict: false }).compile(schema);
    expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
    expect(doc.profiles.map((p) => p.name)).toEqual([
      'inuse_space, grew · heap-delta.go1.26.pb.gz',
      'inuse_space, shrank · heap-delta.go1.26.pb.gz',
      'alloc_objects, grew · heap-delta.go1.26.pb.gz',
      'alloc_space, grew · heap-delta.go1.26.pb.gz',
      'inuse_objects, grew · heap-delta.go1.26.pb.gz',
      'inuse_objects, shrank · heap-delta.go1.26.pb.gz',
      'inuse_space by label bytes, grew · heap-delta.go1.26.pb.gz',
      'inuse_space by label bytes, shrank · heap-delta.go1.26.pb.gz',
      'cpu · requests.compile-each.go1.26.pb.gz',
      'samples · requests.compile-each.go1.26.pb.gz',
      'cpu by label route · requests.compile-each.go1.26.pb.gz',
    ]);
    const [grew, shrank] = doc.profiles as [Speedscope['profiles'][number], Speedscope['profiles'][number]];
    const total = (await json<ProfileTop>(top, {}, [DELTA])).profile.total;
    expect(grew.endValue - shrank.endValue).toBe(total);
    for (const p of doc.profiles) {
      expect(p.samples.length).toBe(p.weights.length);
      expect(p.weights.reduce((n, w) => n + w, 0)).toBe(p.endValue);
      expect(p.weights.every((w) => w > 0)).toBe(true);
    }
    const named = (p: number, s: number): string[] => doc.profiles[p]!.samples[s]!.map((f) => doc.shared.frames[f]!.name);
    // regexp.Compile is inlined into MustCompile
    const inlined = doc.profiles[8]!.samples.findIndex((_, s) => named(8, s).includes('regexp.Compile'));
    expect(named(8, inlined).indexOf('regexp.Compile')).toBe(named(8, inlined).indexOf('regexp.MustCompile') + 1);
    expect(new Set(doc.profiles[10]!.samples.map((_, s) => named(10, s)[0]))).toEqual(new Set(['route: /order', 'route: /search', '(no route)']));
  });

  it('serves the app and the profile to this machine alone, to whoever knows the address', async () => {
    if (appFolder === null) throw new Error('speedscope is not installed: npm install');
    const served = await serveSpeedscope(appFolder, () => ['{"a":', '1}']);
    try {
      const base = served.url.split('#')[0] as string;
      expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/#profileURL=http%3A%2F%2F127/);
      const page = await fetched(base);
      expect([page.status, page.body.includes('speedscope'), page.policy.startsWith("default-src 'none'")]).toEqual([200, true, true]);
      expect(await fetched(`${base}profile.speedscope.json`)).toMatchObject({ status: 200, body: '{"a":1}' });
      const script = /src="(speedscope-\w+\.js)"/.exec(page.body)?.[1] as string;
      expect((await fetched(`${base}${script}`)).body.length).toBeGreaterThan(100_000);
      for (const wrong of [base.replace(/[0-9a-f]{32}/, '0'.repeat(32)), `${base}..%2f..%2fpackage.json`, `${base}../package.json`, `${base}none.js`])
        expect([wrong, (await fetched(wrong)).status]).toEqual([wrong, 404]);
      expect((await fetched(base, 'rebound.example.com')).status).toBe(403);
    } finally {
      await served.close();
    }
  });

  it('prints the address and ends when interrupted', async () => {
    const script = join(folder, 'open.mjs');
    const { buildSync } = await import('esbuild');
    buildSync({
      stdin: {
        contents: `import { run } from ${JSON.stringify(join(import.meta.dirname, 'open.ts'))};
          process.exitCode = await run({ out: (t) => process.stdout.write(t), err: (t) => process.stderr.write(t), outIsTerminal: false, errIsTerminal: false, columns: 80, env: {} }, { open: false }, [${JSON.stringify(ILL)}]);`,
        resolveDir: import.meta.dirname,
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      // beside the packages, where a require of speedscope finds it
      outfile: join(source, '../node_modules/.cache', `profile-open-${process.pid}.mjs`),
      packages: 'external',
      logLevel: 'error',
    });
    rmSync(script, { force: true });
    const file = join(source, '../node_modules/.cache', `profile-open-${process.pid}.mjs`);
    try {
      const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
      const url = await new Promise<string>((resolve, reject) => {
        child.on('error', reject);
        child.stdout.once('data', (part: Buffer) => resolve(part.toString('utf8').trim()));
      });
      expect((await fetched(url.split('#')[0] as string)).status).toBe(200);
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      child.kill('SIGINT');
      expect(await ended).toBe(0);
    } finally {
      rmSync(file, { force: true });
    }
  });
});
