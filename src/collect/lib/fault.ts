/** What can go wrong between gorca and a server it asks: one clear text each, never with what the user authenticates by. */

export type FaultKind =
  | 'unreachable'
  | 'tls'
  | 'timeout'
  | 'interrupted'
  | 'denied'
  | 'not-found'
  | 'refused'
  | 'busy'
  | 'failed'
  | 'redirected'
  | 'html'
  | 'not-understood'
  | 'too-large'
  | 'broken-off';

export class StoreFault extends Error {
  readonly kind: FaultKind;
  /** HTTP status, where one came. */
  readonly status: number | null;
  /** What the server said, cleaned; '' without an answer. */
  readonly said: string;
  readonly next: string;

  constructor(kind: FaultKind, what: string, more: { readonly status?: number; readonly said?: string; readonly next?: string; readonly cause?: unknown } = {}) {
    super(what, more.cause === undefined ? undefined : { cause: more.cause });
    this.kind = kind;
    this.status = more.status ?? null;
    this.said = more.said ?? '';
    this.next = more.next ?? '';
  }
}

const SAID_CAP = 400;

/** The first words of a body, on one line, without what a terminal would act on. */
export function cleaned(body: Uint8Array | string): string {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body.subarray(0, 4 * SAID_CAP));
  const line = text
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return line.length > SAID_CAP ? `${line.slice(0, SAID_CAP)}…` : line;
}

const looksLikeHtml = (type: string, body: Uint8Array): boolean =>
  type.includes('text/html') || /^\s{0,64}<(?:!doctype|html)/i.test(new TextDecoder().decode(body.subarray(0, 256)));

const DENIED_NEXT = 'give what it asks for: --token-env NAME for a bearer token, --header, --tenant, or user and password in the address';

/** null when the answer is one to read on. */
export function faultOf(server: string, status: number, type: string, body: Uint8Array): StoreFault | null {
  const said = cleaned(body);
  if (status === 401 || status === 403)
    return new StoreFault('denied', `${server} denies access (HTTP ${status})`, { status, said: looksLikeHtml(type, body) ? '' : said, next: DENIED_NEXT });
  if (looksLikeHtml(type, body)) {
    return new StoreFault('html', `${server} answers with a web page (HTTP ${status}), not with data`, {
      status,
      next: 'a proxy or a login page stands in between: give the address of the store itself, or what the proxy asks for with --header',
    });
  }
  if (status < 300) return null;
  // VictoriaLogs answers so
  if (status === 404 || (status === 400 && said.startsWith('unsupported path requested'))) {
    return new StoreFault('not-found', `${server} has no such path (HTTP ${status})`, {
      status,
      said,
      next: 'give the address without the path of the API, with the prefix under which a proxy serves the store',
    });
  }
  if (status === 429) return new StoreFault('busy', `${server} has too much to do (HTTP 429)`, { status, said, next: 'ask later, or for less: --since, --service' });
  if (status >= 500)
    return new StoreFault('failed', `${server} could not answer (HTTP ${status})`, { status, said, next: 'ask for less: --since, --service; or see the log of the store' });
  return new StoreFault('refused', `${server} refuses the query (HTTP ${status})`, { status, said, next: 'mend the query' });
}

/** A fault of the connection itself. */
export function connectionFault(server: string, error: NodeJS.ErrnoException): StoreFault {
  const code = error.code ?? '';
  if (/^(?:CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ERR_SSL|EPROTO)/.test(code)) {
    return new StoreFault('tls', `no trusted connection to ${server} (${code})`, {
      next: 'give the certificate of its authority with --ca FILE, or check http and https in the address',
      cause: error,
    });
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'HPE_INVALID_CONSTANT' || /aborted|hang up/.test(error.message)) {
    return new StoreFault('broken-off', `${server} broke the connection off${code === '' ? '' : ` (${code})`}`, {
      next: 'ask for less: --since, --service; or see the log of the store',
      cause: error,
    });
  }
  return new StoreFault('unreachable', `${server} could not be reached (${code === '' ? error.message : code})`, {
    next: 'check the address and that the store runs; a forwarded port may have ended',
    cause: error,
  });
}
