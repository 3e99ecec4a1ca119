import { defineKind } from '../condition.ts';

/** What records of one service say, told apart by the texts of src/knowledge/go-errors. */
export type ErrorFacts = {
  service: string;
  /** Whom the failed call was for, by the URL or address in the record; null where it names none that is known. */
  callee: string | null;
  /** Id of the innermost error, as `gorca explain` takes it. */
  error: string;
  count: number;
  /** Of the records with a trace id whose request the service logged: those it answered with 500 or above, and all. */
  failed: number;
  answered: number;
  /** Requests of those traces of which the callee has a record of its own. */
  seenByCallee: number;
  example: string;
  /** Some trace ids. */
  traces: readonly string[];
};

const NEXT = 'the log of the service, with errors and trace ids, over the window and a stretch before it';

export const dnsFailing = defineKind<ErrorFacts>({
  id: 'logs/dns-failing',
  title: 'names cannot be resolved',
  explain:
    'Records whose innermost error is one of the resolver: no such host, server misbehaving, a lookup that timed out or was refused. The callee was never asked: nothing is said of it. A name that never resolved is a wrong setting; one that did before is the name server or the Service behind it.',
  root: 'outside',
  next: 'ask for the very name from where the caller runs: getent ahosts NAME; dig NAME @SERVER; kubectl get svc,endpointslices -A; the log of the name server',
});

export const certificateRefused = defineKind<ErrorFacts>({
  id: 'logs/tls-failing',
  title: 'a certificate is not accepted',
  explain:
    'Records with an x509 error (expired, not yet valid, other names, unknown authority) or with the alert by which the other side refuses a certificate. The callee may be up and well. Handshakes that end in EOF are probes and scans and do not count.',
  root: 'defect',
  next: 'openssl s_client -connect HOST:PORT -servername NAME </dev/null | openssl x509 -noout -dates -subject -ext subjectAltName',
});

export const callsRefused = defineKind<ErrorFacts>({
  id: 'logs/calls-refused',
  title: 'connections to a service are refused',
  explain: 'Records with "connect: connection refused": the host answers, and nothing listens there. It is an effect: the callee ended, has not started, or listens elsewhere.',
  next: NEXT,
});

export const filesExhausted = defineKind<ErrorFacts>({
  id: 'logs/files-exhausted',
  title: 'the process has no file descriptor left',
  explain: 'Records with "too many open files": of accept, of dialing, or of opening a file. Sockets and files count alike.',
  symptom: 'harm',
  next: NEXT,
});

export const connectionsBroken = defineKind<ErrorFacts>({
  id: 'logs/connections-broken',
  title: 'connections end before the answer',
  explain:
    'Records of a call with EOF, unexpected EOF, connection reset, broken pipe or "server closed idle connection". An effect: of a crash, a server’s WriteTimeout, or idle limits that race.',
  next: NEXT,
});

export const poolExhausted = defineKind<ErrorFacts>({
  id: 'logs/pool-exhausted',
  title: 'calls wait for a connection of a full pool',
  explain:
    'Records that say it themselves: "request canceled while waiting for connection", "redis: connection pool timeout", "too many clients". database/sql has no text of its own for it: there the wait ends as a deadline. The limit, the time a connection is held, or the number of calls may be wrong.',
  root: 'defect',
  next: NEXT,
});

export const fieldTypeDiffers = defineKind<
  ErrorFacts & {
    /** Struct and JSON path, as encoding/json names it; null where the whole document differs. */
    field: string | null;
    wanted: string;
    got: string;
    /** Services whose requests fail in the traces of these records. */
    failingCallers: readonly string[];
  }
>({
  id: 'logs/field-type-differs',
  title: 'a field is sent with another type than its reader has',
  explain:
    'Records with "json: cannot unmarshal … into Go struct field … of type …": the document is well formed, and its writer and its reader do not agree on the type of one field. Which of the two changed, the text does not say. Malformed JSON and documents that end early are something else.',
  root: 'defect',
  next: "the struct on both sides, and what was rolled out when it began; one request's body",
});

