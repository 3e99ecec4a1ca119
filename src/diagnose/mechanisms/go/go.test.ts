import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { deadlineExceeded, demand, requestsSlow } from '../../../model/conditions/calls.ts';
import { probeFailing } from '../../../model/conditions/container.ts';
import { openFilesGrowing } from '../../../model/conditions/files.ts';
import { bucketBlocked, bucketGrowing, bucketSeen, bucketShrinks, goroutinesGrowing, lockConvoy, lockCycle } from '../../../model/conditions/goroutines.ts';
import {
  bucket,
  type Condition,
  container,
  type Edge,
  type Facts,
  type Kind,
  type Mechanism,
  type Observer,
  placeAt,
  processOf,
  service,
  type World,
} from '../../../model/index.ts';
import { textArtifact } from '../../../model/testing/artifact.ts';
import { openWorld } from '../../../observe/lib/world.ts';
import { source } from '../../../observe/source/index.ts';
import { goGrammarBytes } from '../../../platform/go-grammar.ts';
import { goMod } from '../../../read/go-mod/index.ts';
import { goSource, prepareGoSource } from '../../../read/go-source/index.ts';
import { openReadings } from '../../../read/lib/readings.ts';
import { Chainer, type EvaluatedLink } from '../../chain.ts';
import { stated } from '../../testing/world.ts';
import { abandonedSender } from './abandoned-sender/index.ts';
import { bodyNotClosedLeak } from './body-not-closed/index.ts';
import { channelNeverClosedLeak } from './channel-never-closed/index.ts';
import { clientKeepsConnections } from './client-keeps-connections/index.ts';
import { clientKeepsFiles } from './client-keeps-files/index.ts';
import { connectionsHoldFiles } from './connections-hold-files/index.ts';
import { deadConsumer } from './dead-consumer/index.ts';
import { leakGrowsGoroutineCount } from './leak-grows-goroutine-count/index.ts';
import { lockAcrossIo } from './lock-across-io/index.ts';
import { lockConvoyPilesUp } from './lock-convoy-piles-up/index.ts';
import { lockConvoySlowsRequests } from './lock-convoy-slows-requests/index.ts';
import { lockConvoyStallsProbe } from './lock-convoy-stalls-probe/index.ts';
import { lockCycleByOrder } from './lock-cycle/index.ts';
import { lockCycleHoldsConvoy } from './lock-cycle-holds-convoy/index.ts';
import { lockCyclePilesUp } from './lock-cycle-piles-up/index.ts';
import { lockCycleStallsProbe } from './lock-cycle-stalls-probe/index.ts';
import { lockCycleThroughCalls } from './lock-cycle-through-calls/index.ts';
import { loopNeverStopped } from './loop-never-stopped/index.ts';
import { missingCtxDone } from './missing-ctx-done/index.ts';
import { recursiveReadLockStall } from './recursive-read-lock/index.ts';
import { slowConsumer } from './slow-consumer/index.ts';

beforeAll(async () => {
  const wasm = goGrammarBytes();
  if (wasm !== null) await prepareGoSource(wasm);
});

const PROCESS = 'shop/orders-1/orders';
const p = processOf(PROCESS);
const c = container('shop', 'orders-1', 'orders');
const EDGES: Edge[] = [
  { from: p, relation: 'part-of', to: c, strength: 'stated', places: [placeAt('edges', { offset: 0, length: 1 })] },
  { from: p, relation: 'part-of', to: service('orders'), strength: 'stated', places: [placeAt('edges', { offset: 0, length: 1 })] },
];

/** Source of the rules' own match cases, laid out as the module of the running program. */
const matchFile = (rule: string, file: string, which = 'match'): string =>
  readFileSync(fileURLToPath(new URL(`../../../observe/source/testdata/${rule}/${which}/${file}`, import.meta.url)), 'utf8').replace(/^package \w+/m, 'package app');
const moduleOf = (text: string): Record<string, string> => ({ 'source/go.mod': 'module shop/orders\n\ngo 1.26\n', 'source/internal/app/app.go': text });
const FILE = '/src/orders/internal/app/app.go';
const PKG = 'shop/orders/internal/app';

/** 1-based line of the first (or nth) line that holds the text. */
function lineOf(text: string, needle: string, nth = 1): number {
  let seen = 0;
  const at = text.split('\n').findIndex((l) => l.includes(needle) && ++seen === nth);
  if (at < 0) throw new Error(`no line holds ${needle}`);
  return at + 1;
}

interface Place {
  readonly fn: string;
  readonly line: number;
  readonly by?: string;
  readonly byLine?: number;
}

function bucketFacts(wait: string, at: Place, more: Facts = {}): Facts {
  return {
    wait,
    function: `${PKG}.${at.fn}`,
    file: FILE,
    line: at.line,
    createdBy: at.by === undefined ? null : `${PKG}.${at.by}`,
    createdByFile: at.by === undefined ? null : FILE,
    createdByLine: at.byLine ?? null,
    stack: [`${PKG}.${at.fn} ${FILE}:${at.line}`],
    counts: [3, 120, 260],
    longestMinutes: null,
    total: 260,
    share: 0.9,
    dumps: 3,
    weak: false,
    perMinute: 60,
    ...more,
  };
}
const growing = (wait: string, at: Place, more: Facts = {}): Condition =>
  stated(bucketGrowing as Kind, bucket(PROCESS, `${wait} ${at.fn}:${at.line}`), 100, { facts: bucketFacts(wait, at, more) });
