/**
 * Asks a server over HTTP and hands back the body, bounded in time and decoded size. Read-only; a redirect is followed on the same
 * origin only, or what the user authenticates by would go elsewhere; nothing of it is in what is handed back.
 */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { cleaned, connectionFault, faultOf, StoreFault } from './fault.ts';

export interface Endpoint {
  /** With the prefix under which a proxy serves the store; user and password only in `headers`. */
  readonly base: URL;
  /** For people: host and port. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca?: string;
  readonly timeoutMs: number;
}

export interface Asking {
  readonly signal?: AbortSignal;
  /** Decoded; a larger answer is broken off. */
  readonly mostBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called while the body comes; `size` counts this part, so that it equals the part's length when an answer begins (anew). */
  readonly onPart?: (part: Uint8Array, size: number) => void;
}

export interface Answer {
  readonly body: Uint8Array;
  readonly type: string;
  /** As a user could type it: with the query, without what authenticates. */
  readonly url: string;
}

const MOST_REDIRECTS = 3;
/** Longer addresses are refused by servers and proxies: the parameters go into the body. */
const LONGEST_URL = 6000;
const ATTEMPTS = 3;
const BACK_OFF_MS = 250;
const LONGEST_WAIT_MS = 5000;
const TEXT_CAP = 64 * 1024;

export function endpointOf(given: string, more: { readonly headers?: Readonly<Record<string, string>>; readonly ca?: string; readonly timeoutMs?: number } = {}): Endpoint {
  const base = new URL(given);
  const headers: Record<string, string> = { ...more.headers };
  if (base.username !== '' || base.password !== '') {
    headers['authorization'] ??= `Basic ${Buffer.from(`${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`).toString('base64')}`;
    base.username = '';
    base.password = '';
  }
  base.search = '';
  base.hash = '';
  return { base, name: base.host, headers, timeoutMs: more.timeoutMs ?? 60_000, ...(more.ca === undefined ? {} : { ca: more.ca }) };
}

/** Retries what may pass by itself, a few times; throws StoreFault. */
export async function ask(endpoint: Endpoint, path: string, params: Readonly<Record<string, string>>, asking: Asking): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await askOnce(endpoint, path, params, asking);
    } catch (error) {
      const retry = error instanceof Retry ? error : null;
      const fault = retry?.fault ?? error;
      if (retry === null || attempt === ATTEMPTS) throw fault;
      await pause(retry.afterMs ?? BACK_OFF_MS * 4 ** (attempt - 1), asking.signal, endpoint);
    }
  }
}

class Retry extends Error {
  readonly fault: StoreFault;
  readonly afterMs: number | null;
  constructor(fault: StoreFault, afterMs: number | null) {
    super(fault.message);
    this.fault = fault;
    this.afterMs = afterMs;
  }
}

const interrupted = (endpoint: Endpoint): StoreFault => new StoreFault('interrupted', `asking ${endpoint.name} was interrupted`);

