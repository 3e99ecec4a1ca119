/**
 * A query as a search plan: which literals a matching line must hold, which conditions a kernel can decide on JSON and logfmt lines.
 * What no kernel can decide is left open and asked of the whole record: a plan may hand out too much, never too little.
 */
import { BITS_CAP, type DurationCondition, KEYS_CAP, type Needle, type NumberOp, type SearchKey, type SearchPlan, type SearchTerm } from '../../../kernels/index.ts';
import type { Instant } from '../../../model/index.ts';
import type { Wrapper } from '../../lib/lines.ts';
import { BUILT_IN, type FormatSet } from '../format-set.ts';
import { goDurationSeconds } from '../go-duration.ts';
import { LEVEL_NAMES } from '../levels.ts';
import { durationReading } from './durations.ts';
import { levelRanks, type MatchContext, NUMBER, timeRange, wholeNames } from './match.ts';
import { fieldRole, type NamedRole, namedRole } from './names.ts';
import type { Query } from './query.ts';
import { requiredLiteral } from './regex.ts';
import { behindWrapper, besideLevels } from './wrapped-needles.ts';

const utf8 = new TextEncoder();

export interface Lines {
  /** Of a log driver around each line, which is taken off before a kernel sees it. */
  readonly wrapper: Wrapper | null;
  /** Nearly all lines are JSON objects: literals of other formats need not be looked for, the other lines are looked at one by one. */
  readonly json: boolean;
  /** No literals: each line is one that an index points at. */
  readonly every?: boolean;
  /** Whose lines they may be; the built-in ones unless told. */
  readonly formats?: FormatSet;
}

export function compilePlan(query: Query, context: MatchContext, lines: Lines = { wrapper: null, json: false }): SearchPlan {
  const { wrapper } = lines;
  const json = wrapper === null && lines.json;
  // lines behind a wrapper are taken out of it one by one
  const needles = lines.every === true || wrapper !== null ? null : needlesOf(query, { context, json });
  // a value stands in lines of every kind alike: only names of levels are looked for less in JSON
  const less = json && needles !== null && !sameNeedles(needles, needlesOf(query, { context, json: false }));
  const terms = new Terms(context, wrapper !== null);
  const open = terms.collect(query);
  const bits = terms.bits;
  const decidable = open !== null && bits > 0;
  return {
    needles: needles === null ? null : withEscapes(needles, needlesOf(query, { context, json: true }) ?? []),
    opening: less ? BRACE : 0,
    keys: withStamps(decidable ? terms.keys() : []),
    bits: decidable ? bits : 0,
    truth: decidable ? truthTable(open, bits) : new Uint8Array([query.kind === 'all' ? 1 : 2]),
    json: true,
    logfmt: true,
    levels: LEVEL_NAMES,
    durations: decidable && terms.durations.length > 0 ? { reading: durationReading(lines.formats ?? BUILT_IN), conditions: terms.durations } : null,
  };
}

/** The time of a line that matches is asked for in nearly every case: for order, for the day's first and last. */
function withStamps(keys: readonly SearchKey[]): readonly SearchKey[] {
  const stamp: SearchTerm = { bit: 0, kind: 'stamp' };
  const names = ['time', 'ts', 'timestamp', '@timestamp'];
  const known = keys.map((k) => (!k.bare && names.includes(k.name) ? { ...k, terms: [...k.terms, stamp] } : k));
  const missing = names.filter((name) => !known.some((k) => !k.bare && k.name === name));
  return [...known, ...missing.map((name) => ({ name, bare: false, terms: [stamp] }))];
}

/** Raw lines of a log driver that may hold what is sought: none of them is decided. */
export function wrappedPlan(query: Query, context: MatchContext, wrapper: Wrapper, every: boolean): SearchPlan {
  const needles = every ? null : needlesOf(query, { context, json: false, wrapper });
  return {
    needles: needles === null ? null : behindWrapper(withEscapes(needles, needlesOf(query, { context, json: true, wrapper }) ?? []), wrapper),
    opening: 0,
    keys: [],
    bits: 0,
    truth: new Uint8Array([2]),
    json: false,
    logfmt: false,
    levels: LEVEL_NAMES,
    durations: null,
  };
}

