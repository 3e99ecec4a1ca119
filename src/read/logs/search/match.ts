/** Does a record match a query? The slow and exact answer: kernels only spare it work. */
import { type Instant, parseInstant } from '../../../model/index.ts';
import { goDurationSeconds } from '../go-duration.ts';
import { LEVELS, type Level, levelOf } from '../levels.ts';
import type { Field, LogRecord } from '../log-source.ts';
import { bareName, durationOf, textSeconds } from '../roles.ts';
import { fieldRole, type NamedRole, namedRole } from './names.ts';
import { type Operator, type Query, QueryError } from './query.ts';
import type { Regex } from './regex.ts';

export interface MatchContext {
  /** Compiled regular expressions by their text. */
  readonly regexes: ReadonlyMap<string, Regex>;
  /** For times of day without a date: midnight (UTC) of the day the log begins with. */
  readonly day: Instant | null;
}

export type Matcher = (record: LogRecord) => boolean;

export function matcherOf(query: Query, context: MatchContext): Matcher {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'and': {
      const of = query.of.map((q) => matcherOf(q, context));
      return (r) => of.every((m) => m(r));
    }
    case 'or': {
      const of = query.of.map((q) => matcherOf(q, context));
      return (r) => of.some((m) => m(r));
    }
    case 'not': {
      const inner = matcherOf(query.of, context);
      return (r) => !inner(r);
    }
    case 'exists':
      return (r) => textsOf(r, query.name).some(() => true);
    case 'text':
      return containsText(query.text);
    case 'field':
      return fieldMatcher(query, context);
  }
}

function containsText(text: string): Matcher {
  return (r) => r.text().includes(text) || r.message.includes(text) || r.fields.some((f) => f.text.includes(text));
}

function fieldMatcher(q: Query & { kind: 'field' }, context: MatchContext): Matcher {
  const role = namedRole(q.name);
  if (role === 'since' || role === 'until') return timeMatcher(q, role, context);
  if (q.op === '~' || q.op === '!~') {
    const regex = context.regexes.get(q.value);
    if (regex === undefined) throw new Error(`the expression ${q.value} was not compiled`);
    const some: Matcher = (r) => textsOf(r, q.name).some((t) => regex.test(t));
    return q.op === '~' ? some : (r) => !some(r);
  }
  if (role === 'level') return levelMatcher(q);
  if (role === 'time') return timeMatcher(q, role, context);
  if (role === 'duration' && q.op !== '=' && q.op !== '!=') return durationMatcher(q);
  if (q.op === '=' || q.op === '!=') {
    const equal: Matcher = (r) => textsOf(r, q.name).some((t) => t === q.value);
    return q.op === '=' ? equal : (r) => !equal(r);
  }
  return numberMatcher(q);
}

/** Every text that the name stands for in a record: what plays its role, and fields of that exact name. */
export function textsOf(r: LogRecord, name: string): string[] {
  const role = namedRole(name);
  const out: string[] = [];
  const own = role === null ? null : ownText(r, role);
  if (own !== null) out.push(own);
  const bare = role === null ? null : fieldRole(role);
  for (const f of r.fields) {
    if (f.name === name || (bare !== null && f.type !== 'json' && bare.has(bareName(f.name))) || extra(role, f)) out.push(f.text);
    else if (role === 'trace' && bareName(f.name) === 'traceparent') {
      const id = TRACEPARENT.exec(f.text)?.[1];
      if (id !== undefined) out.push(id);
    }
  }
  return out;
}

