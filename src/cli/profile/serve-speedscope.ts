/**
 * Serves speedscope's built app (its npm package carries it: dist/release) beside one document, on the loopback interface only.
 * Addresses hold a random token, so that a page of another origin cannot guess them; the answers allow the page nothing but itself.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  md: 'text/plain; charset=utf-8',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
};

/** Nothing is fetched from elsewhere and nothing is sent anywhere. Styles are set by scripts there, and the importers hold WebAssembly. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** Where the app lies; null: the package is not installed. */
export function speedscopeFolder(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('speedscope/package.json')), 'dist', 'release');
  } catch {
    return null;
  }
}

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** @param document made anew for every request, in parts */
export async function serveSpeedscope(folder: string, document: () => Iterable<string>): Promise<Served> {
  const token = randomBytes(16).toString('hex');
  // only what is in the package is served: names are looked up, never joined
  const files = new Map(readdirSync(folder).map((name) => [name, join(folder, name)]));
  const server = createServer((request, response) => answer(request, response, token, files, document));
  await listen(server);
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}/${token}/`;
  return {
    url: `${base}#profileURL=${encodeURIComponent(`${base}profile.speedscope.json`)}&view=left-heavy`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const listen = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

function answer(request: IncomingMessage, response: ServerResponse, token: string, files: ReadonlyMap<string, string>, document: () => Iterable<string>): void {
  const headers = { 'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store' };
  const refuse = (status: number): void => {
    response.writeHead(status, headers).end();
  };
  // a name that resolves to the loopback address would let a page elsewhere ask: only the address itself is answered
  if (!/^127\.0\.0\.1:\d{1,5}$/.test(request.headers.host ?? '')) {
    refuse(403);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(405);
    return;
  }
  const [, given, name = '', ...more] = (request.url ?? '').split(/[?#]/)[0]?.split('/') ?? [];
  const file = given === token && more.length === 0 ? files.get(name === '' ? 'index.html' : name) : undefined;
  if (given === token && more.length === 0 && name === 'profile.speedscope.json') {
    response.writeHead(200, { ...headers, 'Content-Type': TYPES['json'] });
    if (request.method === 'HEAD') response.end();
    else Readable.from(document()).pipe(response);
    return;
  }
  if (file === undefined) {
    refuse(404);
    return;
  }
  response.writeHead(200, { ...headers, 'Content-Type': TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream' });
  response.end(request.method === 'HEAD' ? undefined : readFileSync(file));
}