const standing = (wait: string, at: Place, more: Facts = {}): Condition =>
  stated(bucketBlocked as Kind, bucket(PROCESS, `b ${wait} ${at.fn}:${at.line}`), 100, { facts: { ...bucketFacts(wait, at), onLock: null, ...more } });

/** A stack of the program in some of the dumps. */
const seenAt = (at: Place, counts: readonly number[]): Condition =>
  stated(bucketSeen as Kind, bucket(PROCESS, `s ${at.fn}:${at.line}`), 100, { facts: bucketFacts('select', at, { counts: [...counts] }) });

function worldOf(files: Readonly<Record<string, string>>, conditions: readonly Condition[]): World {
  const artifacts = Object.entries(files).map(([path, text]) => textArtifact(text, { id: path, path }));
  const kinds = [
    bucketGrowing,
    bucketBlocked,
    bucketSeen,
    bucketShrinks,
    goroutinesGrowing,
    openFilesGrowing,
    lockCycle,
    lockConvoy,
    deadlineExceeded,
    demand,
    requestsSlow,
    probeFailing,
  ] as unknown as Kind[];
  const told: Observer = {
    id: 'told',
    answers: kinds,
    identify: () => ({
      aliases: [],
      edges: [
        ...EDGES,
        ...conditions.flatMap((x) => (x.entity.kind === 'bucket' ? [{ from: x.entity, relation: 'part-of' as const, to: p, strength: 'stated' as const, places: x.places }] : [])),
      ],
    }),
    look: (kind) => ({ conditions: conditions.filter((x) => x.kind === kind.id), covered: [], notObservable: [] }),
  };
  return openWorld(openReadings(artifacts, [goMod, goSource]), [source, told]);
}

function linkOf(
  m: Mechanism,
  effect: Condition,
  files: Readonly<Record<string, string>>,
  ...others: Condition[]
): { verdict: string; link: EvaluatedLink | null; why: string; world: World } {
  const world = worldOf(files, [effect, ...others]);
  const explanation = new Chainer([m], new Map(), world).explain(effect);
  const link = explanation.chains.find((x) => x.link !== null)?.link ?? explanation.refuted[0] ?? null;
  const blocked = explanation.blocked[0];
  return { verdict: link?.verdict ?? (blocked === undefined ? 'none' : `blocked: ${blocked.state}`), link, why: link?.why ?? blocked?.why ?? '', world };
}
const verdict = (m: Mechanism, effect: Condition, files: Readonly<Record<string, string>>, ...others: Condition[]): string => linkOf(m, effect, files, ...others).verdict;

describe('go/abandoned-sender', () => {
  const text = matchFile('receiver-may-leave', 'leave.go');
  const files = moduleOf(text);
  const send = lineOf(text, 'done <- answer');
  const at = { fn: '(*Client).Reserve.func1', line: send, by: '(*Client).Reserve', byLine: lineOf(text, 'go func() {') };
  const timeouts = (count: number, more: Facts = {}): Condition =>
    stated(deadlineExceeded as Kind, p, 90, {
      facts: { caller: 'orders', callee: 'inventory', operation: null, count, ratePerSecond: null, deadlineSeconds: 0.2, site: null, cancelled: false, sampled: false, ...more },
    });

  test('confirmed where the runtime itself says that most of them are leaked, and only then', () => {
    expect(verdict(abandonedSender, growing('chan send', at, { leaked: 0.9 }), files)).toBe('confirmed');
    expect(verdict(abandonedSender, growing('chan send', at, { leaked: 0.2 }), files)).toBe('supported');
    expect(verdict(abandonedSender, growing('chan send', at, { leaked: 0 }), files)).toBe('supported');
    // leaked for another reason than this send
    expect(verdict(abandonedSender, growing('select', at, { leaked: 1 }), files)).toBe('blocked: fails');
  });
  test('the goroutines wait at the send that the source says nobody may take', () => {
    const { verdict: v, link, world } = linkOf(abandonedSender, growing('chan send', at), files, timeouts(250));
    expect(v).toBe('supported');
    expect(link?.share).toBeCloseTo(250 / 257, 3);
    expect(abandonedSender.culprits(link!.link, world)).toMatchObject([
      { function: `${PKG}.(*Client).Reserve.func1`, line: send },
      { function: `${PKG}.(*Client).Reserve`, line: lineOf(text, 'return 0, ctx.Err()') },
    ]);
    expect(String(typeof abandonedSender.because === 'function' ? abandonedSender.because(link!.link) : '')).toContain('leaves when ctx ends');
  });

  test('without source it is unproven and says which source to give', () => {
    const r = linkOf(abandonedSender, growing('chan send', at), {});
    expect(r.verdict).toBe('blocked: unknown');
    expect(r.why).toContain(`the source of ${PKG}.(*Client).Reserve.func1`);
  });

  test('source of another build does not count', () => {
    const older = moduleOf(text.replace('type Client struct', '// one\n// two\n// three\n// four\n// five\n// six\n// seven\n\ntype Client struct'));
    expect(verdict(abandonedSender, growing('chan send', at), older)).toBe('blocked: unknown');
    // the waiting frame agrees by chance, the frame that started it does not
    expect(verdict(abandonedSender, growing('chan send', { ...at, byLine: at.byLine + 40 }), files)).toBe('unproven');
  });

  test('a buffered channel, another wait reason, and a crowd that went away are not it', () => {
    const near = matchFile('receiver-may-leave', 'stay.go', 'near-miss');
    const line = lineOf(near, 'done <- c.slow()');
    expect(verdict(abandonedSender, growing('chan send', { fn: '(*Client).Buffered.func1', line, by: '(*Client).Buffered', byLine: line }), moduleOf(near))).toBe('blocked: fails');
    expect(verdict(abandonedSender, growing('select', at), files)).toBe('blocked: fails');
    expect(verdict(abandonedSender, growing('chan send', at, { counts: [3, 260, 12] }), files)).toBe('refuted');
    const gone = stated(bucketShrinks as Kind, bucket(PROCESS, `chan send ${at.fn}:${at.line}`), 130, { facts: bucketFacts('chan send', at, { peak: 260, last: 0 }) });
    expect(verdict(abandonedSender, growing('chan send', at), files, gone)).toBe('refuted');
  });

  test('one dump is not enough, unless its goroutines have waited for minutes', () => {
    expect(verdict(abandonedSender, growing('chan send', at, { counts: [260], dumps: 1, weak: true }), files)).toBe('unproven');
    expect(verdict(abandonedSender, growing('chan send', at, { counts: [260], dumps: 1, weak: true, longestMinutes: 7 }), files)).toBe('supported');
  });

  test('far fewer timed-out calls than goroutines account for a part only', () => {
    expect(verdict(abandonedSender, growing('chan send', at), files, timeouts(20))).toBe('associated');
    expect(verdict(abandonedSender, growing('chan send', at), files, timeouts(20, { sampled: true }))).toBe('supported');
  });
});

