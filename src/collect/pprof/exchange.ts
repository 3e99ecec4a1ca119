/**
 * One question to a debug server: the body goes into a sink as it comes, bounded in time and size, and what had come when it ended early
 * is kept. Unlike a log store's, an answer may take as long as was asked for, and none is asked for twice: a capture costs the service.
 */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { cleaned, connectionFault } from '../lib/fault.ts';
import type { Endpoint } from '../lib/http.ts';

/** How an answer ended. */
export type Ended = 'whole' | 'too-large' | 'timeout' | 'interrupted' | 'broken-off' | 'unreachable' | 'redirected' | 'not-kept';

export interface Exchange {
  readonly ended: Ended;
  /** 0: no answer came. */
  readonly status: number;
  readonly type: string;
  /** The first bytes of the body. */
  readonly head: Uint8Array;
  readonly sizeBytes: number;
  /** As a user could type it, without what authenticates. */
  readonly url: string;
  /** Milliseconds since the epoch, on the clock of this machine. */
  readonly sentMs: number;
  readonly answeredMs: number | null;
  readonly endedMs: number;
  /** Date header as milliseconds since the epoch: whole seconds, rounded down. */
  readonly serverMs: number | null;
  /** What went wrong, for people; '' for a whole answer of any status. */
  readonly fault: string;
}

export interface Exchanging {
  readonly signal?: AbortSignal;
  /** For the whole answer. */
  readonly timeoutMs: number;
  readonly mostBytes: number;
  /** Gets the body of an answer with status 200 only. */
  readonly sink?: (part: Uint8Array) => void;
}

const HEAD_CAP = 64 * 1024;
const MOST_REDIRECTS = 3;

/** Never rejects: what went wrong is part of the exchange. */
export async function exchange(endpoint: Endpoint, address: URL, options: Exchanging): Promise<Exchange> {
  let at = address;
  for (let redirects = 0; ; redirects++) {
    const { made, location } = await once(endpoint, at, options);
    if (location === null) return made;
    const next = URL.canParse(location, at.href) ? new URL(location, at.href) : null;
    // what authenticates here must not go elsewhere
    if (next === null || next.origin !== at.origin || redirects >= MOST_REDIRECTS) {
      const to = next === null ? cleaned(location) : next.origin === at.origin ? 'and on' : next.origin;
      return { ...made, ended: 'redirected', fault: `it sends on to ${to}, which was not followed` };
    }
    at = next;
  }
}

function once(endpoint: Endpoint, address: URL, { signal, timeoutMs, mostBytes, sink }: Exchanging): Promise<{ made: Exchange; location: string | null }> {
  const sentMs = Date.now();
  const head: Uint8Array[] = [];
  let size = 0;
  let headSize = 0;
  let response: IncomingMessage | null = null;
  let answeredMs: number | null = null;
  return new Promise((resolve) => {
    let over = false;
    const end = (ended: Ended, fault: string, location: string | null = null): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      request.destroy();
      const date = response?.headers.date;
      const serverMs = date === undefined ? Number.NaN : Date.parse(date);
      resolve({
        location,
        made: {
          ended,
          status: response?.statusCode ?? 0,
          type: String(response?.headers['content-type'] ?? ''),
          head: Buffer.concat(head),
          sizeBytes: size,
          url: address.href,
          sentMs,
          answeredMs,
          endedMs: Date.now(),
          serverMs: Number.isFinite(serverMs) ? serverMs : null,
          fault,
        },
      });
    };
    const stop = (): void => end('interrupted', 'it was interrupted');
    const asking = {
      method: 'GET',
      agent: false as const,
      // a profile is packed already; what a proxy packs on top would have to be told apart from that
      headers: { 'accept-encoding': 'identity', 'user-agent': 'gorca', ...endpoint.headers },
      ...(endpoint.ca === undefined ? {} : { ca: endpoint.ca }),
    };
    const request = (address.protocol === 'https:' ? requestHttps : requestHttp)(address, asking);
    const timer = setTimeout(() => end('timeout', `no ${response === null ? 'answer' : 'end of the answer'} within ${timeoutMs / 1000} s`), timeoutMs);
    if (signal?.aborted === true) {
      stop();
      return;
    }
    signal?.addEventListener('abort', stop, { once: true });
    const failed = (error: NodeJS.ErrnoException): void => {
      const fault = connectionFault(endpoint.name, error);
      end(fault.kind === 'broken-off' || response !== null ? 'broken-off' : 'unreachable', fault.message);
    };
    request.on('error', failed);
    request.on('response', (answer) => {
      response = answer;
      answeredMs = Date.now();
      const status = answer.statusCode ?? 0;
      if (status >= 300 && status < 400 && answer.headers.location !== undefined) {
        end('whole', '', answer.headers.location);
        return;
      }
      const encoding = String(answer.headers['content-encoding'] ?? '').toLowerCase();
      if (encoding !== '' && encoding !== 'identity') {
        end('broken-off', `the answer is packed as ${cleaned(encoding)}, which was not asked for: a proxy in between does that`);
        return;
      }
      answer.on('data', (part: Buffer) => {
        if (over) return;
        const room = mostBytes - size;
        const kept = part.length > room ? part.subarray(0, room) : part;
        size += kept.length;
        if (headSize < HEAD_CAP) {
          head.push(kept.subarray(0, HEAD_CAP - headSize));
          headSize += Math.min(kept.length, HEAD_CAP - headSize);
        }
        try {
          if (status === 200) sink?.(kept);
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException;
          end('not-kept', `it could not be written (${code ?? message})`);
          return;
        }
        if (part.length > room) end('too-large', `the answer is larger than ${mostBytes} bytes`);
      });
      answer.on('end', () => (answer.complete ? end('whole', '') : end('broken-off', `${endpoint.name} broke the answer off`)));
      answer.on('error', failed);
      // a connection that ends in the middle of a body of unknown length
      answer.on('close', () => end('broken-off', `${endpoint.name} broke the answer off`));
    });
    request.end();
  });
}

/** The first line of a body, for people. */
export const saidIn = (e: Exchange): string => (/html/i.test(e.type) ? '' : cleaned(e.head));
