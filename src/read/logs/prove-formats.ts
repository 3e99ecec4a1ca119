/**
 * Proves definitions against their own samples. A definition is trusted only when each of its samples is one record, read by it and by
 * no other format as stated, and each of its layouts is needed for one of them. A fault says up to where a sample matched.
 */
import { type Artifact, decodeLatin1, formatInstant, memorySource } from '../../model/index.ts';
import type { FormatSample, KeyedFormat, LogFormat, TextFormat } from './format.ts';
import { type FormatSet, formatSet, fulfils, type ReadyKeyed, type ReadyText } from './format-set.ts';
import { jsonFields } from './json-fields.ts';
import type { LogRecord } from './log-source.ts';
import { logfmtPairs } from './logfmt-fields.ts';
import { proves, roleField, spanText, tryText } from './recognise.ts';
import { recordText } from './record-text.ts';
import { scanLog } from './scan.ts';

export interface FormatFault {
  readonly format: string;
  readonly what: string;
  /** What it is about: a line of a sample, or a layout. */
  readonly text: string | null;
  /** Position in the text up to which all is well. */
  readonly at: number | null;
  readonly next: string;
}

/** As people read it: what, the text with a mark below it, what to do. */
export function faultText(fault: FormatFault): string {
  const out = [`${fault.format}: ${fault.what}`];
  if (fault.text !== null) {
    // a long line is shown around the mark
    const from = Math.max(0, Math.min((fault.at ?? 0) - 60, fault.text.length - 120));
    const shown = visible(fault.text.slice(from, from + 120));
    out.push(` | ${from > 0 ? '…' : ''}${shown}${from + 120 < fault.text.length ? '…' : ''}`);
    if (fault.at !== null) out.push(` | ${' '.repeat((from > 0 ? 1 : 0) + visible(fault.text.slice(from, fault.at)).length)}^ matched up to here`);
  }
  out.push(` = ${fault.next}`);
  return out.join('\n');
}

const visible = (text: string): string => text.replaceAll('\t', '⇥').replace(/\p{Cc}/gu, '·');

export function proveFormats(formats: readonly LogFormat[], among: FormatSet = formatSet()): FormatFault[] {
  const faults: FormatFault[] = [];
  const ids = new Set<string>();
  for (const format of formats) {
    const say = (what: string, next: string, text: string | null = null, at: number | null = null): void => void faults.push({ format: format.id, what, text, at, next });
    if (ids.has(format.id)) say('the id is used twice', 'give each format a name of its own');
    ids.add(format.id);
    if (format.samples.length === 0) say('no sample proves it', 'add at least one whole record as the logger writes it');
    const needed = new Set<string>();
    for (const [i, sample] of format.samples.entries()) {
      const which = `sample ${i + 1}`;
      const taken = format.shape === 'text' ? proveText(format, sample, which, among, needed, say) : proveKeyed(format, sample, which, among, say);
      if (taken) proveRecord(format, sample, which, among, say);
    }
    if (format.shape === 'text' && format.samples.length > 0)
      for (const layout of format.layouts) if (!needed.has(layout)) say('no sample needs this layout', 'add a sample of it, or take the layout out', layout);
  }
  return faults;
}

type Say = (what: string, next: string, text?: string | null, at?: number | null) => void;

/** The first line as it is matched: without terminal colours. */
function firstLine(sample: FormatSample): string {
  const line = sample.text.split('\n', 1)[0] ?? '';
  return decodeLatin1(recordText([{ bytes: new TextEncoder().encode(line), span: { offset: 0, length: 0 }, at: null }], line.length * 4).bytes);
}

function proveText(format: TextFormat, sample: FormatSample, which: string, among: FormatSet, needed: Set<string>, say: Say): boolean {
  const line = firstLine(sample);
  const own = among.text.find((r) => r.format === format);
  if (own === undefined) throw new Error(`${format.id} is not among the formats it is proven with`);
  const head = tryText(own, line);
  if (head === null || head.of !== own) {
    if (head !== null) say(`${which} is taken by ${head.of.format.id}, which it yields to`, 'remove the sample, or make the layouts of the two exclude each other', line);
    else {
      let best = { at: -1, wanted: '', layout: '' };
      for (const layout of own.layouts) {
        const reach = layout.reach(line);
        if (reach.at > best.at) best = { ...reach, layout: layout.source };
      }
      say(`${which} is matched by no layout`, `${best.layout} expects ${best.wanted} there`, line, Math.max(0, best.at));
    }
    return false;
  }
  if (head.kind === 'text') needed.add(head.layout.source);
  return alone(own, among.text, (other) => tryText(other, line) !== null, format, which, line, say);
}