describe('go/missing-ctx-done', () => {
  const text = matchFile('no-done-case', 'wait.go');
  const at = { fn: '(*Hub).Watch.func1', line: lineOf(text, 'select {'), by: '(*Hub).Watch', byLine: lineOf(text, 'go func() {') };
  test('the select at the line has no case on the context in scope', () => {
    expect(verdict(missingCtxDone, growing('select', at), moduleOf(text))).toBe('supported');
    const range = { fn: '(*Hub).follow', line: lineOf(text, 'range h.events'), by: '(*Hub).Follow', byLine: lineOf(text, 'go h.follow') };
    expect(verdict(missingCtxDone, growing('chan receive', range), moduleOf(text))).toBe('supported');
  });
  test('a select with a case on Done is not it, nor a select seen as a receive', () => {
    const near = matchFile('no-done-case', 'told.go', 'near-miss');
    const line = lineOf(near, 'select {');
    expect(verdict(missingCtxDone, growing('select', { fn: '(*Hub).Watch.func1', line, by: '(*Hub).Watch', byLine: line - 2 }), moduleOf(near))).toBe('blocked: fails');
    expect(verdict(missingCtxDone, growing('chan receive', at), moduleOf(text))).toBe('blocked: fails');
    expect(verdict(missingCtxDone, growing('select', at, { counts: [3, 200, 1] }), moduleOf(text))).toBe('refuted');
  });
});

describe('go/loop-never-stopped', () => {
  const text = matchFile('loop-without-exit', 'loop.go');
  const at = { fn: 'Open.func1', line: lineOf(text, 'range ticker.C'), by: 'Open', byLine: lineOf(text, 'go func() {') };
  test('the goroutines stand in the loop, and Stop does not end it', () => {
    const r = linkOf(loopNeverStopped, growing('chan receive', at), moduleOf(text));
    expect(r.verdict).toBe('supported');
    expect(String(typeof loopNeverStopped.because === 'function' ? loopNeverStopped.because(r.link!.link) : '')).toContain('Stop ends the ticks');
  });
  test('the loop may be a caller of the function that waits', () => {
    const sleep = lineOf(text, 'time.Sleep');
    expect(verdict(loopNeverStopped, growing('sleep', { fn: '(*Session).keep', line: sleep, by: 'Keep', byLine: lineOf(text, 'go s.keep()') }), moduleOf(text))).toBe('supported');
  });
  test('a loop with a way out is not it', () => {
    const near = matchFile('loop-without-exit', 'ends.go', 'near-miss');
    const line = lineOf(near, 'select {');
    expect(verdict(loopNeverStopped, growing('select', { fn: 'Open.func1', line, by: 'Open', byLine: line - 3 }), moduleOf(near))).toBe('blocked: fails');
  });
});

describe('go/channel-never-closed', () => {
  const text = matchFile('channel-never-closed', 'ranges.go');
  const at = { fn: '(*Pool).work', line: lineOf(text, 'range p.tasks'), by: 'NewPool', byLine: lineOf(text, 'go p.work()') };
  test('the goroutines wait at a range over a channel that nothing closes', () => {
    expect(verdict(channelNeverClosedLeak, growing('chan receive', at), moduleOf(text))).toBe('supported');
  });
  test('at work in the loop, fewer of them later, or a channel that a callee closes: not it', () => {
    expect(verdict(channelNeverClosedLeak, growing('sync.Mutex.Lock', { ...at, line: at.line + 1 }), moduleOf(text))).toBe('blocked: fails');
    expect(verdict(channelNeverClosedLeak, growing('chan receive', at, { counts: [3, 200, 1] }), moduleOf(text))).toBe('refuted');
    const closed = text.replace('p.done = 0', 'shut(p.tasks)').concat('\nfunc shut(c chan task) { close(c) }\n');
    expect(verdict(channelNeverClosedLeak, growing('chan receive', at), moduleOf(closed))).toBe('blocked: fails');
  });
});

