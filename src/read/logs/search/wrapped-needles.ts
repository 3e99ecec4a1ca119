/** Literals as they stand in the raw lines of a log driver. */
import type { Needle } from '../../../kernels/plan.ts';
import type { Wrapper } from '../../lib/lines.ts';
import { LEVELS, levelOfPriority } from '../levels.ts';

const utf8 = new TextEncoder();
const decoder = new TextDecoder();
const needle = (text: string, fold = false): Needle => ({ bytes: utf8.encode(text), fold });

/** Wrappers that hold the line as a string of JSON. */
const ESCAPING: ReadonlySet<Wrapper> = new Set<Wrapper>(['docker', 'journal-json', 'stern-json']);

/** The CRI marks what it cut by a P. */
const PARTS: readonly Needle[] = [' stdout P', ' stderr P'].map((t) => needle(t));
/** What is no text stands as numbers in journalctl's JSON. */
const NUMBERS: readonly Needle[] = ['":[', '": [', '" : ['].map((t) => needle(t));

/** Wrappers that name the stream in each line. */
const STREAMS: ReadonlySet<Wrapper> = new Set<Wrapper>(['cri', 'docker']);
/** What may stand before a word: blanks, punctuation, and the end of a terminal's colour. */
const BEFORE = ' \n\r\tm!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** "err" stands in every "stderr": it is sought with what comes before it as a word of its own. */
function apartFromStream(n: Needle): Needle[] {
  const text = decoder.decode(n.bytes);
  return n.fold && ['stderr', 'stdout'].some((s) => s.includes(text)) ? [...BEFORE].map((b) => needle(b + text, true)) : [n];
}

/** Any of them stands in a raw line that a matching line came in, or in a part of it that is known to be one. */
export function behindWrapper(needles: readonly Needle[], wrapper: Wrapper): readonly Needle[] {
  const apart = needles.flatMap((n) => (STREAMS.has(wrapper) ? apartFromStream(n) : [n]));
  if (wrapper === 'cri') return [...apart, ...PARTS];
  if (!ESCAPING.has(wrapper)) return apart;
  const all = new Map<string, Needle>();
  // a line that does not carry the wrapper stands as it is
  for (const n of [...apart, ...apart.flatMap(escaped), CONTROL, ...(wrapper === 'journal-json' ? NUMBERS : [])]) all.set(`${n.fold} ${n.bytes.join()}`, n);
  return [...all.values()];
}

const ESCAPES: Readonly<Record<number, string>> = { 10: '\\n', 13: '\\r', 9: '\\t', 34: '\\"', 92: '\\\\' };

/** What Go's encoder and some others escape though they need not; encoders of other languages do not. */
const OPTIONAL: Readonly<Record<number, string>> = { 47: '\\/', 60: '\\u003c', 62: '\\u003e', 38: '\\u0026', 39: '\\u0027' };
/** A tab or line end that is not written by its letter. */
const CONTROL: Needle = needle('\\u000');

/** As a string of JSON has it. */
function escaped(n: Needle): Needle[] {
  const by = (of: Readonly<Record<number, string>>): Needle => ({
    bytes: Uint8Array.from([...n.bytes].flatMap((b) => (of[b] === undefined ? [b] : [...utf8.encode(of[b])]))),
    fold: n.fold,
  });
  return n.bytes.some((b) => OPTIONAL[b] !== undefined) ? [by(ESCAPES), by({ ...ESCAPES, ...OPTIONAL })] : [by(ESCAPES)];
}

/** Levels that stand beside the line. */
export function besideLevels(ranks: number, wrapper: Wrapper): Needle[] {
  if (wrapper !== 'journal-json') return [];
  const priorities = [...'01234567'].filter((p) => {
    const level = levelOfPriority(p);
    return level !== null && ((ranks >> LEVELS.indexOf(level)) & 1) === 1;
  });
  return priorities.flatMap((p) => [':', ': ', ' : '].map((colon) => needle(`"PRIORITY"${colon}"${p}"`)));
}
