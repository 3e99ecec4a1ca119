import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { collectFiles } from '../../../collect/files/index.ts';
import { bucketGrowing, lockConvoy, lockCycle } from '../../../model/conditions/goroutines.ts';
import { type Culprit, decodeText, type Facts, type Kind, memorySource, processOf, readSlice, type World } from '../../../model/index.ts';
import { goroutines } from '../../../observe/goroutines/index.ts';
import { openWorld } from '../../../observe/lib/world.ts';
import { source } from '../../../observe/source/index.ts';
import { goGrammarBytes } from '../../../platform/go-grammar.ts';
import { prepareGoSource } from '../../../read/go-source/index.ts';
import { readers } from '../../../read/index.ts';
import { openReadings } from '../../../read/lib/readings.ts';
import { Chainer } from '../../chain.ts';
import { abandonedSender } from './abandoned-sender/index.ts';
import { bodyNotClosedLeak } from './body-not-closed/index.ts';
import { channelNeverClosedLeak } from './channel-never-closed/index.ts';
import { deadConsumer } from './dead-consumer/index.ts';
import { lockAcrossIo } from './lock-across-io/index.ts';
import { lockConvoyPilesUp } from './lock-convoy-piles-up/index.ts';
import { lockCycleByOrder } from './lock-cycle/index.ts';
import { lockCycleHoldsConvoy } from './lock-cycle-holds-convoy/index.ts';
import { lockCyclePilesUp } from './lock-cycle-piles-up/index.ts';
import { lockCycleThroughCalls } from './lock-cycle-through-calls/index.ts';
import { loopNeverStopped } from './loop-never-stopped/index.ts';
import { missingCtxDone } from './missing-ctx-done/index.ts';
import { recursiveReadLockStall } from './recursive-read-lock/index.ts';
import { slowConsumer } from './slow-consumer/index.ts';

const MECHANISMS = [
  abandonedSender,
  bodyNotClosedLeak,
  channelNeverClosedLeak,
  deadConsumer,
  lockAcrossIo,
  lockConvoyPilesUp,
  lockCycleByOrder,
  lockCycleHoldsConvoy,
  lockCyclePilesUp,
  lockCycleThroughCalls,
  loopNeverStopped,
  missingCtxDone,
  recursiveReadLockStall,
  slowConsumer,
];

beforeAll(async () => {
  const wasm = goGrammarBytes();
  if (wasm !== null) await prepareGoSource(wasm);
});

interface Told {
  readonly effect: string;
  readonly by: string;
  readonly verdict: string;
  readonly culprits: readonly string[];
}

const recorded = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const zoo = (name: string): string => (name.startsWith('incidents/') ? recorded(name) : recorded(`go/zoo/testdata/${name}`));

/** Every link to a symptom of a recording: dumps and source only, as if that were all one has. */
async function told(
  name: string,
  change: (path: string, text: string) => string | null = (_p, text) => text,
  dumps = /goroutine[-.].*debug2\.txt$/,
  sourceOf = name,
): Promise<{ links: Told[]; symptoms: string[] }> {
  // files of a pile have a guessed process, which confirms nothing: the runs that lend their source state it
  const { artifacts } = await collectFiles(sourceOf === name ? [zoo(name)] : [zoo(name), `${zoo(sourceOf)}/source`]);
  const kept = artifacts.flatMap((a) => {
    if (dumps.test(a.path)) return [sourceOf === name ? a : { ...a, covers: [{ entity: processOf('orders@1'), strength: 'stated' as const }] }];
    if (!/\.go$|go\.mod$/.test(a.path)) return [];
    const text = change(a.path, decodeText(readSlice(a.source, 0, a.source.sizeBytes)));
    return text === null ? [] : [{ ...a, source: memorySource(new TextEncoder().encode(text)) }];
  });
  expect(kept.length).toBeGreaterThan(1);
  const world: World = openWorld(openReadings(kept, readers), [goroutines, source]);
  const chainer = new Chainer(MECHANISMS, new Map(), world);
  const links: Told[] = [];
  const symptoms: string[] = [];
  for (const kind of [bucketGrowing, lockCycle, lockConvoy] as unknown as Kind[]) {
    const answer = world.look<Facts>(kind);
    if (answer.state !== 'observed') continue;
    for (const effect of answer.conditions) {
      symptoms.push(kind.id);
      for (const chain of chainer.explain(effect).chains) {
        if (chain.link === null) continue;
        const { mechanism, link, verdict } = chain.link;
        const culprits = (mechanism.culprits(link, world) as readonly Culprit[]).map((c) => `${c.function?.replace(/^.*\//, '')} ${c.file?.replace(/^.*\//, '')}`);
        links.push({ effect: kind.id, by: mechanism.id, verdict, culprits });
      }
    }
  }
  return { links, symptoms };
}

