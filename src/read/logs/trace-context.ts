/**
 * Trace ids as logs hold them: W3C Trace Context (traceparent: version-traceid-parentid-flags, 55 bytes in version 00) by its rules, ids of
 * any other shape as opaque words. What does not conform is accepted and said, never mended.
 */
import type { Field, LogRecord } from './log-source.ts';
import { fieldSays, SAYS, sharedRequestIdOf } from './roles.ts';

export interface TraceContext {
  readonly traceId: string;
  /** The span that sent the request (or, where a service logs what it sends, its own). */
  readonly parentId: string;
  readonly sampled: boolean;
}

const PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const zero = (hex: string): boolean => /^0+$/.test(hex);

/** Valid, or why not. */
export function traceparent(text: string): TraceContext | { readonly why: string } {
  const m = PARENT.exec(text.length > 512 ? text.slice(0, 512) : text);
  if (m === null) return { why: 'not of the form 00-<32 hex digits in lower case>-<16>-<2>' };
  const [, version, traceId, parentId, flags, rest] = m as unknown as [string, string, string, string, string, string | undefined];
  if (version === 'ff') return { why: 'version ff is not allowed' };
  if (version === '00' && rest !== undefined) return { why: 'version 00 ends after its flags' };
  if (zero(traceId)) return { why: 'an all-zero trace id means no trace' };
  if (zero(parentId)) return { why: 'an all-zero parent id means no span' };
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Why a trace id is none of W3C; null when it is one. */
export function whyNotW3cTraceId(id: string): string | null {
  if (/^[0-9a-f]{32}$/.test(id)) return zero(id) ? 'all zero, which W3C reserves for "no trace"' : null;
  if (/^[0-9a-fA-F]{32}$/.test(id)) return 'hex digits in upper case; W3C writes them in lower case';
  if (/^[0-9a-f]{16}$/.test(id)) return '16 hex digits, as B3 and older Jaeger clients write; W3C has 32';
  if (/^\d{1,20}$/.test(id)) return 'a decimal number, as Datadog writes; W3C has 32 hex digits';
  return `${id.length} characters of another form; W3C has 32 hex digits in lower case`;
}

const DOTTED_TRACE = new Set(['trace.id', 'dd.trace_id']);
const DOTTED_SPAN = new Set(['span.id', 'dd.span_id']);

export interface TraceIds {
  /** Every trace id of the record, in order, duplicates of a key kept; where there is none, its request id if that is like no other. */
  readonly traces: readonly { readonly id: string; readonly field: Field }[];
  readonly span: string | null;
  readonly parent: string | null;
  /** The parent id of a traceparent: what the request came with, or what was sent on. */
  readonly carried: string | null;
  /** A traceparent that is none, and why. */
  readonly invalid: string | null;
}

const ID_CAP = 128;
const REQUEST = SAYS.request | SAYS.traceOrStack;
const TELLING = SAYS.trace | SAYS.span | SAYS.b3Span | SAYS.parent | SAYS.traceparent | SAYS.whole | REQUEST;

export function traceIdsOf(record: LogRecord): TraceIds {
  const traces: { id: string; field: Field }[] = [];
  let span: string | null = null;
  let parent: string | null = null;
  let carried: string | null = null;
  let invalid: string | null = null;
  if (record.says !== undefined && (record.says & TELLING) === 0) return { traces, span, parent, carried, invalid };
  for (const f of record.fields) {
    const says = fieldSays(f);
    if ((says & TELLING) === 0) continue;
    if ((says & SAYS.traceparent) !== 0) {
      const context = traceparent(f.text);
      if ('why' in context) invalid = context.why;
      else {
        traces.push({ id: context.traceId, field: f });
        carried = context.parentId;
      }
      continue;
    }
    if (f.type === 'null' || f.type === 'json' || f.text === '' || f.text.length > ID_CAP) continue;
    if ((says & SAYS.trace) !== 0 || DOTTED_TRACE.has(f.name)) {
      // an all-zero id is what a no-op tracer logs: no trace
      if (!zero(f.text)) traces.push({ id: f.text, field: f });
    } else if (span === null && ((says & (SAYS.span | SAYS.b3Span)) !== 0 || DOTTED_SPAN.has(f.name))) span = zero(f.text) ? null : f.text;
    else if (parent === null && ((says & SAYS.parent) !== 0 || f.name === 'parent.id')) parent = zero(f.text) ? null : f.text;
  }
  if (traces.length === 0) {
    const request = sharedRequestIdOf(record);
    if (request !== null) traces.push({ id: request.text, field: request });
  }
  return { traces, span, parent, carried, invalid };
}
