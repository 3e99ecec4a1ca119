/** What is wanted of a log store, in terms that every store understands. */
import type { Instant } from '../../model/index.ts';
import type { Holds } from './holds.ts';
import type { Endpoint } from './http.ts';

export const WANTED_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type WantedLevel = (typeof WANTED_LEVELS)[number];

export interface LogsWanted {
  /** Lines of one trace or request. */
  readonly trace?: string;
  /** In the store's own language; stands alone. */
  readonly query?: string;
  readonly service?: string;
  /** This level and above; lines whose level the store does not know are taken, too. */
  readonly level?: WantedLevel;
  /** Literal text that stands in the line. */
  readonly text?: string;
  /** Nothing is lost where a store is not asked for it: whoever wants it looks at what comes back. */
  readonly holds?: Holds;
  readonly from: Instant;
  /** Inclusive. */
  readonly to: Instant;
  /** Lines at most, the earliest. */
  readonly most: number;
}

export interface StoreOptions {
  readonly endpoint: Endpoint;
  readonly signal?: AbortSignal;
  /** Of all answers together, decoded. */
  readonly mostBytes?: number;
  /** A line for people while it goes on. */
  readonly onProgress?: (what: string) => void;
}

export const MOST_LINES = 50_000;
export const MOST_BYTES = 128 * 1024 * 1024;

/** trace_id, traceId, http.TraceID → traceid */
export const bareName = (name: string): string =>
  name
    .slice(name.lastIndexOf('.') + 1)
    .replaceAll(/[_-]/g, '')
    .toLowerCase();

const TRACE = new Set(['traceid', 'oteltraceid', 'xtraceid', 'b3traceid', 'requestid', 'reqid', 'xrequestid', 'correlationid', 'xcorrelationid', 'rid']);
const DOTTED = new Set(['trace.id', 'trace']);
/** A field that may hold the id of a trace or of a request. */
export const mayHoldTrace = (name: string): boolean => TRACE.has(bareName(name)) || DOTTED.has(name.toLowerCase());

/** Asked for where the store does not say which there are. */
export const TRACE_FIELDS = ['trace_id', 'traceID', 'traceId', 'TraceID', 'trace.id', 'otelTraceID', 'dd.trace_id', 'request_id', 'requestID', 'req_id', 'correlation_id'] as const;

const SERVICE = new Set(['service', 'servicename', 'svc', 'app', 'application', 'appname', 'job', 'container', 'containername', 'component', 'name', 'instance']);
/** app_kubernetes_io_name, k8s.container.name, kubernetes.labels.app … */
export const mayNameService = (name: string): boolean =>
  SERVICE.has(bareName(name)) || /^(?:service|k8s\.(?:container|deployment|statefulset|daemonset))\.name$|app_kubernetes_io_(?:name|instance)$/.test(name);

export const SERVICE_FIELDS = [
  'service',
  'service.name',
  'service_name',
  'svc',
  'app',
  'application',
  'job',
  'container',
  'container_name',
  'kubernetes.container_name',
  'k8s.container.name',
  'k8s.deployment.name',
] as const;

/** Names of the levels below one, as loggers, shippers and OpenTelemetry write them. */
export function lowerLevels(level: WantedLevel): string[] {
  const names: readonly (readonly string[])[] = [
    ['trace', 'debug'],
    ['info', 'information', 'notice'],
    ['warn', 'warning'],
    ['error', 'err'],
  ];
  return names.slice(0, WANTED_LEVELS.indexOf(level)).flat();
}

/** Text that Go's strconv.Unquote and JSON read alike: both query languages take it. */
export const quoted = (text: string): string => JSON.stringify(text);

/** For a regular expression of Go (RE2). */
export const escapedRegex = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