describe('go/dead-consumer', () => {
  const text = matchFile('consumer-may-stop', 'stop.go');
  const at = { fn: '(*Pipeline).Submit', line: lineOf(text, 'p.jobs <- j') };
  const elsewhere = standing('IO wait', { fn: '(*Pipeline).Serve', line: 1 });
  test('senders wait and nobody stands in the consumer', () => {
    expect(verdict(deadConsumer, growing('chan send', at), moduleOf(text), elsewhere)).toBe('supported');
  });
  test('a consumer that is still there is merely slow', () => {
    const alive = standing('IO wait', { fn: '(*Pipeline).consume', line: lineOf(text, 'p.store(j)') });
    expect(verdict(deadConsumer, growing('chan send', at), moduleOf(text), elsewhere, alive)).toBe('refuted');
  });
  test('one that was at work in the last dump only is alive, one that was there before is not', () => {
    const seen = (counts: readonly number[]): Condition => seenAt({ fn: '(*Pipeline).consume', line: lineOf(text, 'p.store(j)') }, counts);
    expect(verdict(deadConsumer, growing('chan send', at), moduleOf(text), elsewhere, seen([0, 0, 1]))).toBe('refuted');
    expect(verdict(deadConsumer, growing('chan send', at), moduleOf(text), elsewhere, seen([1, 0, 0]))).toBe('supported');
  });
  test('with the senders alone it stays unproven; a consumer that goes on is not it', () => {
    expect(verdict(deadConsumer, growing('chan send', at), moduleOf(text))).toBe('unproven');
    const near = matchFile('consumer-may-stop', 'goes-on.go', 'near-miss');
    expect(verdict(deadConsumer, growing('chan send', { fn: '(*Pipeline).Submit', line: lineOf(near, 'p.jobs <- j') }), moduleOf(near), elsewhere)).toBe('blocked: fails');
  });
});

describe('go/slow-consumer', () => {
  const text = matchFile('consumer-loop', 'queue.go');
  const at = { fn: '(*Queue).Put', line: lineOf(text, 'q.values <- value') };
  const work = { fn: '(*Queue).consume', line: lineOf(text, 'q.store(value)') };
  const queue = (more: Facts = {}): Condition => growing('chan send', at, { stay: 0.86, ...more });
  const more = (to: number): Condition => stated(demand as Kind, service('orders'), 90, { facts: { service: 'orders', fromRate: 20, toRate: to } });

  test('the loop is at work in every dump, on whatever stack, and some senders get through', () => {
    const r = linkOf(slowConsumer, queue(), moduleOf(text), seenAt(work, [1, 0, 1]), { ...seenAt(work, [0, 1, 0]), entity: bucket(PROCESS, 'other stack') });
    expect(r.verdict).toBe('supported');
    expect(slowConsumer.culprits(r.link!.link, r.world)).toMatchObject([{ function: `${PKG}.(*Queue).consume`, line: work.line }]);
  });
  test('more demand is its trigger; less is none', () => {
    const trigger = (to: number) => linkOf(slowConsumer, queue(), moduleOf(text), seenAt(work, [1, 1, 1]), more(to)).link?.link.causes[1]?.kind ?? null;
    expect(trigger(90)).toBe('demand/changed');
    expect(trigger(5)).toBeNull();
  });
  test('a dead consumer, an idle one, and one that hangs are not slow', () => {
    const elsewhere = seenAt({ fn: '(*Queue).Serve', line: 1 }, [1, 1, 1]);
    expect(verdict(slowConsumer, queue(), moduleOf(text), elsewhere)).toBe('refuted');
    expect(verdict(slowConsumer, queue(), moduleOf(text), elsewhere, seenAt(work, [1, 1, 0]))).toBe('refuted');
    expect(verdict(slowConsumer, queue(), moduleOf(text), seenAt({ ...work, line: lineOf(text, 'range q.values') }, [1, 1, 1]))).toBe('refuted');
    expect(verdict(slowConsumer, queue({ stay: 1 }), moduleOf(text), seenAt(work, [1, 1, 1]))).toBe('refuted');
    expect(verdict(slowConsumer, queue({ leaked: 0.9 }), moduleOf(text), seenAt(work, [1, 1, 1]))).toBe('refuted');
  });
  test('what the dumps do not show leaves it unproven', () => {
    expect(verdict(slowConsumer, queue(), moduleOf(text))).toBe('unproven');
    expect(verdict(slowConsumer, queue({ stay: null }), moduleOf(text), seenAt(work, [1, 1, 1]))).toBe('unproven');
    expect(verdict(slowConsumer, queue(), {}, seenAt(work, [1, 1, 1]))).toBe('blocked: unknown');
  });
});

