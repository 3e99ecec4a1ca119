/**
 * What a record says of a trace: a request began or ended here, a call began or ended here, a message was sent or received, or merely
 * something was logged. Decided from the record's own fields and words; a service's style of logging is not known beforehand.
 */
import type { Instant, Place } from '../../../model/index.ts';
import { calleeOf, durationOf, errorOf, type Field, type LogRecord, methodOf, routeOf, serviceOf, statusOf, type TraceIds, traceIdsOf } from '../../../read/logs/index.ts';
import { serviceOfHost, urlIn } from '../logs/mask.ts';
import { wordsOf } from '../logs/words.ts';

export type EventKind = 'server-start' | 'server-end' | 'client-start' | 'client-end' | 'sent' | 'received' | 'point';

export interface TraceEvent {
  /** Distinct trace ids of the record, the first first. */
  readonly traces: readonly string[];
  readonly kind: EventKind;
  readonly at: Instant;
  readonly stepNs: bigint;
  readonly span: string | null;
  readonly parent: string | null;
  readonly carried: string | null;
  /** Who wrote it, where the record or its wrapper says so. */
  readonly service: string | null;
  readonly writer: string | null;
  /** Whom a call went to: a name, or host:port. */
  readonly peer: string | null;
  readonly address: string | null;
  readonly method: string | null;
  readonly route: string | null;
  readonly code: number | null;
  readonly seconds: number | null;
  /** The duration was cut to multiples of this. */
  readonly secondsStep: number;
  readonly failed: 'late' | 'canceled' | 'error' | null;
  readonly message: string | null;
  readonly place: Place;
}

/**
 * net/url.Error, as http.Client gives it, or net.OpError of a connection: there was no answer, so a status beside it is what the writer of
 * the record answered itself.
 */
const NO_ANSWER = /\b(?:Get|Head|Post|Put|Patch|Delete|Options|Connect|Trace) "[a-z+]{2,10}:\/\/|\b(?:dial|read|write) (?:tcp|udp|unix)[46]? \S{3,80}->?\S{0,80}:/;

const MESSAGE_ID = /^(?:message|msg|event)[_.-]?id$/i;
const KIND = /^(?:span[_.]?)?kind$/i;

/** Null where the record has no trace id or no time. `asked` is an id known to stand in its text: it is the record's where the record has no other. */
export function traceEvent(r: LogRecord, place: () => Place, asked: string | null = null): TraceEvent | null {
  if (r.time === null) return null;
  const ids = traceIdsOf(r);
  const traces = ids.traces.length > 0 || asked === null ? distinct(ids) : [asked];
  return traces.length === 0 ? null : made(r, r.time, ids, traces, place);
}

/** Whether a record tells of a call that its writer made, not of a request that it answered. */
export function tellsOfCall(r: LogRecord): boolean {
  return r.time !== null && told(r).kind.startsWith('client');
}

/** What a record tells but for whose trace it is. */
function told(r: LogRecord) {
  const error = errorOf(r)?.text ?? null;
  const said = calleeOf(r)?.text ?? null;
  const words = wordsOf(error ?? r.message);
  const url = urlIn(r.field('url')?.text ?? '') ?? words.url ?? (said === null ? null : urlIn(said));
  const peer = said !== null && /^[A-Za-z][\w.-]{0,127}$/.test(said) ? serviceOfHost(said) : url === null ? null : serviceOfHost(url.host);
  const address = url !== null && url.port !== null ? `${url.host}:${url.port}` : (words.address ?? (said !== null && /:\d{1,5}$/.test(said) ? said : null));
  const code = statusOf(r)?.code ?? null;
  const took = durationOf(r);
  const route = routeOf(r)?.text ?? null;
  const method = methodOf(r)?.text ?? null;
  let message: string | null = null;
  let stated: string | null = null;
  for (const f of r.fields) {
    const is = namedAs(f.name);
    if (is === 'message-id') message ??= f.text;
    else if (is === 'kind') stated ??= f.text;
  }
  const kind = kindOf(r, {
    stated,
    called: peer !== null || address !== null,
    code,
    took: took !== null,
    error: error !== null,
    unanswered: code !== null && error !== null && NO_ANSWER.test(error),
    route: route !== null || method !== null,
    message,
  });
  return { error, end: words.end, peer, address, code, took, route, method, message, kind };
}

