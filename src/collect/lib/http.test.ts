/** What can happen on the way to a store, on loopback. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../testing/certificate.ts';
import { freePort } from '../testing/server-process.ts';
import { type Asking, ask, endpointOf } from './http.ts';

const open: Server[] = [];
afterEach(async () => {
  for (const s of open.splice(0)) {
    s.closeAllConnections();
    await new Promise((done) => s.close(done));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

const MOST: Asking = { mostBytes: 1_000_000 };
const text = (body: Uint8Array): string => new TextDecoder().decode(body);
const asked = async (url: string, asking: Asking = MOST, more: Parameters<typeof endpointOf>[1] = {}): Promise<string> =>
  text((await ask(endpointOf(url, more), '/path', { q: 'a b' }, asking)).body);

describe('asking a server', () => {
  it('hands back the body and the address as a user could type it', async () => {
    const url = await serve((request, response) => response.end(`${request.method} ${request.url}`));
    const answer = await ask(endpointOf(`${url}/prefix/`), '/path', { q: '{a="b"}' }, MOST);
    expect(text(answer.body)).toBe('GET /prefix/path?q=%7Ba%3D%22b%22%7D');
    expect(answer.url).toBe(`${url}/prefix/path?q=%7Ba%3D%22b%22%7D`);
  });

  it('a long query goes into the body', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => response.end(`${request.method} ${request.url} ${request.headers['content-type']} ${body.length}`));
    });
    const answer = await ask(endpointOf(url), '/path', { q: 'x'.repeat(10_000) }, MOST);
    expect(text(answer.body)).toBe('POST /path application/x-www-form-urlencoded 10002');
  });

  it('user and password in the address become a header and are in no address that is shown', async () => {
    const url = await serve((request, response) => response.end(request.headers.authorization));
    const endpoint = endpointOf(url.replace('http://', 'http://ann:s%20ecret@'));
    const answer = await ask(endpoint, '/path', {}, MOST);
    expect(text(answer.body)).toBe(`Basic ${Buffer.from('ann:s ecret').toString('base64')}`);
    expect(answer.url + endpoint.name + endpoint.base.href).not.toMatch(/ann|ecret/);
  });

  it('opens gzip, and stops at the decoded size that may be held', async () => {
    const url = await serve((_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync('a'.repeat(500_000)));
    });
    expect((await asked(url)).length).toBe(500_000);
    await expect(asked(url, { mostBytes: 100_000 })).rejects.toMatchObject({ kind: 'too-large' });
  });

  it.each([
    [401, 'text/plain', 'no org id', { kind: 'denied', said: 'no org id' }],
    [403, 'text/html', '<html>login</html>', { kind: 'denied', said: '' }],
    [404, 'text/plain', '404 page not found', { kind: 'not-found' }],
    [400, 'text/plain', 'unsupported path requested: "/path"', { kind: 'not-found' }],
    [422, 'application/json', '{"error":"parse error"}', { kind: 'refused', said: '{"error":"parse error"}' }],
    [500, 'text/plain', 'boom', { kind: 'failed', said: 'boom' }],
    [200, 'text/html; charset=utf-8', '<!doctype html><title>Sign in</title>', { kind: 'html' }],
    [200, 'text/plain', '\n <!DOCTYPE html>', { kind: 'html' }],
  ])('HTTP %i as %s: %s', async (status, type, body, fault) => {
    const url = await serve((_request, response) => {
      response.writeHead(status, { 'content-type': type });
      response.end(body);
    });
    await expect(asked(url)).rejects.toMatchObject({ ...fault, status, next: expect.stringMatching(/./) });
  });

  it('what a server says is cleaned before anybody sees it', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(400);
      response.end(`bad\u001b[31m query\u202e\n${'x'.repeat(10_000)}`);
    });
    const fault = (await asked(url).catch((e: unknown) => e)) as { said: string };
    expect(fault.said).toMatch(/^bad \[31m query x{300,}…$/);
  });

  it('a redirect is followed on the same origin only', async () => {
    const seen: (string | undefined)[] = [];
    const elsewhere = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end('elsewhere');
    });
    const url = await serve((request, response) => {
      if (request.url?.startsWith('/path/') === true) response.end(`here ${request.headers.authorization}`);
      else if (request.url?.includes('q=a+b') === true) response.writeHead(307, { location: '/path/' }).end();
      else response.writeHead(302, { location: `${elsewhere}/path` }).end();
    });
    const more = { headers: { authorization: 'Bearer t' } };
    expect(await asked(url, MOST, more)).toBe('here Bearer t');
    await expect(ask(endpointOf(url, more), '/path', {}, MOST)).rejects.toMatchObject({ kind: 'redirected', message: expect.stringContaining(elsewhere) });
    const round = await serve((request, response) => response.writeHead(302, { location: request.url }).end());
    await expect(asked(round)).rejects.toMatchObject({ kind: 'redirected' });
    expect(seen).toEqual([]);
  });

  it('what may pass by itself is tried again, a few times', async () => {
    let n = 0;
    const url = await serve((_request, response) => {
      n++;
      if (n === 1) response.writeHead(429, { 'retry-after': '0.01' }).end('later');
      else if (n === 2) response.socket?.destroy();
      else response.end('there');
    });
    expect(await asked(url)).toBe('there');
    expect(n).toBe(3);
    let m = 0;
    const never = await serve((_request, response) => {
      m++;
      response.writeHead(503).end('starting');
    });
    await expect(asked(never)).rejects.toMatchObject({ kind: 'failed', status: 503 });
    expect(m).toBe(3);
  });

  it('an answer that is broken off is none', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => response.socket?.destroy(), 20);
    });
    await expect(asked(url)).rejects.toMatchObject({ kind: 'broken-off' });
    const packed = await serve((_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync('a'.repeat(100_000)).subarray(0, 80));
    });
    await expect(asked(packed)).rejects.toMatchObject({ kind: 'broken-off' });
  });

  it('an answer that does not come, and an interruption', async () => {
    const url = await serve(() => undefined);
    await expect(asked(url, MOST, { timeoutMs: 100 })).rejects.toMatchObject({ kind: 'timeout' });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await expect(asked(url, { ...MOST, signal: stop.signal })).rejects.toMatchObject({ kind: 'interrupted' });
    await expect(asked(url, { ...MOST, signal: stop.signal })).rejects.toMatchObject({ kind: 'interrupted' });
  });

  it('nobody there', async () => {
    await expect(asked(`http://127.0.0.1:${await freePort()}`)).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('TLS: trusted by the authority that is given, refused without it', async () => {
    const { cert, key } = selfSigned();
    const server = createTlsServer({ cert, key }, (_request, response) => response.end('sealed'));
    open.push(server as unknown as Server);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const url = `https://127.0.0.1:${(server.address() as { port: number }).port}`;
    expect(await asked(url, MOST, { ca: cert })).toBe('sealed');
    await expect(asked(url)).rejects.toMatchObject({ kind: 'tls' });
    await expect(asked(url.replace('https', 'http'))).rejects.toMatchObject({ kind: 'broken-off' });
  });
});
