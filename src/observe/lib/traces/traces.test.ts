import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Artifact, placeAt } from '../../../model/index.ts';
import { textArtifact } from '../../../model/testing/artifact.ts';
import { openLog, traceIdsOf, traceparent, whyNotW3cTraceId } from '../../../read/logs/index.ts';
import { edgesOf } from './edges.ts';
import { type TraceEvent, traceEvent } from './events.ts';
import { openFleet } from './fleet.ts';
import { hashOf, TraceSample } from './sample.ts';
import type { OwnedEvent } from './spans.ts';
import { tellTrace } from './story.ts';

const T = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('traceparent', () => {
  it.each([
    [`00-${T}-00f067aa0ba902b7-01`, true],
    [`00-${T}-00f067aa0ba902b7-00`, true],
    [`cc-${T}-00f067aa0ba902b7-01-what-the-future-brings`, true],
    [`00-${T}-00f067aa0ba902b7-01-more`, false],
    [`ff-${T}-00f067aa0ba902b7-01`, false],
    [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, false],
    [`00-${T}-${'0'.repeat(16)}-01`, false],
    [`00-${T.toUpperCase()}-00f067aa0ba902b7-01`, false],
    [`00-${T}-00f067aa0ba902b7`, false],
    ['', false],
  ])('%s', (text, valid) => expect('traceId' in traceparent(text)).toBe(valid));

  it('ids of other forms are taken, and said to be none of W3C', () => {
    expect(whyNotW3cTraceId(T)).toBeNull();
    for (const other of ['abc123-def456', T.toUpperCase(), '1234567890', T.slice(16), '0'.repeat(32)]) expect(whyNotW3cTraceId(other)).not.toBeNull();
  });
});

/** Lines as slog and zap write them. */
const slog = (at: string, msg: string, more: object) => JSON.stringify({ time: `2026-11-24T10:00:${at}Z`, level: 'INFO', msg, ...more });
const events = (...lines: string[]) => {
  const source = openLog(textArtifact(`${lines.join('\n')}\n`));
  const out: NonNullable<ReturnType<typeof traceEvent>>[] = [];
  source?.scan({}, (r) => {
    const e = traceEvent(r, () => placeAt('test', r.span));
    if (e !== null) out.push(e);
    return true;
  });
  return out;
};
const kind = (msg: string, more: object) => events(slog('00', msg, { trace_id: T, ...more }))[0]?.kind;

describe('what a record tells of', () => {
  it.each([
    ['request started', { method: 'GET', path: '/a' }, 'server-start'],
    ['started handling request', { method: 'GET', path: '/a' }, 'server-start'],
    ['request', { method: 'GET', path: '/a', status: 200, duration_ms: 4 }, 'server-end'],
    ['calling', { peer: 'orders', method: 'GET', path: '/a' }, 'client-start'],
    ['call answered', { peer: 'orders', method: 'GET', path: '/a', status: 200, duration_ms: 4 }, 'client-end'],
    ['reserve failed', { err: 'Post "http://inventory:8080/v1/reserve": context deadline exceeded' }, 'client-end'],
    ['message published', { message_id: 'm-1', topic: 't' }, 'sent'],
    ['message received', { message_id: 'm-1', topic: 't' }, 'received'],
    ['done', { 'span.kind': 'server', status: 200 }, 'server-end'],
    // a *url.Error has no response: the status is what the request was answered with
    ['charge failed', { err: 'psp: Post "http://psp:8080/v1/charges": context deadline exceeded', status: 504, path: '/pay/7', elapsed_ms: 2001 }, 'server-end'],
    ['route failed', { err: 'Get "http://traffic:80/now": dial tcp: lookup traffic: no such host', status: 500, elapsed_ms: 4 }, 'server-end'],
  ])('%s %o', (msg, more, expected) => expect(kind(msg, more)).toBe(expected));

  it.each([
    // near misses
    ['request', { upstream: 'orders', method: 'GET', path: '/a', status: 200, duration_ms: 4 }, 'server-end'],
    ['cache refreshed', { path: '/var/cache' }, 'point'],
    ['call failed', { err: 'Post "http://psp:8080/v1/charges": context deadline exceeded', elapsed_ms: 2001 }, 'client-end'],
    ['call failed', { peer: 'psp', err: 'unexpected status 503', status: 503, elapsed_ms: 3 }, 'client-end'],
    ['worker received signal', { message: 'x' }, 'point'],
    ['message delivered', { message_id: 'm-1' }, 'point'],
    ['order rejected', { err: 'basket is empty' }, 'point'],
  ])('near miss: %s %o', (msg, more, expected) => expect(kind(msg, more)).toBe(expected));

  it('a failed call says how it ended', () => {
    expect(events(slog('00', 'call failed', { trace_id: T, peer: 'x', err: 'Get "http://x/": context deadline exceeded' }))[0]?.failed).toBe('late');
    expect(events(slog('00', 'call failed', { trace_id: T, peer: 'x', err: 'Get "http://x/": context canceled' }))[0]?.failed).toBe('canceled');
    expect(events(slog('00', 'call failed', { trace_id: T, peer: 'x', err: 'dial tcp 10.0.0.1:80: connect: connection refused' }))[0]?.failed).toBe('error');
  });

  it('of a duplicate key the first and the last count', () => {
    const line = `{"time":"2026-11-24T10:00:00Z","level":"INFO","msg":"m","trace_id":"${T}","trace_id":"other"}`;
    expect(events(line)[0]?.traces).toEqual([T, 'other']);
    let fields: string[] = [];
    openLog(textArtifact(`${line}\n`))?.scan({}, (r) => {
      fields = traceIdsOf(r).traces.map((t) => t.id);
      return true;
    });
    expect(fields).toEqual([T, 'other']);
  });
});

