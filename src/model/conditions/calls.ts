import { defineKind } from '../condition.ts';

/** Calls from one place that did not answer within the caller's deadline. */
export const deadlineExceeded = defineKind<{
  caller: string;
  callee: string | null;
  operation: string | null;
  count: number;
  ratePerSecond: number | null;
  deadlineSeconds: number | null;
  site: string | null;
  /** Always false: a call its own caller gave up is no missed deadline. Kept so that a reader of the facts need not ask. */
  cancelled: boolean;
  sampled: boolean;
  /** How the calls ended: context, client, io, grpc, headers, tls, counter. */
  how: string;
  /** stated: a record or setting names the value; measured: the failed calls all took that long; null: not known. */
  deadlineKnown: string | null;
  /** The setting that states it, as named in a record: reserve_timeout. */
  setting: string | null;
  /** What the same setting was before, by an earlier record; null when none is known. */
  previousSeconds: number | null;
  /** Median of how long the failed calls took, by the caller's own records. */
  tookSeconds: number | null;
  /** The callee's route, from records of the same traces. */
  calleeRoute: string | null;
  /** Of the failed calls, those the callee answered well by its own record of the same trace, and how long that took. */
  calleeAnswered: number | null;
  calleeAnsweredSeconds: number | null;
  /** Share of the caller's requests that ended so, 0…1; null without a request log. */
  share: number | null;
  /** Each log of the caller: how many failed there and how many requests it answered in all. */
  instances: readonly { readonly [name: string]: string | number }[];
  /** Some trace ids of failed calls. */
  traces: readonly string[];
}>({
  id: 'calls/deadline-exceeded',
  title: 'calls end at their deadline',
  explain:
    'Log records with "context deadline exceeded", "Client.Timeout exceeded", "i/o timeout", or a counter of timeouts. "context canceled" is something else: the caller went away. Sampled logs give lower bounds.',
  symptom: 'harm',
  next: "the caller's log over the window, or its error counter",
});

export const requestsFailing = defineKind<{ service: string; route: string | null; code: string; count: number; share: number | null; ratePerSecond: number | null }>({
  id: 'requests/failing',
  title: 'requests fail',
  explain:
    '5xx answers (or gRPC errors) as counted by metrics or request logs, above what the well stretch shows. 4xx and 499 are the client’s doing unless they surge with a change.',
  symptom: 'harm',
  next: 'query_range of rate(http_requests_total[1m]) by code and route',
});

export const requestsSlow = defineKind<{ service: string; route: string | null; quantile: string; seconds: number; baselineSeconds: number | null }>({
  id: 'requests/slow',
  title: 'requests are slow',
  explain: 'A latency quantile or the durations in request logs rose well above the well stretch.',
  symptom: 'harm',
  next: 'query_range of histogram_quantile(0.99, …) and the request log with durations',
});

/** What the callee says of itself: how long a well call takes there. */
export const calleeLatency = defineKind<{
  service: string;
  route: string | null;
  /** Of answers below 500, from before the harm where there is a before. */
  p50Seconds: number;
  p99Seconds: number;
  count: number;
  failing: boolean;
  /** The later half (or the sick stretch) took about as long as the earlier. */
  steady: boolean;
  /** The same of the later stretch; null when there was nothing to compare. */
  p50LaterSeconds: number | null;
  p99LaterSeconds: number | null;
  /** Processes whose later answers are the slow ones; empty where a histogram or a merged log does not tell them apart. */
  slowIn?: readonly string[];
  /** log or histogram. */
  from: string;
}>({
  id: 'calls/callee-latency',
  title: "the callee's own measure",
  explain: "How long calls take by the callee's own log or histogram, and whether it fails by its own measure. Blame crosses a call edge only if it does.",
  next: "the callee's log with durations, or its latency histogram",
});

export const demand = defineKind<{ service: string; fromRate: number; toRate: number }>({
  id: 'demand/changed',
  title: 'demand changed',
  explain: 'Requests per second rose or fell. Growth is judged per unit of demand.',
  root: 'demand',
  next: 'query_range of rate(http_requests_total[1m])',
});