export const messageTooLarge = defineKind<ErrorFacts & { limitBytes: number; largestBytes: number }>({
  id: 'logs/message-too-large',
  title: 'gRPC messages are larger than their receiver allows',
  explain:
    'Records with "grpc: received message larger than max (SIZE vs. LIMIT)". In the records of a client it may be the client that received (MaxCallRecvMsgSize) or the server (MaxRecvMsgSize); the default of both is 4194304 bytes. No lack of memory, though the code is ResourceExhausted.',
  root: 'defect',
  next: 'the options of client and server, and what makes the message grow: the number of its items',
});

export const callersGone = defineKind<ErrorFacts>({
  id: 'logs/callers-gone',
  title: 'callers go away before the answer',
  explain: 'Records with "context canceled" (or gRPC Canceled) on the side that is called: its caller gave up. No harm by itself, and no fault of whoever was being called.',
  next: NEXT,
});

export const handlerTimedOut = defineKind<ErrorFacts>({
  id: 'logs/handler-timed-out',
  title: 'handlers answer after http.TimeoutHandler has',
  explain: 'Records with "http: Handler timeout" or "superfluous response.WriteHeader": the client had its 503 already, the handler went on and wrote too late.',
  next: NEXT,
});

export const retryStorm = defineKind<{
  service: string;
  callee: string;
  /** Failed attempts a request, of the requests that had any. */
  attempts: number;
  requests: number;
  /** Calls the callee logged for each request of the caller, before and since. */
  callsBefore: number | null;
  callsSince: number | null;
  error: string;
  traces: readonly string[];
}>({
  id: 'logs/retry-storm',
  title: 'each failing request calls again and again',
  explain:
    'Two or more failed calls to one service in one trace, for most of the failing requests. Where the callee logs them too, the calls it gets for each request are counted before and since.',
  symptom: 'harm',
  next: NEXT,
});

export const deadlineExhausted = defineKind<{
  /** Whose call missed the deadline, and whose call it was. */
  service: string;
  callee: string;
  /** call: on another call before it; retries: on earlier attempts of the same call and the pauses between them; own: in a service itself, before it calls. */
  how: string;
  /** The service in whose request the time went. */
  within: string;
  /** Whom that request waited for: the callee itself for retries, the service itself for own. */
  spentOn: string;
  spentRoute: string | null;
  spentSeconds: number;
  spentBeforeSeconds: number;
  /** Attempts of the same call and the pauses between them; null for the others. */
  attempts: number | null;
  pausesSeconds: number | null;
  /** Whose request the deadline is counted from: the service itself, or one of its callers that handed it on. */
  limitOf: string;
  /** stated: a setting names the value; measured: the failing requests all ended after the same time. */
  limitKnown: string;
  setting: string | null;
  totalSeconds: number;
  leftSeconds: number;
  /** What the callee takes when its call is not cut off. */
  neededSeconds: number;
  /** caller: the caller's own records show the order; clocks: corrected clocks do; durations: they add up to the whole. */
  orderKnown: string;
  /** What the times may be off by where two clocks are compared, seconds; 0 on one clock. */
  looseSeconds: number;
  count: number;
  traces: readonly string[];
}>({
  id: 'logs/deadline-exhausted-along-trace',
  title: 'most of the deadline is used up before the call that misses it',
  explain:
    'In the traces of calls that ended at their deadline most of the time had gone before: on another call, on earlier attempts and their pauses, or within a service itself, much more than in traces that went well; what was left was less than the callee needs. The callee that is named in the error is not slow. Durations are taken from one clock each; an order between two clocks is claimed only beyond what their comparison may be off by, or where the durations add up to the whole.',
  next: NEXT,
});

