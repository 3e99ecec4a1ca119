/** Standstills that one dump shows with the source beside it: recorded soon after they began (no minutes printed) and minutes later. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { collectFiles } from '../../../collect/files/index.ts';
import { investigate } from '../../../investigate.ts';
import { decodeText, memorySource, readSlice } from '../../../model/index.ts';
import { goGrammarBytes } from '../../../platform/go-grammar.ts';
import { prepareGoSource } from '../../../read/go-source/index.ts';

beforeAll(async () => {
  const wasm = goGrammarBytes();
  if (wasm !== null) await prepareGoSource(wasm);
});

type Change = (path: string, text: string) => string | null;

async function told(scene: string, when: string, change: Change = (_p, text) => text) {
  const { artifacts } = await collectFiles([fileURLToPath(new URL(`../../../../go/zoo/testdata/standstill-${scene}`, import.meta.url))]);
  const kept = artifacts.flatMap((a) => {
    if (!a.path.endsWith('.go') && !a.path.endsWith('go.mod') && when !== 'both' && !a.path.includes(`-${when}.`)) return [];
    const text = change(a.path, decodeText(readSlice(a.source, 0, a.source.sizeBytes)));
    return text === null ? [] : [{ ...a, source: memorySource(new TextEncoder().encode(text)) }];
  });
  expect(kept.some((a) => a.path.includes('goroutine-'))).toBe(true);
  const { report } = investigate(kept);
  const [incident] = report.incidents;
  const [cause] = report.causes;
  return {
    outcome: report.outcome,
    symptoms: incident?.symptoms.map((s) => s.condition) ?? [],
    cause: cause === undefined ? null : `${cause.mechanism} ${cause.verdict} ${cause.culprits.map((c) => `${c.function?.replace(/^.*\//, '')}:${c.line}`).join(' ')}`,
    next: incident?.frontiers.map((f) => f.next) ?? [],
  };
}

const noSource: Change = (path, text) => (path.endsWith('.go') ? null : text);
const inDump =
  (change: (text: string) => string): Change =>
  (path, text) =>
    path.includes('goroutine-') ? change(text) : text;
/** Another goroutine in the same dump. */
const beside = (goroutine: string): Change => inDump((text) => `${text.trimEnd()}\n\n${goroutine}\n`);

/** `bare`: what one dump soon after is without the source; a crowd at one lock is harm whoever holds it. */
const SCENES: readonly { readonly scene: string; readonly symptom: string; readonly cause: string; readonly bare?: string }[] = [
  { scene: 'hub', symptom: 'goroutines/lock-cycle', cause: 'go/channel-under-lock supported hub.(*Hub).Publish:23 hub.(*Hub).Count:36' },
  { scene: 'inbox', symptom: 'goroutines/lock-cycle', cause: 'go/channel-under-lock supported inbox.(*Inbox).Put:21 inbox.(*Inbox).Take:26' },
  { scene: 'batch', symptom: 'goroutines/lock-cycle', cause: 'go/wait-under-lock supported batch.(*Index).Add:27 batch.(*Index).store:31' },
  { scene: 'gate', symptom: 'goroutines/lock-cycle', cause: 'go/wait-under-lock supported gate.(*Gate).Enter:24 gate.(*Gate).Leave:31' },
  { scene: 'tickets', symptom: 'goroutines/lock-kept', cause: 'go/lock-not-released supported tickets.(*Office).Sell:27' },
  { scene: 'harvest', symptom: 'goroutines/lock-cycle', cause: 'go/wait-before-receive supported harvest.Bring:20' },
  { scene: 'sums', symptom: 'goroutines/lock-cycle', cause: 'go/double-lock supported sums.(*Ledger).Sum:19 sums.(*Ledger).Sum:19' },
  { scene: 'tally', symptom: 'goroutines/waker-gone', cause: 'go/waker-gone supported tally.Count.func1:20' },
  { scene: 'opening', symptom: 'goroutines/waker-gone', cause: 'go/waker-gone supported opening.Open:19' },
  { scene: 'bulletin', symptom: 'goroutines/lock-convoy', cause: 'go/lock-across-channel supported bulletin.(*Board).Post:40', bare: 'unproven' },
  { scene: 'permits', symptom: 'goroutines/slots-exhausted', cause: 'go/slot-not-returned supported permits.(*Desk).Bill:34' },
  { scene: 'kitchen', symptom: 'goroutines/slots-exhausted', cause: 'go/slots-held-by-waiters supported kitchen.Run.func1.Menu.1.1:33 kitchen.Run.func1.Menu.1:36' },
  { scene: 'roster', symptom: 'goroutines/waker-gone', cause: 'go/waker-gone supported roster.Names:21' },
];

