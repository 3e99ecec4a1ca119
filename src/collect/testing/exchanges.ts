/** Exchanges with a real server, recorded by standing in between, and played back on loopback. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface Exchange {
  /** Path and query, as asked. */
  readonly asked: string;
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface Between {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  /** Asked for, and not among the recorded. */
  readonly unknown: readonly string[];
  close(): Promise<void>;
}

function serve(answer: (path: string, headers: Readonly<Record<string, string>>) => Promise<Exchange>): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const headers = Object.fromEntries(Object.entries(request.headers).filter((h): h is [string, string] => typeof h[1] === 'string' && h[0] !== 'host' && h[0] !== 'connection'));
    void answer(request.url ?? '/', headers).then((e) => {
      response.writeHead(e.status, { 'content-type': e.type });
      response.end(e.body);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${(server.address() as { port: number }).port}` }));
  });
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

export async function recordBetween(target: string): Promise<Between> {
  const exchanges = new Map<string, Exchange>();
  const { server, url } = await serve(async (asked, headers) => {
    const answer = await fetch(target + asked, { headers: { ...headers, 'accept-encoding': 'identity' } });
    const e = { asked, status: answer.status, type: answer.headers.get('content-type') ?? '', body: await answer.text() };
    exchanges.set(asked, e);
    return e;
  });
  return {
    url,
    get exchanges() {
      return [...exchanges.values()].sort((a, b) => (a.asked < b.asked ? -1 : 1));
    },
    unknown: [],
    close: () => closed(server),
  };
}

export async function playBack(file: string): Promise<Between> {
  const exchanges = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Exchange[];
  const known = new Map(exchanges.map((e) => [e.asked, e]));
  const unknown: string[] = [];
  const { server, url } = await serve((asked) => {
    const e = known.get(asked);
    if (e === undefined) unknown.push(asked);
    return Promise.resolve(e ?? { asked, status: 418, type: 'text/plain', body: `not among the recorded exchanges: ${asked}` });
  });
  return { url, exchanges, unknown, close: () => closed(server) };
}

export interface Origin {
  readonly program: string;
  readonly command: string;
  readonly version: string;
  readonly redactions: string;
}

/** Writes a recording with its entry in ORIGIN.json beside it. */
export function writeFixture(file: string, bytes: string | Uint8Array, origin: Origin): void {
  writeFileSync(file, bytes);
  const list = join(dirname(file), 'ORIGIN.json');
  let all: Record<string, unknown> = {};
  try {
    all = JSON.parse(readFileSync(list, 'utf8')) as Record<string, unknown>;
  } catch {
    // the first of its folder
  }
  all[basename(file)] = {
    command: origin.command,
    os: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
    program: origin.program,
    redactions: origin.redactions,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    version: origin.version,
  };
  writeFileSync(list, `${JSON.stringify(Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`);
}