export const writeTimeoutTooShort = defineKind<{
  service: string;
  route: string | null;
  /** Stated at start-up, or null: then only between what durations it lies is known. */
  seconds: number | null;
  /** Shortest of the answers that were cut, longest of those that arrived. */
  cutFromSeconds: number;
  arrivedToSeconds: number | null;
  count: number;
  callers: readonly string[];
}>({
  id: 'config/write-timeout-too-short',
  title: 'a server closes the connection before its handler has answered',
  explain:
    'Callers get EOF or a reset for requests that the server itself logs as answered below 500, all of them longer than its WriteTimeout. http.Server.WriteTimeout counts from the end of the request’s header, and the handler is not told.',
  root: 'defect',
  next: "the server's log with durations and its write timeout at start-up",
});

export const readTimeoutTooShort = defineKind<{
  service: string;
  /** Stated at start-up, or null: then all the reads ended after the same time. */
  seconds: number | null;
  /** How long the requests took whose body did not come in time, shortest and longest. */
  cutFromSeconds: number;
  cutToSeconds: number;
  /** Longest of the requests that were read. */
  readToSeconds: number | null;
  count: number;
  /** Services whose requests fail in the traces of these records. */
  failingCallers: readonly string[];
  error: string;
}>({
  id: 'config/read-timeout-too-short',
  title: 'a server stops reading requests before their bodies have come',
  explain:
    'A server logs "read tcp LOCAL->REMOTE: i/o timeout" where LOCAL is the address it listens at: it was reading a request, not an answer. All of them took as long as its ReadTimeout, which counts from the accepted connection (or the request’s first byte) to the end of the body, whatever the handler’s own limit is; requests that were read took less. The senders may be slow: then nothing is wrong but the limit for them.',
  root: 'defect',
  next: "the server's log with durations and its read timeout at start-up; how fast the body is sent",
});

export const idleTimeoutShorter = defineKind<{
  caller: string;
  callee: string;
  /** The callee's idle timeout where it states one. */
  idleSeconds: number | null;
  /** How long the connection had been idle before the calls that broke, shortest. */
  pauseSeconds: number;
  count: number;
  traces: readonly string[];
}>({
  id: 'config/idle-timeout-shorter',
  title: 'a server closes idle connections that its caller still keeps',
  explain:
    'Calls end with EOF, a reset or "server closed idle connection" after a pause, the callee has no record of them, and goes on serving others. Its idle timeout is shorter than the caller’s: a request meets the close on its way.',
  root: 'defect',
  next: "both sides' idle timeouts: http.Server.IdleTimeout and Transport.IdleConnTimeout",
});

export const ownTimer = defineKind<{
  caller: string;
  callee: string;
  route: string | null;
  /** After what time the callee gives up by itself. */
  seconds: number;
  /** When its caller had left. */
  deadlineSeconds: number;
  count: number;
}>({
  id: 'calls/own-timer-outlasts-caller',
  title: 'a handler waits by a timer of its own, longer than its caller',
  explain:
    'The callee answers the requests that its caller gave up with an error, all after the same time and long after the caller left: it waits by time.After or a fixed timeout instead of the context of the request. A slow callee takes times that differ, and answers in the end.',
  root: 'defect',
  next: "the callee's log with durations and trace ids, and its source",
});

export const sqlPoolWaitedFor = defineKind<{
  service: string;
  /** Goroutines that waited in (*sql.DB).conn, in the dump that shows most of them. */
  waiting: number;
  /** Goroutines inside a statement of the driver, in the same dump. */
  inStatements: number;
  /** The program's own frame that asked for a connection. */
  function: string;
  file: string;
  line: number;
}>({
  id: 'goroutines/sql-pool-waited-for',
  title: 'goroutines wait for a connection of a database/sql pool',
  explain:
    'Three or more goroutines in one dump stand in database/sql.(*DB).conn: MaxOpenConns is reached. The errors they end with say only "context deadline exceeded". Where as many are inside statements, the statements are slow or the pool is small; where none is, connections are held by code that runs no statement: transactions left open, rows not closed, connections kept.',
  root: 'defect',
  next: "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines.txt, while it fails",
});
