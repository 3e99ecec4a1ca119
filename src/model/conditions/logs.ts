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
