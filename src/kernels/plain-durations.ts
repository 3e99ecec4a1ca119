/** The plain twin of src/kernels/assembly/durations.ts. */
import { ESCAPED_VALUE, FIELD_WORDS, NO_PARENT, NULL, NUMBER, OBJECT, STRING } from './plain-fields.ts';
import { type DurationReading, UNITS, type UnitClue } from './plan.ts';

const BARE_CAP = 40;
const DIGITS_CAP = 15;
const latin1 = new TextDecoder('latin1');
const utf8 = new TextEncoder();
/** One character a byte of its UTF-8. */
const bytewise = (text: string): string => latin1.decode(utf8.encode(text));

interface Spanned {
  readonly name: string;
  readonly top: boolean;
  readonly kind: number;
  readonly escaped: boolean;
  readonly text: string;
}

/** Seconds; null: it says none. 'maybe': a reader must say. */
export function plainDuration(reading: DurationReading, b: Uint8Array, spans: Uint32Array, count: number): number | 'maybe' | null {
  if (count === 0) return null;
  const fields = Array.from({ length: count }, (_none, i): Spanned => {
    const [key = 0, length = 0, at = 0, end = 0, bits = 0, parent = 0] = spans.subarray(i * FIELD_WORDS, (i + 1) * FIELD_WORDS);
    const kind = bits & 0xff;
    return {
      name: latin1.decode(b.subarray(key, key + length)),
      top: parent === NO_PARENT,
      kind,
      escaped: (bits & ESCAPED_VALUE) !== 0,
      text: kind === OBJECT ? '' : latin1.decode(b.subarray(at, end)),
    };
  });
  const json = b[(spans[0] as number) + (spans[1] as number)] === 34;
  const values = fields.filter((f) => f.kind !== OBJECT);
  for (const f of values) {
    const unit = f.name === '' ? null : unitOf(reading, f.name);
    const said = unit === null ? null : ofField(reading, values, f, unit, json);
    if (said !== null) return said;
  }
  const messages = values.filter((f) => reading.messages.some((m) => bytewise(m) === f.name));
  return messages.some((f) => f.escaped || /[ =:]\d/.test(f.text)) ? 'maybe' : null;
}

/** 0: the value must say it; null: no name for a duration. */
function unitOf({ names, endings }: DurationReading, name: string): number | null {
  const last = name.slice(name.lastIndexOf('.') + 1).replaceAll(/[_-]/g, '');
  if (last.length > BARE_CAP) return null;
  const bare = last.replaceAll(/[A-Z]/g, (c) => c.toLowerCase());
  if (names.includes(bare)) return 0;
  return endings.find((e) => bare.endsWith(e.text) && names.includes(bare.slice(0, -e.text.length)))?.seconds ?? null;
}

const NUMERIC = /^(\d+)(?:\.(\d+))?$/;
const PART = /^(\d+(?:\.\d+)?)(ns|us|ms|s|m|h|\u00c2\u00b5s|\u00ce\u00bcs)/;
const SECONDS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, '\u00c2\u00b5s': 1e-6, '\u00ce\u00bcs': 1e-6 };
const isLong = (digits: string): boolean => digits.replace('.', '').length > DIGITS_CAP;

function ofField(reading: DurationReading, fields: readonly Spanned[], f: Spanned, unit: number, json: boolean): number | 'maybe' | null {
  if (f.escaped) return 'maybe';
  if (f.kind !== STRING && f.kind !== NUMBER) return f.kind === NULL || unit === 0 ? null : 'maybe';
  if (f.text === '') return null;
  // what begins with more digits than a float holds is a reader's, whatever follows
  if (isLong(/^(?:\d+(?:\.\d+)?)?/.exec(f.text)?.[0] ?? '')) return 'maybe';
  const m = NUMERIC.exec(f.text);
  if (m === null) return goDuration(f.text) ?? (unit === 0 ? null : 'maybe');
  const n = Number(f.text);
  if (unit !== 0) return n * unit;
  const whole = m[2] === undefined;
  if (whole && n === 0) return 0;
  switch (json ? unitOfLine(reading, fields) : UNITS.none) {
    case UNITS.none:
      return null;
    case UNITS.milliseconds:
      return n * 1e-3;
    case UNITS.nanoseconds:
      return whole ? (n >= 10_000 ? n * 1e-9 : null) : n;
    case UNITS.seconds:
      return !whole || n < 60 ? n : n >= 1_000_000 ? n * 1e-9 : null;
    default:
      return 'maybe';
  }
}

function goDuration(text: string): number | 'maybe' | null {
  if (/^[+-]/.test(text)) return 'maybe';
  let rest = text;
  let seconds = 0;
  for (let parts = 0; rest !== ''; parts++) {
    const digits = /^\d+(?:\.\d+)?/.exec(rest)?.[0];
    if (digits === undefined) return null;
    if (isLong(digits)) return 'maybe';
    // a point without digits behind it
    if (rest[digits.length] === '.') return null;
    const m = PART.exec(rest);
    if (m === null || parts === 6) return null;
    seconds += Number(m[1]) * (SECONDS[m[2] as string] as number);
    rest = rest.slice(m[0].length);
  }
  return seconds;
}

function unitOfLine({ clues, units }: DurationReading, fields: readonly Spanned[]): number {
  const named = (name: string): number => fields.findIndex((f) => f.top && f.name === bytewise(name));
  const holds = (clue: UnitClue, at: number): boolean | null => {
    const { escaped, text } = fields[at] as Spanned;
    switch (clue.kind) {
      case 'there':
        return true;
      case 'before':
        return named(clue.other) > at;
      case 'dated':
        return escaped ? null : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text);
      case 'one-of':
        return escaped ? null : clue.texts.some((t) => bytewise(t) === (clue.offset ? text.replace(/[+-]\d{1,4}$/, '') : text));
    }
  };
  let held = 0;
  for (const [i, clue] of clues.entries()) {
    const at = named(clue.key);
    const said = at < 0 ? false : holds(clue, at);
    if (said === null) return UNITS.unsure;
    if (said) held |= 1 << i;
  }
  return units[held] as number;
}
