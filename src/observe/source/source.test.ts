import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import * as kinds from '../../model/conditions/source.ts';
import * as memoryKinds from '../../model/conditions/source-memory.ts';
import { type Artifact, type Condition, goFunction, type Kind, type Observation, type Reader, type Reading, type Readings, type World } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { goGrammarBytes } from '../../platform/go-grammar.ts';
import { prepareGoSource } from '../../read/go-source/index.ts';
import { checkOrigin } from '../../read/testing/check-reader.ts';
import { source } from './index.ts';

const testdata = fileURLToPath(new URL('./testdata/', import.meta.url));

beforeAll(async () => {
  const wasm = goGrammarBytes();
  if (wasm !== null) await prepareGoSource(wasm);
});

/** Readings of given texts by the readers an observer asks for. */
function worldOf(files: Readonly<Record<string, string>>): World {
  const artifacts = Object.entries(files).map(([path, text]) => textArtifact(text, { id: path, path }));
  const readings: Readings = {
    artifacts,
    of<M>(reader: Reader<M>): readonly Reading<M>[] {
      return artifacts.flatMap((artifact: Artifact) => {
        const bytes = new TextEncoder().encode(files[artifact.path]);
        if (reader.sniff(bytes, bytes.length).confidence < 0.5) return [];
        const { model } = reader.read(artifact);
        return model === null ? [] : [{ artifact, reader: reader.id, model }];
      });
    },
  };
  return { readings, artifacts } as unknown as World;
}

const look = (kind: Kind, world: World, entity: string | null = null): Observation =>
  source.look(kind, { entity: entity === null ? null : goFunction(entity), interval: { from: null, to: null } }, world);

const GO_MOD = 'module example.test/m\n\ngo 1.26\n';

interface Case {
  readonly rule: string;
  readonly kind: Kind;
}
const CASES: readonly Case[] = ([...Object.values(kinds), ...Object.values(memoryKinds)] as Kind[])
  .filter((k) => k.id !== 'source/line')
  .map((kind) => ({ rule: kind.id.slice('source/'.length), kind }));

describe.each(CASES)('$rule', ({ rule, kind }) => {
  const read = (which: string): Record<string, string> => {
    const folder = join(testdata, rule, which);
    const files = readdirSync(folder).filter((f) => f.endsWith('.go'));
    expect(files.length).toBeGreaterThan(0);
    for (const f of files) checkOrigin(join(folder, f));
    return { 'go.mod': GO_MOD, ...Object.fromEntries(files.map((f) => [`pkg/${f}`, readFileSync(join(folder, f), 'utf8')])) };
  };

  test('finds each marked line and no other', () => {
    const files = read('match');
    const wanted = Object.entries(files).flatMap(([path, text]) =>
      text.split('\n').flatMap((l, i) => (/\/\/ want\b/.test(l) ? [`${path}:${i + 1}${(/\/\/ want (.+)$/.exec(l)?.[1] ?? '').replace(/^/, ' ').trimEnd()}`] : [])),
    );
    expect(wanted.length).toBeGreaterThan(0);
    const said = (c: Condition): string => {
      const f = c.facts as Record<string, unknown>;
      const detail = rule === 'deadline-set' ? ` ${f['from']} ${f['from'] === 'literal' ? f['seconds'] : f['name']}` : '';
      return `${f['file']}:${f['line']}${detail}`;
    };
    // two functions in opposite order are said from both sides; each line once is enough
    expect([...new Set(look(kind, worldOf(files)).conditions.map(said))].sort()).toEqual([...wanted].sort());
  });

  test('claims nothing in the near misses', () => {
    const found = look(kind, worldOf(read('near-miss')));
    expect(found.conditions.map((c) => c.says)).toEqual([]);
    expect(found.covered.length).toBeGreaterThan(0);
  });
});

describe('a channel that nothing closes', () => {
  const ranges = readFileSync(join(testdata, 'channel-never-closed/match/ranges.go'), 'utf8');
  const claims = (files: Record<string, string>): number => look(kinds.channelNeverClosed, worldOf({ 'go.mod': GO_MOD, ...files })).conditions.length;
  test('is closed in another file of the package, directly or through a callee', () => {
    expect(claims({ 'pkg/ranges.go': ranges })).toBe(4);
    expect(claims({ 'pkg/ranges.go': ranges, 'pkg/close.go': 'package match\n\nfunc (p *Pool) Close() { close(p.tasks) }\n' })).toBe(3);
    expect(claims({ 'pkg/ranges.go': ranges, 'pkg/close.go': 'package match\n\nfunc (p *Pool) Close() { shut(p.tasks) }\n\nfunc shut(c chan task) { close(c) }\n' })).toBe(3);
    // another package of the same folder is not the same package
    expect(claims({ 'pkg/ranges.go': ranges, 'pkg/close_test.go': 'package match\n\nfunc (p *Pool) Close() { close(p.tasks) }\n' })).toBe(4);
  });
  test('near miss: the package is not all there, so that what is missing may close it', () => {
    expect(claims({ 'pkg/ranges.go': ranges.replace('p.done = 0', 'p.shut()') })).toBe(0);
    expect(claims({ 'pkg/ranges.go': ranges.replace('p.done = 0', 'shutAll(p)') })).toBe(0);
  });
  test('near miss: the channel is taken by a method of its own, or goes to an interface', () => {
    expect(claims({ 'pkg/ranges.go': ranges, 'pkg/give.go': 'package match\n\nfunc (p *Pool) Tasks() chan task { return p.tasks }\n' })).toBe(3);
    expect(claims({ 'pkg/ranges.go': ranges, 'pkg/give.go': 'package match\n\nfunc (p *Pool) Give(sink func(any)) { sink(p.tasks) }\n' })).toBe(3);
  });
});