describe('a request id that services hand on', () => {
  const ids = (more: object) => events(slog('00', 'request', { method: 'GET', path: '/a', status: 200, duration_ms: 4, ...more })).map((e) => e.traces);

  it.each([
    [{ request_id: 'c0a81fb2-6f1d-4a57-9f9e-2f5b3a7d1e08' }, 'c0a81fb2-6f1d-4a57-9f9e-2f5b3a7d1e08'],
    [{ 'X-Request-ID': 'req-333b66d8' }, 'req-333b66d8'],
    [{ req_id: '01JDHV7WQ2F4S3N8YB6K5T9M0R' }, '01JDHV7WQ2F4S3N8YB6K5T9M0R'],
    [{ 'correlation-id': 'bd5e720fc2c5' }, 'bd5e720fc2c5'],
    [{ xCorrelationId: 'd-1795777154123456789' }, 'd-1795777154123456789'],
    [{ rid: 'web-1/QmZ3xk81pT-000042' }, 'web-1/QmZ3xk81pT-000042'],
    [{ trace: T }, T],
    [{ trace_id: T, request_id: 'c0a81fb2-6f1d-4a57-9f9e-2f5b3a7d1e08' }, T],
  ])('%o is its trace', (more, id) => expect(ids(more)).toEqual([[id]]));

  it.each([
    // counted anew by every process
    { request_id: '42' },
    { request_id: 'req-00000042' },
    { request_id: 'order-00001234' },
    { req_id: '20261124' },
    // another thing by that name
    { trace: 'goroutine 18 [running]: main.main() /app/main.go:29' },
    { rid: 'checkout2' },
    { customer_id: 'c0a81fb2-6f1d-4a57-9f9e-2f5b3a7d1e08' },
  ])('near miss: %o', (more) => expect(ids(more)).toEqual([]));
});

/** Two services: `b` is 300 ms ahead; ids say who called whom, or not. */
function fleetOfTwo(ids: 'spans' | 'name' | 'nothing', calls = 30) {
  const a: string[] = [];
  const b: string[] = [];
  const at = (n: number, ms: number): string => {
    const t = n * 1000 + ms;
    return `${String(Math.floor(t / 1000)).padStart(2, '0')}.${String(t % 1000).padStart(3, '0')}`;
  };
  for (let n = 0; n < calls; n++) {
    const trace = `${String(n).padStart(8, '0')}${T.slice(8)}`;
    const own = (span: string, parent: string | null) =>
      ids === 'spans' ? { trace_id: trace, span_id: span, ...(parent === null ? {} : { parent_span_id: parent }) } : { trace_id: trace };
    a.push(slog(at(n, 100), 'request started', { service: 'a', ...own('a1', null), method: 'GET', path: '/a' }));
    if (ids !== 'nothing') {
      a.push(slog(at(n, 102), 'calling', { service: 'a', ...own('a2', 'a1'), peer: 'b', method: 'GET', path: '/b' }));
      a.push(slog(at(n, 150), 'call answered', { service: 'a', ...own('a2', 'a1'), peer: 'b', method: 'GET', path: '/b', status: 200, elapsed_ms: 48 }));
    }
    a.push(slog(at(n, 153), 'request', { service: 'a', ...own('a1', null), method: 'GET', path: '/a', status: 200, elapsed_ms: 53 }));
    b.push(slog(at(n, 404), 'request started', { service: 'b', ...own('b1', 'a2'), method: 'GET', path: '/b' }));
    b.push(slog(at(n, 448), 'request', { service: 'b', ...own('b1', 'a2'), method: 'GET', path: '/b', status: 200, elapsed_ms: 44 }));
  }
  const logs = [a, b].map((lines, i) => {
    const artifact: Artifact = textArtifact(`${lines.join('\n')}\n`, { id: `${i}` });
    const sample = new TraceSample();
    openLog(artifact)?.scan({}, (r) => {
      const e = traceEvent(r, () => placeAt(artifact.id, r.span));
      if (e !== null) sample.add(e);
      return true;
    });
    return { artifact: artifact.id, process: `p${i}`, service: null, sample };
  });
  return { logs, trace: `${'0'.repeat(8)}${T.slice(8)}` };
}