function made(r: LogRecord, time: NonNullable<LogRecord['time']>, ids: TraceIds, traces: readonly string[], place: () => Place): TraceEvent {
  const { error, end, peer, address, code, took, route, method, message, kind } = told(r);
  return {
    traces,
    kind,
    at: time.at,
    stepNs: time.stepNs,
    span: ids.span,
    parent: ids.parent,
    carried: ids.carried,
    service: serviceOf(r)?.text ?? null,
    writer: r.writer,
    peer: kind.startsWith('client') ? peer : null,
    address: kind.startsWith('client') ? address : null,
    method,
    route,
    code,
    seconds: took?.seconds ?? null,
    secondsStep: took === null ? 0 : stepOf(took.field, took.seconds),
    failed: kind === 'client-end' || kind === 'server-end' || error !== null ? (end !== null ? (end.cancelled ? 'canceled' : 'late') : error !== null ? 'error' : null) : null,
    message,
    place: place(),
  };
}

const distinct = ({ traces }: TraceIds): string[] => (traces.length === 1 ? [traces[0]!.id] : [...new Set(traces.map((t) => t.id))]);

const NAMES_CAP = 10_000;
const names = new Map<string, 'message-id' | 'kind' | null>();

function namedAs(name: string): 'message-id' | 'kind' | null {
  let is = names.get(name);
  if (is === undefined) {
    is = MESSAGE_ID.test(name) ? 'message-id' : KIND.test(name) ? 'kind' : null;
    if (names.size < NAMES_CAP) names.set(name, is);
  }
  return is;
}

interface Seen {
  /** A field that says which kind of span it is. */
  readonly stated: string | null;
  readonly called: boolean;
  readonly code: number | null;
  readonly took: boolean;
  readonly error: boolean;
  /** Of the call that it tells of there was no answer. */
  readonly unanswered: boolean;
  readonly route: boolean;
  readonly message: string | null;
}

function kindOf(r: LogRecord, s: Seen): EventKind {
  const stated = s.stated?.toLowerCase().replace('span_kind_', '') ?? null;
  const ended = s.code !== null || s.took;
  if (stated === 'server' || stated === 'client') return `${stated}-${ended || (stated === 'client' && s.error) ? 'end' : 'start'}`;
  if (stated === 'producer') return 'sent';
  if (stated === 'consumer') return 'received';
  if (s.message !== null) {
    if (wordsOf(r.message).receives) return 'received';
    if (wordsOf(r.message).sends) return 'sent';
  }
  // a proxy's access log names whom it asked
  if (s.called && !s.unanswered && !(s.code !== null && s.route && wordsOf(r.message).access)) {
    if (ended || s.error) return 'client-end';
    return wordsOf(r.message).clientStarts || s.route ? 'client-start' : 'point';
  }
  if (s.code !== null && (s.route || s.took)) return 'server-end';
  return s.route && wordsOf(r.message).serverStarts ? 'server-start' : 'point';
}

/** An integer was cut to whole units, a decimal to its last digit; Go's own text has nanoseconds. */
function stepOf(field: Field | null, seconds: number): number {
  if (field === null) return 1e-3;
  if (/^\d{1,19}$/.test(field.text)) return Number(field.text) > 0 ? seconds / Number(field.text) : 1e-3;
  const fraction = /^\d{1,19}\.(\d{1,20})$/.exec(field.text)?.[1];
  if (fraction === undefined) return 1e-6;
  const unit = Number(field.text) > 0 ? seconds / Number(field.text) : 1;
  return unit * 10 ** -fraction.length;
}
