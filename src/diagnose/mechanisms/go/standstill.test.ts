/** Recorded programs in which a goroutine waits for itself, or seems to: dump and source as a person would have them. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { collectFiles } from '../../../collect/files/index.ts';
import { processCrashed } from '../../../model/conditions/crash.ts';
import { bucketGrowing, lockConvoy, lockCycle } from '../../../model/conditions/goroutines.ts';
import { type Culprit, decodeText, type Facts, type Kind, memorySource, readSlice, type World } from '../../../model/index.ts';
import { crash } from '../../../observe/crash/index.ts';
import { goroutines } from '../../../observe/goroutines/index.ts';
import { openWorld } from '../../../observe/lib/world.ts';
import { source } from '../../../observe/source/index.ts';
import { goGrammarBytes } from '../../../platform/go-grammar.ts';
import { prepareGoSource } from '../../../read/go-source/index.ts';
import { readers } from '../../../read/index.ts';
import { openReadings } from '../../../read/lib/readings.ts';
import { Chainer } from '../../chain.ts';
import { mechanisms } from '../index.ts';

beforeAll(async () => {
  const wasm = goGrammarBytes();
  if (wasm !== null) await prepareGoSource(wasm);
});

const testdata = fileURLToPath(new URL('./testdata/', import.meta.url));

type Change = (path: string, text: string) => string | null;

async function open(name: string, change: Change = (_p, text) => text): Promise<World> {
  const { artifacts } = await collectFiles([`${testdata}${name}`]);
  const kept = artifacts.flatMap((a) => {
    if (a.path.endsWith('.json')) return [];
    const text = change(a.path, decodeText(readSlice(a.source, 0, a.source.sizeBytes)));
    return text === null ? [] : [{ ...a, source: memorySource(new TextEncoder().encode(text)) }];
  });
  return openWorld(openReadings(kept, readers), [crash, goroutines, source]);
}

/** Every symptom of a recording with the roots it leads to that stand. */
async function told(name: string, change?: Change): Promise<string[]> {
  const world = await open(name, change);
  const chainer = new Chainer(mechanisms, new Map(), world);
  const out: string[] = [];
  for (const kind of [processCrashed, bucketGrowing, lockCycle, lockConvoy] as unknown as Kind[]) {
    const answer = world.look<Facts>(kind);
    if (answer.state !== 'observed') continue;
    for (const effect of answer.conditions) {
      const roots = chainer.explain(effect).chains.flatMap((chain) => {
        const first = chain.link;
        if (first === null || first.verdict === 'refuted' || first.verdict === 'unproven') return [];
        const culprits = (first.mechanism.culprits(first.link, world) as readonly Culprit[]).map((c) => `${c.function?.replace(/^.*\//, '')}:${c.line}`);
        return [`${first.mechanism.id} ${first.verdict} ${culprits.join(' ')}`.trim()];
      });
      out.push(`${kind.id}: ${[...new Set(roots)].join(', ')}`.trim());
    }
  }
  return out;
}

const noSource = (path: string, text: string): string | null => (path.endsWith('.go') ? null : text);

describe('a goroutine that waits for itself', () => {
  test('a method with the lock held calls another that locks', async () => {
    expect(await told('double-lock')).toEqual(['goroutines/lock-cycle: go/double-lock supported main.(*ledger).deposit:33 main.(*ledger).total:20']);
  });

  test('a hook comes back to the object that calls it', async () => {
    expect(await told('double-lock-through-callback')).toEqual([
      'goroutines/lock-cycle: go/double-lock-through-callback supported registry.(*Registry).Add:30 registry.(*Registry).Len:20',
    ]);
  });

  test('a read lock is not given back before the write lock is taken', async () => {
    expect((await told('read-lock-upgraded')).filter((l) => l.startsWith('goroutines/lock-cycle'))).toEqual([
      'goroutines/lock-cycle: go/double-lock supported main.(*cache).get:19 main.(*cache).fill:25',
    ]);
  });

  test('the runtime ends the process: the crash is told by the circle, not by the first goroutine that waits', async () => {
    expect(await told('double-lock-all-asleep')).toEqual([
      'process/crashed: go/standstill-ends-process supported',
      'goroutines/lock-cycle: go/double-lock supported main.(*box).bump:22 main.(*box).get:14',
    ]);
  });

  test('nor by the first goroutine where its wakers have ended, or its lock was left', async () => {
    const stands = async (name: string) => (await told(name)).filter((l) => l.startsWith('process/crashed'));
    expect(await stands('waker-gone-all-asleep')).toEqual(['process/crashed: go/waker-gone-ends-process supported']);
    expect(await stands('kept-lock-all-asleep')).toEqual(['process/crashed: go/kept-lock-ends-process supported']);
    // without source the text alone names where the first goroutine waits
    expect((await told('waker-gone-all-asleep', noSource)).filter((l) => l.startsWith('process/crashed'))).toEqual([expect.stringContaining('go/all-goroutines-asleep')]);
  });

  test('the alarm of package testing is no defect; what stood still is', async () => {
    expect(await told('double-lock-in-test')).toEqual([
      'process/crashed: go/standstill-ends-process supported',
      'goroutines/lock-cycle: go/double-lock supported testtimeoutdlock.(*Bank).Add:20 testtimeoutdlock.(*Bank).Sum:11',
    ]);
  });
});