const eventsOf = (sample: TraceSample): OwnedEvent[] => Array.from({ length: sample.length }, (_none, row) => sample.owned(row, '', '', 0));

/** `a` waits for `b`, which is 300 ms ahead; what they log of it is the end of each request, the caller's cut to whole milliseconds. */
function cutDurations(took: (n: number) => { a: number; b: number }, calls = 60): ReturnType<typeof fleetOfTwo>['logs'] {
  const lines: [string[], string[]] = [[], []];
  for (let n = 0; n < calls; n++) {
    const trace = `${String(n).padStart(8, '0')}${T.slice(8)}`;
    const second = String(n).padStart(2, '0');
    const { a, b } = took(n);
    lines[0].push(slog(`${second}.160`, 'request', { service: 'a', trace_id: trace, path: '/a', status: 200, duration_ms: Math.floor(a * 1000) }));
    lines[1].push(slog(`${second}.460`, 'request', { service: 'b', trace_id: trace, path: '/b', status: 200, duration: Math.round(b * 1e9) }));
  }
  return lines.map((text, i) => {
    const artifact: Artifact = textArtifact(`${text.join('\n')}\n`, { id: `${i}` });
    const sample = new TraceSample();
    openLog(artifact)?.scan({}, (r) => {
      const e = traceEvent(r, () => placeAt(artifact.id, r.span));
      if (e !== null) sample.add(e);
      return true;
    });
    return { artifact: artifact.id, process: `p${i}`, service: null, sample };
  });
}

describe('durations of which one is cut to whole milliseconds', () => {
  const offsets = (took: (n: number) => { a: number; b: number }) => openFleet(cutDurations(took), () => null).clocks.pairs.map((p) => p.strength);

  it('those that differ by more than a millisecond say who waited for whom, however many answers were too quick to tell', () => {
    const pair = offsets((n) => (n % 3 === 0 ? { a: 0.047, b: 0.0442 } : { a: 0.0007, b: 0.0003 }));
    expect(pair).toEqual(['guessed']);
  });
  it('near miss: where all were too quick to tell, nothing is guessed', () => {
    expect(offsets(() => ({ a: 0.0007, b: 0.0003 }))).toEqual([]);
  });
});

describe('traces and clocks of two services', () => {
  it.each([
    ['spans', 'stated'],
    ['name', 'derived'],
  ] as const)('tied by %s', (ids, strength) => {
    const { logs, trace } = fleetOfTwo(ids);
    const fleet = openFleet(logs, () => null);
    expect(fleet.links.map((l) => [l.caller, l.callee, l.strength, l.seen])).toEqual([['a', 'b', strength, 30]]);
    const o = fleet.clocks.between('p0', 'p1', null);
    expect(o?.seconds).toBeCloseTo(0.3, 2);
    expect((o?.low ?? 1) <= 0.3 && (o?.high ?? 0) >= 0.3).toBe(true);
    const own = logs.flatMap((l, i) =>
      fleet.own(
        i,
        eventsOf(l.sample).filter((e) => e.traces.includes(trace)),
      ),
    );
    const [link] = fleet.assemble(trace, own).links;
    expect(link?.call?.end?.seconds).toBeCloseTo(0.048, 6);
    expect(edgesOf(fleet.assemble(trace, own))).toHaveLength(2);
  });

  it('without a word of who called whom it is a guess, and none where verdicts lean on it', () => {
    const { logs } = fleetOfTwo('nothing');
    const fleet = openFleet(logs, () => null);
    expect(fleet.links).toEqual([]);
    expect(fleet.clocks.pairs.map((p) => p.strength)).toEqual(['guessed']);
    expect(openFleet(logs, () => null, { noGuess: true }).clocks.pairs).toEqual([]);
  });

  it('the tree puts the callee into its call, and says what was inferred', () => {
    for (const ids of ['spans', 'name', 'nothing'] as const) {
      const { logs, trace } = fleetOfTwo(ids);
      const fleet = openFleet(logs, () => null);
      const found = logs.flatMap((l, log) =>
        eventsOf(l.sample)
          .filter((e) => e.traces.includes(trace))
          .map((event) => ({
            log,
            event,
            at: event.at,
            stepNs: event.stepNs,
            shown: { file: `${log}`, line: 1, offset: event.place.offset, length: event.place.length, level: 'info', message: 'm', error: null, found: 'only' as const },
          })),
      );
      const tree = tellTrace(trace, found, fleet, []);
      expect(tree.spans.map((s) => [s.service, s.parent])).toEqual([
        ['a', null],
        ['b', 0],
      ]);
      expect(tree.spans[1]?.linked).toBe(ids === 'spans' ? 'stated' : ids === 'name' ? 'derived' : 'guessed');
      expect(tree.spans[1]?.fromSeconds).toBeGreaterThan(0);
      expect(tree.spans[1]?.toSeconds).toBeLessThan(0.053);
      expect(tree.records.every((r) => r.time?.raw.startsWith('2026-11-24T10:00:00.'))).toBe(true);
    }
  });
});

