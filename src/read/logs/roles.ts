/** What a record says about who, where and how long: common names of fields, read with the units their logger gives them. */
import { durationInText, goDurationSeconds } from './go-duration.ts';
import type { Field, LogRecord } from './log-source.ts';

const bareNames = new Map<string, string>();
const NAMES_CAP = 10_000;

/** trace_id, traceId, http.TraceID → traceid: the last part of the name without case and separators. */
export function bareName(name: string): string {
  const known = bareNames.get(name);
  if (known !== undefined) return known;
  const made = name
    .slice(name.lastIndexOf('.') + 1)
    .replaceAll(/[_-]/g, '')
    .toLowerCase();
  if (bareNames.size < NAMES_CAP) bareNames.set(name, made);
  return made;
}

/** What the name of a field may say, one bit each. */
export const SAYS = {
  trace: 1 << 0,
  span: 1 << 1,
  request: 1 << 2,
  service: 1 << 3,
  pod: 1 << 4,
  error: 1 << 5,
  route: 1 << 6,
  method: 1 << 7,
  status: 1 << 8,
  callee: 1 << 9,
  duration: 1 << 10,
  deadline: 1 << 11,
  traceparent: 1 << 12,
  parent: 1 << 13,
  b3Span: 1 << 14,
  /** Whole names whose last part says nothing, or that come before other names. */
  whole: 1 << 15,
  /** A trace, if what it holds is shaped like an id: a stack trace goes by that name, too. */
  traceOrStack: 1 << 16,
} as const;

const BARE: readonly (readonly [number, string])[] = [
  [SAYS.trace, 'traceid oteltraceid xtraceid b3traceid'],
  [SAYS.span, 'spanid otelspanid xspanid'],
  [SAYS.b3Span, 'b3spanid'],
  [SAYS.parent, 'parentspanid parentid parentspan otelparentspanid b3parentspanid xparentspanid'],
  [SAYS.traceparent, 'traceparent'],
  [SAYS.request, 'requestid reqid xrequestid correlationid xcorrelationid rid'],
  [SAYS.traceOrStack, 'trace'],
  [SAYS.service, 'service servicename svc app application appname'],
  [SAYS.pod, 'pod podname kubernetespodname'],
  [SAYS.error, 'error err exception cause errormessage panic'],
  [SAYS.route, 'route path uri requesturi endpoint httproute target'],
  [SAYS.method, 'method httpmethod verb'],
  [SAYS.status, 'status statuscode code httpstatus httpstatuscode responsecode respstatus'],
  // which service (or address) a record says it called
  [SAYS.callee, 'callee upstream peer peerservice targetservice dependency downstream remoteservice server'],
];
const WHOLE = ['trace.id', 'dd.trace_id', 'span.id', 'dd.span_id', 'parent.id', 'service.name', 'k8s.pod.name', 'error.message', 'exception.message', 'peer.service'] as const;
type WholeName = (typeof WHOLE)[number];

interface NameMeaning {
  /** Bits of SAYS. */
  readonly says: number;
  /** Units of what it says of a duration, and of a deadline: see unitOf. */
  readonly duration: number | null;
  readonly deadline: number | null;
}

const meanings = new Map<string, NameMeaning>();

/** A program's names are few, and each is looked at once. */
function meaningOf(name: string): NameMeaning {
  const known = meanings.get(name);
  if (known !== undefined) return known;
  const bare = bareName(name);
  const duration = unitOf(bare, DURATION_NAMES);
  // connect_timeout is one, too
  const deadline = unitOf(bare, DEADLINES) ?? (bare.endsWith('timeout') || bare.endsWith('deadline') ? 0 : null);
  let says = (WHOLE as readonly string[]).includes(name) ? SAYS.whole : 0;
  for (const [bit, names] of BARE) if (names.split(' ').includes(bare)) says |= bit;
  if (duration !== null) says |= SAYS.duration;
  if (deadline !== null) says |= SAYS.deadline;
  const made: NameMeaning = { says, duration, deadline };
  if (meanings.size < NAMES_CAP) meanings.set(name, made);
  return made;
}

/** The bits of SAYS that a field's name has. */
export const saysOf = (name: string): number => meaningOf(name).says;

export const fieldSays = (f: Field): number => f.says ?? saysOf(f.name);

const saysNothingOf = (record: LogRecord, bit: number): boolean => record.says !== undefined && (record.says & bit) === 0;

