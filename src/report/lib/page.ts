/** A page for a terminal: a gutter with labels, text wrapped beside it, verdicts and places at its right edge. */
import type { Verdict } from '../../model/index.ts';
import { columnsOf, oneLine, padTo, wrap } from './safe-text.ts';

export interface TerminalOptions {
  /** Columns; 80 unless told, never under 60. */
  readonly columns?: number;
  readonly colour?: boolean;
  /** Without glyphs outside ASCII for the verdicts. */
  readonly ascii?: boolean;
}

const GUTTER = 8;

type Paint = (text: string) => string;
const GLYPHS: Readonly<Record<Verdict, string>> = { confirmed: '✔', supported: '◐', associated: '~', unproven: '?', refuted: '✘' };
const ASCII_GLYPHS: Readonly<Record<Verdict, string>> = { confirmed: '+', supported: '*', associated: '~', unproven: '?', refuted: 'x' };
const COLOURS: Readonly<Record<Verdict, string>> = { confirmed: '32', supported: '36', associated: '33', unproven: '33', refuted: '31' };

interface Tail {
  readonly verdict?: Verdict;
  readonly role?: string;
  readonly places?: readonly number[];
}

export class Page {
  readonly #lines: string[] = [];
  readonly #columns: number;
  readonly #colour: boolean;
  readonly #glyphs: Readonly<Record<Verdict, string>>;

  constructor(options: TerminalOptions) {
    this.#columns = Math.max(60, options.columns ?? 80);
    this.#colour = options.colour ?? false;
    this.#glyphs = options.ascii === true ? ASCII_GLYPHS : GLYPHS;
  }

  readonly #paint = (code: string): Paint => (this.#colour ? (text) => (text === '' ? '' : `\u001b[${code}m${text}\u001b[0m`) : (text) => text);

  blank(): void {
    if (this.#lines.length > 0 && this.#lines.at(-1) !== '') this.#lines.push('');
  }

  heading(text: string, tail: Tail = {}): void {
    this.#put('', 0, text, tail, this.#paint('1'));
  }

  /** Numbers printed so far: only they need to be looked up. */
  readonly shown = new Set<number>();

  /** `label` in the gutter (empty: continues the one above), `first` for a time column. */
  row(label: string, text: string, tail: Tail = {}, first = ''): void {
    const head = first === '' ? '' : padTo(first, 10);
    this.#put(padTo(label, GUTTER), GUTTER + head.length, text, tail, (t) => t, this.#paint('1'), head);
  }

  /** A line as it stands, in one colour; what it holds of an input must have been made harmless. */
  line(text: string, code = ''): void {
    this.#lines.push(code === '' ? text : this.#paint(code)(text));
  }

  #put(label: string, indent: number, raw: string, tail: Tail, paint: Paint, paintLabel: Paint = (t) => t, head = ''): void {
    const text = oneLine(raw);
    for (const n of tail.places ?? []) this.shown.add(n);
    const width = this.#columns - indent;
    const plain = this.#tail(tail, false);
    const room = columnsOf(plain) === 0 ? 0 : columnsOf(plain) + 2;
    const fits = columnsOf(text) + room <= width;
    // a no-break space has held words together up to here
    const lines = (fits ? [text] : wrap(text, width)).map((line) => line.replaceAll('\u00a0', ' '));
    lines.forEach((line, i) => {
      const start = i === 0 ? paintLabel(label) + ' '.repeat(Math.max(0, indent - label.length - head.length)) + head : ' '.repeat(indent);
      const isLast = i === lines.length - 1;
      if (isLast && room > 0 && columnsOf(line) + room <= width) {
        this.#lines.push(start + paint(line) + ' '.repeat(width - columnsOf(line) - columnsOf(plain)) + this.#tail(tail, true));
      } else {
        this.#lines.push((start + paint(line)).trimEnd());
        if (isLast && room > 0) this.#lines.push(' '.repeat(Math.max(0, this.#columns - columnsOf(plain))) + this.#tail(tail, true));
      }
    });
  }

  #tail(tail: Tail, painted: boolean): string {
    const paint = (code: string, text: string): string => (painted ? this.#paint(code)(text) : text);
    const verdict = tail.verdict === undefined ? '' : paint(COLOURS[tail.verdict], `${this.#glyphs[tail.verdict]} ${tail.verdict}`);
    const words = [verdict, tail.role ?? ''].filter((w) => w !== '').join(' · ');
    const places = tail.places === undefined || tail.places.length === 0 ? '' : paint('2', `[${tail.places.join(',')}]`);
    return [words, places].filter((w) => w !== '').join(' ');
  }

  text(): string {
    while (this.#lines.at(-1) === '') this.#lines.pop();
    return `${this.#lines.join('\n')}\n`;
  }
}