/** Level of any rank (bit 0) and any time (bit 1), decided as a search decides them: what an index is made with. */
export function indexPlan(wrapped: boolean): SearchPlan {
  const terms = new Terms({ regexes: new Map(), day: null }, false);
  terms.collect({
    kind: 'and',
    of: [
      { kind: 'field', name: 'level', op: '>=', value: 'trace', at: 0 },
      { kind: 'field', name: 'since', op: '=', value: '1970-01-01', at: 0 },
    ],
  });
  return {
    needles: null,
    opening: 0,
    keys: terms.keys(),
    bits: terms.bits,
    truth: new Uint8Array(1 << terms.bits),
    json: !wrapped,
    logfmt: !wrapped,
    levels: LEVEL_NAMES,
    durations: null,
  };
}

/** A query whose conditions are bits, or open. */
type Bits =
  | { readonly kind: 'bit'; readonly bit: number }
  | { readonly kind: 'open' }
  | { readonly kind: 'yes' }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Bits[] }
  | { readonly kind: 'not'; readonly of: Bits };

/** Verdict by Kleene's logic for each set of terms: 0 no, 1 yes, 2 unsure. */
function truthTable(query: Bits, bits: number): Uint8Array {
  const table = new Uint8Array(1 << bits);
  for (let set = 0; set < table.length; set++) table[set] = verdictOf(query, set);
  return table;
}

function verdictOf(query: Bits, set: number): 0 | 1 | 2 {
  switch (query.kind) {
    case 'yes':
      return 1;
    case 'open':
      return 2;
    case 'bit':
      return ((set >> query.bit) & 1) === 1 ? 1 : 0;
    case 'not': {
      const inner = verdictOf(query.of, set);
      return inner === 2 ? 2 : inner === 1 ? 0 : 1;
    }
    default: {
      const decisive = query.kind === 'and' ? 0 : 1;
      let unsure = false;
      for (const q of query.of) {
        const v = verdictOf(q, set);
        if (v === decisive) return decisive;
        unsure ||= v === 2;
      }
      return unsure ? 2 : decisive === 0 ? 1 : 0;
    }
  }
}

class Terms {
  bits = 0;
  readonly durations: DurationCondition[] = [];
  readonly #context: MatchContext;
  /** A driver wrote the time of each line, and who wrote it, beside it. */
  readonly #wrapped: boolean;
  readonly #exact = new Map<string, SearchTerm[]>();
  readonly #bare = new Map<string, SearchTerm[]>();

  constructor(context: MatchContext, wrapped: boolean) {
    this.#context = context;
    this.#wrapped = wrapped;
  }

  keys(): SearchKey[] {
    const list = (of: Map<string, SearchTerm[]>, bare: boolean): SearchKey[] => [...of].map(([name, terms]) => ({ name, bare, terms }));
    return [...list(this.#exact, false), ...list(this.#bare, true)];
  }

  /** null when there are more conditions than a plan can hold. */
  collect(query: Query): Bits | null {
    const made = this.#collect(query);
    return this.bits > BITS_CAP || this.#exact.size + this.#bare.size > KEYS_CAP ? null : made;
  }

  #collect(query: Query): Bits {
    switch (query.kind) {
      case 'all':
        return { kind: 'yes' };
      case 'and':
      case 'or':
        return { kind: query.kind, of: query.of.map((q) => this.#collect(q)) };
      case 'not':
        return { kind: 'not', of: this.#collect(query.of) };
      case 'text':
        return { kind: 'open' };
      case 'exists':
        return namedRole(query.name) !== null || query.name === '' ? { kind: 'open' } : this.#exactTerm(query.name, (bit) => ({ bit, kind: 'exists' }));
      case 'field':
        return this.#field(query);
    }
  }

  #put(of: Map<string, SearchTerm[]>, name: string, term: SearchTerm): void {
    const known = of.get(name);
    if (known === undefined) of.set(name, [term]);
    else known.push(term);
  }

  #exactTerm(name: string, make: (bit: number) => SearchTerm): Bits {
    // kernels pass over empty keys
    if (name.split('.').includes('')) return { kind: 'open' };
    const bit = this.bits++;
    this.#put(this.#exact, name, make(bit));
    return { kind: 'bit', bit };
  }

  #field(q: Query & { kind: 'field' }): Bits {
    const role = namedRole(q.name);
    if (role === 'level') return q.op === '~' || q.op === '!~' ? { kind: 'open' } : this.#level(levelRanks(q.op, q.value, q.at), q.op === '!=');
    if (role === 'since' || role === 'until' || role === 'time') return q.op === '~' || q.op === '!~' ? { kind: 'open' } : this.#time(q, role);
    if (q.op === '~' || q.op === '!~') return { kind: 'open' };
    if (q.op !== '=' && q.op !== '!=') return this.#compared(q, q.op, role);
    const equal = this.#some(q.name, role, (bit) => ({ bit, kind: 'equal', value: utf8.encode(q.value) }));
    return q.op === '=' ? equal : { kind: 'not', of: equal };
  }

  /** Numbers and durations. Integers that no float holds are compared digit by digit. */
  #compared(q: Query & { kind: 'field' }, op: NumberOp, role: NamedRole | null): Bits {
    if (role === 'duration') return this.#duration(q, op);
    if (!NUMBER.test(q.value) || /\d{16}/.test(q.value)) return { kind: 'open' };
    const than = Number(q.value);
    return this.#some(q.name, role, (bit) => ({ bit, kind: 'number', op, than }));
  }

