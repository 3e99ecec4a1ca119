import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BUNDLE_FILE, BUNDLE_VERSION } from '../../model/bundle.ts';
import { type Artifact, decodeText, entityId, formatInstant, readSlice } from '../../model/index.ts';
import { MemoryBudget } from '../../platform/files.ts';
import { collectFiles } from './index.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gorca-files-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string | Uint8Array): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const ids = (artifacts: readonly Artifact[]): string[] => artifacts.map((a) => a.id);
const text = (a: Artifact | undefined): string => (a === undefined ? '' : decodeText(readSlice(a.source, 0, a.source.sizeBytes)));
const LIMITS = { mostBytes: 4 * 1024 * 1024, mostRatio: 400, freeBytes: 64 * 1024 };

describe('names', () => {
  test('a folder alone: paths inside it, in one order', async () => {
    put('in/b/x.log', 'b');
    put('in/a.json', 'a');
    const { artifacts, problems } = await collectFiles([join(root, 'in')]);
    expect(ids(artifacts)).toEqual(['a.json', 'b/x.log']);
    expect(artifacts[0]?.sha256).toBe(sha256('a'));
    expect(problems).toEqual([]);
  });

  test('several inputs: told apart by as much of their path as that takes, whatever the order of the arguments', async () => {
    const one = dirname(put('north/logs/x.log', 'n'));
    const two = dirname(put('south/logs/x.log', 's'));
    const three = put('alert.json', '{}');
    const forwards = await collectFiles([one, two, three]);
    const backwards = await collectFiles([three, two, one, two]);
    expect(ids(forwards.artifacts).map((id) => id.split('/').slice(-3).join('/'))).toEqual([expect.stringMatching(/alert\.json$/), 'north/logs/x.log', 'south/logs/x.log']);
    expect(ids(backwards.artifacts)).toEqual(ids(forwards.artifacts));
  });

  test('a file inside a folder that was also given is read once', async () => {
    const file = put('in/x.log', 'x');
    expect(ids((await collectFiles([file, join(root, 'in')])).artifacts)).toEqual(['x.log']);
  });

  test('a mistyped name is said, with its near misses', async () => {
    put('alerts.json', '{}');
    const { artifacts, problems } = await collectFiles([join(root, 'alert.jsn')]);
    expect(artifacts).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'files/not-found', severity: 'error' });
    expect(problems[0]?.next).toContain('alerts.json');
  });
});