describe.each(SCENES)('$scene', ({ scene, symptom, cause, bare = 'no-incident' }) => {
  test.each(['2s', '150s'])('one dump after %s leads to the line', async (when) => {
    expect(await told(scene, when)).toMatchObject({ outcome: 'cause-found', symptoms: expect.arrayContaining([symptom]), cause });
  });

  test('without source nobody is named', async () => {
    expect(await told(scene, '2s', noSource)).toMatchObject({ outcome: bare, cause: null });
    expect((await told(scene, '150s', noSource)).cause).toBeNull();
  });

  test('source of another build names nobody', async () => {
    const shifted: Change = (path, text) => (path.endsWith('.go') ? `${'// a line of another build\n'.repeat(9)}${text}` : text);
    expect((await told(scene, '150s', shifted)).cause).toBeNull();
  });

  test('of a dump that is cut nothing is claimed', async () => {
    const cut = await told(
      scene,
      '2s',
      inDump((text) => text.slice(0, text.lastIndexOf('\n\t') - 20)),
    );
    expect(cut.cause).toBeNull();
  });
});

describe.each(['bulletin', 'permits', 'kitchen', 'harvest', 'hub', 'relay', 'parcels', 'sums', 'tickets', 'tally', 'opening', 'roster'])('%s.healthy', (scene) => {
  test.each(['2s', '150s'])('caught at a moment when goroutines wait, after %s', async (when) => {
    expect(await told(`${scene}.healthy`, when)).toEqual({ outcome: 'no-incident', symptoms: [], cause: null, next: [] });
  });
});

describe('shelf', () => {
  const kept = { outcome: 'cause-found', cause: 'go/sql-connection-kept supported shelf.(*Shelf).Titles:18' };
  // that connections are held without a statement is known all the same, not by whom
  const held = { outcome: 'cause-found', cause: 'go/sql-pool-piles-up supported shelf.(*Shelf).Titles:18' };

  test('two dumps: the queue at the pool grows, and nobody has a connection', async () => {
    expect(await told('shelf', 'both')).toMatchObject(kept);
  });

  test('the same errors with the rows closed', async () => {
    expect(await told('shelf.healthy', 'both')).toMatchObject({ outcome: 'no-incident', cause: null });
  });

  test('somebody is still reading rows: they will be given back', async () => {
    const reads = beside(
      'goroutine 7777 [runnable]:\ngorca.dev/go/zoo/standstills/shelf.(*Shelf).Titles(0x1)\n\tgorca.dev/go/zoo/standstills/shelf/shelf.go:29 +0x18\ncreated by gorca.dev/go/zoo/standstills/shelf.serve in goroutine 6\n\tgorca.dev/go/zoo/standstills/shelf/shelf.go:67 +0x1',
    );
    expect(await told('shelf', 'both', reads)).toMatchObject(held);
  });

  test('a transaction that is handed on may be anybody’s', async () => {
    const more: Change = (path, text) =>
      path.endsWith('shelf.go') ? `${text}\nfunc (s *Shelf) begin() (*sql.Tx, error) {\n\ttx, err := s.db.Begin()\n\treturn tx, err\n}\n` : text;
    expect(await told('shelf', 'both', more)).toMatchObject(held);
  });

  test('without source nobody is named', async () => {
    expect(await told('shelf', 'both', noSource)).toMatchObject(held);
  });

  test('the statements are slow: the pool is no cause', async () => {
    const slow = beside(
      'goroutine 7777 [IO wait]:\ndatabase/sql.ctxDriverStmtQuery({0x1, 0x2})\n\t/usr/local/go/src/database/sql/ctxutil.go:82 +0x18\ndatabase/sql.(*DB).queryDC(0x1)\n\t/usr/local/go/src/database/sql/sql.go:1786 +0x18\ngorca.dev/go/zoo/standstills/shelf.(*Shelf).Titles(0x1)\n\tgorca.dev/go/zoo/standstills/shelf/shelf.go:18 +0x18\ncreated by gorca.dev/go/zoo/standstills/shelf.serve in goroutine 6\n\tgorca.dev/go/zoo/standstills/shelf/shelf.go:67 +0x1',
    );
    expect(await told('shelf', 'both', slow)).toMatchObject({ outcome: 'unproven', cause: null });
  });
});

