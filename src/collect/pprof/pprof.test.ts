/** Against real Go processes: as they are, and as they fail. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BundleManifest } from '../../model/bundle.ts';
import { collectFiles } from '../files/index.ts';
import { writeManifest } from '../lib/bundle-folder.ts';
import { StoreFault } from '../lib/fault.ts';
import { endpointOf } from '../lib/http.ts';
import { type Exposed, PREPARING_MS, prepareExposed, startExposed, startService } from '../testing/exposed.ts';
import { correctionMs, offsetOf } from './clock.ts';
import { profilesIn } from './endpoints.ts';
import { forwardPod, podIn } from './forward.ts';
import { type PprofTaken, type PprofWanted, planLines, planPprof, takePprof } from './index.ts';

let folder = '';
let running: { stop(): Promise<void> } | null = null;
const OLD = { toolchain: 'go1.22.12' };
const LEAKS = { experiment: 'goroutineleakprofile' };
beforeAll(() => prepareExposed({}, OLD, LEAKS), PREPARING_MS);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gorca-pprof-'));
});
afterEach(async () => {
  await running?.stop();
  running = null;
  rmSync(folder, { recursive: true, force: true });
});

const WANTED: PprofWanted = { seconds: 1, rounds: 2, everySeconds: 1, gc: false, mostDumped: 10_000, metrics: null, mostBytes: 64 * 1024 * 1024, timeoutMs: 20_000 };

async function start(args: readonly string[], build: Parameters<typeof startExposed>[1] = {}): Promise<Exposed> {
  const exposed = await startExposed(args, build);
  running = exposed;
  return exposed;
}

async function take(url: string, wanted: Partial<PprofWanted> = {}, signal?: AbortSignal): Promise<PprofTaken> {
  const endpoint = endpointOf(url);
  const options = signal === undefined ? {} : { signal };
  const plan = await planPprof({ endpoint, name: endpoint.name, container: null, service: null }, { ...WANTED, ...wanted }, options);
  return takePprof(plan, folder, options);
}

async function fault(url: string, wanted: Partial<PprofWanted> = {}): Promise<StoreFault> {
  const error: unknown = await take(url, wanted).then(
    () => null,
    (e: unknown) => e,
  );
  if (!(error instanceof StoreFault)) throw new Error('no fault', { cause: error });
  return error;
}

const names = (t: PprofTaken): string[] => t.kept.map((k) => k.path.slice('pprof/'.length)).sort();
const WHOLE = [
  'allocs.pb.gz',
  'block.pb.gz',
  'goroutine-1.debug1.txt',
  'goroutine-1.debug2.txt',
  'goroutine-2.debug1.txt',
  'goroutine-2.debug2.txt',
  'heap-1.pb.gz',
  'heap-2.pb.gz',
  'mutex.pb.gz',
  'profile-1s.pb.gz',
  'threadcreate.pb.gz',
  'trace-1s.trace',
];

describe('a process that exposes its profiles', () => {
  it('everything, with times, checksums and one process; the bundle reads back as it was taken', async () => {
    const { url } = await start([]);
    const taken = await take(url);
    expect(taken.gaps).toEqual([]);
    expect(names(taken)).toEqual(WHOLE);
    for (const k of taken.kept) {
      const bytes = readFileSync(join(folder, k.path));
      expect([k.path, bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([k.path, k.sizeBytes, k.sha256]);
    }
    writeManifest(folder, taken.manifest);
    const { artifacts, problems, gaps } = await collectFiles([folder]);
    expect([problems, gaps]).toEqual([[], []]);
    const processes = new Set(artifacts.map((a) => `${a.covers[0]?.entity.kind} ${a.covers[0]?.entity.key}`));
    expect(processes.size).toBe(1);
    expect([...processes][0]).toMatch(/^process exposed-local-[0-9a-f]{12}@127\.0\.0\.1:\d+$/);
    const at = (name: string): bigint => artifacts.find((a) => a.path === `pprof/${name}`)?.takenAt ?? 0n;
    expect(at('heap-2.pb.gz') - at('heap-1.pb.gz')).toBeGreaterThanOrEqual(900_000_000n);
    const trace = artifacts.find((a) => a.path === 'pprof/trace-1s.trace')?.interval;
    const cpu = artifacts.find((a) => a.path === 'pprof/profile-1s.pb.gz')?.interval;
    // one window: each began before the other ended
    expect((trace?.from ?? 0n) < (cpu?.to ?? 0n) && (cpu?.from ?? 0n) < (trace?.to ?? 0n)).toBe(true);
  });

  it('metrics of client_golang beside them, and the costs are said first', async () => {
    const service = await startService('search');
    running = service;
    const endpoint = endpointOf(service.url);
    const plan = await planPprof({ endpoint, name: endpoint.name, container: null, service: 'search' }, { ...WANTED, metrics: '/metrics', gc: true });
    const said = planLines(plan)
      .map((l) => l.says)
      .join('\n');
    for (const cost of ['a scrape, as Prometheus does it', 'forces a whole garbage collection each time', 'up to 100 times a second', 'stops the world until all'])
      expect(said).toContain(cost);
    const taken = await takePprof(plan, folder);
    expect(taken.gaps).toEqual([]);
    expect(names(taken)).toEqual([...WHOLE, 'metrics-1.txt', 'metrics-2.txt'].sort());
    expect(taken.kept.find((k) => k.path.endsWith('heap-1.pb.gz'))?.url).toContain('/debug/pprof/heap?gc=1');
    expect(taken.manifest.artifacts[0]?.covers).toEqual([
      { kind: 'process', name: `zoo-services@${endpoint.name}` },
      { kind: 'service', name: 'search' },
    ]);
    expect(JSON.stringify(taken.manifest.recorded)).not.toContain('-seconds');
  });

  it('a prefix, and a mux that registers some names and no index', async () => {
    const prefixed = await start(['-prefix', '/ops']);
    for (const base of [`${prefixed.url}/ops`, `${prefixed.url}/ops/debug/pprof/`]) {
      rmSync(folder, { recursive: true, force: true });
      expect(names(await take(base, { rounds: 1, seconds: 0 }))).toContain('goroutine-1.debug2.txt');
    }
    expect((await fault(prefixed.url)).kind).toBe('not-found');
    await prefixed.stop();
    const unlisted = await start(['-mode', 'unlisted']);
    rmSync(folder, { recursive: true, force: true });
    const taken = await take(unlisted.url, { rounds: 1 });
    expect(names(taken)).toEqual(['goroutine-1.debug1.txt', 'goroutine-1.debug2.txt', 'heap-1.pb.gz', 'profile-1s.pb.gz', 'trace-1s.trace']);
    expect(taken.gaps.map((g) => [g.what, g.why])).toEqual(['allocs', 'mutex', 'block', 'threadcreate'].map((p) => [`no ${p}`, 'the server has no such profile (HTTP 404)']));
  });

  it('no debug=2 above the stated number of goroutines, and the counts all the same', async () => {
    const { url } = await start(['-goroutines', '300']);
    const taken = await take(url, { mostDumped: 100, seconds: 0 });
    expect(names(taken).filter((n) => n.startsWith('goroutine'))).toEqual(['goroutine-1.debug1.txt', 'goroutine-2.debug1.txt']);
    expect(taken.gaps).toEqual([expect.objectContaining({ why: expect.stringMatching(/^there are 30\d goroutines, more than 100/) })]);
    expect(taken.gaps[0]?.next).toContain('--max-dump-goroutines');
  });
});

describe('where the runtime looks for leaks itself', () => {
  it('goroutineleak twice, for its first answer may be incomplete', async () => {
    const { url } = await start(['-goroutines', '20'], LEAKS);
    const taken = await take(url, { rounds: 1, seconds: 0 });
    expect(taken.gaps).toEqual([]);
    expect(names(taken).filter((n) => n.startsWith('goroutineleak'))).toEqual(['goroutineleak-1.pb.gz', 'goroutineleak-2.pb.gz']);
    writeManifest(folder, taken.manifest);
    expect(taken.manifest.recorded?.['costs']).toContain('goroutineleak (twice): runs a garbage collection of its own each time');
  });
});

describe('what the server grants', () => {
  it('Go 1.22 refuses windows as long as its WriteTimeout: shorter ones are asked for, of both', async () => {
    const { url } = await start(['-write-timeout', '3s'], OLD);
    const taken = await take(url, { seconds: 5, rounds: 1 });
    expect(names(taken).filter((n) => /profile-|trace-/.test(n))).toEqual(['profile-2s.pb.gz', 'trace-2s.trace']);
    expect(taken.gaps).toEqual([expect.objectContaining({ what: 'CPU profile and trace cover 2 s instead of 5 s' })]);
    expect(taken.seconds).toBe(2);
  });

  it('Go 1.26 extends the timeout by itself', async () => {
    const { url } = await start(['-write-timeout', '1s']);
    const taken = await take(url, { seconds: 2, rounds: 1 });
    expect([taken.gaps, taken.seconds]).toEqual([[], 2]);
  });

  it('where a wrapper hides the connection the answer is cut off without a word: shorter ones are asked for', async () => {
    const { url } = await start(['-mode', 'wrapped', '-write-timeout', '2500ms']);
    const taken = await take(url, { seconds: 4, rounds: 1 });
    expect(names(taken).filter((n) => /profile-|trace-/.test(n))).toEqual(['profile-2s.pb.gz', 'trace-2s.trace']);
    rmSync(folder, { recursive: true, force: true });
    await running?.stop();
    const shorter = await start(['-mode', 'wrapped', '-write-timeout', '700ms']);
    const none = await take(shorter.url, { seconds: 2, rounds: 1 });
    expect(names(none)).toEqual(WHOLE.filter((n) => n.includes('-1.') || /^[a-z]+\.pb/.test(n)));
    expect(none.gaps.map((g) => g.what)).toEqual(expect.arrayContaining(['no profile']));
  });

  it('another profiler holds the CPU profile and the trace', async () => {
    const { url } = await start(['-busy']);
    const taken = await take(url, { rounds: 1 });
    expect(taken.gaps.map((g) => [g.what, g.why])).toEqual(
      expect.arrayContaining([
        ['no profile?seconds=1', 'Could not enable CPU profiling: cpu profiling already in use'],
        ['no trace?seconds=1', expect.stringMatching(/^Could not enable tracing: .*already enabled$/)],
      ]),
    );
    expect(names(taken)).toContain('heap-1.pb.gz');
  });
});

describe('what goes wrong', () => {
  it('nothing is exposed: what it would take is printed', async () => {
    for (const mode of ['bare', 'everything']) {
      const { url, stop } = await start(['-mode', mode]);
      const f = await fault(url);
      expect([f.kind, f.next.includes('import _ "net/http/pprof"'), f.next.includes('trace.NewFlightRecorder')]).toEqual(['not-found', true, true]);
      await stop();
    }
  });

  it('a process that does not answer is given up after two answers, and what it costs in time is bounded', async () => {
    const { url } = await start(['-mode', 'hanging']);
    const taken = await take(url, { timeoutMs: 400 });
    expect(taken.kept).toEqual([]);
    expect(taken.gaps.map((g) => g.what)).toEqual(['no heap', 'no goroutine?debug=1', 'what would have come after that was not asked for']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('an endless answer is broken off, and the others come', async () => {
    const { url } = await start(['-mode', 'huge']);
    const taken = await take(url, { mostBytes: 3 * 1024 * 1024 });
    expect(taken.gaps.map((g) => g.why)).toEqual(Array(2).fill('the answer is larger than 3145728 bytes'));
    expect(existsSync(join(folder, 'pprof/heap-1.pb.gz'))).toBe(false);
    expect(names(taken)).toEqual(WHOLE.filter((n) => !n.startsWith('heap')));
  });

  it('a redirect elsewhere is not followed', async () => {
    const { url } = await start(['-mode', 'redirect']);
    expect(await fault(url)).toMatchObject({ kind: 'redirected', message: expect.stringContaining('http://other.invalid') });
  });

  it('what authenticates is asked for, given, and written nowhere', async () => {
    const { url } = await start(['-mode', 'locked']);
    expect(await fault(url)).toMatchObject({ kind: 'denied', next: expect.stringContaining('--token-env') });
    const taken = await take(url.replace('http://', 'http://ann:open@'), { rounds: 1 });
    expect(taken.gaps).toEqual([]);
    expect(JSON.stringify(taken.manifest)).not.toMatch(/ann|open@|authorization/i);
  });

  it('what cannot be written is a gap, and what is there is not written over', async () => {
    const { url } = await start([]);
    mkdirSync(join(folder, 'pprof'));
    writeFileSync(join(folder, 'pprof/heap-1.pb.gz'), 'of another capture');
    const taken = await take(url, { rounds: 1, seconds: 0 });
    expect(taken.gaps).toEqual([{ what: 'no heap', why: 'it could not be written (EEXIST)', next: 'make room, or give another folder: -o FOLDER' }]);
    expect(names(taken)).toContain('goroutine-1.debug1.txt');
    expect(readFileSync(join(folder, 'pprof/heap-1.pb.gz'), 'utf8')).toBe('of another capture');
  });

  it('interrupted in the middle of the window: what had come is kept', async () => {
    const { url } = await start([]);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 2500);
    const taken = await take(url, { seconds: 20 }, stop.signal);
    expect(taken.interrupted).toBe(true);
    expect(names(taken)).toEqual(expect.arrayContaining(['heap-1.pb.gz', 'goroutine-1.debug1.txt']));
    expect(names(taken)).not.toContain('profile-20s.pb.gz');
    const trace = taken.kept.find((k) => k.path.endsWith('.trace'));
    // a trace is of use up to where it was cut
    expect([trace?.incomplete?.how, taken.gaps.some((g) => g.why === 'it was interrupted')]).toEqual(['cut', true]);
  });

  it('nobody listens', async () => {
    const { url, stop } = await start([]);
    await stop();
    running = null;
    expect((await fault(url)).kind).toBe('unreachable');
  });
});

describe('a pod', () => {
  it('is named, with a port or without', () => {
    expect(podIn('pod/orders-7d9f8b6c5d-x2x1z')).toEqual({ pod: 'orders-7d9f8b6c5d-x2x1z', port: null });
    expect(podIn('po/orders:7070')).toEqual({ pod: 'orders', port: 7070 });
    for (const not of ['orders', 'deploy/orders', 'pod/-n', 'pod/a:0', 'pod/a:99999', 'pod/A', 'pod/a/b']) expect(podIn(not), not).toBeNull();
  });

  const POD = { namespace: 'shop', pod: 'orders-1', port: null, container: null, context: null };

  it('no kubectl, and one that refuses', async () => {
    await expect(forwardPod(POD, { env: { PATH: folder }, timeoutMs: 5000 })).rejects.toMatchObject({ kind: 'unreachable', message: 'kubectl is not on the path' });
    for (const [says, kind] of [
      ['Error from server (NotFound): pods "orders-1" not found', 'not-found'],
      ['Error from server (Forbidden): pods "orders-1" is forbidden: User "guest" cannot get resource "pods" in API group "" in the namespace "shop"', 'denied'],
      ['The connection to the server localhost:8080 was refused - did you specify the right host or port?', 'unreachable'],
    ]) {
      standIn(`console.error(${JSON.stringify(says)}); process.exit(1);`);
      await expect(forwardPod(POD, { env: { PATH: folder }, timeoutMs: 20_000 })).rejects.toMatchObject({ kind, said: says });
    }
  });

  it('the child forwards, by the port that the pod names, and is ended by its process id', async () => {
    const { url } = await start([]);
    const spec = {
      spec: {
        containers: [
          { name: 'proxy' },
          {
            name: 'orders',
            ports: [
              { name: 'http', containerPort: 8080 },
              { name: 'pprof', containerPort: 7070 },
            ],
          },
        ],
      },
    };
    standIn(`
      if (process.argv.includes('get')) { console.log(${JSON.stringify(JSON.stringify(spec))}); process.exit(0); }
      const [, port] = process.argv.at(-1).split(':');
      const { createServer, connect } = require('node:net');
      const server = createServer((c) => { const up = connect(${new URL(url).port}, '127.0.0.1'); c.pipe(up).pipe(c); c.on('error', () => up.destroy()); up.on('error', () => c.destroy()); });
      server.listen(0, '127.0.0.1', () => console.log('Forwarding from 127.0.0.1:' + server.address().port + ' -> ' + port));`);
    const forward = await forwardPod(POD, { env: { PATH: folder }, timeoutMs: 20_000 });
    expect([forward.port, forward.container]).toEqual([7070, 'orders']);
    const endpoint = endpointOf(forward.base.href);
    const plan = await planPprof(
      { endpoint, name: 'pod/orders-1:7070', container: { namespace: 'shop', pod: 'orders-1', container: 'orders' }, service: null },
      { ...WANTED, rounds: 1, seconds: 0 },
    );
    const taken = await takePprof(plan, join(folder, 'out'));
    await forward.stop();
    expect(() => process.kill(forward.pid, 0)).toThrow();
    expect((taken.manifest as BundleManifest).artifacts[0]?.covers).toEqual([{ kind: 'container', namespace: 'shop', pod: 'orders-1', container: 'orders' }]);
  });

  /** A kubectl that answers with the words of the real one (v1.32). */
  function standIn(script: string): void {
    const file = join(folder, 'kubectl');
    writeFileSync(file, `#!${process.execPath}\n${script}\n`);
    chmodSync(file, 0o755);
  }
});

