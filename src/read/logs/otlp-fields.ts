/**
 * Fields of one log record of OTLP JSON (opentelemetry-proto logs/v1): `attributes` and `body` hold their values as {"stringValue":…},
 * {"intValue":"7"}, {"kvlistValue":{"values":[…]}} and the like; here they are fields by their keys, groups dotted.
 */
import { elements, type Member, members, parseSpan } from '../lib/json-scan.ts';
import type { FieldSpan } from './json-fields.ts';

const FIELD_CAP = 4096;
const DEPTH_CAP = 16;
const QUOTE = 34;

export function otlpFields(flat: readonly FieldSpan[], bytes: Uint8Array): FieldSpan[] {
  const out: FieldSpan[] = [];
  for (const f of flat) {
    if (f.name === 'attributes') flatten(bytes, f.start, '', 0, out);
    else if (f.name === 'body.kvlistValue.values') {
      out.push({ ...f, name: 'body' });
      flatten(bytes, f.start, 'body.', 0, out);
    } else if (f.name.startsWith('body.')) out.push({ ...f, name: 'body' });
    // 0: not known (logs.proto)
    else if ((f.name === 'timeUnixNano' || f.name === 'observedTimeUnixNano') && f.end - f.start === 1) continue;
    else out.push(f);
  }
  return out;
}

function flatten(bytes: Uint8Array, at: number, prefix: string, depth: number, out: FieldSpan[]): void {
  for (const e of elements(bytes, at)) {
    if (out.length >= FIELD_CAP) return;
    let key: string | null = null;
    let value: Member | null = null;
    for (const m of members(bytes, e.offset)) {
      if (m.key === 'key') key = String(parseSpan(bytes, m.value));
      else if (m.key === 'value') value = m;
    }
    if (key === null || value === null) continue;
    for (const v of members(bytes, value.value.offset)) {
      typed(bytes, prefix + key, v, depth, out);
      break;
    }
  }
}

function typed(bytes: Uint8Array, name: string, v: Member, depth: number, out: FieldSpan[]): void {
  const quoted = bytes[v.value.offset] === QUOTE;
  const start = v.value.offset + (quoted ? 1 : 0);
  const end = v.value.offset + v.value.length - (quoted ? 1 : 0);
  switch (v.key) {
    case 'intValue':
    case 'doubleValue':
      out.push({ name, type: 'number', start, end, coding: 'raw' });
      return;
    case 'boolValue':
      out.push({ name, type: 'boolean', start, end, coding: 'raw' });
      return;
    case 'kvlistValue':
      if (depth < DEPTH_CAP) {
        for (const m of members(bytes, v.value.offset)) if (m.key === 'values') flatten(bytes, m.value.offset, `${name}.`, depth + 1, out);
        return;
      }
      out.push({ name, type: 'json', start, end, coding: 'raw' });
      return;
    case 'arrayValue':
      out.push({ name, type: 'json', start, end, coding: 'raw' });
      return;
    default:
      out.push({ name, type: 'string', start, end, coding: quoted ? 'json' : 'raw' });
  }
}
