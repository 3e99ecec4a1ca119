/**
 * How a console record begins, written as it looks: `{time:rfc3339} [{level}] {logger}: {message}`. No regular expression is written by
 * hand: what stands in braces is one of a few parts with bounded, mutually exclusive characters, so that matching is linear whatever the text.
 *
 *   {time:FORM}    rfc3339, go-log (2006/01/02 15:04:05), epoch, or a Go layout: {time:0102 15:04:05.000000}
 *   {level}        one of the format's `levels`; without those, a common name in lower, upper or capital letters
 *   {logger}       letters, digits, . _ - /           {caller}       path/file.go:29
 *   {elapsed}      a number that is no instant: logrus's seconds since the process began
 *   {word:NAME}    no space: a field                  {number:NAME}  digits: a field
 *   {text:NAME}    anything up to the literal that follows: a field
 *   {sp}           one or more spaces                 {?…}           all of it, or nothing
 *
 * and it ends in one of
 *
 *   {message}            the rest; pairs inside it are fields all the same
 *   {message} {pairs}    a message and then key=value to the end
 *   {message} {json}     a message and then an object (a tab may part them); with no message, its msg or message is the message
 *   {rest:HABIT}         the habit of a known logger: zap, klog, hclog, caller-pairs, pairs, words
 */
import type { Tail } from './format.ts';
import { escapeLiteral, type TimeForm } from './go-time.ts';
import { COMMON_LEVELS } from './levels.ts';
import { timeForm } from './times.ts';

export interface Layout {
  readonly source: string;
  readonly tail: Tail;
  readonly time: TimeForm | null;
  /** Anchored; groups `time` and `level`, and with flag d one for each of `pieces`. */
  readonly expression: RegExp;
  /** Group → role or field: logger, caller, or the name of a field. */
  readonly pieces: readonly { readonly group: string; readonly name: string }[];
  /** How far a text goes along: where it stops fitting and what was expected there. */
  reach(text: string): { readonly at: number; readonly wanted: string };
}

export interface LayoutFault {
  readonly fault: string;
  /** Position in the layout. */
  readonly at: number;
}

/** A console head is short; no expression sees more of a line. */
export const HEAD = 512;
const PARTS_CAP = 32;
const OPTIONS_CAP = 4;
const NAME = /^[A-Za-z_][\w.-]{0,63}$/;
const HABITS = new Set<string>(['zap', 'pairs', 'caller-pairs', 'hclog', 'klog', 'words', 'json']);

interface Part {
  readonly shown: string;
  /** Without what a following literal forbids. */
  readonly expression: (next: string) => string;
  /** Takes as much as it can: needs a literal behind it. */
  readonly open: boolean;
}

/** Each character of a class but the one that the literal behind it begins with. */
const bounded = (set: string, most: number, next: string): string => (next === '' ? `${set}{1,${most}}` : `(?:(?!${escapeLiteral(next)})${set}){1,${most}}`);

export function compileLayout(source: string, levels?: Readonly<Record<string, unknown>>, offsets = false): Layout | LayoutFault {
  return new Compiler(source, levels, offsets).compile();
}

class Compiler {
  readonly #source: string;
  readonly #levels: string;
  readonly #pieces: { group: string; name: string }[] = [];
  readonly #parts: Part[] = [];
  #time: TimeForm | null = null;
  #fault: LayoutFault | null = null;
  #options = 0;
  #hasTime = false;
  #hasLevel = false;