describe('a sample of traces', () => {
  const [event] = events(slog('00', 'm', { trace_id: T }));

  it('keeps whole traces, the same ones in every log', () => {
    const [a, b] = [new TraceSample(), new TraceSample()];
    for (let i = 0; i < 250_000; i++) a.add({ ...event!, traces: [`t${i}`] });
    for (let i = 0; i < 420_000; i += 2) b.add({ ...event!, traces: [`t${i}`] });
    expect(a.share).toBeLessThan(1);
    const kept = new Set(eventsOf(b).map((e) => e.traces[0]));
    const both = eventsOf(a).filter((e) => Number(e.traces[0]?.slice(1)) % 2 === 0 && hashOf(e.traces[0] as string) < Math.min(a.share, b.share) * 2 ** 32);
    expect(both.length).toBeGreaterThan(10_000);
    expect(both.every((e) => kept.has(e.traces[0]))).toBe(true);
  });

  it.each([
    ['few', 0],
    ['many', 2500],
  ])('hands out the events as they were put in: %s', (_how, before) => {
    const text = fc.oneof(fc.constant(null), fc.constantFrom('orders', 'a b', '', 'a text that is longer than a dozen characters'), fc.string());
    const number = fc.oneof(fc.constant(null), fc.double({ min: 0, noNaN: true }));
    const made: fc.Arbitrary<TraceEvent> = fc.record({
      traces: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
      kind: fc.constantFrom(...(['server-start', 'server-end', 'client-start', 'client-end', 'sent', 'received', 'point'] as const)),
      at: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map((n) => n as TraceEvent['at']),
      stepNs: fc.constantFrom(1n, 1000n, 1_000_000_000n),
      span: text,
      parent: text,
      carried: text,
      service: text,
      writer: text,
      peer: text,
      address: text,
      method: text,
      route: text,
      code: fc.oneof(fc.constant(null), fc.integer({ min: 100, max: 599 })),
      seconds: number,
      secondsStep: fc.double({ min: 0, noNaN: true }),
      failed: fc.constantFrom(null, 'late' as const, 'canceled' as const, 'error' as const),
      message: text,
      place: fc.oneof(
        fc.record({ artifact: fc.string(), offset: fc.nat(), length: fc.nat() }),
        fc.record({ artifact: fc.string(), offset: fc.nat(), length: fc.nat(), decoders: fc.constantFrom(['docker'], ['cri', 'json-string']) }),
      ),
    });
    fc.assert(
      fc.property(fc.array(made, { maxLength: 40 }), (put) => {
        const sample = new TraceSample();
        for (let i = 0; i < before; i++) sample.add(event!);
        for (const e of put) sample.add(e);
        expect(sample.length).toBe(before + put.length);
        expect(put.map((_e, i) => sample.owned(before + i, 'c', 'o', i))).toEqual(put.map((e, i) => ({ ...e, clock: 'c', owner: 'o', seq: i })));
        expect(put.map((_e, i) => before + i).map((row) => [sample.traces(row), sample.writer(row), sample.service(row), sample.at(row), sample.offset(row)])).toEqual(
          put.map((e) => [e.traces, e.writer, e.service, e.at, e.place.offset]),
        );
      }),
    );
  });

  it('thinned out, the rest stays as it was put in', () => {
    const sample = new TraceSample();
    const put = Array.from({ length: 60_000 }, (_none, i) => ({ ...event!, traces: i % 5 === 0 ? [`t${i}`, `u${i}`] : [`t${i}`], route: `/r/${i}`, seconds: i / 7 }));
    for (const e of put) sample.add(e);
    expect(sample.share).toBeLessThan(1);
    const kept = put.filter((e) => e.traces.some((id) => hashOf(id) < sample.share * 2 ** 32));
    expect(eventsOf(sample)).toEqual(kept.map((e) => ({ ...e, clock: '', owner: '', seq: 0 })));
  });
});