describe('go/body-not-closed', () => {
  const text = matchFile('body-not-closed', 'open.go');
  const transport = (loop: string, wait: string, make = growing): Condition =>
    make(
      wait,
      { fn: '-', line: 1 },
      {
        function: `net/http.(*persistConn).${loop}`,
        file: '/usr/local/go/src/net/http/transport.go',
        line: 2441,
        createdBy: 'net/http.(*Transport).dialConn',
        createdByFile: '/usr/local/go/src/net/http/transport.go',
        createdByLine: 1945,
        stack: [`net/http.(*persistConn).${loop} /usr/local/go/src/net/http/transport.go:2441`],
      },
    );
  const asks = (line: number): Condition =>
    standing(
      'select',
      { fn: '(*Catalogue).Price', line },
      { stack: ['net/http.(*Client).Get /usr/local/go/src/net/http/client.go:488', `${PKG}.(*Catalogue).Price ${FILE}:${line}`] },
    );
  const own = asks(lineOf(text, 'c.client.Get'));
  test('readers wait for a body, and code of the same program forgets one', () => {
    expect(verdict(bodyNotClosedLeak, transport('readLoop', 'select'), moduleOf(text), own)).toBe('supported');
    expect(verdict(bodyNotClosedLeak, transport('writeLoop', 'select'), moduleOf(text), own, transport('readLoop', 'select', standing))).toBe('supported');
  });
  test('idle connections, and code of another program, are not it', () => {
    expect(verdict(bodyNotClosedLeak, transport('readLoop', 'IO wait'), moduleOf(text), own)).toBe('refuted');
    expect(verdict(bodyNotClosedLeak, transport('readLoop', 'select'), moduleOf(text))).toBe('none');
    expect(verdict(bodyNotClosedLeak, growing('select', { fn: '(*Catalogue).Price', line: lineOf(text, 'c.client.Get') }), moduleOf(text), own)).toBe('blocked: fails');
  });
  test('code of the module that this command does not link is not it', () => {
    const main = (imports: string): string => `package main\n\nimport _ "${imports}"\n\nfunc main() {\n\tselect {}\n}\n`;
    const files = { ...moduleOf(text), 'source/cmd/orders/main.go': main('shop/orders/internal/app'), 'source/cmd/cart/main.go': main('fmt') };
    const runs = (command: string): Condition =>
      standing(
        'select (no cases)',
        { fn: '-', line: 5 },
        { function: 'main.main', file: `/src/orders/cmd/${command}/main.go`, line: 6, stack: [`main.main /src/orders/cmd/${command}/main.go:6`] },
      );
    expect(verdict(bodyNotClosedLeak, transport('readLoop', 'select'), files, runs('orders'))).toBe('supported');
    expect(verdict(bodyNotClosedLeak, transport('readLoop', 'select'), files, runs('cart'))).toBe('none');
  });
  test('source of another build, or none of the program’s frames to hold against it, leaves it unproven', () => {
    expect(verdict(bodyNotClosedLeak, transport('readLoop', 'select'), moduleOf(text), asks(lineOf(text, 'c.client.Get') + 3))).toBe('unproven');
    // a line with another call on it agrees by chance
    expect(verdict(bodyNotClosedLeak, transport('readLoop', 'select'), moduleOf(text), asks(lineOf(text, 'json.NewDecoder')))).toBe('unproven');
    expect(verdict(bodyNotClosedLeak, transport('readLoop', 'select'), moduleOf(text), standing('select', { fn: '(*Unknown).Serve', line: 3 }))).toBe('unproven');
  });
  test('goroutines that are reading their bodies are long answers', () => {
    const reading = standing(
      'select',
      { fn: '(*Catalogue).Stream', line: 9 },
      { total: 250, stack: ['net/http.(*bodyEOFSignal).Read transport.go:3000', `${PKG}.(*Catalogue).Stream ${FILE}:9`] },
    );
    expect(verdict(bodyNotClosedLeak, transport('readLoop', 'select'), moduleOf(text), own, reading)).toBe('refuted');
  });
  test('closed everywhere: nothing to blame', () => {
    expect(verdict(bodyNotClosedLeak, transport('readLoop', 'select'), moduleOf(matchFile('body-not-closed', 'closed.go', 'near-miss')), own)).toBe('blocked: fails');
  });
});

const edge = (holder: string, holds: string, waitsFor: string, fn: string, line: number): Facts => ({ holder, holds, waitsFor, function: `${PKG}.${fn}`, file: FILE, line });
const cycle = (...edges: Facts[]): Condition => stated(lockCycle as Kind, p, 100, { facts: { edges, inferred: true, goroutines: edges.length } });

describe('go/lock-cycle', () => {
  const text = matchFile('lock-order-inverted', 'order.go');
  const note = edge('goroutine 7', '0xa', '0xb', '(*Bank).note', lineOf(text, 'b.audit.Lock() // want'));
  const report = edge('goroutine 8', '0xb', '0xa', '(*Bank).Report', lineOf(text, 'b.mu.Lock() // want'));
  test('both ends of the inversion are where the goroutines of the circle wait', () => {
    const r = linkOf(lockCycleByOrder, cycle(note, report), moduleOf(text));
    expect(r.verdict).toBe('supported');
    expect(lockCycleByOrder.culprits(r.link!.link, r.world).map((x) => x.function)).toEqual(expect.arrayContaining([`${PKG}.(*Bank).note`, `${PKG}.(*Bank).Report`]));
  });
  test('two values of one type, locked in the order of arguments', () => {
    const line = lineOf(text, 'to.mu.Lock() // want');
    expect(verdict(lockCycleByOrder, cycle(edge('goroutine 7', '0xa', '0xb', 'Transfer', line), edge('goroutine 8', '0xb', '0xa', 'Transfer', line)), moduleOf(text))).toBe(
      'supported',
    );
  });
  test('one end elsewhere, or no source: not it, or unproven', () => {
    const other = edge('goroutine 8', '0xb', '0xa', '(*Bank).Deposit', lineOf(text, 'b.mu.Lock()'));
    expect(verdict(lockCycleByOrder, cycle(note, other), moduleOf(text))).toBe('blocked: fails');
    expect(verdict(lockCycleByOrder, cycle(note, report), {})).toBe('blocked: unknown');
    const near = matchFile('lock-order-inverted', 'order.go', 'near-miss');
    const a = edge('goroutine 7', '0xa', '0xb', '(*Bank).Deposit', lineOf(near, 'b.audit.Lock()'));
    const b = edge('goroutine 8', '0xb', '0xa', '(*Bank).Report', lineOf(near, 'b.mu.Lock()', 3));
    expect(verdict(lockCycleByOrder, cycle(a, b), moduleOf(near))).toBe('blocked: fails');
  });
});