  constructor(source: string, levels: Readonly<Record<string, unknown>> | undefined, offsets: boolean) {
    this.#source = source;
    const names = levels === undefined ? COMMON_LEVELS.filter((n) => n.length > 2).flatMap((n) => [n, n.toUpperCase(), n[0]!.toUpperCase() + n.slice(1)]) : Object.keys(levels);
    const sorted = [...new Set(names)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    this.#levels = `(?:${sorted.map(escapeLiteral).join('|')})${offsets ? '(?:[+-]\\d{1,4})?' : ''}`;
  }

  compile(): Layout | LayoutFault {
    const ending = ENDINGS.find((e) => e.of.test(this.#source));
    const m = ending?.of.exec(this.#source) ?? null;
    if (ending === undefined || m === null) return { fault: 'a layout ends in {message}, {message} {pairs}, {message} {json} or {rest:…}', at: this.#source.length };
    const tail = ending.tail ?? m[1] ?? '';
    if (!HABITS.has(tail)) return { fault: `"${tail}" is no habit: ${[...HABITS].join(', ')}`, at: m.index };
    this.#read(0, m.index, 0);
    if (this.#fault !== null) return this.#fault;
    if (!this.#hasTime && !this.#hasLevel) return { fault: 'a layout that holds neither {time:…} nor {level} would take any line', at: 0 };
    if (this.#parts.length > PARTS_CAP) return { fault: `more than ${PARTS_CAP} parts`, at: 0 };
    const whole = this.#join(this.#parts.length);
    const pieces = this.#pieces;
    let steps: RegExp[] | null = null;
    return {
      source: this.#source,
      tail: tail as Tail,
      time: this.#time,
      expression: new RegExp(`^${whole}`, pieces.length > 0 ? 'd' : ''),
      pieces,
      reach: (text) => {
        steps ??= this.#parts.map((_part, i) => new RegExp(`^${this.#join(i + 1)}`));
        const head = text.slice(0, HEAD);
        let at = 0;
        for (const [i, step] of steps.entries()) {
          const m = step.exec(head);
          if (m === null) return { at, wanted: this.#parts[i]!.shown };
          at = m[0].length;
        }
        return { at, wanted: '' };
      },
    };
  }

  #join(count: number): string {
    const parts = this.#parts.slice(0, count);
    return parts.map((p, i) => p.expression(literalOf(this.#parts[i + 1]))).join('');
  }

  #read(from: number, to: number, depth: number): void {
    let i = from;
    while (i < to && this.#fault === null) {
      if (this.#source[i] !== '{') {
        const open = this.#source.indexOf('{', i);
        const end = open < 0 || open > to ? to : open;
        this.#literal(this.#source.slice(i, end));
        i = end;
        continue;
      }
      if (this.#source[i + 1] === '?') i = this.#option(i, to, depth);
      else {
        const close = this.#source.indexOf('}', i);
        if (close < 0 || close >= to) {
          this.#fail('a { without its }', i);
          return;
        }
        this.#part(this.#source.slice(i + 1, close), i);
        i = close + 1;
      }
    }
  }

  #fail(fault: string, at: number): void {
    this.#fault ??= { fault, at };
  }

  #literal(text: string): void {
    // one part a character: how far a text got is then known to the character
    for (const c of text) this.#parts.push({ shown: JSON.stringify(c), expression: () => escapeLiteral(c), open: false });
  }

  /** Returns the position after it. */
  #option(at: number, to: number, depth: number): number {
    let level = 0;
    let close = at;
    for (; close < to; close++) {
      if (this.#source[close] === '{') level++;
      else if (this.#source[close] === '}' && --level === 0) break;
    }
    this.#options++;
    if (close >= to) this.#fail('a {? without its }', at);
    if (depth > 0) this.#fail('an option inside an option', at);
    if (this.#options > OPTIONS_CAP) this.#fail(`more than ${OPTIONS_CAP} options`, at);
    if (this.#fault !== null) return to;
    const before = this.#parts.length;
    this.#read(at + 2, close, depth + 1);
    const inner = this.#parts.splice(before);
    if (inner.length === 0) this.#fail('an empty option', at);
    const last = inner.at(-1);
    if (last?.open === true) this.#fail(`${last.shown} at the end of an option: a literal behind it says where it ends`, at);
    const expression = inner.map((p, i) => p.expression(literalOf(inner[i + 1]))).join('');
    this.#parts.push({ shown: this.#source.slice(at, close + 1), expression: () => `(?:${expression})?`, open: false });
    return close + 1;
  }

  #part(text: string, at: number): void {
    const colon = text.indexOf(':');
    const kind = colon < 0 ? text : text.slice(0, colon);
    const name = colon < 0 ? '' : text.slice(colon + 1);
    const before = this.#parts.at(-1);
    const made = this.#make(kind, name, at);
    if (made === null) return;
    if (before?.open === true && made.open) this.#fail(`${before.shown} and ${made.shown} touch: nothing says where the one ends`, at);
    this.#parts.push({ ...made, shown: `{${text}}` });
  }

  #make(kind: string, name: string, at: number): (Omit<Part, 'shown'> & { shown: string }) | null {
    const shown = `{${kind}${name === '' ? '' : `:${name}`}}`;
    switch (kind) {
      case 'time': {
        const form = timeForm(name);
        if (typeof form === 'string') this.#fail(form, at);
        else if (this.#hasTime) this.#fail('a second {time:…}', at);
        else {
          this.#hasTime = true;
          this.#time = form;
          return { shown, expression: () => `(?<time>${form.pattern})`, open: false };
        }
        return null;
      }
      case 'level':
        if (this.#hasLevel) this.#fail('a second {level}', at);
        this.#hasLevel = true;
        return { shown, expression: () => `(?<level>${this.#levels})`, open: false };
      case 'sp':
        return { shown, expression: () => ' {1,64}', open: false };
      case 'elapsed':
        return { shown, expression: () => '\\d{1,12}', open: false };
      case 'logger':
        return this.#piece(shown, 'logger', at, (next) => bounded('[A-Za-z0-9_.\\-/]', 128, next), true);
      case 'caller':
        return this.#piece(shown, 'caller', at, () => '[A-Za-z0-9_.\\-/@+~]{1,256}\\.(?:go|s):\\d{1,7}', false);
      case 'number':
        return this.#field(shown, name, at, () => '\\d{1,19}', false);
      case 'word':
        return this.#field(shown, name, at, (next) => bounded('[^\\s]', 128, next), true);
      case 'text':
        return this.#field(shown, name, at, (next) => bounded('[^\\n]', 256, next), true);
      default:
        this.#fail(`{${kind}} is no part of a layout: time:…, level, logger, caller, elapsed, word:…, number:…, text:…, sp, ?…`, at);
        return null;
    }
  }

  #field(shown: string, name: string, at: number, expression: (next: string) => string, open: boolean): Part | null {
    if (!NAME.test(name)) {
      this.#fail(`${shown} names no field: {${shown.slice(1, -1).split(':')[0]}:name}`, at);
      return null;
    }
    return this.#piece(shown, name, at, expression, open);
  }

  #piece(shown: string, name: string, at: number, expression: (next: string) => string, open: boolean): Part {
    if (this.#pieces.some((p) => p.name === name)) this.#fail(`a second ${shown}`, at);
    const group = `p${this.#pieces.length}`;
    this.#pieces.push({ group, name });
    return { shown, expression: (next) => `(?<${group}>${expression(next)})`, open };
  }
}

/** What the part behind begins with, where that is a literal. */
function literalOf(part: Part | undefined): string {
  if (part === undefined || !part.shown.startsWith('"')) return part?.shown === '{sp}' ? ' ' : '';
  return JSON.parse(part.shown) as string;
}

const ENDINGS: readonly { readonly of: RegExp; readonly tail: Tail | null }[] = [
  { of: /\{message\}[ \t]\{pairs\}$/, tail: 'pairs' },
  { of: /\{message\}[ \t]\{json\}$/, tail: 'json' },
  { of: /\{message\}$/, tail: 'words' },
  { of: /\{rest:([a-z-]{1,32})\}$/, tail: null },
];