  #duration(q: Query & { kind: 'field' }, op: NumberOp): Bits {
    const than = goDurationSeconds(q.value);
    if (than === null) return { kind: 'open' };
    const bit = this.bits++;
    this.durations.push({ bit, op, than });
    // their fields are not what stands in the line
    for (const name of ['resourceLogs', 'severityNumber', '__REALTIME_TIMESTAMP', '_msg', 'data']) this.#put(this.#exact, name, { bit, kind: 'undecidable' });
    return { kind: 'bit', bit };
  }

  #level(ranks: number, negated: boolean): Bits {
    const bit = this.bits++;
    // every keyed format that has a level names it `level` first; the others' names decide only where it is missing
    this.#put(this.#exact, 'level', { bit, kind: 'level', ranks });
    for (const name of ['lvl', 'severity', 'loglevel', 'levelname', 'log.level', 'log', 'severityText', 'severityNumber', 'v', 'PRIORITY'])
      this.#put(this.#exact, name, { bit, kind: 'maybe' });
    for (const name of ['@level', '@message', 'resourceLogs', '__REALTIME_TIMESTAMP', '_msg', 'data']) this.#put(this.#exact, name, { bit, kind: 'undecidable' });
    // "!=" holds for a record without a level, too, which is what ranks with every other bit set and a missing field say: it is asked of the record
    if (!negated) return { kind: 'bit', bit };
    const present = this.bits++;
    this.#put(this.#exact, 'level', { bit: present, kind: 'exists' });
    return {
      kind: 'or',
      of: [
        { kind: 'bit', bit },
        { kind: 'and', of: [{ kind: 'not', of: { kind: 'bit', bit: present } }, { kind: 'open' }] },
      ],
    };
  }

  #time(q: Query & { kind: 'field' }, role: 'since' | 'until' | 'time'): Bits {
    const { from, to } = timeRange(q, role, this.#context.day);
    const bit = this.bits++;
    const term: SearchTerm = { bit, kind: 'time', from: from ?? FAR_PAST, to: to ?? FAR_FUTURE };
    for (const name of ['time', 'ts']) this.#put(this.#exact, name, term);
    for (const name of ['timestamp', '@timestamp', 't', 'datetime', 'eventTime', 'at', 'timeUnixNano', '_time']) this.#put(this.#exact, name, { bit, kind: 'maybe' });
    for (const name of ['@message', 'resourceLogs', '__REALTIME_TIMESTAMP', 'data']) this.#put(this.#exact, name, { bit, kind: 'undecidable' });
    const holds: Bits = q.op === '!=' ? { kind: 'not', of: { kind: 'bit', bit } } : { kind: 'bit', bit };
    if (!this.#wrapped) return holds;
    // a line without a time has the driver's
    const present = this.bits++;
    for (const name of ['time', 'ts']) this.#put(this.#exact, name, { bit: present, kind: 'exists' });
    return {
      kind: 'or',
      of: [
        { kind: 'and', of: [{ kind: 'bit', bit: present }, holds] },
        { kind: 'and', of: [{ kind: 'not', of: { kind: 'bit', bit: present } }, { kind: 'open' }] },
      ],
    };
  }

  /** Holds for one of the fields that the name stands for. */
  #some(name: string, role: NamedRole | null, make: (bit: number) => SearchTerm): Bits {
    if (role === null) return name === '' ? { kind: 'open' } : this.#exactTerm(name, make);
    const bare = fieldRole(role);
    // message, caller and the like depend on the logger, the pod may be the driver's
    if (bare === null || (role === 'pod' && this.#wrapped)) return { kind: 'open' };
    const bit = this.bits++;
    for (const b of bare) this.#put(this.#bare, b, make(bit));
    // a traceparent holds the id among others
    if (role === 'trace') this.#put(this.#bare, 'traceparent', { bit, kind: 'undecidable' });
    for (const whole of wholeNames(role)) this.#put(this.#exact, whole, make(bit));
    return { kind: 'bit', bit };
  }
}

const BRACE = 123;
const QUOTE = 34;
const FAR_PAST = -(2n ** 62n) as Instant;
const FAR_FUTURE = (2n ** 62n) as Instant;

/** JSON may write any character as \\u00XX: such lines are looked at closely, so that nothing is missed. */
const ESCAPE: Needle = { bytes: utf8.encode('\\u00'), fold: false };
/** More characters with one first digit are sought by it alone. */
const EXACT_ESCAPES = 2;
/** More than this and looking at every line is as quick. */
const NEEDLES_CAP = 200;

/** `inJson`: those that may stand in a line of JSON, and may be written with escapes there. */
function withEscapes(needles: readonly Needle[], inJson: readonly Needle[]): readonly Needle[] {
  const seen = new Map<string, Needle>();
  for (const n of needles) seen.set(`${n.fold} ${n.bytes.join()}`, n);
  // two literals are sought at twice the speed of more
  const escapes = seen.size === 1 ? [ESCAPE] : escapesOf(inJson);
  return [...seen.values(), ...escapes];
}

/** How the characters of literals are written when they are escaped. That of <, > and &, which Go always writes so, is none of a level's. */
function escapesOf(needles: readonly Needle[]): Needle[] {
  const codes = new Set<number>();
  for (const { bytes, fold } of needles) {
    for (const b of bytes) {
      // a quote of JSON itself
      if (b === QUOTE) continue;
      codes.add(b);
      if (fold && isLetter(b)) codes.add(b ^ 32);
    }
  }
  const texts = new Set<string>();
  for (let first = 0; first < 8; first++) {
    const of = [...codes].filter((c) => c >> 4 === first).map((c) => (c & 15).toString(16));
    if (of.length > EXACT_ESCAPES) texts.add(`\\u00${first}`);
    else for (const digit of of) for (const last of [digit, digit.toUpperCase()]) texts.add(`\\u00${first}${last}`);
  }
  return [...texts].map((t) => ({ bytes: utf8.encode(t), fold: false }));
}

const isLetter = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 65 && c <= 90);