describe('what only looks like it', () => {
  const at = (id: number, state: string, frames: readonly string[], by = ''): string =>
    `goroutine ${id} [${state}]:\n${frames.map((f) => `gorca.dev/go/zoo/standstills/${f}`).join('\n')}${by === '' ? '' : `\ncreated by gorca.dev/go/zoo/standstills/${by}`}`;

  test('a second receiver is at work: it will take the next event', async () => {
    const other = at(77, 'sleep', ['hub.(*Hub).deliver(0x1, 0x2)\n\tgorca.dev/go/zoo/standstills/hub/hub.go:44 +0x18']);
    expect(await told('hub', '2s', beside(other))).toMatchObject({ outcome: 'no-incident', cause: null });
  });

  test('somebody stands between Lock and Unlock: it is held', async () => {
    const holder = at(77, 'runnable', ['tickets.(*Office).Sell(0x1, {0x2, 0x3})\n\tgorca.dev/go/zoo/standstills/tickets/tickets.go:29 +0x18']);
    expect(await told('tickets', '2s', beside(holder))).toMatchObject({ outcome: 'no-incident', cause: null });
  });

  test('one who waits was just woken: the lock is free', async () => {
    const woken = inDump((text) => text.replace(/\[sync\.Mutex\.Lock\]/, '[runnable]'));
    expect(await told('tickets', '2s', woken)).toMatchObject({ outcome: 'no-incident', cause: null });
  });

  test('a goroutine that ran while a signal’s dump was written has no stack: it may hold anything', async () => {
    const running = 'goroutine 77 [running]:\n\tgoroutine running on other thread; stack unavailable';
    for (const scene of ['hub', 'tickets', 'tally']) expect(await told(scene, '2s', beside(running))).toMatchObject({ outcome: 'no-incident', cause: null });
  });

  test('one that was started for the same wait is still at work; one of another call is not asked', async () => {
    const worker = (by: number): string =>
      at(
        77,
        'IO wait',
        ['tally.Count.func1()\n\tgorca.dev/go/zoo/standstills/tally/tally.go:18 +0x18'],
        `tally.Count in goroutine ${by}\n\tgorca.dev/go/zoo/standstills/tally/tally.go:17 +0x1`,
      );
    expect(await told('tally', '2s', beside(worker(19)))).toMatchObject({ outcome: 'no-incident', cause: null });
    expect(await told('tally', '2s', beside(worker(500)))).toMatchObject({ outcome: 'cause-found' });
  });

  test('a slot is at work: it will be given back', async () => {
    const works = at(7777, 'sleep', ['permits.(*Desk).Bill(0x1, 0x2)\n\tgorca.dev/go/zoo/standstills/permits/permits.go:36 +0x18']);
    expect(await told('permits', '2s', beside(works))).toMatchObject({ outcome: 'no-incident', cause: null });
    const cooks = at(7777, 'sleep', [
      'kitchen.simmer()\n\tgorca.dev/go/zoo/standstills/kitchen/kitchen.go:22 +0x18',
      'kitchen.(*Stove).cook(0x1, 0x2)\n\tgorca.dev/go/zoo/standstills/kitchen/kitchen.go:19 +0x18',
    ]);
    expect((await told('kitchen', '2s', beside(cooks))).cause).toBeNull();
  });

  test('those who have the slots wait for goroutines of others', async () => {
    const strangers = inDump((text) => text.replaceAll(/(Menu\.\S+) in goroutine \d+/g, '$1 in goroutine 999999'));
    expect((await told('kitchen', '2s', strangers)).cause).toBeNull();
  });

  test('two may hold the lock: nobody is named', async () => {
    const other = at(7777, 'runnable', ['bulletin.(*Board).Leave(0x1, 0x2)\n\tgorca.dev/go/zoo/standstills/bulletin/bulletin.go:32 +0x18']);
    expect(await told('bulletin', '2s', beside(other))).toMatchObject({ outcome: 'unproven', cause: null });
  });

  test('a lock that somebody has waited for since minutes is harm, without source of nobody’s known doing', async () => {
    const alone = await told('tickets', '150s', noSource);
    expect(alone).toMatchObject({ outcome: 'unproven', symptoms: ['goroutines/lock-kept'], cause: null });
    expect(alone.next).not.toEqual([]);
  });
});