function proveKeyed(format: KeyedFormat, sample: FormatSample, which: string, among: FormatSet, say: Say): boolean {
  const bytes = new TextEncoder().encode(sample.text);
  const latin = decodeLatin1(bytes);
  const shape = among[format.shape];
  if (format.shape === 'json') {
    const read = jsonFields(latin, bytes, 0);
    if (read === null || read.end < latin.trimEnd().length) {
      say(`${which} is no JSON object of its own`, 'a sample is one whole record', sample.text, jsonReach(sample.text));
      return false;
    }
  }
  const fields = format.shape === 'json' ? (jsonFields(latin, bytes, 0)?.fields ?? []) : logfmtPairs(latin, bytes, 0, latin.length).fields;
  if (format.fallback === true) {
    for (const known of shape.known)
      if (proves(known, fields, bytes, latin)) say(`${which} is taken by ${known.format.id}`, 'a fallback takes only what no other format proves', sample.text);
    return true;
  }
  const own = shape.known.find((r) => r.format === format);
  if (own === undefined) throw new Error(`${format.id} is not among the formats it is proven with`);
  if (!proves(own, fields, bytes, latin)) {
    for (const proof of format.proof) {
      const found = fields.find((f) => f.name === proof.key);
      if (found === undefined) say(`${which} has no key ${proof.key}`, `its keys are ${fields.map((f) => f.name).join(', ')}`, sample.text);
      else if (proof.before !== undefined && (fields.find((f) => f.name === proof.before)?.start ?? -1) < found.start)
        say(`${which}: ${proof.key} does not stand before ${proof.before}`, `its keys are ${fields.map((f) => f.name).join(', ')}`, sample.text, found.start);
      else if (proof.is !== undefined && !fulfils(format, proof, spanText(bytes, latin, found)))
        say(
          `${which}: ${proof.key} is not ${typeof proof.is === 'string' ? proof.is : proof.is.join(' or ')}`,
          `it is ${JSON.stringify(spanText(bytes, latin, found))}`,
          sample.text,
          found.start,
        );
    }
    return false;
  }
  return alone(own, shape.known, (other) => proves(other, fields, bytes, latin), format, which, sample.text, say);
}

/** The user's own formats are asked first and may narrow a built-in one; two that lie together may not take one line. */
function alone<R extends ReadyKeyed | ReadyText>(own: R, all: readonly R[], takes: (other: R) => boolean, format: LogFormat, which: string, text: string, say: Say): boolean {
  const at = all.indexOf(own);
  for (const [i, other] of all.entries()) {
    if (i === at || !takes(other)) continue;
    const yields = (a: LogFormat, b: LogFormat): boolean => a.shape === 'text' && a.yieldsTo?.includes(b.id) === true;
    if (yields(other.format, format)) continue;
    if (format.own === true && other.format.own !== true) continue;
    say(`${which} is also taken by ${other.format.id}`, 'make the two exclude each other: a key, a level or a literal that only one of them has', text);
    return false;
  }
  return true;
}

function proveRecord(format: LogFormat, sample: FormatSample, which: string, among: FormatSet, say: Say): void {
  const records: LogRecord[] = [];
  scanLog(
    artifactOf(sample.text),
    null,
    {},
    (r) => {
      records.push(r);
      return true;
    },
    among,
  );
  const r = records[0];
  if (r === undefined || records.length > 1) {
    say(`${which} is read as ${records.length} records`, 'a sample is one record', sample.text, r?.span.length ?? 0);
    return;
  }
  if (r.format !== format.id) say(`${which} is read as ${r.format}`, 'its head fits, the rest does not', sample.text, 0);
  const at = (text: string | null): number | null => (text === null || !sample.text.includes(text) ? null : sample.text.indexOf(text));
  if (r.level !== sample.level)
    say(`${which}: level ${r.level} instead of ${sample.level}`, `"${r.levelText ?? ''}" was read; levels says what it means`, sample.text, at(r.levelText));
  const time = r.time === null ? null : formatInstant(r.time.at);
  if (time !== sample.time)
    say(
      `${which}: time ${time} instead of ${sample.time}`,
      'see the form of the time; a sample states UTC, or null where the text holds no full time',
      sample.text,
      at(timeText(format, sample, among)),
    );
  if (r.message !== sample.message)
    say(`${which}: message ${JSON.stringify(r.message)} instead of ${JSON.stringify(sample.message)}`, 'see where the message begins and ends', sample.text, at(r.message));
  for (const [name, value] of Object.entries(sample.fields)) {
    const field = r.field(name);
    if (field?.text !== value)
      say(
        `${which}: ${name} is ${JSON.stringify(field?.text)} instead of ${JSON.stringify(value)}`,
        `its fields are ${r.fields.map((f) => f.name).join(', ') || '(none)'}`,
        sample.text,
        at(field?.text ?? null),
      );
  }
}

function timeText(format: LogFormat, sample: FormatSample, among: FormatSet): string | null {
  if (format.shape === 'text') {
    const ready = among.text.find((r) => r.format === format);
    const head = ready === undefined ? null : tryText(ready, firstLine(sample));
    return head?.kind === 'text' ? head.time : null;
  }
  const bytes = new TextEncoder().encode(sample.text);
  const latin = decodeLatin1(bytes);
  const fields = format.shape === 'json' ? (jsonFields(latin, bytes, 0)?.fields ?? []) : logfmtPairs(latin, bytes, 0, latin.length).fields;
  const found = roleField(fields, format.roles.time);
  return found === null ? null : spanText(bytes, latin, found);
}

const POSITION = /position (\d{1,9})/;

function jsonReach(text: string): number {
  try {
    JSON.parse(text);
    return text.length;
  } catch (error) {
    const m = POSITION.exec(error instanceof Error ? error.message : '');
    return m === null ? text.length : Number(m[1]);
  }
}

const artifactOf = (text: string): Artifact => ({
  id: 'sample',
  path: '',
  decoders: [],
  source: memorySource(new TextEncoder().encode(text)),
  sha256: '',
  interval: { from: null, to: null },
  covers: [],
});
