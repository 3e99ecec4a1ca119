/**
 * One pass over one log, kept as what the observers of logs, calls and contrasts ask for. Bounded: each list stops at its cap and says so.
 */
import { type GoError, matchErrorText, outerMatches } from '../../../knowledge/go-errors/index.ts';
import { type Instant, type Place, placeAt } from '../../../model/index.ts';
import {
  atLeastLevel,
  Cadence,
  calleeOf,
  callerFile,
  deadlineOf,
  durationOf,
  errorOf,
  type LogRecord,
  type LogSource,
  methodOf,
  podOf,
  requestIdOf,
  routeOf,
  type SampledHow,
  serviceOf,
  statusOf,
  traceIdOf,
} from '../../../read/logs/index.ts';
import { tellsOfCall, traceEvent } from '../traces/events.ts';
import { TraceSample } from '../traces/sample.ts';
import { type EndOfCall, maskText, serviceOfHost, urlIn } from './mask.ts';
import { fineSeconds } from './stretch.ts';
import { type Template, Templates } from './templates.ts';
import { wordsOf } from './words.ts';

const LIST_CAP = 200_000;
const PLACES_CAP = 4;
const SETTINGS_CAP = 200;
const VALUES_CAP = 200;
const ERRORS_CAP = 100_000;
const TEXTS_CAP = 5_000;

/** One answered request as the service itself logged it. `at` is when it was answered. */
export interface Exchange {
  readonly at: Instant;
  readonly seconds: number | null;
  readonly code: number;
  readonly route: string | null;
  readonly trace: string | null;
  /** Request id: ties records of one service only, for others may count alike. */
  readonly request: string | null;
  readonly offset: number;
  readonly length: number;
}

/** One call that ended early, as its caller logged it. */
export interface FailedCall {
  readonly at: Instant;
  readonly end: EndOfCall;
  readonly trace: string | null;
  readonly request: string | null;
  /** Stated by the record: a URL, an address, a field. */
  readonly callee: string | null;
  readonly calleeStated: string | null;
  readonly operation: string;
  readonly seconds: number | null;
  readonly deadline: number | null;
  readonly text: string;
  readonly site: string | null;
  readonly offset: number;
  readonly length: number;
}

/** A limit that a record states, e.g. reserve_timeout=300ms at start-up. */
export interface StatedDeadline {
  readonly name: string;
  readonly seconds: number;
  readonly text: string;
  readonly at: Instant | null;
  readonly offset: number;
  readonly length: number;
}

/** Records of one template: when, and where the first stand. */
export interface Pattern {
  readonly template: Template;
  /** Seconds since the epoch. */
  readonly times: number[];
  readonly spans: { readonly offset: number; readonly length: number }[];
  example: string;
  readonly traces: string[];
}

export interface Announced {
  readonly address: string;
  readonly message: string;
  readonly at: Instant | null;
  readonly offset: number;
  readonly length: number;
}

export interface LastRecord {
  readonly message: string;
  readonly error: string | null;
  readonly level: string | null;
  readonly at: Instant | null;
  readonly offset: number;
  readonly length: number;
}

/** A record that reports an error whose text is known. */
export interface KnownError {
  readonly at: Instant;
  /** Patterns of its text, outermost first; not empty. */
  readonly chain: readonly GoError[];
  readonly text: string;
  readonly trace: string | null;
  readonly offset: number;
  readonly length: number;
}

export interface LogDigest {
  readonly source: LogSource;
  /** Values of the service field, most frequent first, with the place of one record that says so. */
  readonly services: readonly { readonly name: string; readonly count: number; readonly place: Place }[];
  readonly pods: readonly { readonly name: string; readonly place: Place }[];
  readonly records: number;
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** Times of all dated records, seconds, in file order: what "the service was up and logging" means. */
  readonly activity: readonly number[];
  readonly exchanges: readonly Exchange[];
  readonly failedCalls: readonly FailedCall[];
  readonly patterns: readonly Pattern[];
  readonly knownErrors: readonly KnownError[];
  /** When requests failed, seconds, in file order: by their status, or because they were logged as errors. */
  readonly failures: readonly number[];
  readonly deadlines: readonly StatedDeadline[];
  /** Addresses with a host that the process says it listens at. */
  readonly listens: readonly string[];
  /** Every "listening" record, ports alone as well. */
  readonly announced: readonly Announced[];
  /** The last record: what a program that gives up says before it exits. */
  readonly last: LastRecord | null;
  readonly sampled: SampledHow;
  /** What its records say of traces. */
  readonly events: TraceSample;
  /** Some list reached its cap. */
  readonly capped: boolean;
}

/**
 * Records that other captures of the same process already hold: a tail and a --since of one container overlap, and what both hold
 * happened once. A record is known again by its time and text.
 */