describe('two goroutines that wait for each other', () => {
  test('methods of two types, whose inner receivers the dump does not print: said once, not from both sides', async () => {
    expect(await told('locks-inverted-by-methods')).toEqual(['goroutines/lock-cycle: go/lock-cycle supported main.(*stock).take:35 main.(*orders).count:29']);
  });

  test('package variables, locked in the text of two functions', async () => {
    expect((await told('locks-inverted-globals')).filter((l) => l.startsWith('goroutines/lock-cycle'))).toEqual([
      'goroutines/lock-cycle: go/lock-cycle supported main.login:20 main.expire:30',
    ]);
  });
});

describe('a channel that was never made', () => {
  test('the runtime names it: no source is needed', async () => {
    const expected = ['goroutines/bucket-growing: go/nil-channel supported main.(*watcher).loop:10 main.main:18'];
    expect(await told('nil-channel')).toEqual(expected);
    expect(await told('nil-channel', noSource)).toEqual(expected);
  });

  test('one goroutine that waits for ever, and a select with a case that is nil, are meant', async () => {
    expect(await told('nil-channel-meant')).toEqual([]);
  });
});

describe('senders whose receiver could leave, and has not', () => {
  test('the receivers wait for something else before they receive, and pile up as well', async () => {
    for (const name of ['receiver-held-up', 'receive-loop-held-up']) expect((await told(name)).filter((l) => l.includes('abandoned'))).toEqual([]);
  });

  test('the same kind of loop, left at the first error', async () => {
    expect((await told('receive-loop-left')).filter((l) => l.includes('abandoned'))).toEqual([
      'goroutines/bucket-growing: go/abandoned-sender supported main.job.run:13 main.runAll:26',
      'goroutines/bucket-growing: go/abandoned-sender supported main.job.run:16 main.runAll:26',
    ]);
  });
});

test('who works on the same object before it locks is not taken for the holder', async () => {
  const answer = (await open('lock-held-elsewhere')).look(lockConvoy);
  expect(answer.state === 'observed' && answer.conditions.map((c) => [c.facts.waitFunction, c.facts.holderFunction])).toEqual([['main.(*directory).get', null]]);
});

describe('what only looks like it', () => {
  test('inverted order in the source, but the two that wait are of different objects', async () => {
    expect(await told('locks-inverted-elsewhere')).toEqual([]);
  });

  test('a method that locks another value of its own type, which somebody else holds', async () => {
    expect(await told('lock-of-another-object')).toEqual([]);
  });

  test('a test that is merely slow', async () => {
    expect(await told('slow-test')).toEqual(['process/crashed:']);
  });

  test('without source nobody is said to wait for itself', async () => {
    for (const name of ['double-lock', 'double-lock-through-callback', 'read-lock-upgraded']) expect((await told(name, noSource)).filter((l) => l.includes('double'))).toEqual([]);
  });

  test('source of another build names nobody', async () => {
    const shifted = (path: string, text: string): string => (path.endsWith('.go') ? `${'// a line of another build\n'.repeat(9)}${text}` : text);
    for (const name of ['double-lock', 'double-lock-through-callback']) expect(await told(name, shifted)).toEqual([]);
  });
});