/** Literals of which a matching line holds at least one; null when there are none. */
interface Sought {
  readonly context: MatchContext;
  readonly json: boolean;
  readonly wrapper?: Wrapper;
}

function needlesOf(query: Query, sought: Sought): readonly Needle[] | null {
  switch (query.kind) {
    case 'all':
    case 'exists':
    case 'not':
      return null;
    case 'and': {
      const choices = query.of.map((q) => needlesOf(q, sought)).filter((n) => n !== null);
      return choices.sort((a, b) => cost(a) - cost(b))[0] ?? null;
    }
    case 'or': {
      const all: Needle[] = [];
      for (const q of query.of) {
        const n = needlesOf(q, sought);
        if (n === null) return null;
        all.push(...n);
      }
      return all.length > NEEDLES_CAP ? null : all;
    }
    case 'text':
      return ofText(query.text);
    case 'field':
      return ofField(query, sought);
  }
}

const sameNeedles = (a: readonly Needle[], b: readonly Needle[] | null): boolean =>
  b !== null && a.length === b.length && a.every((n, i) => n.fold === b[i]!.fold && n.bytes.join() === b[i]!.bytes.join());

/** Few and long literals are met seldom. */
const cost = (needles: readonly Needle[]): number => needles.reduce((n, needle) => n + 100 / needle.bytes.length, needles.length > 4 ? 200 : 0);