function pause(ms: number, signal: AbortSignal | undefined, endpoint: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(interrupted(endpoint));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

function addressOf(endpoint: Endpoint, path: string, params: Readonly<Record<string, string>>): URL {
  const url = new URL(endpoint.base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  return url;
}

async function askOnce(endpoint: Endpoint, path: string, params: Readonly<Record<string, string>>, asking: Asking): Promise<Answer> {
  const shown = addressOf(endpoint, path, params);
  let at = shown;
  for (let redirects = 0; ; redirects++) {
    const inBody = at.href.length > LONGEST_URL;
    const target = new URL(at);
    if (inBody) target.search = '';
    const { response, end } = await send(endpoint, target, inBody ? at.searchParams.toString() : null, asking);
    const status = response.statusCode ?? 0;
    const type = String(response.headers['content-type'] ?? '');
    if (status >= 300 && status < 400 && response.headers.location !== undefined) {
      response.resume();
      end();
      const next = new URL(response.headers.location, target);
      if (next.origin !== target.origin) {
        throw new StoreFault('redirected', `${endpoint.name} sends on to ${next.origin}, which was not followed`, {
          status,
          next: 'what authenticates here must not go there: give that address itself if it is the store',
        });
      }
      if (redirects >= MOST_REDIRECTS) throw new StoreFault('redirected', `${endpoint.name} sends on and on`, { status, next: 'give the address of the store itself' });
      at = next;
      continue;
    }
    try {
      // of a refusal only the words are wanted
      const body = await bodyOf(
        endpoint,
        response,
        status < 300 ? asking : { mostBytes: TEXT_CAP, ...(asking.signal === undefined ? {} : { signal: asking.signal }) },
        status < 300,
      );
      const fault = faultOf(endpoint.name, status, type, body);
      if (fault === null) return { body, type, url: shown.href };
      if (status === 429 || ((status === 502 || status === 503) && passes(fault.said))) throw new Retry(fault, waitOf(response));
      throw fault;
    } finally {
      end();
    }
  }
}

/** A store that names what is down will not be better in a second. */
const passes = (said: string): boolean => !/storage ?node|vlstorage|cannot execute query/i.test(said);

function waitOf(response: IncomingMessage): number | null {
  const seconds = Number(response.headers['retry-after'] ?? '');
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(LONGEST_WAIT_MS, seconds * 1000) : null;
}

interface Sent {
  readonly response: IncomingMessage;
  /** Gives timer and signal back. */
  readonly end: () => void;
}

function send(endpoint: Endpoint, url: URL, body: string | null, asking: Asking): Promise<Sent> {
  const { signal } = asking;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(interrupted(endpoint));
      return;
    }
    const options = {
      method: body === null ? 'GET' : 'POST',
      agent: false as const,
      headers: {
        'accept-encoding': 'gzip',
        'user-agent': 'gorca',
        ...endpoint.headers,
        ...asking.headers,
        ...(body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)) }),
      },
      ...(endpoint.ca === undefined ? {} : { ca: endpoint.ca }),
    };
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options);
    const stop = (): void => void request.destroy(interrupted(endpoint));
    const timer = setTimeout(() => {
      request.destroy(
        new StoreFault('timeout', `${endpoint.name} did not answer within ${endpoint.timeoutMs / 1000} s`, {
          next: 'ask for less: --since, --service; or wait longer: --timeout SECONDS',
        }),
      );
    }, endpoint.timeoutMs);
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
    signal?.addEventListener('abort', stop, { once: true });
    request.on('error', (error) => {
      end();
      if (error instanceof StoreFault) reject(error);
      else {
        const fault = connectionFault(endpoint.name, error);
        reject(fault.kind === 'broken-off' ? new Retry(fault, null) : fault);
      }
    });
    request.on('response', (response) => resolve({ response, end }));
    request.end(body ?? undefined);
  });
}

async function bodyOf(endpoint: Endpoint, response: IncomingMessage, asking: Asking, whole: boolean): Promise<Uint8Array> {
  const encoding = String(response.headers['content-encoding'] ?? '').toLowerCase();
  let stream: Readable = response;
  if (encoding === 'gzip' || encoding === 'x-gzip') {
    const gunzip = createGunzip();
    response.on('error', (error) => gunzip.destroy(error));
    stream = response.pipe(gunzip);
  } else if (encoding !== '' && encoding !== 'identity') {
    response.destroy();
    throw new StoreFault('not-understood', `${endpoint.name} packs its answer as ${cleaned(encoding)}, which was not asked for`, {
      next: 'a proxy in between does that: ask the store itself',
    });
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > asking.mostBytes) {
        response.destroy();
        if (!whole) break;
        throw new StoreFault('too-large', `the answer of ${endpoint.name} is larger than ${asking.mostBytes} bytes`, { next: 'ask for less: --since, --limit' });
      }
      parts.push(part);
      asking.onPart?.(part, size);
    }
  } catch (error) {
    response.destroy();
    if (error instanceof StoreFault) throw error;
    const fault = asking.signal?.aborted === true ? interrupted(endpoint) : bodyFault(endpoint, error as NodeJS.ErrnoException);
    throw fault.kind === 'broken-off' ? new Retry(fault, null) : fault;
  }
  return Buffer.concat(parts);
}

function bodyFault(endpoint: Endpoint, error: NodeJS.ErrnoException): StoreFault {
  if ((error.code ?? '').startsWith('Z_')) {
    // a gzip that ends early is a connection that ended early
    if (error.code === 'Z_BUF_ERROR') return new StoreFault('broken-off', `${endpoint.name} broke its answer off`, { next: 'ask for less: --since, --service', cause: error });
    return new StoreFault('not-understood', `the answer of ${endpoint.name} is damaged (${error.code})`, {
      next: 'a proxy in between may damage it: ask the store itself',
      cause: error,
    });
  }
  return connectionFault(endpoint.name, error);
}