function byNames(record: LogRecord, bit: number): Field | null {
  if (saysNothingOf(record, bit)) return null;
  for (const f of record.fields) if ((fieldSays(f) & bit) !== 0 && f.type !== 'null' && f.type !== 'json' && f.text !== '') return f;
  return null;
}

/** `trace.id`, whose last part says nothing, is asked for by its whole name. */
function byWhole(record: LogRecord, name: WholeName): Field | null {
  if (saysNothingOf(record, SAYS.whole)) return null;
  for (const f of record.fields) if ((fieldSays(f) & SAYS.whole) !== 0 && f.name === name) return f;
  return null;
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/;

const dotted = (record: LogRecord, a: WholeName, b: WholeName): Field | null => byWhole(record, a) ?? byWhole(record, b);

export function traceIdOf(record: LogRecord): Field | null {
  const direct = byNames(record, SAYS.trace) ?? dotted(record, 'trace.id', 'dd.trace_id');
  if (direct !== null) return direct;
  if (!saysNothingOf(record, SAYS.traceparent)) {
    const parent = record.fields.find((f) => (fieldSays(f) & SAYS.traceparent) !== 0);
    const m = parent === undefined ? null : TRACEPARENT.exec(parent.text);
    if (m !== null && parent !== undefined) return { name: parent.name, type: parent.type, span: parent.span, text: m[1]! };
  }
  return sharedRequestIdOf(record);
}

/**
 * The request id that services hand on where nobody traces: one trace as good as a traceparent's, if it was made to be told apart from all
 * others. Ids that are counted (`42`, `req-00000042`) mean another request in every process, and join none.
 */
export function sharedRequestIdOf(record: LogRecord): Field | null {
  if (saysNothingOf(record, SAYS.request | SAYS.traceOrStack)) return null;
  for (const f of record.fields) {
    if ((fieldSays(f) & (SAYS.request | SAYS.traceOrStack)) === 0 || f.type === 'null' || f.type === 'json') continue;
    if (madeUnique(f.text)) return f;
  }
  return null;
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._:/+=-]{6,126}[A-Za-z0-9=]$/;
const STAMP_DIGITS = 15;

/** Thirty-two bits at the least by its alphabet: a run of eight with letters and digits mixed, or a time in micro- or nanoseconds. */
export function madeUnique(id: string): boolean {
  if (!ID.test(id)) return false;
  for (const run of id.split(/[^A-Za-z0-9]/)) {
    if (run.length < 8) continue;
    const digits = run.replace(/[^0-9]/g, '').length;
    if (digits === run.length ? digits >= STAMP_DIGITS : digits > 0 && /[A-Za-z]/.test(run) && !/^[A-Za-z]*0*\d{0,7}$/.test(run)) return true;
  }
  return false;
}

export function spanIdOf(record: LogRecord): Field | null {
  return byNames(record, SAYS.span) ?? dotted(record, 'span.id', 'dd.span_id');
}
export const requestIdOf = (record: LogRecord): Field | null => byNames(record, SAYS.request);

export const serviceOf = (record: LogRecord): Field | null => byWhole(record, 'service.name') ?? byNames(record, SAYS.service);

export const podOf = (record: LogRecord): Field | null => byNames(record, SAYS.pod) ?? byWhole(record, 'k8s.pod.name');

export function errorOf(record: LogRecord): Field | null {
  return byNames(record, SAYS.error) ?? byWhole(record, 'error.message') ?? byWhole(record, 'exception.message');
}

export const routeOf = (record: LogRecord): Field | null => byNames(record, SAYS.route);
export const methodOf = (record: LogRecord): Field | null => byNames(record, SAYS.method);

/** An HTTP status, 100 to 599; anything else is null. */
export function statusOf(record: LogRecord): { readonly code: number; readonly field: Field } | null {
  if (saysNothingOf(record, SAYS.status)) return null;
  for (const f of record.fields) {
    if ((fieldSays(f) & SAYS.status) === 0 || f.text.length !== 3) continue;
    const code = Number(f.text);
    if (Number.isInteger(code) && code >= 100 && code <= 599) return { code, field: f };
  }
  return null;
}

export const calleeOf = (record: LogRecord): Field | null => byWhole(record, 'peer.service') ?? byNames(record, SAYS.callee);

/** File and line of the statement that logged, as far as the logger prints the path. */
export function callerFile(record: LogRecord): { readonly file: string; readonly line: number } | null {
  const text = record.caller;
  const colon = text?.lastIndexOf(':') ?? -1;
  if (text === null || colon <= 0) return null;
  const line = Number(text.slice(colon + 1));
  return Number.isInteger(line) && line > 0 ? { file: text.slice(0, colon), line } : null;
}

export interface ReadDuration {
  readonly seconds: number;
  readonly field: Field | null;
}

/** Longest first, so that "durationms" is not taken for "duration" with a unit "ms" left over. */
export const DURATION_ENDINGS: readonly (readonly [string, number])[] = [
  ['milliseconds', 1e-3],
  ['microseconds', 1e-6],
  ['nanoseconds', 1e-9],
  ['seconds', 1],
  ['millis', 1e-3],
  ['secs', 1],
  ['sec', 1],
  ['ms', 1e-3],
  ['us', 1e-6],
  ['ns', 1e-9],
  ['s', 1],
];
export const DURATION_NAMES: ReadonlySet<string> = new Set([
  'duration',
  'dur',
  'elapsed',
  'latency',
  'took',
  'responsetime',
  'requesttime',
  'timetaken',
  'elapsedtime',
  'cost',
  'tookfor',
  'runtime',
]);

/** How long what the record reports took. Null where nothing says so, or where the unit cannot be known. */
export function durationOf(record: LogRecord): ReadDuration | null {
  for (const field of record.fields) {
    if ((fieldSays(field) & SAYS.duration) === 0) continue;
    const seconds = namedSeconds(field, record, meaningOf(field.name).duration);
    if (seconds !== null) return { seconds, field };
  }
  const inText = record.level === null && record.fields.length > 0 ? null : durationInText(record.message);
  return inText === null ? null : { seconds: inText, field: null };
}

const DEADLINES = new Set(['timeout', 'deadline', 'deadlineafter', 'budget', 'maxwait', 'calltimeout', 'requesttimeout', 'reservetimeout']);

/** The limit a record states it was given: timeout=300ms. */
export function deadlineOf(record: LogRecord): ReadDuration | null {
  if (saysNothingOf(record, SAYS.deadline)) return null;
  for (const field of record.fields) {
    if ((fieldSays(field) & SAYS.deadline) === 0) continue;
    const seconds = namedSeconds(field, record, meaningOf(field.name).deadline);
    if (seconds !== null && seconds > 0) return { seconds, field };
  }
  return null;
}

/** What a name says of a duration: null nothing, 0 the value must say its unit, else seconds for one. */
function unitOf(bare: string, words: ReadonlySet<string>): number | null {
  if (words.has(bare)) return 0;
  return DURATION_ENDINGS.find(([suffix]) => bare.endsWith(suffix) && words.has(bare.slice(0, -suffix.length)))?.[1] ?? null;
}

function namedSeconds(field: Field, record: LogRecord, unit: number | null): number | null {
  if (unit === null) return null;
  if (unit === 0) return textSeconds(field, record);
  const n = Number(field.text);
  if (field.text !== '' && Number.isFinite(n) && n >= 0) return n * unit;
  return goDurationSeconds(field.text);
}

const INTEGER = /^\d{1,19}$/;
const DECIMAL = /^\d{1,19}\.\d{1,20}$/;
/** Shorter than this, an integer of "nanoseconds" is more likely a count of milliseconds somebody logged: no unit is claimed. */
const LEAST_NS = 10_000;

/** A value without a unit in its name: Go's own text, or a number as this logger writes a time.Duration. */
export function textSeconds(field: Field, record: LogRecord): number | null {
  const text = field.text;
  const go = text === '0' ? null : goDurationSeconds(text);
  if (go !== null) return go >= 0 ? go : null;
  if (INTEGER.test(text)) {
    const n = Number(text);
    if (n === 0) return 0;
    switch (record.durations) {
      case 'nanoseconds':
        return n >= LEAST_NS ? n * 1e-9 : null;
      case 'milliseconds':
        return n * 1e-3;
      case 'seconds-float':
        // whole seconds lose their fraction in JSON; a large integer is another encoder's nanoseconds
        return n < 60 ? n : n >= 1_000_000 ? n * 1e-9 : null;
      default:
        return null;
    }
  }
  if (DECIMAL.test(text)) {
    // Seconds() is what gives a float in Go; zerolog prints fractions of a millisecond
    return record.durations === 'milliseconds' ? Number(text) * 1e-3 : record.durations === 'unknown' ? null : Number(text);
  }
  return null;
}
