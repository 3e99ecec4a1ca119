/**
 * Message templates: what varies from record to record is masked, what distinguishes errors is kept. Sentinels of Go's standard
 * library are part of a template's key, so that "context canceled" and "context deadline exceeded" never become one.
 */

/** One pass, alternatives tried in order at each position; every branch is bounded. */
const VARIABLE = new RegExp(
  [
    String.raw`\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b`,
    String.raw`\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{1,5})?\b`,
    String.raw`\[[0-9a-fA-F:]{2,39}\]:\d{1,5}`,
    String.raw`\b0x[0-9a-fA-F]{1,16}\b`,
    String.raw`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[0-9.:Z+-]{0,20}`,
    String.raw`\b[0-9a-fA-F]{16,64}\b`,
    String.raw`\b\d{1,19}(?:\.\d{1,12})?(?:ns|µs|us|ms|s|m|h|KiB|MiB|GiB|B)?\b`,
    // identifiers with a digit in them: o-1f3a-00042, pod-7d9f8b
    String.raw`\b[A-Za-z]{0,24}[-_]?[0-9a-zA-Z]{0,24}\d[0-9A-Za-z]{0,24}(?:[-_.][0-9A-Za-z]{1,32}){0,6}\b`,
  ].join('|'),
  'g',
);

const TEXT_CAP = 2000;

/** Words that hold a digit and are no variable. */
const KEPT = new Set(['utf8', 'utf-8', 'http2', 'http/2', 'ipv4', 'ipv6', 'x509', 'sha256', 'md5', 'base64', 'int64', 'int32', 'uint64', 'float64', 'k8s', 's3', 'p99']);

export function maskText(text: string): string {
  const cut = text.length > TEXT_CAP ? text.slice(0, TEXT_CAP) : text;
  const oneLine = cut.includes('\n') ? cut.slice(0, cut.indexOf('\n')) : cut;
  return oneLine.replace(VARIABLE, (found) => (KEPT.has(found.toLowerCase()) || VERSION.test(found) ? found : '<*>'));
}

/** /v1/reserve, api v2: a version of an interface, not of a record. */
const VERSION = /^v\d{1,2}(?:alpha|beta)?\d{0,2}$/;

export type Timeout = 'context' | 'client' | 'io' | 'grpc' | 'headers' | 'tls';

export interface EndOfCall {
  /** true: the caller went away; nothing was too slow. */
  readonly cancelled: boolean;
  readonly how: Timeout | 'canceled';
  /** The words that say so. */
  readonly phrase: string;
}

/** Most specific first. net/http's client says "request canceled" when its own timeout ended the call: that is a timeout. */
const ENDS: readonly (readonly [string, EndOfCall['how']])[] = [
  ['Client.Timeout exceeded', 'client'],
  ['Client.Timeout or context cancellation while reading body', 'client'],
  ['timeout awaiting response headers', 'headers'],
  ['TLS handshake timeout', 'tls'],
  ['code = DeadlineExceeded', 'grpc'],
  ['context deadline exceeded', 'context'],
  ['i/o timeout', 'io'],
  ['code = Canceled', 'canceled'],
  ['context canceled', 'canceled'],
  ['request canceled', 'canceled'],
];

/** How a call ended early, by the exact texts of context, net, net/http and grpc; null when the text says nothing of the kind. */
export function endOfCall(text: string): EndOfCall | null {
  for (const [phrase, how] of ENDS) if (text.includes(phrase)) return { cancelled: how === 'canceled', how, phrase };
  return null;
}

/** The innermost error: what stands after the last ": ". It decides what kind of error this is. */
export function innermost(masked: string): string {
  const cut = masked.lastIndexOf(': ');
  return cut < 0 ? masked : masked.slice(cut + 2);
}

const URL_IN_TEXT = /\bhttps?:\/\/([A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:]{2,39}\])(?::(\d{1,5}))?(\/[^\s"'?#]{0,300})?/;

export interface CalledUrl {
  readonly host: string;
  readonly port: string | null;
  readonly path: string | null;
}

/** The URL an error names: `Post "http://inventory:8080/v1/reserve": context deadline exceeded`. */
export function urlIn(text: string): CalledUrl | null {
  const m = URL_IN_TEXT.exec(text.length > TEXT_CAP ? text.slice(0, TEXT_CAP) : text);
  return m === null ? null : { host: m[1]!, port: m[2] ?? null, path: m[3] ?? null };
}

const ADDRESS = /\b(?:dial|read|write) (?:tcp|udp)[46]? (?:\S{1,100}->)?([A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:]{2,39}\]):(\d{1,5})/;
export function addressIn(text: string): string | null {
  const m = ADDRESS.exec(text.length > TEXT_CAP ? text.slice(0, TEXT_CAP) : text);
  return m === null ? null : `${m[1]}:${m[2]}`;
}

/** inventory.shop.svc.cluster.local → inventory: the Service's name is the first label inside a cluster. IP addresses name nothing. */
export function serviceOfHost(host: string): string | null {
  if (/^[\d.]+$/.test(host) || host.startsWith('[') || host === 'localhost') return null;
  const first = host.split('.')[0];
  return first === undefined || first === '' ? null : first;
}
