/**
 * A user's own log format: one JSON file (docs/log-format.schema.json). It is held against the schema, its layouts are compiled (a layout
 * has no regular expression of its own: whatever is written there stays linear), and it must prove itself by its samples. What is wrong is
 * said with the position up to which all was well.
 */
import { nearNames } from '../../model/near-names.ts';
import type { FormatSample, KeyedFormat, LogFormat, Proof, Roles, TextFormat } from './format.ts';
import { formatSet } from './format-set.ts';
import { logFormats } from './formats/index.ts';
import { compileLayout } from './layout.ts';
import type { Level } from './levels.ts';
import type { DurationUnit } from './log-source.ts';
import { OWN_FORMAT_SCHEMA } from './own-format-schema.ts';
import { type FormatFault, faultText, proveFormats } from './prove-formats.ts';
import { timeForm } from './times.ts';

/** Names of what is no logger's: docs of records say them. */
const TAKEN = new Set(['plain', 'go-crash', 'journal', ...logFormats.map((f) => f.id)]);
const TEXT_CAP = 1024 * 1024;

export interface OwnFormats {
  readonly formats: readonly LogFormat[];
  /** By name of the file, worded for its author; a file with one is left out. */
  readonly faults: readonly { readonly file: string; readonly text: string }[];
}

/** All files are proven together: two formats may not take one line. */
export function readOwnFormats(files: readonly { readonly name: string; readonly text: string }[]): OwnFormats {
  const faults: { file: string; text: string }[] = [];
  const made: { file: string; format: LogFormat }[] = [];
  for (const { name, text } of files) {
    const read = readOne(text, name);
    if ('format' in read) made.push({ file: name, format: read.format });
    else faults.push(...read.faults.map((f) => ({ file: name, text: faultText(f) })));
  }
  const formats = made.map((m) => m.format);
  const set = formats.length === 0 ? null : formatSet(formats);
  const refused = new Set<string>();
  if (set !== null) {
    for (const fault of proveFormats(formats, set)) {
      const { file } = made.find((m) => m.format.id === fault.format)!;
      refused.add(fault.format);
      faults.push({ file, text: faultText(fault) });
    }
    // a format that is asked before the built-in ones must leave them what is theirs
    for (const fault of proveFormats(logFormats, set)) {
      const taker = made.find((m) => fault.what.endsWith(` ${m.format.id}`));
      if (taker === undefined) continue;
      refused.add(taker.format.id);
      faults.push({
        file: taker.file,
        text: faultText({
          ...fault,
          format: taker.format.id,
          what: `it takes records of ${fault.format} (${fault.what})`,
          next: 'narrow it: a level, a literal or a key that only your program writes',
        }),
      });
    }
  }
  return { formats: formats.filter((f) => !refused.has(f.id)), faults };
}

const POSITION = /position (\d{1,9})/;