describe('clocks and pages', () => {
  it('the offset lies within what the Date headers allow, whatever the delays', () => {
    const delay = fc.integer({ min: 0, max: 3000 });
    fc.assert(
      fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), fc.array(fc.tuple(fc.nat(100_000), delay, delay), { minLength: 1, maxLength: 20 }), (ahead, sent) => {
        const o = offsetOf(
          sent.map(([at, there, back]) => {
            const sentMs = 1_700_000_000_000 + at;
            const serverMs = Math.floor((sentMs + there + ahead) / 1000) * 1000;
            return { sentMs, answeredMs: sentMs + there + back, serverMs };
          }),
        );
        expect(o).not.toBeNull();
        if (o === null) return;
        expect(o.leastMs).toBeLessThanOrEqual(ahead);
        expect(o.mostMs).toBeGreaterThanOrEqual(ahead);
        if (ahead === 0) expect(correctionMs(o)).toBe(0);
      }),
    );
    expect(offsetOf([{ sentMs: 0, answeredMs: 5, serverMs: null }])).toBeNull();
  });

  it('the index of old versions is read, too', () => {
    const page = (row: string): string => `<html><head><title>/debug/pprof/</title></head><body>Types of profiles available:<table>${row}</table></body></html>`;
    // as Go 1.11, 1.17 and 1.26 write it
    for (const row of [
      '\n\t<tr>\n\t<td>21</td><td><a href=goroutine?debug&#61;1>goroutine</a></td>\n\t</tr>\n',
      "<tr><td>21</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>\n",
    ])
      expect(profilesIn(page(row))).toEqual(new Map([['goroutine', 21]]));
  });

  it('a page that only speaks of pprof is no index', () => {
    expect(profilesIn('<html><body>see /debug/pprof/ for profiles</body></html>')).toBeNull();
    expect(profilesIn("<td>3</td><td><a href='heap?debug=1'>heap</a></td>")).toBeNull();
  });
});