describe('go/recursive-read-lock', () => {
  const text = matchFile('recursive-read-lock', 'again.go');
  const reader = edge('goroutine 7', '0xa', '0xa', '(*Table).Get', lineOf(text, 't.mu.RLock()'));
  const withWriter = text.replace('func (t *Table) Twice', 'func (t *Table) Put(key string) {\n\tt.mu.Lock()\n\tt.rows[key] = 1\n\tt.mu.Unlock()\n}\n\nfunc (t *Table) Twice');
  const writer = edge('goroutine 8', '0xa', '0xa', '(*Table).Put', lineOf(withWriter, 't.mu.Lock()'));
  test('a reader inside a reader, and a writer between them', () => {
    expect(verdict(recursiveReadLockStall, cycle(reader, writer), moduleOf(withWriter))).toBe('supported');
  });
  test('without a writer it stays unproven; a lock given back before is not it', () => {
    expect(verdict(recursiveReadLockStall, cycle(reader), moduleOf(text))).toBe('unproven');
    const near = matchFile('recursive-read-lock', 'once.go', 'near-miss');
    expect(verdict(recursiveReadLockStall, cycle(edge('goroutine 7', '0xa', '0xa', '(*Table).Get', lineOf(near, 't.mu.RLock()'))), moduleOf(near))).toBe('blocked: fails');
  });
});

const convoy = (facts: Facts): Condition =>
  stated(lockConvoy as Kind, p, 100, {
    facts: {
      lock: '0xa',
      waiters: 40,
      waitFunction: `${PKG}.(*Prices).Price`,
      holderFunction: null,
      holderFile: null,
      holderLine: null,
      holderWait: null,
      longestMinutes: null,
      ...facts,
    },
  });

describe('go/lock-cycle-through-calls', () => {
  const text = `${matchFile('call-under-lock', 'call.go')}\nfunc (q *Quotes) Reprice(sku string, cents int) {\n\tq.mu.Lock()\n\tdefer q.mu.Unlock()\n}\n`;
  const revise = edge('goroutine 7', '0xa', '0xb', '(*Tariff).Revise', lineOf(text, 't.mu.Lock()'));
  const reprice = edge('goroutine 8', '0xb', '0xa', '(*Quotes).Reprice', lineOf(text, 'q.mu.Lock()'));
  /** The queue at a lock names where its holder stands. */
  const queue = (lock: string, fn: string, line: number): Condition =>
    stated(lockConvoy as Kind, p, 100, {
      discriminator: lock,
      facts: {
        lock,
        waiters: 9,
        waitFunction: `${PKG}.x`,
        holderFunction: `${PKG}.${fn}`,
        holderFile: FILE,
        holderLine: line,
        holderWait: 'sync.Mutex.Lock',
        longestMinutes: null,
      },
    });
  const quotes = queue('0xa', '(*Quotes).Add', lineOf(text, 'q.tariff.Revise'));
  const tariff = queue('0xb', '(*Tariff).Revise', lineOf(text, 'tell(sku, cents)'));

  test('each holds, by the source, what the other waits for', () => {
    const r = linkOf(lockCycleThroughCalls, cycle(revise, reprice), moduleOf(text), quotes, tariff);
    expect(r.verdict).toBe('supported');
    expect(lockCycleThroughCalls.culprits(r.link!.link, r.world).map((x) => `${x.function} ${x.line}`)).toEqual([
      `${PKG}.(*Quotes).Add ${lineOf(text, 'q.tariff.Revise')}`,
      `${PKG}.(*Tariff).Revise ${lineOf(text, 'tell(sku, cents)')}`,
    ]);
  });
  test('unknown holders, and locks that are not crosswise', () => {
    expect(verdict(lockCycleThroughCalls, cycle(revise, reprice), moduleOf(text))).toBe('blocked: unknown');
    expect(verdict(lockCycleThroughCalls, cycle(revise, reprice), moduleOf(text), quotes)).toBe('unproven');
    const both = edge('goroutine 9', '0xb', '0xa', '(*Tariff).Revise', lineOf(text, 't.mu.Lock()'));
    expect(verdict(lockCycleThroughCalls, cycle(revise, both), moduleOf(text), quotes, tariff)).toBe('refuted');
  });
});