describe('what a diagnosis asks', () => {
  const files = {
    'src/orders/go.mod': 'module shop/orders\n\ngo 1.26\n',
    'src/orders/internal/inventory/client.go': readFileSync(join(testdata, 'receiver-may-leave/match/leave.go'), 'utf8').replace('package match', 'package inventory'),
  };

  test('functions carry the import path their go.mod gives them', () => {
    const found = look(kinds.receiverMayLeave, worldOf(files), 'shop/orders/internal/inventory.(*Client).Reserve');
    expect(found.conditions.map((c) => c.facts)).toMatchObject([
      {
        function: 'shop/orders/internal/inventory.(*Client).Reserve.func1',
        file: 'src/orders/internal/inventory/client.go',
        sendLine: 20,
        receiveLine: 22,
        leaveLine: 26,
        otherCase: 'leaves when ctx ends',
        channel: 'done',
        buffered: false,
      },
    ]);
    expect(found.conditions[0]?.places.length).toBeGreaterThan(1);
  });

  test('a function that is not among the inputs is not observable; one without the fault is absent', () => {
    const world = worldOf(files);
    const other = look(kinds.receiverMayLeave, world, 'shop/orders/internal/payment.(*Client).Pay');
    expect(other).toMatchObject({ conditions: [], covered: [] });
    expect(other.notObservable[0]?.why).toContain('shop/orders/internal/payment.(*Client).Pay');
    const well = look(kinds.bodyNotClosed, world, 'shop/orders/internal/inventory.(*Client).Reserve');
    expect(well.conditions).toEqual([]);
    expect(well.covered).toHaveLength(1);
    expect(well.notObservable).toEqual([]);
  });

  test('lines of a function are told with what stands there', () => {
    const lines = look(kinds.lineLooksLike, worldOf(files), 'shop/orders/internal/inventory.(*Client).Reserve').conditions.map((c) => {
      const f = c.facts as Record<string, unknown>;
      return `${f['line']} ${f['class']} ${f['expression']}`;
    });
    expect(lines).toContain('20 send done');
    expect(lines).toContain('22 select select');
    expect(lines.every((l) => !l.includes('NaN'))).toBe(true);
  });

  test('calls into another package of the module are followed', () => {
    const client = `package remote\n\nimport "net/http"\n\ntype Client struct{ http *http.Client }\n\nfunc New() *Client { return &Client{} }\n\nfunc (c *Client) Get(id string) error { return c.do(id) }\n\nfunc (c *Client) do(id string) error {\n\tresp, err := c.http.Get(id)\n\tif err != nil {\n\t\treturn err\n\t}\n\treturn resp.Body.Close()\n}\n`;
    const user = `package users\n\nimport (\n\t"sync"\n\n\t"shop/remote"\n)\n\ntype Users struct {\n\tmu sync.Mutex\n\tremote *remote.Client\n}\n\nfunc (u *Users) Get(id string) error {\n\tu.mu.Lock()\n\tdefer u.mu.Unlock()\n\treturn u.remote.Get(id)\n}\n`;
    const world = worldOf({ 'go.mod': 'module shop\n', 'remote/client.go': client, 'users/users.go': user });
    expect(look(kinds.ioUnderLock, world, 'shop/users.(*Users).Get').conditions.map((c) => c.says)).toEqual([
      'u.remote.Get → c.http.Get is called at users.go:17 with u.mu held since line 15 (its unlock is deferred)',
    ]);
    // without the other package nothing is known of the call
    expect(look(kinds.ioUnderLock, worldOf({ 'go.mod': 'module shop\n', 'users/users.go': user })).conditions).toEqual([]);
  });

  test('no source at all is said with what to give', () => {
    expect(look(kinds.receiverMayLeave, worldOf({}))).toMatchObject({ conditions: [], covered: [], notObservable: [{ why: 'no Go source is among the inputs' }] });
  });

  test('a function the parser lost its way in is not judged', () => {
    const torn = { 'go.mod': GO_MOD, 'a.go': `package a\n\nfunc f() int {\n\tch := make(chan int)\n\tgo func() { ch <- 1 }()\n\tif true { return ][ }\n\treturn <-ch\n}\n` };
    const found = look(kinds.receiverMayLeave, worldOf(torn), 'example.test/m.f');
    expect(found.conditions).toEqual([]);
    expect(found.covered).toEqual([]);
    expect(found.notObservable[0]?.why).toContain('does not parse');
  });

  test('files of tests and files kept out of builds are no part of the package', () => {
    const text = files['src/orders/internal/inventory/client.go'];
    const world = worldOf({ 'go.mod': GO_MOD, 'a_test.go': text, 'b.go': `//go:build ignore\n\n${text}` });
    expect(look(kinds.receiverMayLeave, world).conditions).toEqual([]);
  });
});
