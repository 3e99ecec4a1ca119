/**
 * What a record says of a trace: a request began or ended here, a call began or ended here, a message was sent or received, or merely
 * something was logged. Decided from the record's own fields and words; a service's style of logging is not known beforehand.
 */
import type { Instant, Place } from '../../../model/index.ts';
import { calleeOf, durationOf, errorOf, type Field, type LogRecord, methodOf, routeOf, serviceOf, statusOf, type TraceIds, traceIdsOf } from '../../../read/logs/index.ts';
import { addressIn, endOfCall, serviceOfHost, urlIn } from '../logs/mask.ts';

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

const SERVER_STARTS =
  /\b(?:request|rpc|call) (?:started|received|begin|began|start|accepted)\b|\b(?:started|received|incoming|handling|accepted|begin) (?:http |grpc )?(?:request|call|rpc)\b|^started call$/i;
const CLIENT_STARTS = /^(?:calling|call(?:ing)? started|sending|dialing|invoking|requesting|outgoing)\b|\brequest sent\b|\b(?:sending|outgoing) (?:http |grpc )?request\b/i;
const ACCESS = /^(?:https? )?(?:request|access|served|handled|finished|completed)\b/i;
const SENDS = /\b(?:publish(?:ed|ing)?|produced?|producing|enqueued?|message sent|sent message|dispatched)\b/i;
const RECEIVES = /\b(?:receiv(?:ed|ing)|consum(?:ed|ing)|dequeued?)\b/i;
const MESSAGE_ID = /^(?:message|msg|event)[_.-]?id$/i;
const KIND = /^(?:span[_.]?)?kind$/i;

/** Null where the record has no trace id or no time. */
export function traceEvent(r: LogRecord, place: () => Place): TraceEvent | null {
  if (r.time === null) return null;
  const ids = traceIdsOf(r);
  return ids.traces.length === 0 ? null : made(r, r.time, ids, place);
}

/** Whether a record tells of a call that its writer made, not of a request that it answered. */
export function tellsOfCall(r: LogRecord): boolean {
  return r.time !== null && made(r, r.time, NO_IDS, () => NOWHERE).kind.startsWith('client');
}

const NO_IDS: TraceIds = { traces: [], span: null, parent: null, carried: null, invalid: null };
const NOWHERE: Place = { artifact: '', offset: 0, length: 0 };

function made(r: LogRecord, time: NonNullable<LogRecord['time']>, ids: TraceIds, place: () => Place): TraceEvent {
  const error = errorOf(r)?.text ?? null;
  const end = error !== null ? endOfCall(error) : endOfCall(r.message);
  const said = calleeOf(r)?.text ?? null;
  const text = error ?? r.message;
  const url = urlIn(r.field('url')?.text ?? '') ?? urlIn(text) ?? (said === null ? null : urlIn(said));
  const peer = said !== null && /^[A-Za-z][\w.-]{0,127}$/.test(said) ? serviceOfHost(said) : url === null ? null : serviceOfHost(url.host);
  const address = url !== null && url.port !== null ? `${url.host}:${url.port}` : (addressIn(text) ?? (said !== null && /:\d{1,5}$/.test(said) ? said : null));
  const code = statusOf(r)?.code ?? null;
  const took = durationOf(r);
  const route = routeOf(r)?.text ?? null;
  const method = methodOf(r)?.text ?? null;
  const message = r.fields.find((f) => MESSAGE_ID.test(f.name))?.text ?? null;
  const kind = kindOf(r, { called: peer !== null || address !== null, code, took: took !== null, error: error !== null, route: route !== null || method !== null, message });
  return {
    traces: [...new Set(ids.traces.map((t) => t.id))],
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

interface Seen {
  readonly called: boolean;
  readonly code: number | null;
  readonly took: boolean;
  readonly error: boolean;
  readonly route: boolean;
  readonly message: string | null;
}

function kindOf(r: LogRecord, s: Seen): EventKind {
  const stated =
    r.fields
      .find((f) => KIND.test(f.name))
      ?.text.toLowerCase()
      .replace('span_kind_', '') ?? null;
  const ended = s.code !== null || s.took;
  if (stated === 'server' || stated === 'client') return `${stated}-${ended || (stated === 'client' && s.error) ? 'end' : 'start'}`;
  if (stated === 'producer') return 'sent';
  if (stated === 'consumer') return 'received';
  if (s.message !== null) {
    if (RECEIVES.test(r.message)) return 'received';
    if (SENDS.test(r.message)) return 'sent';
  }
  // a proxy's access log names whom it asked
  if (s.called && !(s.code !== null && s.route && ACCESS.test(r.message))) {
    if (ended || s.error) return 'client-end';
    return CLIENT_STARTS.test(r.message) || s.route ? 'client-start' : 'point';
  }
  if (s.code !== null && (s.route || s.took)) return 'server-end';
  return s.route && SERVER_STARTS.test(r.message) ? 'server-start' : 'point';
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