export class Overlap {
  readonly #seen = new Set<string>();
  readonly #mine: string[] = [];

  has(r: LogRecord): boolean {
    const key = keyOf(r);
    if (key === null) return false;
    if (this.#seen.has(key)) return true;
    if (this.#mine.length < LIST_CAP) this.#mine.push(key);
    return false;
  }

  /** What was read so far is another capture's from now on; within one capture equal records are several events. */
  next(): void {
    for (const key of this.#mine) if (this.#seen.size < LIST_CAP) this.#seen.add(key);
    this.#mine.length = 0;
  }
}

/** FNV-1a over the text: enough where the time agrees, too. */
function keyOf(r: LogRecord): string | null {
  if (r.time === null) return null;
  const text = r.text();
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length && i < 4096; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return `${r.time.at} ${text.length} ${hash >>> 0}`;
}

export const placeOf = (d: LogDigest, span: { readonly offset: number; readonly length: number }): Place =>
  placeAt(d.source.artifact.id, span, d.source.wrapper === null ? {} : { decoders: [d.source.wrapper] });

export function digestOf(source: LogSource, overlap: Overlap | null = null): LogDigest {
  const services = new Map<string, { count: number; place: Place }>();
  const pods = new Map<string, Place>();
  const templates = new Templates();
  const patterns = new Map<Template, Pattern>();
  const exchanges: Exchange[] = [];
  const failedCalls: FailedCall[] = [];
  const knownErrors: KnownError[] = [];
  const failures: number[] = [];
  const chains = new Map<string, readonly GoError[]>();
  const deadlines: StatedDeadline[] = [];
  const activity: number[] = [];
  const listens = new Set<string>();
  const announced: Announced[] = [];
  let last: LastRecord | null = null;
  const cadence = new Cadence();
  const events = new TraceSample();
  let from: Instant | null = null;
  let to: Instant | null = null;
  let records = 0;
  let capped = false;
  const keep = <T>(list: T[], item: T): void => {
    if (list.length < LIST_CAP) list.push(item);
    else capped = true;
  };

  source.scan({}, (r) => {
    if (r.format === 'plain' || overlap?.has(r) === true) return true;
    records++;
    const at = r.time?.at ?? null;
    if (at !== null) {
      if (from === null || at < from) from = at;
      if (to === null || at > to) to = at;
      keep(activity, fineSeconds(at));
      cadence.add(`${r.level ?? ''}\u0000${r.message}`, fineSeconds(at), '');
    }
    note(services, pods, r);
    if (r.format === 'go-crash') {
      last = null;
      return true;
    }
    const error = errorOf(r)?.text ?? null;
    last = { message: r.message, error, level: r.level, at, offset: r.span.offset, length: r.span.length };
    const trace = traceIdOf(r)?.text ?? null;
    if (listens.size < VALUES_CAP) for (const address of listensAt(r)) listens.add(address);
    if (announced.length < VALUES_CAP) for (const address of announcedBy(r)) announced.push({ address, message: r.message, at, offset: r.span.offset, length: r.span.length });
    const pattern = patternOf(templates, patterns, r, error);
    if (pattern !== null && at !== null) {
      keep(pattern.times, fineSeconds(at));
      if (pattern.spans.length < PLACES_CAP) pattern.spans.push(r.span);
      if (pattern.example === '') pattern.example = error === null ? r.message : `${r.message}: ${error}`;
      if (trace !== null && pattern.traces.length < VALUES_CAP) pattern.traces.push(trace);
    }
    if (at === null) return true;
    // net/http's own lines have no level; an info record that mentions an error reports none
    if (r.level === null || atLeastLevel(r.level, 'warn')) {
      const chain = chainOf(error ?? r.message, chains);
      if (chain.length > 0 && knownErrors.length < ERRORS_CAP) knownErrors.push({ at, chain, text: error ?? r.message, trace, offset: r.span.offset, length: r.span.length });
      const call = failedCall(r, at, error, trace);
      if (call !== null) keep(failedCalls, call);
    }
    const event = trace === null ? null : traceEvent(r, () => placeAt(r.artifact.id, r.span, { decoders: r.decoders }));
    if (event !== null) events.add(event);
    if (requestFailed(r) === true) keep(failures, fineSeconds(at));
    const status = exchangeOf(r, at, trace);
    // the answer to a call is the callee's, not its own
    const exchange = status === null || (event?.kind.startsWith('client') ?? tellsOfCall(r)) ? null : status;
    if (exchange !== null) keep(exchanges, exchange);
    const deadline = deadlineOf(r);
    if (deadline?.field != null && deadlines.length < SETTINGS_CAP && !deadlines.some((d) => d.name === deadline.field?.name && d.seconds === deadline.seconds)) {
      deadlines.push({ name: deadline.field.name, seconds: deadline.seconds, text: deadline.field.text, at, offset: r.span.offset, length: r.span.length });
    }
    return true;
  });

  overlap?.next();
  return {
    source,
    services: [...services].map(([name, s]) => ({ name, ...s })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
    pods: [...pods].map(([name, place]) => ({ name, place })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    records,
    from,
    to,
    activity,
    exchanges,
    failedCalls,
    patterns: [...patterns.values()],
    knownErrors,
    failures,
    deadlines,
    listens: [...listens].sort(),
    announced,
    last,
    sampled: cadence.result(),
    events,
    capped: capped || templates.dropped > 0,
  };
}

function note(services: Map<string, { count: number; place: Place }>, pods: Map<string, Place>, r: LogRecord): void {
  const place = (): Place => placeAt(r.artifact.id, r.span, { decoders: r.decoders });
  const service = serviceOf(r)?.text;
  if (service !== undefined && service.length <= 128) {
    const known = services.get(service);
    if (known !== undefined) known.count++;
    else if (services.size < VALUES_CAP) services.set(service, { count: 1, place: place() });
  }
  const pod = r.writer?.startsWith('pod/') === true ? r.writer.slice(4) : podOf(r)?.text;
  if (pod !== undefined && pod.length <= 320 && !pods.has(pod) && pods.size < VALUES_CAP) pods.set(pod, place());
}

const HOST_PORT = /^(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9a-fA-F:]{2,39}\]):\d{1,5}$/;

/** `listening addr=127.0.0.1:8082`. A port alone (":8080") or 0.0.0.0 is everybody's. */
export function listensAt(r: LogRecord): string[] {
  if (!wordsOf(r.message).listening) return bindsAt(r).filter((a) => !EVERYWHERE.test(a));
  const own = (address: string): boolean => HOST_PORT.test(address) && !address.startsWith('0.0.0.0:') && !address.startsWith('[::]:');
  const stated = r.fields.flatMap((f) => (/addr|address|listen|bind|host/i.test(f.name) && own(f.text) ? [f.text] : []));
  if (stated.length > 0) return stated;
  const text = IN_TEXT.exec(r.message.slice(0, 400))?.[1]?.replace(/^https?:\/\//, '') ?? null;
  return text !== null && own(text) ? [text] : [];
}

const ADDRESS = /^(?:https?:\/\/)?(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9a-fA-F:]{2,39}\])?:\d{1,5}\/?$/;
const IN_TEXT = /(?:^|[\s"'=(])((?:https?:\/\/)?(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9a-fA-F:]{2,39}\])?:\d{2,5})(?=$|[\s"',;)/])/;

const EVERYWHERE = /^(?:0\.0\.0\.0|\[::\])?:/;
const BIND = /^(?:(?:http|listen|bind|server)[_.-]?)?addr(?:ess)?$|^(?:listen|bind)$/i;
const BOUND = /^(?:(?:\d{1,3}\.){3}\d{1,3}|localhost|\[[0-9a-fA-F:]{2,39}\])?:\d{1,5}$/;

/** "store starting" addr=127.0.0.1:8081: an address that a process can bind, beside words that say nothing but that it starts. */
function bindsAt(r: LogRecord): string[] {
  if ((r.level !== null && atLeastLevel(r.level, 'warn')) || !wordsOf(r.message).started) return [];
  return r.fields.flatMap((f) => (BIND.test(f.name) && BOUND.test(f.text) ? [f.text] : []));
}

/** "listening" addr=:8081 · "listening on :8081" · "Listening and serving HTTP on :8080" · "server started" port=8080 */
function announcedBy(r: LogRecord): string[] {
  if (!wordsOf(r.message).listening) return bindsAt(r);
  if (r.level !== null && atLeastLevel(r.level, 'warn')) return [];
  const stated = r.fields.flatMap((f) => {
    if (/addr|address|listen|bind|endpoint/i.test(f.name) && ADDRESS.test(f.text)) return [f.text];
    return /^(?:http_?)?port$/i.test(f.name) && /^\d{2,5}$/.test(f.text) ? [`:${f.text}`] : [];
  });
  if (stated.length > 0) return stated;
  const text = IN_TEXT.exec(r.message.slice(0, 400))?.[1] ?? /\bport[ =:]{1,2}(\d{2,5})\b/i.exec(r.message.slice(0, 400))?.[1] ?? null;
  return text === null ? [] : [text.includes(':') ? text : `:${text}`];
}

function patternOf(templates: Templates, patterns: Map<Template, Pattern>, r: LogRecord, error: string | null): Pattern | null {
  const template = templates.add(r.level ?? '', r.message, error);
  if (template === null) return null;
  let pattern = patterns.get(template);
  if (pattern === undefined) {
    pattern = { template, times: [], spans: [], example: '', traces: [] };
    patterns.set(template, pattern);
  }
  return pattern;
}

function chainOf(text: string, known: Map<string, readonly GoError[]>): readonly GoError[] {
  let chain = known.get(text);
  if (chain === undefined) {
    chain = outerMatches(matchErrorText(text)).map((m) => m.pattern);
    if (known.size < TEXTS_CAP) known.set(text, chain);
  }
  return chain;
}

/** An error is not told from what an info record mentions: only records that report one are asked. */
function failedCall(r: LogRecord, at: Instant, error: string | null, trace: string | null): FailedCall | null {
  const text = error ?? r.message;
  const words = wordsOf(text);
  const { end } = words;
  if (end === null) return null;
  const field = calleeOf(r)?.text ?? r.field('url')?.text ?? r.field('upstream')?.text ?? null;
  const url = words.url ?? (field === null ? null : urlIn(field));
  const { address } = words;
  const named = url !== null ? serviceOfHost(url.host) : field !== null && /^[A-Za-z][\w.-]{0,127}$/.test(field) ? serviceOfHost(field) : null;
  const caller = callerFile(r);
  return {
    at,
    end,
    trace,
    request: requestIdOf(r)?.text ?? null,
    callee: named,
    calleeStated: url !== null ? `${url.host}${url.port === null ? '' : `:${url.port}`}` : (address ?? field),
    operation: url?.path != null ? maskText(url.path) : operationOf(r.message, text, end),
    seconds: durationOf(r)?.seconds ?? null,
    deadline: deadlineOf(r)?.seconds ?? null,
    text,
    site: caller === null ? null : `${caller.file}:${caller.line}`,
    offset: r.span.offset,
    length: r.span.length,
  };
}

/** What was being done: the wrapping words before the sentinel, else the message. */
function operationOf(message: string, text: string, end: EndOfCall): string {
  const before = text.slice(0, text.indexOf(end.phrase)).replace(/[\s:(]+$/, '');
  const first = maskText(before).split(':')[0] ?? '';
  const verb = first.split(' ')[0] ?? '';
  return verb !== '' && text !== message ? verb : maskText(message);
}

const GRPC: Readonly<Record<string, number>> = {
  OK: 200,
  Canceled: 499,
  Unknown: 500,
  InvalidArgument: 400,
  DeadlineExceeded: 504,
  NotFound: 404,
  AlreadyExists: 409,
  PermissionDenied: 403,
  ResourceExhausted: 429,
  FailedPrecondition: 400,
  Aborted: 409,
  OutOfRange: 400,
  Unimplemented: 501,
  Internal: 500,
  Unavailable: 503,
  DataLoss: 500,
  Unauthenticated: 401,
};

/** A request log's record: a status, and a route, method or duration beside it. */
function exchangeOf(r: LogRecord, at: Instant, trace: string | null): Exchange | null {
  const grpc = r.field('grpc.code') ?? r.field('grpc_code');
  const code = grpc !== null ? GRPC[grpc.text] : statusOf(r)?.code;
  if (code === undefined) return null;
  const route = routeOf(r)?.text ?? r.field('grpc.method')?.text ?? null;
  const seconds = durationOf(r)?.seconds ?? null;
  if (route === null && seconds === null) return null;
  const method = methodOf(r)?.text ?? null;
  return { at, seconds, code, route: route === null ? null : maskRoute(method, route), trace, request: requestIdOf(r)?.text ?? null, offset: r.span.offset, length: r.span.length };
}

/** Whether the request that a record tells of failed; null where it tells of none. */
export function requestFailed(r: LogRecord): boolean | null {
  const status = statusOf(r);
  if (status === null || serviceOf(r)?.text === '') return null;
  return status.code >= 500 || atLeastLevel(r.level, 'error');
}

/** A raw path becomes a route by masking its variable parts; a route template stays as it is. */
function maskRoute(method: string | null, route: string): string {
  const key = `${method ?? ''} ${route}`;
  const known = routes.get(key);
  if (known !== undefined) return known;
  const made = maskedRoute(method, route);
  if (routes.size < VALUES_CAP * 10) routes.set(key, made);
  return made;
}

const routes = new Map<string, string>();

function maskedRoute(method: string | null, route: string): string {
  const path = route.split('?')[0] ?? route;
  const masked = path
    .split('/')
    .map((part) => (part.startsWith('{') || part.startsWith(':') ? part : maskText(part)))
    .join('/');
  return method === null || masked.startsWith(`${method} `) ? masked : `${method} ${masked}`;
}