describe('packed files', () => {
  const zip = (files: Record<string, Uint8Array>): Uint8Array => zipSync(files);
  const tar = async (files: Record<string, string | Uint8Array>): Promise<Uint8Array> =>
    packTar(Object.entries(files).map(([name, body]) => ({ header: { name, size: typeof body === 'string' ? utf8(body).length : body.length }, body })));

  test('zstd is opened likewise, cut or whole', async () => {
    const packed = readFileSync(join(import.meta.dirname, '../../platform/testdata/stream.zst'));
    const log = readFileSync(join(import.meta.dirname, '../../read/logs/formats/zap-json/testdata/zap-sampled.log'), 'utf8');
    const { artifacts } = await collectFiles([put('in/x.log.zst', packed)]);
    expect(artifacts[0]).toMatchObject({ id: 'x.log.zst', decoders: ['zstd'], sha256: sha256(packed) });
    expect(text(artifacts[0])).toBe(log);
    const cut = await collectFiles([put('in/cut.log.zst', readFileSync(join(import.meta.dirname, '../../platform/testdata/frames.zst')).subarray(0, packed.length + 100))]);
    expect(cut.problems.map((p) => p.code)).toEqual(['files/zstd-cut']);
    expect(cut.artifacts[0]?.incomplete?.why).toBe('its zstd ends early');
    expect(text(cut.artifacts[0])).toContain(log);
  });

  test('gzip is opened, and the sha256 is that of the file', async () => {
    const packed = gzipSync('hello\n');
    const { artifacts } = await collectFiles([put('x.log.gz', packed)]);
    expect(artifacts[0]).toMatchObject({ id: 'x.log.gz', decoders: ['gzip'], sha256: sha256(packed) });
    expect(text(artifacts[0])).toBe('hello\n');
  });

  test('zip, tar, tar.gz, and an archive in an archive', async () => {
    const inner = gzipSync(await tar({ './deep/y.log': 'y' }));
    put('in/a.zip', zip({ 'l/x.log': utf8('x'), 'l/p.gz': gzipSync('p') }));
    put('in/b.tar', await tar({ 'z.log': 'z', 'inner.tgz': inner }));
    put('in/c.tgz', gzipSync(await tar({ 'w.log': 'w' })));
    const { artifacts, problems } = await collectFiles([join(root, 'in')]);
    expect(artifacts.map((a) => [a.id, a.decoders.join('+'), text(a)])).toEqual([
      ['a.zip!l/p.gz', 'zip+gzip', 'p'],
      ['a.zip!l/x.log', 'zip', 'x'],
      ['b.tar!inner.tgz!deep/y.log', 'tar+gzip+tar', 'y'],
      ['b.tar!z.log', 'tar', 'z'],
      ['c.tgz!w.log', 'gzip+tar', 'w'],
    ]);
    expect(problems).toEqual([]);
    expect(artifacts[2]).toMatchObject({ path: 'b.tar', member: 'inner.tgz!deep/y.log' });
  });

  test('a third level is refused and said', async () => {
    const three = zip({ 'two.zip': zip({ 'one.zip': zip({ x: utf8('x') }) }) });
    const { artifacts, problems } = await collectFiles([put('three.zip', three)]);
    expect(artifacts).toEqual([]);
    expect(problems.map((p) => p.code)).toEqual(['files/nested-too-deep']);
  });

  test('entries cannot leave their folder', async () => {
    const hostile = { '../up.log': 'u', '/etc/passwd': 'p', 'a/../../b': 'b', 'C:\\x': 'c', 'a\\..\\..\\y': 'y', 'fine.log': 'f' };
    put('in/h.zip', zip(Object.fromEntries(Object.entries(hostile).map(([n, c]) => [n, utf8(c)]))));
    put('in/h.tar', await tar(hostile));
    const { artifacts, problems } = await collectFiles([join(root, 'in')]);
    expect(ids(artifacts)).toEqual(['h.tar!fine.log', 'h.zip!fine.log']);
    expect(problems.map((p) => p.code)).toEqual(Array(10).fill('files/entry-leaves-folder'));
  });

  test('links in a tar are not followed', async () => {
    const bytes = await packTar([{ header: { name: 'evil', type: 'symlink', linkname: '/etc/passwd', size: 0 } }, { header: { name: 'ok', size: 2 }, body: 'ok' }]);
    const { artifacts, problems } = await collectFiles([put('l.tar', bytes)]);
    expect(ids(artifacts)).toEqual(['l.tar!ok']);
    expect(problems.map((p) => p.code)).toEqual(['files/entry-not-a-file']);
  });

  test('a gzip bomb is stopped and said; as much text that packs well is not', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i} ${Math.imul(i, 2654435761) >>> 0} GET /orders/${i} 200\n`).join('');
    put('in/bomb.gz', gzipSync(new Uint8Array(1024 * 1024)));
    put('in/log.gz', gzipSync(lines));
    const { artifacts, problems } = await collectFiles([join(root, 'in')], { limits: LIMITS });
    expect(ids(artifacts)).toEqual(['log.gz']);
    expect(problems.map((p) => p.code)).toEqual(['files/archive-bomb']);
  });

  test('a zip bomb is stopped and said, and its size cap holds for the sum', async () => {
    const many = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`${i}.bin`, new Uint8Array(randomBytes(1024 * 1024))]));
    put('in/a-bomb.zip', zip({ 'zeros.bin': new Uint8Array(1024 * 1024) }));
    put('in/sum.zip', zip(many));
    const { artifacts, problems } = await collectFiles([join(root, 'in')], { limits: LIMITS });
    expect(ids(artifacts)).toEqual(['sum.zip!0.bin', 'sum.zip!1.bin', 'sum.zip!2.bin', 'sum.zip!3.bin']);
    expect(problems.map((p) => p.code)).toEqual(['files/archive-bomb', 'files/archive-bomb']);
  });

  test('what came before a cut or damage is kept, and the artifact says it is cut', async () => {
    const packed = gzipSync(randomBytes(300_000));
    put('in/cut.gz', packed.subarray(0, 200_000));
    put('in/damaged.tar', (await tar({ a: 'a', b: 'b' })).fill(0x41, 1024, 1200));
    put('in/damaged.zip', zip({ a: utf8('a') }).subarray(0, 40));
    const { artifacts, problems } = await collectFiles([join(root, 'in')]);
    expect(ids(artifacts)).toEqual(['cut.gz', 'damaged.tar!a']);
    expect(artifacts[0]?.source.sizeBytes).toBeGreaterThan(150_000);
    expect(artifacts[0]?.incomplete).toEqual({ how: 'cut', why: 'its gzip ends early' });
    expect(problems.map((p) => p.code)).toEqual(['files/archive-damaged', 'files/archive-damaged', 'files/gzip-cut']);
  });

  test('without room in memory the bytes come from a temporary file, the same', async () => {
    const body = new Uint8Array(randomBytes(700_000));
    put('in/x.bin.gz', gzipSync(body));
    put('in/y.bin', body);
    const { artifacts } = await collectFiles([join(root, 'in')], { budget: new MemoryBudget(1000) });
    for (const a of artifacts) {
      expect('bytes' in a.source, a.id).toBe(false);
      expect(sha256(readSlice(a.source, 0, a.source.sizeBytes))).toBe(sha256(body));
      for (const at of [0, 262_140, 262_144, 524_287, 699_999]) expect(readSlice(a.source, at, 9)).toEqual(body.subarray(at, at + 9));
      expect(readSlice(a.source, 700_000, 9)).toHaveLength(0);
    }
  });
});

describe('folders', () => {
  test('links are followed nowhere but inside, and loops do not matter', async () => {
    put('outside.log', 'secret');
    put('in/x.log', 'x');
    symlinkSync('..', join(root, 'in', 'loop'));
    symlinkSync('x.log', join(root, 'in', 'same.log'));
    symlinkSync('../outside.log', join(root, 'in', 'out.log'));
    symlinkSync('nowhere', join(root, 'in', 'broken'));
    const { artifacts, problems } = await collectFiles([join(root, 'in')]);
    expect(ids(artifacts)).toEqual(['x.log']);
    expect(problems.map((p) => p.what)).toEqual([
      'the link broken leads nowhere',
      'the link loop leaves the folder and was not followed',
      'the link out.log leaves the folder and was not followed',
    ]);
  });

  test('an empty folder, an empty file, version control, and too many files are said', async () => {
    mkdirSync(join(root, 'none'));
    put('in/.git/config', '');
    put('in/a', '');
    put('in/b', 'b');
    put('in/c', 'c');
    const empty = await collectFiles([join(root, 'none')]);
    expect(empty.problems.map((p) => p.code)).toEqual(['files/empty-folder']);
    const { artifacts, problems } = await collectFiles([join(root, 'in')], { mostFiles: 2 });
    expect(ids(artifacts)).toEqual(['a', 'b']);
    expect(problems.map((p) => p.code)).toEqual(['files/empty-file', 'files/passed-over', 'files/too-many']);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('a file this user may not read is said', async () => {
    chmodSync(put('in/x', 'x'), 0);
    const { problems } = await collectFiles([join(root, 'in')]);
    expect(problems.map((p) => p.code)).toEqual(['files/denied']);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('a folder this user may not list is named, and not called empty', async () => {
    put('shut/x', 'x');
    chmodSync(join(root, 'shut'), 0);
    const { problems } = await collectFiles([join(root, 'shut')]);
    chmodSync(join(root, 'shut'), 0o700);
    expect(problems.map((p) => p.code)).toEqual(['files/denied']);
    expect(problems[0]?.what).toContain('shut could not be listed');
  });

  test.skipIf(process.platform === 'win32')('a named pipe given on purpose is read to its end', async () => {
    const pipe = join(root, 'pipe');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    const writer = spawn('sh', ['-c', `printf 'through a pipe' > '${pipe}'`]);
    expect(text((await collectFiles([pipe])).artifacts[0])).toBe('through a pipe');
    writer.kill();
  });

  test('a large file with one line is not held in memory', async () => {
    const file = put('in/sparse.log', '');
    const fd = openSync(file, 'r+');
    ftruncateSync(fd, 128 * 1024 * 1024);
    writeSync(fd, 'end', 128 * 1024 * 1024 - 3);
    closeSync(fd);
    const before = process.memoryUsage().arrayBuffers;
    const { artifacts } = await collectFiles([join(root, 'in')]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48 * 1024 * 1024);
    expect(decodeText(readSlice(artifacts[0]?.source as Artifact['source'], 128 * 1024 * 1024 - 3, 10))).toBe('end');
  });
});

describe('manifests', () => {
  const manifest = {
    schema: BUNDLE_VERSION,
    artifacts: [
      {
        path: 'x.log',
        sha256: sha256('x'),
        covers: [
          { kind: 'container', namespace: 'shop', pod: 'orders-1', container: 'orders' },
          { kind: 'service', name: 'orders' },
        ],
        takenAt: '2026-11-24T02:00:00Z',
        collector: 'kubectl',
        command: 'kubectl logs orders-1',
      },
      { path: 'y.log', sha256: sha256('not y'), covers: [{ kind: 'pod', namespace: 'shop', pod: 'orders-1' }], interval: { from: '2026-11-24T01:00:00Z', to: null } },
      { path: 'gone.log', covers: [{ kind: 'nonsense' }] },
      { path: 'm.zip', covers: [{ kind: 'node', name: 'worker-1' }], incomplete: { how: 'filtered', why: 'last hour only' } },
    ],
    gaps: [{ what: 'no second profile', why: 'the pod was gone', next: 'curl …' }],
  };

  test('lists the artifacts and says what they cover', async () => {
    put('in/x.log', 'x');
    put('in/y.log', 'y');
    put('in/EXPECT.md', 'what the author expects');
    put('in/m.zip', zipSync({ 'dmesg.txt': utf8('d') }));
    put(`in/${BUNDLE_FILE}`, JSON.stringify(manifest));
    const { artifacts, problems, gaps } = await collectFiles([join(root, 'in')]);
    expect(ids(artifacts)).toEqual(['m.zip!dmesg.txt', 'x.log', 'y.log']);
    const [m, x, y] = artifacts as [Artifact, Artifact, Artifact];
    expect(x).toMatchObject({ collector: 'kubectl', command: 'kubectl logs orders-1' });
    expect(x.covers.map((c) => [entityId(c.entity), c.strength])).toEqual([
      ['container:shop/orders-1/orders', 'stated'],
      ['service:orders', 'stated'],
    ]);
    expect(x.takenAt === undefined ? '' : formatInstant(x.takenAt)).toBe('2026-11-24T02:00:00Z');
    // the manifest speaks of other bytes
    expect(y.covers.map((c) => c.strength)).toEqual(['guessed']);
    expect(y.interval.from === null ? '' : formatInstant(y.interval.from)).toBe('2026-11-24T01:00:00Z');
    expect(m.covers.map((c) => entityId(c.entity))).toEqual(['node:worker-1']);
    expect(m.incomplete).toEqual({ how: 'filtered', why: 'last hour only' });
    expect(gaps).toEqual(manifest.gaps);
    expect(problems.map((p) => `${p.code} ${p.what}`)).toEqual([
      'files/changed y.log has not the sha256 its manifest gives',
      `files/manifest-fault ${BUNDLE_FILE}: gone.log: covers names no entity: {"kind":"nonsense"}`,
      'files/missing gone.log is in the manifest and not in the bundle',
      `files/not-in-manifest EXPECT.md is not in the manifest ${BUNDLE_FILE}`,
    ]);
  });

  test('a bundle in an archive, below a folder of its own, is the same bundle', async () => {
    const files = { [`inc/${BUNDLE_FILE}`]: utf8(JSON.stringify({ ...manifest, artifacts: manifest.artifacts.slice(0, 1) })), 'inc/x.log': utf8('x'), 'inc/other': utf8('o') };
    const { artifacts, problems } = await collectFiles([put('inc.zip', zipSync(files))]);
    expect(ids(artifacts)).toEqual(['inc.zip!inc/x.log']);
    expect(artifacts[0]?.covers).toHaveLength(2);
    expect(problems.map((p) => p.code)).toEqual(['files/not-in-manifest']);
  });

  test('one that cannot be read leaves a plain folder', async () => {
    put(`in/${BUNDLE_FILE}`, '{');
    put('in/x.log', 'x');
    const { artifacts, problems } = await collectFiles([join(root, 'in')]);
    expect(ids(artifacts)).toEqual(['x.log']);
    expect(problems.map((p) => p.code)).toEqual(['files/manifest-unreadable']);
  });
});

describe('a file that changes while it is read', () => {
  const line = `${'x'.repeat(99)}\n`;
  const large = (n: number): Uint8Array => utf8(line.repeat(n));
  // nothing may be held in memory: the file is then read through its windows
  const opened = async (path: string): Promise<Awaited<ReturnType<typeof collectFiles>>> => collectFiles([path], { budget: new MemoryBudget(0) });
  const codes = (c: { changes(): { code: string }[] }): string[] => c.changes().map((p) => p.code);

  test('one that grows is read in the size it had', async () => {
    const path = put('app.log', large(10_000));
    const collected = await opened(path);
    writeFileSync(path, large(5), { flag: 'a' });
    expect(text(collected.artifacts[0])).toHaveLength(1_000_000);
    expect(collected.changes()).toMatchObject([{ code: 'files/grown', what: 'app.log grew by 500 bytes while it was read' }]);
  });

  test('one that is moved away is not mixed with the one that takes its name', async () => {
    const path = put('app.log', large(10_000));
    const collected = await opened(path);
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'y'.repeat(2_000_000));
    const rest = readSlice(collected.artifacts[0]!.source, 500_000, 300_000);
    expect(decodeText(rest)).not.toContain('y');
    expect(codes(collected)).toEqual(['files/replaced']);
    rmSync(path);
    expect(codes(collected)).toEqual(['files/replaced']);
  });

  test('one that is cut shorter ends where it ends', async () => {
    const path = put('app.log', large(10_000));
    const collected = await opened(path);
    truncateSync(path, 300_000);
    expect(readSlice(collected.artifacts[0]!.source, 299_000, 400_000).length).toBeLessThanOrEqual(400_000);
    expect(codes(collected)).toEqual(['files/shrunk']);
  });

  test('one that stays as it is has nothing said of it', async () => {
    expect(codes(await opened(put('app.log', large(10))))).toEqual([]);
  });
});