/** What a record knows of itself beside its fields. */
function ownText(r: LogRecord, role: NamedRole): string | null {
  switch (role) {
    case 'level':
      return r.levelText;
    case 'message':
      return r.message;
    case 'caller':
      return r.caller;
    case 'logger':
      return r.logger;
    case 'pod':
      return r.writer?.replace(/^pod\//, '') ?? null;
    case 'format':
      return r.format;
    default:
      return null;
  }
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

/** Names that play a role by their whole: their last part says nothing. */
const WHOLE: Partial<Record<NamedRole, readonly string[]>> = {
  trace: ['trace.id'],
  span: ['span.id'],
  service: ['service.name'],
  error: ['error.message', 'exception.message'],
  pod: ['k8s.pod.name'],
};

export const wholeNames = (role: NamedRole | null): readonly string[] => (role === null ? [] : (WHOLE[role] ?? []));

const extra = (role: NamedRole | null, f: Field): boolean => wholeNames(role).includes(f.name);

/** Accepted ranks of a level condition; a level that nobody has is a slip of whoever typed it. */
export function levelRanks(op: Operator, value: string, at: number): number {
  const level = levelOf(value);
  if (level === null) throw new QueryError(`"${value}" is no level; there are ${LEVELS.join(', ')}`, at);
  const rank = LEVELS.indexOf(level);
  const accept = (r: number): boolean => {
    switch (op) {
      case '=':
        return r === rank;
      case '!=':
        return r !== rank;
      case '>':
        return r > rank;
      case '>=':
        return r >= rank;
      case '<':
        return r < rank;
      case '<=':
        return r <= rank;
      default:
        return false;
    }
  };
  return LEVELS.reduce((bits, _level, r) => (accept(r) ? bits | (1 << r) : bits), 0);
}

function levelMatcher(q: Query & { kind: 'field' }): Matcher {
  const ranks = levelRanks(q.op, q.value, q.at);
  return (r) => {
    const level: Level | null = r.level;
    return level === null ? q.op === '!=' : ((ranks >> LEVELS.indexOf(level)) & 1) === 1;
  };
}

const CLOCK = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/;

/** RFC 3339, a date, `2026-11-22 14:02`, or a time of day on the log's first day. */
export function instantOf(value: string, at: number, day: Instant | null): Instant {
  const m = CLOCK.exec(value);
  if (m !== null) {
    if (day === null) throw new QueryError(`"${value}" has no date, and the log's first records have none either`, at);
    const seconds = Number(m[1]) * 3600 + Number(m[2]) * 60 + Number(m[3] ?? 0);
    if (Number(m[1]) > 23 || Number(m[2]) > 59 || Number(m[3] ?? 0) > 59) throw new QueryError(`"${value}" is no time of day`, at);
    return (day + BigInt(seconds) * 1_000_000_000n + BigInt((m[4] ?? '').padEnd(9, '0'))) as Instant;
  }
  const text = /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d$/.test(value) ? `${value}:00Z` : value;
  const instant = parseInstant(text);
  if (instant === null) throw new QueryError(`"${value}" is no time; 14:02, 2026-11-22T14:02 or 2026-11-22T14:02:30.5Z is expected`, at);
  return instant;
}

export interface TimeRange {
  /** Inclusive. */
  readonly from: Instant | null;
  readonly to: Instant | null;
}

/** since and until include their ends. */
export function timeRange(q: Query & { kind: 'field' }, role: 'since' | 'until' | 'time', day: Instant | null): TimeRange {
  const at = instantOf(q.value, q.at, day);
  if (role === 'since') return { from: at, to: null };
  if (role === 'until') return { from: null, to: at };
  switch (q.op) {
    case '>':
      return { from: (at + 1n) as Instant, to: null };
    case '>=':
      return { from: at, to: null };
    case '<':
      return { from: null, to: (at - 1n) as Instant };
    case '<=':
      return { from: null, to: at };
    default:
      return { from: at, to: at };
  }
}

function timeMatcher(q: Query & { kind: 'field' }, role: 'since' | 'until' | 'time', context: MatchContext): Matcher {
  if (role !== 'time' && q.op !== '=') throw new QueryError(`${role} takes "=": ${role}=${q.value}`, q.at);
  const { from, to } = timeRange(q, role, context.day);
  const within: Matcher = (r) => {
    const at = r.time?.at;
    return at !== undefined && (from === null || at >= from) && (to === null || at <= to);
  };
  return q.op === '!=' ? (r) => !within(r) : within;
}

const compare = (op: Operator, a: number, b: number): boolean => (op === '>' ? a > b : op === '>=' ? a >= b : op === '<' ? a < b : a <= b);

function durationMatcher(q: Query & { kind: 'field' }): Matcher {
  const wanted = goDurationSeconds(q.value);
  if (wanted === null) throw new QueryError(`"${q.value}" is no duration; 250ms or 1.5s is expected`, q.at);
  return (r) => {
    const had = durationOf(r)?.seconds ?? null;
    return had !== null && compare(q.op, had, wanted);
  };
}

/** A number as a query or a field may write it. */
export const NUMBER = /^[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,4})?$/;

/** Numbers with numbers, durations with durations. Integers beyond 2^53 are compared digit by digit. */
function numberMatcher(q: Query & { kind: 'field' }): Matcher {
  if (NUMBER.test(q.value)) {
    const wanted = Number(q.value);
    const exact = /^-?\d{16,400}$/.test(q.value) ? BigInt(q.value) : null;
    return (r) =>
      textsOf(r, q.name).some((t) => {
        if (!NUMBER.test(t)) return false;
        if (exact !== null && /^-?\d{1,400}$/.test(t)) {
          const had = BigInt(t);
          return q.op === '>' ? had > exact : q.op === '>=' ? had >= exact : q.op === '<' ? had < exact : had <= exact;
        }
        return compare(q.op, Number(t), wanted);
      });
  }
  const wanted = goDurationSeconds(q.value);
  if (wanted === null) throw new QueryError(`"${q.value}" is no number and no duration: ${q.name}${q.op} compares those`, q.at);
  return (r) =>
    r.fields.some((f) => {
      if (f.name !== q.name) return false;
      const had = textSeconds(f, r);
      return had !== null && compare(q.op, had, wanted);
    });
}