describe('go/lock-across-io', () => {
  const text = matchFile('io-under-lock', 'io.go');
  const line = lineOf(text, 'p.client.Get');
  const holder = { holderFunction: `${PKG}.(*Prices).Price`, holderFile: FILE, holderLine: line, holderWait: 'select' };
  test('the holder is inside the call the source shows under the lock', () => {
    const r = linkOf(lockAcrossIo, convoy(holder), moduleOf(text));
    expect(r.verdict).toBe('supported');
    expect(lockAcrossIo.culprits(r.link!.link, r.world)).toMatchObject([{ function: `${PKG}.(*Prices).Price`, line }]);
  });
  test('an unknown holder, one that waits for a lock, and a call without the lock', () => {
    expect(verdict(lockAcrossIo, convoy({}), moduleOf(text))).toBe('blocked: unknown');
    expect(verdict(lockAcrossIo, convoy({ ...holder, holderWait: 'sync.Mutex.Lock' }), moduleOf(text))).toBe('refuted');
    const near = matchFile('io-under-lock', 'io.go', 'near-miss');
    expect(verdict(lockAcrossIo, convoy({ ...holder, holderLine: lineOf(near, 'p.client.Get') }), moduleOf(near))).toBe('blocked: fails');
  });
});

describe('from a standstill to harm', () => {
  const serve = ['net/http.serverHandler.ServeHTTP server.go:3311', 'net/http.(*conn).serve server.go:2067'];
  const handler = standing('sync.Mutex.Lock', { fn: '(*Bank).Report', line: 40 }, { onLock: '0xa', stack: [`${PKG}.(*Bank).Report ${FILE}:40`, ...serve] });
  const worker = standing('sync.Mutex.Lock', { fn: '(*Bank).Report', line: 40 }, { onLock: '0xa' });
  const circle = cycle(edge('goroutine 7', '0xa', '0xb', '(*Bank).note', 30), edge('goroutine 8', '0xb', '0xa', '(*Bank).Report', 40));
  const probe = (how: string): Condition =>
    stated(probeFailing as Kind, c, 160, {
      facts: { container: 'orders', probe: 'liveness', message: 'context deadline exceeded', how, count: 3, path: '/healthz', port: '8080' },
    });

  test('the probe waits for a lock of the circle', () => {
    expect(verdict(lockCycleStallsProbe, probe('timeout'), {}, circle, handler)).toBe('supported');
    expect(verdict(lockCycleStallsProbe, probe('refused'), {}, circle, handler)).toBe('refuted');
    expect(verdict(lockCycleStallsProbe, probe('timeout'), {}, circle, worker)).toBe('refuted');
    expect(verdict(lockCycleStallsProbe, probe('timeout'), {}, circle)).toBe('unproven');
    expect(verdict(lockConvoyStallsProbe, probe('timeout'), {}, convoy({}), handler)).toBe('supported');
    expect(verdict(lockConvoyStallsProbe, probe('status'), {}, convoy({}), handler)).toBe('refuted');
  });

  test('requests queue for the lock', () => {
    const slow = stated(requestsSlow as Kind, service('orders'), 120, { facts: { service: 'orders', route: null, quantile: '0.99', seconds: 3, baselineSeconds: 0.1 } });
    expect(verdict(lockConvoySlowsRequests, slow, {}, convoy({}), handler)).toBe('supported');
    expect(verdict(lockConvoySlowsRequests, slow, {}, convoy({}), worker)).toBe('refuted');
    const elsewhere = stated(requestsSlow as Kind, service('cart'), 120, { facts: { service: 'cart', route: null, quantile: '0.99', seconds: 3, baselineSeconds: 0.1 } });
    expect(verdict(lockConvoySlowsRequests, elsewhere, {}, convoy({}), handler)).toBe('blocked: unknown');
  });

  test('the queue at a lock of the circle, and the crowd in it', () => {
    expect(verdict(lockCycleHoldsConvoy, convoy({ lock: '0xb' }), {}, circle)).toBe('supported');
    expect(verdict(lockCycleHoldsConvoy, convoy({ lock: '0xc' }), {}, circle)).toBe('none');
    // the holder of another lock queues behind the circle, or is busy with something else
    const queued = { lock: '0xc', holderFunction: `${PKG}.(*Bank).Report`, holderFile: FILE, holderLine: 40 };
    expect(verdict(lockCycleHoldsConvoy, convoy({ ...queued, holderWait: 'sync.Mutex.Lock' }), {}, circle)).toBe('supported');
    expect(verdict(lockCycleHoldsConvoy, convoy({ ...queued, holderWait: 'IO wait' }), {}, circle)).toBe('none');
    const crowd = growing('sync.Mutex.Lock', { fn: '(*Bank).Report', line: 40 });
    expect(verdict(lockCyclePilesUp, crowd, {}, circle, handler)).toBe('supported');
    expect(verdict(lockConvoyPilesUp, crowd, {}, convoy({}), handler)).toBe('supported');
    expect(verdict(lockCyclePilesUp, growing('sync.Mutex.Lock', { fn: '(*Cart).Add', line: 9 }), {}, circle, handler)).toBe('none');
  });

  test('the other ends of connections that a caller keeps', () => {
    const readLoop = growing('select', { fn: '-', line: 1 }, { function: 'net/http.(*persistConn).readLoop', stack: ['net/http.(*persistConn).readLoop transport.go:2450'] });
    const called = (name: string, to: number): Condition =>
      stated(goroutinesGrowing as Kind, service(name), 100, { facts: { fromCount: 9, toCount: to, perMinute: 60, perDemand: false } });
    EDGES.push({ from: service('orders'), relation: 'calls', to: service('market'), strength: 'derived', places: [placeAt('edges', { offset: 0, length: 1 })] });
    expect(verdict(clientKeepsConnections, called('market', 260), {}, readLoop)).toBe('supported');
    // far more than connections, a service that is not called, goroutines that are no connections
    expect(verdict(clientKeepsConnections, called('market', 2600), {}, readLoop)).toBe('refuted');
    expect(verdict(clientKeepsConnections, called('bank', 260), {}, readLoop)).toBe('none');
    expect(verdict(clientKeepsConnections, called('market', 260), {}, growing('chan send', { fn: 'f', line: 1 }))).toBe('none');
    EDGES.pop();
  });

  describe('without an edge both ends must count the same connections', () => {
    const market = processOf('market@10.0.0.9:80');
    const bank = processOf('bank@10.0.0.8:80');
    const readLoop = growing('select', { fn: '-', line: 1 }, { function: 'net/http.(*persistConn).readLoop', stack: ['net/http.(*persistConn).readLoop transport.go:2450'] });
    const curve = (to: (i: number) => number): [number, number][] => Array.from({ length: 20 }, (_v, i) => [1000 + 5 * i, to(i)]);
    const steps = (i: number): number => (i < 5 ? 0 : 17 * (i - 4));
    const files = (at: typeof p, base: number, to: (i: number) => number = steps): Condition =>
      stated(openFilesGrowing as Kind, at, 100, {
        facts: { fromCount: base, toCount: base + to(19), perMinute: 200, limit: null, curve: curve((i) => base + to(i)) },
      });
    const total = (at: typeof p, to: number): Condition => stated(goroutinesGrowing as Kind, at, 100, { facts: { fromCount: 9, toCount: to, perMinute: 60, perDemand: false } });
    const services = (): void => {
      for (const [at, name] of [
        [market, 'market'],
        [bank, 'bank'],
      ] as const)
        EDGES.push({ from: at, relation: 'part-of', to: service(name), strength: 'derived', places: [placeAt('edges', { offset: 0, length: 1 })] });
    };
    const of = (...others: Condition[]): string => {
      services();
      try {
        return verdict(clientKeepsFiles, files(market, 10), {}, readLoop, files(p, 11), ...others);
      } finally {
        EDGES.splice(-2);
      }
    };

    test('in step sample by sample, one goroutine each, and nobody else fits', () => {
      expect(of(total(market, 264))).toBe('supported');
      services();
      expect(verdict(clientKeepsConnections, total(market, 264), {}, readLoop, files(p, 11), files(market, 10))).toBe('supported');
      EDGES.splice(-2);
    });
    test('another client that leaks as fast, another shape, and two that fit are not it', () => {
      // two goroutines a connection: the near end
      expect(of(total(market, 530))).toBe('none');
      expect(of()).toBe('none');
      expect(of(total(market, 264), files(bank, 5), total(bank, 262))).toBe('none');
      // somebody whose files grow otherwise does not stand in the way
      expect(
        of(
          total(market, 264),
          files(bank, 5, (i) => 14 * i),
          total(bank, 262),
        ),
      ).toBe('supported');
      services();
      expect(
        verdict(
          clientKeepsFiles,
          files(market, 10, (i) => 14 * i),
          {},
          readLoop,
          files(p, 11),
          total(market, 264),
        ),
      ).toBe('none');
      EDGES.splice(-2);
    });
    test('a replica of the same service is no callee', () => {
      EDGES.push({ from: market, relation: 'part-of', to: service('orders'), strength: 'derived', places: [placeAt('edges', { offset: 0, length: 1 })] });
      expect(verdict(clientKeepsFiles, files(market, 10), {}, readLoop, files(p, 11), total(market, 264))).toBe('none');
      EDGES.pop();
    });
    test('the near end holds its files itself; other goroutines hold none', () => {
      expect(verdict(connectionsHoldFiles, files(p, 11), {}, readLoop)).toBe('supported');
      expect(
        verdict(
          connectionsHoldFiles,
          files(p, 11, (i) => 400 * i),
          {},
          readLoop,
        ),
      ).toBe('associated');
      expect(verdict(connectionsHoldFiles, files(p, 11), {}, growing('chan send', { fn: 'f', line: 1 }))).toBe('none');
      expect(verdict(connectionsHoldFiles, files(market, 11), {}, readLoop)).toBe('none');
      // handlers that wait in several places: together they account for the files, a handful in a third place does not
      const handlers = (line: number, to: number): Condition =>
        growing('sync.Mutex.Lock', { fn: 'f', line }, { counts: [0, to], stack: [`${PKG}.f ${FILE}:${line}`, 'net/http.(*conn).serve server.go:2067'] });
      const [most, rest, few] = [handlers(1, 60), handlers(2, 40), handlers(3, 5)];
      expect(verdict(connectionsHoldFiles, files(p, 11), {}, most, rest, few)).toBe('supported');
      expect(verdict(connectionsHoldFiles, files(p, 11), {}, rest)).toBe('associated');
      expect(linkOf(connectionsHoldFiles, files(p, 11), {}, most, few).link?.link.causes[0]?.id).toBe(most.id);
    });
  });

  test('the total grows because of one bucket, or for the most part not', () => {
    const total = (to: number): Condition => stated(goroutinesGrowing as Kind, p, 100, { facts: { fromCount: 20, toCount: to, perMinute: 60, perDemand: false } });
    const leak = growing('chan send', { fn: 'f', line: 1 });
    expect(verdict(leakGrowsGoroutineCount, total(290), {}, leak)).toBe('supported');
    expect(verdict(leakGrowsGoroutineCount, total(9000), {}, leak)).toBe('associated');
  });
});