function readOne(text: string, name: string): { format: LogFormat } | { faults: FormatFault[] } {
  const fault = (what: string, next: string, about: string | null = null, at: number | null = null): { faults: FormatFault[] } => ({
    faults: [{ format: name, what, text: about, at, next }],
  });
  if (text.length > TEXT_CAP) return fault(`has ${text.length} characters`, `a definition has at most ${TEXT_CAP}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const m = POSITION.exec(error instanceof Error ? error.message : '');
    const at = m === null ? text.length : Number(m[1]);
    const from = text.lastIndexOf('\n', at - 1) + 1;
    const to = text.indexOf('\n', at);
    return fault(`is no JSON: line ${text.slice(0, at).split('\n').length}`, 'a format is one JSON object', text.slice(from, to < 0 ? text.length : to), at - from);
  }
  const wrong: string[] = [];
  hold(value, OWN_FORMAT_SCHEMA, '', wrong);
  if (wrong.length > 0) return { faults: wrong.slice(0, 20).map((what) => ({ format: name, what, text: null, at: null, next: 'see docs/log-format.schema.json' })) };
  return define(value as Stated, name);
}

/** What the schema lets through. */
interface Stated {
  readonly id: string;
  readonly title: string;
  readonly writtenBy?: string;
  readonly shape: 'json' | 'logfmt' | 'text';
  readonly layouts?: readonly string[];
  readonly roles?: Partial<Roles>;
  readonly proof?: readonly Proof[];
  readonly time?: string;
  readonly levels?: Readonly<Record<string, Level | null>>;
  readonly durations?: DurationUnit;
  readonly samples: readonly (Omit<FormatSample, 'fields'> & Partial<Pick<FormatSample, 'fields'>>)[];
}

function define(s: Stated, name: string): { format: LogFormat } | { faults: FormatFault[] } {
  const faults: FormatFault[] = [];
  const say = (what: string, next: string, text: string | null = null, at: number | null = null): void => void faults.push({ format: s.id, what, text, at, next });
  if (TAKEN.has(s.id)) say(`"${s.id}" is the name of a built-in format`, `choose another id in ${name}`);
  const common = {
    id: s.id,
    title: s.title,
    writtenBy: s.writtenBy ?? name,
    durations: s.durations ?? 'unknown',
    ...(s.levels === undefined ? {} : { levels: s.levels }),
    samples: s.samples.map((x) => ({ ...x, fields: x.fields ?? {} })),
    own: true as const,
  };
  if (s.shape === 'text') {
    for (const key of ['roles', 'proof', 'time'] as const) if (s[key] !== undefined) say(`${key} says nothing of a text format`, 'its layouts say it');
    if (s.layouts === undefined) say('a text format needs layouts', 'for example ["{time:rfc3339} [{level}] {message}"]');
    for (const layout of s.layouts ?? []) {
      const made = compileLayout(layout, s.levels);
      if ('fault' in made) say(made.fault, 'see the parts of a layout in docs/log-formats.md', layout, made.at);
    }
    const format: TextFormat = { ...common, shape: 'text', layouts: s.layouts ?? [] };
    return faults.length > 0 ? { faults } : { format };
  }
  if (s.layouts !== undefined) say(`layouts say nothing of a ${s.shape} format`, 'its roles say which keys hold what');
  const none: readonly string[] = [];
  const roles: Roles = { time: none, level: none, message: none, caller: none, logger: none, stack: none, ...s.roles };
  const proof = s.proof ?? [roles.time[0], roles.message[0]].filter((key) => key !== undefined).map((key) => ({ key }));
  if (proof.length === 0) say('nothing tells its records from others', 'name the keys in roles, or in proof');
  if (s.time !== undefined) {
    const form = timeForm(s.time);
    if (typeof form === 'string') say(form, 'a Go time layout spells the 2nd of January 2006, 15:04:05', s.time, 0);
  }
  const format: KeyedFormat = { ...common, shape: s.shape, roles, proof, ...(s.time === undefined ? {} : { time: s.time }) };
  return faults.length > 0 ? { faults } : { format };
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly pattern?: string;
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** As much of JSON Schema as the form of a format needs. */
function hold(value: unknown, schema: Schema, path: string, wrong: string[]): void {
  const at = path === '' ? 'the file' : path;
  if (schema.anyOf !== undefined) {
    const tried = schema.anyOf.map((s) => {
      const own: string[] = [];
      hold(value, s, path, own);
      return own;
    });
    if (!tried.some((t) => t.length === 0)) wrong.push(`${at} is none of what it may be: ${tried.map((t) => t[0]).join('; ')}`);
    return;
  }
  if (schema.enum !== undefined) {
    if (!schema.enum.includes(value)) wrong.push(`${at} is ${JSON.stringify(value)}, not one of ${schema.enum.map((e) => JSON.stringify(e)).join(', ')}`);
    return;
  }
  const types = schema.type === undefined ? [] : typeof schema.type === 'string' ? [schema.type] : schema.type;
  if (types.length > 0 && !types.includes(typeOf(value))) {
    wrong.push(`${at} is ${typeOf(value)}, not ${types.join(' or ')}`);
    return;
  }
  if (typeof value === 'string' && schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
    wrong.push(`${at} is ${JSON.stringify(value)}, which does not fit ${schema.pattern}`);
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) wrong.push(`${at} is empty`);
    for (const [i, v] of value.entries()) if (schema.items !== undefined) hold(v, schema.items, `${path}[${i}]`, wrong);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const known = schema.properties ?? {};
  for (const name of schema.required ?? []) if (!Object.hasOwn(value, name)) wrong.push(`${at} has no ${name}`);
  for (const [name, v] of Object.entries(value)) {
    const inner = path === '' ? name : `${path}.${name}`;
    const property = Object.hasOwn(known, name) ? known[name] : undefined;
    if (property !== undefined) hold(v, property, inner, wrong);
    else if (typeof schema.additionalProperties === 'object') hold(v, schema.additionalProperties, inner, wrong);
    else if (schema.additionalProperties === false) {
      const near = nearNames(name, Object.keys(known));
      wrong.push(`${inner} is no part of a format${near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`}`);
    }
  }
}
