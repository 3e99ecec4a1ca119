/** What an entry says besides its text: fields of the journal, attributes that OTLP keeps with resource, scope or record. */
import { decodeText, type Span } from '../../model/index.ts';
import { elements, type Member, members, parseSpan } from './json-scan.ts';
import type { Piece } from './otlp-lines.ts';

export interface EntryField {
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean' | 'null' | 'json';
  readonly text: string;
  /** Of the value, in the artifact. */
  readonly span: Span;
}

const QUOTE = 0x22;
const FIELD_CAP = 1024;

/** Members of one object of `journalctl -o json` but MESSAGE; a field that the entry has several times is that many fields. */
export function journalFields(line: Uint8Array, offset: number): EntryField[] {
  const out: EntryField[] = [];
  for (const m of members(line, 0)) {
    if (m.key === 'MESSAGE' || out.length >= FIELD_CAP) continue;
    const value = parseSpan(line, m.value);
    const span = { offset: offset + m.value.offset, length: m.value.length };
    const one = (v: unknown): void => void out.push({ name: m.key, type: v === null ? 'null' : 'string', text: textOf(v), span });
    if (Array.isArray(value) && !value.every((v) => typeof v === 'number')) for (const v of value.slice(0, FIELD_CAP)) one(v);
    else if (value !== undefined) one(value);
  }
  return out;
}

/** A field is a string, or the bytes of one that is no UTF-8. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return decodeText(Uint8Array.from(value.filter((v) => typeof v === 'number')));
  return value === null ? '' : String(value);
}

const known = new WeakMap<Piece, EntryField[]>();

function once(piece: Piece | null, make: (p: Piece) => EntryField[]): EntryField[] {
  if (piece === null) return [];
  let made = known.get(piece);
  if (made === undefined) {
    made = make(piece);
    known.set(piece, made);
  }
  return made;
}

/** Attributes of the record first, where it was unwrapped; then of scope and resource, the scope's name as otel.scope.name. */
export function otlpContextFields(resource: Piece | null, scope: Piece | null, record: Piece | null): EntryField[] {
  return [
    ...(record === null ? [] : attributesOf(record)),
    ...once(scope, (s) => {
      const name = member(s, 'name');
      return [...(name === null ? [] : [field('otel.scope.name', s, name)]), ...attributesOf(s)];
    }),
    ...once(resource, attributesOf),
  ];
}

function member(of: Piece, key: string): Member | null {
  for (const m of members(of.bytes, 0)) if (m.key === key) return m;
  return null;
}

function field(name: string, of: Piece, m: Pick<Member, 'value'>): EntryField {
  const value = parseSpan(of.bytes, m.value);
  const inner = of.bytes[m.value.offset] === QUOTE ? { offset: m.value.offset + 1, length: Math.max(0, m.value.length - 2) } : m.value;
  const type = typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : value === null ? 'null' : typeof value === 'object' ? 'json' : 'string';
  const text = type === 'string' ? String(value ?? '') : decodeText(of.bytes.subarray(m.value.offset, m.value.offset + m.value.length));
  return { name, type, text, span: { offset: of.offset + inner.offset, length: inner.length } };
}

function attributesOf(of: Piece): EntryField[] {
  const out: EntryField[] = [];
  const list = member(of, 'attributes');
  if (list === null) return out;
  for (const e of elements(of.bytes, list.value.offset)) {
    let key: string | null = null;
    let value: Member | null = null;
    for (const m of members(of.bytes, e.offset)) {
      if (m.key === 'key') key = String(parseSpan(of.bytes, m.value));
      else if (m.key === 'value') value = m;
    }
    if (key === null || value === null || out.length >= FIELD_CAP) continue;
    // {"stringValue":"x"}, {"intValue":"7"}, …: an int64 is a string of digits
    for (const v of members(of.bytes, value.value.offset)) {
      const made = field(key, of, v);
      out.push(v.key === 'intValue' ? { ...made, type: 'number' } : made);
      break;
    }
  }
  return out;
}
