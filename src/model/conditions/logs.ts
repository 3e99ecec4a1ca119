import { defineKind } from '../condition.ts';

export const errorBurst = defineKind<{
  service: string;
  pattern: string;
  level: string;
  count: number;
  baseline: number | null;
  sampled: boolean;
  example: string;
  callee: string | null;
  /** How a call ended early, when the text says so: context, client, io, grpc, canceled …; null for any other error. */
  ends: string | null;
}>({
  id: 'logs/error-burst',
  title: 'one error text surges',
  explain:
    'Records of level error or above with one masked message, new or several times as frequent as before. Constant old noise is no symptom, nor are callers who went away ("context canceled").',
  symptom: 'harm',
  next: "the service's log over the window and a stretch before it",
});

/** What was seen of a log is not all that was written, or not all that happened. */
export const logGap = defineKind<{ service: string; seconds: number; usualPause: number; expected: number; others: number }>({
  id: 'logs/gap',
  title: 'the log of a service is silent while others go on',
  explain:
    'For ten times its usual pause and more, between two stretches of its usual pace, a service logs nothing while others keep theirs: its records are missing (a rotation, a driver that dropped them, a capture of two pieces), or it stood still. Within it nothing is absent, for nothing could be seen. Idleness is none: what is silent for a tenth of its time, or together with the others.',
  next: "the same stretch from another copy: kubectl logs -p, the node's /var/log/pods, or gorca collect from the log store",
});

export const logSampled = defineKind<{ service: string; how: string }>({
  id: 'logs/sampled',
  title: 'a log is sampled',
  explain:
    'The cadence of a sampler stands in the log: the first N records of a text in a second, then one in M until the second is over (zap, slog-sampling with a threshold). Counts and rates of such texts are lower bounds, and the record of one request may be missing; the first of each text in a second is there. A burst that merely ends after its hundredth record is none.',
  next: "the logger's configuration: zap.Config.Sampling, or metrics that count what the log cannot",
});
