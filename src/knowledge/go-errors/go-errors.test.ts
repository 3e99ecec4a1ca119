import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { closestPatterns, ERROR_ANCHOR_PATTERNS, ERROR_ANCHORS, GO_ERRORS, innermostError, matchErrorText, outerMatches } from './index.ts';
import { proveErrors } from './prove.ts';

const ids = (text: string): string[] => matchErrorText(text).map((m) => m.pattern.id);

it('every pattern proves itself', () => {
  expect(proveErrors()).toEqual([]);
});

it('holds what was asked for', () => {
  expect(GO_ERRORS.length).toBeGreaterThan(200);
});

describe('texts that are taken for each other', () => {
  it('canceled, deadline and client timeout are three', () => {
    expect(ids('reserve: context canceled')).toEqual(['context/canceled']);
    expect(ids('reserve: context deadline exceeded')).toEqual(['context/deadline-exceeded']);
    expect(ids('Get "http://a/b": context deadline exceeded (Client.Timeout exceeded while awaiting headers)')).toEqual(['net-http/client-timeout-awaiting-headers']);
    expect(innermostError('Get "http://a/b": net/http: request canceled (Client.Timeout exceeded while awaiting headers)')?.pattern.id).toBe(
      'net-http/request-canceled-client-timeout',
    );
  });
  it('EOF is not unexpected EOF, and a word that begins so is neither', () => {
    expect(ids('read frame: EOF')).toEqual(['io/eof']);
    expect(ids('read frame: unexpected EOF')).toEqual(['io/unexpected-eof']);
    expect(ids('read frame: EOFs')).toEqual([]);
  });
  it('names that fail to resolve fail in three ways', () => {
    const at = 'dial tcp: lookup inventory.shop on 10.96.0.10:53: ';
    expect(innermostError(`${at}no such host`)?.pattern.id).toBe('net/no-such-host');
    expect(innermostError(`${at}server misbehaving`)?.pattern.id).toBe('net/dns-server-misbehaving');
    expect(innermostError(`${at}read udp 10.0.0.3:41->10.96.0.10:53: i/o timeout`)?.pattern.id).toBe('net/dns-read-io-timeout');
  });
});

describe('chains', () => {
  const text =
    'place order: reserve: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.7:8081: connect: connection refused"';
  it('gives all, outermost first, and the innermost cause', () => {
    expect(outerMatches(matchErrorText(text)).map((m) => m.pattern.id)).toEqual(['grpc-status/unavailable', 'grpc-status/error-while-dialing', 'net/dial-connection-refused']);
    expect(innermostError(text)?.holes).toEqual({ network: 'tcp', address: '10.0.0.7:8081' });
  });
  it('says where each stands', () => {
    for (const m of matchErrorText(text)) expect(text.slice(m.start, m.end)).toContain(m.pattern.text.split('<')[0]?.slice(0, 4));
  });
});

describe('all at once', () => {
  it('finds in one text what it finds in each alone', () => {
    const some = GO_ERRORS.filter((_, i) => i % 17 === 0);
    const together = new Set(ids(some.map((e) => e.sample).join('\n')));
    for (const e of some) expect(together).toContain(e.id);
  });
  it('every anchor begins a pattern and stands in its sample', () => {
    expect(ERROR_ANCHORS.length).toBeGreaterThan(150);
    for (const [i, anchor] of ERROR_ANCHORS.entries()) {
      expect(anchor).not.toMatch(/["\\<>&\n]/);
      for (const p of ERROR_ANCHOR_PATTERNS[i] ?? []) expect(p.sample).toContain(anchor);
    }
  });
  it('stays linear where an anchor repeats and nothing follows', () => {
    const text = 'lookup a on b: read udp '.repeat(20_000);
    expect(matchErrorText(text)).toEqual([]);
  });
});

describe('the closest, where none matches', () => {
  it('forgives a letter', () => {
    const [first] = closestPatterns('context deadlin exceeded', 3);
    expect(first?.pattern.id).toBe('context/deadline-exceeded');
    expect(first?.nearly).toEqual([{ text: 'deadlin', pattern: 'deadline' }]);
  });
  it('says what is missing', () => {
    const close = closestPatterns('tls: first record does not look like TLS', 3).find((c) => c.pattern.id === 'crypto-tls/first-record-not-tls');
    expect(close?.missing).toContain('handshake');
  });
  it('near miss: has nothing to say of unlike texts', () => {
    expect(closestPatterns('order 42 was shipped to Berlin', 3)).toEqual([]);
  });
});

it('what was recorded is what is said to be recorded', () => {
  const folder = new URL('testdata/', import.meta.url);
  expect(existsSync(new URL('ORIGIN.json', folder))).toBe(true);
  const lines = ['go.ndjson', 'clients.ndjson'].flatMap((f) => readFileSync(new URL(f, folder), 'utf8').trim().split('\n'));
  for (const line of lines) {
    const { id, text } = JSON.parse(line) as { id: string; text: string };
    // a variant is a second recording of the same error
    const [pattern] = id.split('+');
    expect(ids(text), line).toContain(pattern);
  }
});