/** Recorded service, what its dumps and source lead to, and where. */
const CASES: readonly { readonly name: string; readonly by: string; readonly culprits: readonly string[]; readonly others?: readonly string[] }[] = [
  { name: 'abandoned-sender', by: 'go/abandoned-sender', culprits: ['orders.(*Server).reserve.func1 orders.go', 'orders.(*Server).reserve orders.go'] },
  { name: 'missing-ctx-done', by: 'go/missing-ctx-done', culprits: ['feeds.(*Server).follow feeds.go'] },
  { name: 'ticker-never-stopped', by: 'go/loop-never-stopped', culprits: ['sessions.(*session).keepFresh sessions.go', 'sessions.(*Server).create sessions.go'] },
  { name: 'channel-never-closed', by: 'go/channel-never-closed', culprits: ['transcripts.(*transcript).write transcripts.go', 'transcripts.(*Server).create transcripts.go'] },
  { name: 'dead-consumer', by: 'go/dead-consumer', culprits: ['audit.(*Recorder).drain audit.go', 'audit.(*Recorder).Add audit.go'] },
  { name: 'slow-consumer', by: 'go/slow-consumer', culprits: ['ingest.(*Queue).consume ingest.go'] },
  { name: 'response-body-not-closed', by: 'go/body-not-closed', culprits: ['rates.(*Server).latest rates.go'] },
  {
    name: 'lock-cycle',
    by: 'go/lock-cycle',
    culprits: ['transfers.(*Server).move transfers.go'],
    others: ['go/lock-cycle-holds-convoy', 'go/lock-convoy-piles-up', 'go/lock-cycle-piles-up'],
  },
  {
    name: 'recursive-read-lock',
    by: 'go/recursive-read-lock',
    culprits: ['catalog.(*Index).Describe catalog.go', 'catalog.(*Index).Size catalog.go'],
    others: ['go/lock-cycle-holds-convoy', 'go/lock-convoy-piles-up', 'go/lock-cycle-piles-up'],
  },
  {
    // the second lock is taken below a listener, which syntax cannot follow
    name: 'incidents/liveness-kill-lock-cycle',
    by: 'go/lock-cycle-through-calls',
    culprits: ['main.(*quotes).add quotes.go', 'main.(*tariff).revise tariff.go'],
    others: ['go/lock-cycle-holds-convoy', 'go/lock-convoy-piles-up', 'go/lock-cycle-piles-up'],
  },
  { name: 'lock-across-io', by: 'go/lock-across-io', culprits: ['profiles.(*Directory).Get profiles.go'], others: ['go/lock-convoy-piles-up'] },
];

describe.each(CASES)('recorded: $name', ({ name, by, culprits, others = [] }) => {
  test('dumps and source lead to the function', async () => {
    const { links } = await told(name);
    const main = links.filter((l) => l.by === by);
    expect(main.length).toBeGreaterThan(0);
    for (const l of main) expect(l).toMatchObject({ verdict: 'supported', culprits });
    // and to nothing else
    expect(links.map((l) => l.by).filter((id) => id !== by && !others.includes(id))).toEqual([]);
  });

  test('without source the symptom stays, without a culprit', async () => {
    const { links, symptoms } = await told(name, () => null);
    expect(symptoms.length).toBeGreaterThan(0);
    expect(links.filter((l) => l.by === by)).toEqual([]);
  });

  test('source of another build names nobody', async () => {
    const { links } = await told(name, (path, text) => (path.endsWith('.go') ? text.replace(/^import \($/m, `${'// a line of another build\n'.repeat(9)}import (`) : text));
    expect(links.filter((l) => l.by === by && l.verdict === 'supported')).toEqual([]);
  });
});

test.each(CASES.filter((c) => !c.name.startsWith('incidents/')))('$name.healthy has no symptom to explain', async ({ name }) => {
  expect(await told(`${name}.healthy`)).toEqual({ links: [], symptoms: [] });
});

describe('the runtime’s own word on leaks (Go 1.27)', () => {
  const sender = (dumps: RegExp) => told('abandoned-sender.go1.27', (_p, text) => text, dumps, 'abandoned-sender');
  const abandoned = [{ effect: 'goroutines/bucket-growing', by: 'go/abandoned-sender', verdict: 'confirmed' }];
  test.each([
    ['dumps with a profile of leaks beside them', /goroutine[-.].*debug2\.txt$|goroutineleak.*\.pb\.gz$/],
    ['the tags of one dump', /goroutineleak.*debug2\.txt$/],
    ['both forms of the profile and the tags', /goroutineleak/],
  ])('confirms that the senders are abandoned: %s', async (_what, dumps) => {
    expect((await sender(dumps)).links).toMatchObject(abandoned);
  });
  test('the same dumps without it leave it supported', async () => {
    expect((await sender(/goroutine[-.].*debug2\.txt$/)).links).toMatchObject([{ ...abandoned[0], verdict: 'supported' }]);
  });
  test('a profile of leaks is enough: its protobuf says what they wait for', async () => {
    expect(await sender(/goroutineleak.*\.pb\.gz$/)).toMatchObject({ symptoms: ['goroutines/bucket-growing'], links: abandoned });
  });
});

test.each(['busy.healthy', 'idle-pool.healthy'])('%s has no symptom', async (name) => {
  expect(await told(name)).toEqual({ links: [], symptoms: [] });
});
