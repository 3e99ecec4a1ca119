/** Names in a query that stand for a role, whatever the logger calls it: `dur` is elapsed, took and latency_ms. */
export type NamedRole =
  | 'since'
  | 'until'
  | 'time'
  | 'level'
  | 'message'
  | 'caller'
  | 'logger'
  | 'service'
  | 'trace'
  | 'span'
  | 'request'
  | 'duration'
  | 'error'
  | 'status'
  | 'method'
  | 'route'
  | 'pod'
  | 'format';

const NAMES: Readonly<Record<string, NamedRole>> = {
  since: 'since',
  until: 'until',
  time: 'time',
  ts: 'time',
  level: 'level',
  lvl: 'level',
  severity: 'level',
  msg: 'message',
  message: 'message',
  caller: 'caller',
  logger: 'logger',
  service: 'service',
  trace: 'trace',
  trace_id: 'trace',
  traceid: 'trace',
  span: 'span',
  span_id: 'span',
  request: 'request',
  request_id: 'request',
  dur: 'duration',
  duration: 'duration',
  elapsed: 'duration',
  latency: 'duration',
  error: 'error',
  err: 'error',
  status: 'status',
  method: 'method',
  route: 'route',
  path: 'route',
  pod: 'pod',
  format: 'format',
};

export const namedRole = (name: string): NamedRole | null => (Object.hasOwn(NAMES, name) ? (NAMES[name] as NamedRole) : null);

/** Bare names (lower case, without separators, last part) of fields that play a role: src/read/logs/roles.ts reads them alike. */
const FIELDS: Partial<Record<NamedRole, readonly string[]>> = {
  service: ['service', 'servicename', 'svc', 'app', 'application', 'appname'],
  trace: ['traceid', 'oteltraceid', 'xtraceid', 'b3traceid'],
  span: ['spanid', 'otelspanid', 'xspanid'],
  request: ['requestid', 'reqid', 'xrequestid', 'correlationid', 'xcorrelationid', 'rid'],
  error: ['error', 'err', 'exception', 'cause', 'errormessage', 'panic'],
  status: ['status', 'statuscode', 'code', 'httpstatus', 'httpstatuscode', 'responsecode', 'respstatus'],
  method: ['method', 'httpmethod', 'verb'],
  route: ['route', 'path', 'uri', 'requesturi', 'endpoint', 'httproute', 'target'],
  pod: ['pod', 'podname', 'kubernetespodname'],
  duration: ['duration', 'dur', 'elapsed', 'latency', 'took', 'responsetime', 'requesttime', 'timetaken', 'elapsedtime', 'cost', 'tookfor', 'runtime'],
};

const SETS = new Map<NamedRole, ReadonlySet<string>>(Object.entries(FIELDS).map(([role, names]) => [role as NamedRole, new Set(names)]));

export const fieldRole = (role: NamedRole): ReadonlySet<string> | null => SETS.get(role) ?? null;