function ofField(q: Query & { kind: 'field' }, { json, wrapper }: Sought): readonly Needle[] | null {
  const role = namedRole(q.name);
  // put together from several fields, or nowhere in the text
  if (role === 'caller' || role === 'format' || (role === 'pod' && wrapper !== undefined)) return null;
  if (q.op === '~') return ofText(requiredLiteral(q.value));
  if (role === 'level') {
    const ranks = q.op === '!=' || q.op === '!~' ? 63 : levelRanks(q.op, q.value, q.at);
    const found = ofLevels(ranks, json);
    return found === null || wrapper === undefined ? found : [...found, ...besideLevels(ranks, wrapper)];
  }
  if (q.op !== '=' || role === 'since' || role === 'until' || role === 'time') return null;
  return ofText(q.value);
}

/** The longest part of a text that no logger escapes. */
export function ofText(text: string): readonly Needle[] | null {
  const parts = text.split(/[^A-Za-z0-9 _.:/@+=,;!?*()[\]-]+/).sort((a, b) => b.length - a.length);
  const best = parts[0] ?? '';
  return best.length < 2 ? null : [{ bytes: utf8.encode(best), fold: false }];
}

/** Info and below are most of any log. */
const DENSE = 0b111;

export function ofLevels(ranks: number, json: boolean): readonly Needle[] | null {
  if ((ranks & DENSE) !== 0) return null;
  const texts = new Set<string>();
  for (const { name, rank } of LEVEL_NAMES) {
    if (((ranks >> rank) & 1) === 0) continue;
    // in quotes, behind =, in brackets or between tabs where one letter is the whole level
    if (name.length >= 3) texts.add(name);
    else for (const around of json ? [`"${name}"`] : [`"${name}"`, `=${name} `, `[${name}]`, `\t${name}\t`]) texts.add(around);
  }
  for (const end of offsetsOf(ranks)) texts.add(end);
  const folded = [...texts].filter((t) => ![...texts].some((o) => o !== t && t.includes(o))).map((t) => ({ bytes: utf8.encode(t), fold: true }));
  return json ? folded : [...folded, ...endOfLine(ranks), ...klogHeads(ranks), ...(((ranks >> 5) & 1) === 1 ? CRASHES : [])];
}

/**
 * Names with an offset that slog prints at levels of warn and above: what stands before the sign tells which. INFO+5 is a warning, ERROR-2 too;
 * WARN-1 is none, ERROR+4 is an error and has that name in it, and none is fatal (levels.ts).
 */
function offsetsOf(ranks: number): string[] {
  const warn = ((ranks >> 3) & 1) === 1;
  const error = ((ranks >> 4) & 1) === 1;
  return [...(warn || error ? ['ug+', 'fo+'] : []), ...(error && !warn ? ['rn+'] : []), ...(warn && !error ? ['or-'] : [])];
}

/** `level=E` at the end of a line. */
const endOfLine = (ranks: number): Needle[] =>
  LEVEL_NAMES.filter((l) => l.name.length < 3 && ((ranks >> l.rank) & 1) === 1).flatMap((l) => ['\n', '\r'].map((end) => ({ bytes: utf8.encode(`=${l.name}${end}`), fold: true })));

/** klog and glog: E1122 is an error of a November. */
function klogHeads(ranks: number): Needle[] {
  const out: Needle[] = [];
  for (const [letter, rank] of [
    ['W', 3],
    ['E', 4],
    ['F', 5],
  ] as const) {
    if (((ranks >> rank) & 1) === 0) continue;
    for (let month = 1; month <= 12; month++) out.push({ bytes: utf8.encode(`${letter}${String(month).padStart(2, '0')}`), fold: false });
  }
  return out;
}

/** Text of the runtime, which no logger gave a level: recognise.ts beginsCrash. */
const CRASHES: readonly Needle[] = ['panic: ', 'fatal error: ', 'SIG', '[signal', 'DATA RACE', '==================', 'goroutine ', 'runtime: goroutine'].map((t) => ({
  bytes: utf8.encode(t),
  fold: false,
}));
