import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../model/conditions/index.ts';
import type { Facts } from '../../model/index.ts';
import { readSlice } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { readers } from '../../read/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { observers } from '../index.ts';
import { openWorld } from '../lib/world.ts';

type Change = (text: string, file: string) => string;

/** The recorded logs of one fleet, changed or not. */
function seen(fleet: string, change: Change = (t) => t) {
  const folder = new URL(`../../../go/zoo/testdata/chains/${fleet}/`, import.meta.url);
  const artifacts = readdirSync(folder)
    .filter((f) => f.endsWith('.log') || f.endsWith('.txt'))
    .map((f) => textArtifact(change(readFileSync(new URL(f, folder), 'utf8'), f), { id: f, path: f }));
  const world = openWorld(openReadings(artifacts, readers), observers, {});
  const look = (id: string) => world.look(kinds.find((k) => k.id === id)!);
  const facts = (id: string): Facts[] => {
    const answer = look(id);
    return answer.state === 'observed' ? answer.conditions.map((c) => c.facts) : [];
  };
  return { artifacts, look, facts };
}

const inFile =
  (file: string, from: string | RegExp, to: string): Change =>
  (text, f) =>
    f === file ? text.replaceAll(from, to) : text;

describe('what one record says', () => {
  it.each([
    ['dns', 'logs/dns-failing', { service: 'orders', callee: 'inventory', error: 'net/dns-server-misbehaving', seenByCallee: 0 }],
    ['certificate', 'logs/tls-failing', { service: 'orders', callee: 'inventory', error: 'crypto-x509/expired', seenByCallee: 0 }],
    ['crash', 'logs/calls-refused', { service: 'orders', callee: 'inventory', error: 'net/dial-connection-refused', seenByCallee: 0 }],
    ['files', 'logs/files-exhausted', { service: 'inventory', callee: null, error: 'os/too-many-open-files' }],
    ['idle', 'logs/connections-broken', { service: 'orders', callee: 'inventory', error: 'net/connection-reset-by-peer' }],
    ['pool', 'logs/pool-exhausted', { service: 'orders', callee: 'inventory', error: 'net-http/request-canceled-waiting-for-connection' }],
    [
      'field-type',
      'logs/field-type-differs',
      { service: 'inventory', error: 'encoding-json/cannot-unmarshal-field', field: 'reservation.count', wanted: 'int', got: 'string', failingCallers: ['orders'] },
    ],
    ['cancel-crash', 'logs/callers-gone', { service: 'orders', callee: null, error: 'context/canceled' }],
    ['handler', 'logs/handler-timed-out', { service: 'orders', callee: null, error: 'net-http/handler-timeout' }],
  ] as const)('%s: %s', (fleet, kind, wanted) => {
    expect(seen(fleet).facts(kind)).toContainEqual(expect.objectContaining(wanted));
  });
  it('near miss: the same fleets while all is well show none of it', () => {
    for (const fleet of ['dns', 'certificate', 'crash', 'files', 'idle', 'field-type', 'read-timeout', 'pool', 'cancel-crash', 'handler']) {
      const well = seen(`${fleet}.well`);
      for (const kind of kinds.filter((k) => k.id.startsWith('logs/'))) expect(well.facts(kind.id), `${fleet}.well ${kind.id}`).toEqual([]);
    }
  });
  it('near miss: an info record that mentions the text reports nothing', () => {
    expect(seen('dns', inFile('orders.log', '"level":"ERROR"', '"level":"INFO"')).facts('logs/dns-failing')).toEqual([]);
  });
  it('near miss: a deadline is no cancellation, and a handshake that ends in EOF no refused certificate', () => {
    expect(seen('timer').facts('logs/callers-gone')).toEqual([]);
    expect(seen('certificate').facts('logs/connections-broken')).toEqual([]);
  });
  it('a name that does not resolve is said in full', () => {
    const answer = seen('dns').look('logs/dns-failing');
    expect(answer.state === 'observed' ? answer.conditions.map((c) => c.says) : []).toEqual([expect.stringContaining('inventory.test, net/dns-server-misbehaving')]);
  });
  it('near miss: JSON that is malformed or cut short has no field of another type', () => {
    for (const text of ['unexpected end of JSON input', "invalid character '<' looking for beginning of value"])
      expect(seen('field-type', inFile('inventory.log', /json: cannot unmarshal [^"]*/g, text)).facts('logs/field-type-differs'), text).toEqual([]);
  });
  it('a gRPC message that is too large: from what to what, and the limit; a quota of the same code is none', () => {
    const with_ = (text: string) =>
      seen('field-type', inFile('inventory.log', /json: cannot unmarshal [^"]*/g, `rpc error: code = ResourceExhausted desc = ${text}`)).facts('logs/message-too-large');
    expect(with_('grpc: received message larger than max (4418700 vs. 4194304)')).toEqual([
      expect.objectContaining({ service: 'inventory', limitBytes: 4194304, largestBytes: 4418700 }),
    ]);
    expect(with_('quota of 100 calls a second is used up')).toEqual([]);
  });
  it('every condition cites records that hold its text', () => {
    const { look, artifacts } = seen('dns');
    const answer = look('logs/dns-failing');
    expect(answer.state).toBe('observed');
    for (const c of answer.state === 'observed' ? answer.conditions : []) {
      for (const p of c.places) {
        const bytes = readSlice(artifacts.find((a) => a.id === p.artifact)!.source, p.offset, p.length);
        expect(new TextDecoder().decode(bytes)).toContain('server misbehaving');
      }
    }
  });
  it('nothing is said where no log is', () => {
    const world = openWorld(openReadings([], readers), observers, {});
    expect(world.look(kinds.find((k) => k.id === 'logs/dns-failing')!).state).toBe('not-observable');
  });
});

describe('a write timeout', () => {
  const kind = 'config/write-timeout-too-short';
  it('parts what was cut from what arrived', () => {
    expect(seen('write-timeout').facts(kind)).toEqual([expect.objectContaining({ service: 'inventory', seconds: 0.25, callers: ['orders'] })]);
  });
  it('is measured where nobody states it', () => {
    expect(seen('write-timeout', inFile('inventory.log', '"write_timeout"', '"note"')).facts(kind)).toEqual([expect.objectContaining({ seconds: null })]);
  });
  it('near miss: the server logs failures of its own', () => {
    expect(seen('write-timeout', inFile('inventory.log', '"status":200', '"status":500')).facts(kind)).toEqual([]);
  });
  it('near miss: answers longer than the limit arrived', () => {
    expect(seen('write-timeout', inFile('inventory.log', '"write_timeout":250000000', '"write_timeout":2500000000')).facts(kind)).toEqual([]);
  });
});

describe('idle connections', () => {
  const kind = 'config/idle-timeout-shorter';
  it('are closed under requests on their way', () => {
    expect(seen('idle').facts(kind)).toEqual([expect.objectContaining({ caller: 'orders', callee: 'inventory', idleSeconds: 0.2 })]);
  });
  it('near miss: the callee was started again meanwhile', () => {
    const again: Change = (text, f) => (f === 'inventory.log' ? `${text}${text.split('\n').find((l) => l.includes('"listening"'))}\n` : text);
    expect(seen('idle', again).facts(kind)).toEqual([]);
  });
  it('near miss: its limit is far longer than the pauses', () => {
    expect(seen('idle', inFile('inventory.log', '"idle_timeout":200000000', '"idle_timeout":90000000000')).facts(kind)).toEqual([]);
  });
  it('near miss: a crash breaks connections, too', () => {
    expect(seen('crash').facts(kind)).toEqual([]);
  });
});

describe('a handler’s own timer', () => {
  const kind = 'calls/own-timer-outlasts-caller';
  it('gives up after the same time each time', () => {
    expect(seen('timer').facts(kind)).toEqual([expect.objectContaining({ caller: 'orders', callee: 'inventory', seconds: 0.901 })]);
  });
  it('near miss: a callee that answers in the end is slow', () => {
    expect(seen('timer', inFile('inventory.log', '"status":503', '"status":200')).facts(kind)).toEqual([]);
  });
  it('near miss: a callee that fails after times that differ', () => {
    let n = 0;
    const differing: Change = (text, f) => (f === 'inventory.log' ? text.replaceAll(/"duration":9\d{8}/g, () => `"duration":${900_000_000 + (n++ % 9) * 90_000_000}`) : text);
    expect(seen('timer', differing).facts(kind)).toEqual([]);
  });
});

describe('retries', () => {
  const kind = 'logs/retry-storm';
  it('are counted by trace, and at the callee', () => {
    expect(seen('retry').facts(kind)).toEqual([expect.objectContaining({ service: 'orders', callee: 'inventory', callsBefore: 1 })]);
  });
  it('near miss: one failed call a request', () => {
    expect(seen('timer').facts(kind)).toEqual([]);
    expect(seen('dns').facts(kind)).toEqual([]);
  });
});

describe('a database/sql pool', () => {
  const kind = 'goroutines/sql-pool-waited-for';
  it('is waited for by goroutines, while none is inside a statement', () => {
    const { facts } = seen('sql');
    expect(facts(kind)).toEqual([expect.objectContaining({ service: 'orders', inStatements: 0, function: 'main.sqlOrders.func2' })]);
    expect(Number(facts(kind)[0]?.['waiting'])).toBeGreaterThanOrEqual(3);
  });
  it('near miss: a pool that nobody waits for, though it has an opener in each dump', () => {
    expect(seen('sql.well').facts(kind)).toEqual([]);
    expect(seen('sql', (t) => t.replaceAll('database/sql.(*DB).conn(', 'database/sql.(*DB).ping(')).facts(kind)).toEqual([]);
  });
});

describe('a deadline spent before the call', () => {
  const kind = 'logs/deadline-exhausted-along-trace';
  it('names who spent it', () => {
    expect(seen('budget').facts(kind)).toEqual([expect.objectContaining({ service: 'gateway', callee: 'orders', spentOn: 'users' })]);
  });
  it('by a caller that handed its deadline on, though clocks differ', () => {
    const [found, ...more] = seen('spent-hops').facts(kind);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ service: 'orders', callee: 'inventory', how: 'call', within: 'gateway', spentOn: 'users', spentRoute: '/users' });
    expect(found).toMatchObject({ limitOf: 'gateway', limitKnown: 'stated', setting: 'checkout_timeout', totalSeconds: 0.5, orderKnown: 'caller' });
    expect(Number(found?.['leftSeconds'])).toBeLessThan(Number(found?.['neededSeconds']));
  });
  it('by earlier attempts and the pauses between them', () => {
    const [found] = seen('spent-retries').facts(kind);
    expect(found).toMatchObject({ service: 'orders', callee: 'inventory', how: 'retries', attempts: 4, setting: 'order_timeout', spentBeforeSeconds: 0 });
    expect(Number(found?.['pausesSeconds'])).toBeGreaterThan(0.44);
    expect(Number(found?.['pausesSeconds'])).toBeLessThan(0.54);
  });
  it('by the service itself, before it calls', () => {
    expect(seen('spent-queue').facts(kind)).toEqual([expect.objectContaining({ how: 'own', within: 'orders', limitKnown: 'stated', totalSeconds: 0.6 })]);
  });
  it('is measured where no setting states it, if the requests all end after the same time', () => {
    expect(seen('spent-retries', inFile('orders.log', '"order_timeout"', '"note"')).facts(kind)).toEqual([expect.objectContaining({ limitKnown: 'measured', setting: null })]);
  });
  it('near miss: no setting states it, and the requests end after times that differ', () => {
    expect(seen('spent-queue', inFile('orders.log', '"order_timeout"', '"note"')).facts(kind)).toEqual([]);
  });
  it('near miss: the failing call is the slow one; the sum stays within the deadline; a cancellation is no deadline', () => {
    for (const fleet of ['spent-callee', 'spent-within', 'spent-cancel', 'spent-hops.well', 'spent-retries.well', 'spent-queue.well', 'retry', 'timer', 'pool'])
      expect(seen(fleet).facts(kind), fleet).toEqual([]);
  });
  it('without calls in the log the durations tell the order, whatever the clocks show', () => {
    expect(seen('spent-skewed').facts(kind)).toEqual([expect.objectContaining({ service: 'gateway', callee: 'orders', spentOn: 'users', orderKnown: 'durations' })]);
  });
  it('near miss: neither calls nor comparable clocks, and the callee has no record: which came first cannot be said', () => {
    const unheard: Change = (text, f) => (f === 'orders.log' ? `${text.split('\n').slice(0, 60).join('\n')}\n` : text);
    const answer = seen('spent-skewed', unheard).look(kind);
    expect(answer.state).toBe('not-observable');
    expect(answer.state === 'not-observable' ? answer.reasons[0]?.why : '').toMatch(/which came first cannot be said: .* clocks of gateway and users cannot be compared/);
  });
  it('near miss: the earlier call was as quick as ever', () => {
    expect(seen('budget', inFile('users.log', /"duration":4\d{8}/g, '"duration":40000000')).facts(kind)).toEqual([]);
  });
});

describe('a server that stops reading its requests', () => {
  const kind = 'config/read-timeout-too-short';
  const facts = (change?: Change) => seen('read-timeout', change).facts(kind);

  it('its read timeout, by what it states and by its own address in the error', () => {
    expect(facts()).toEqual([expect.objectContaining({ service: 'archive', seconds: 0.4, failingCallers: ['uploads'] })]);
  });
  it('without a stated value by the time that parts the two', () => {
    expect(facts(inFile('archive.log', '"read_timeout"', '"note"'))).toEqual([expect.objectContaining({ seconds: null })]);
  });
  it('near miss: the read was of an answer, on a connection it had opened itself', () => {
    expect(facts(inFile('archive.log', /read tcp (127\.0\.0\.1:\d+)->(127\.0\.0\.1:\d+)/g, 'read tcp $2->$1'))).toEqual([]);
  });
  it('near miss: its requests ended long before the timeout it states, or at all sorts of times', () => {
    expect(facts(inFile('archive.log', '"read_timeout":400000000', '"read_timeout":4000000000'))).toEqual([]);
    let n = 0;
    const other = (): number => {
      n = (n + 97) % 700;
      return n + 100;
    };
    expect(facts((text, f) => (f === 'archive.log' ? text.replaceAll(/"status":500,"duration":\d+/g, () => `"status":500,"duration":${other()}000000`) : text))).toEqual([]);
  });
  it('near miss: it does not say where it listens, so that nobody knows which end the address is', () => {
    expect(facts(inFile('archive.log', '"addr"', '"note"'))).toEqual([]);
  });
});
