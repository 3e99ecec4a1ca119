/**
 * A copy of a report without tokens, e-mail and IP addresses, label values and home folders. Names of services and words of code stay, even
 * where a label has them as its value: without them nobody can tell what the report is about.
 * One value gets one pseudonym wherever it stands, so that what belonged together still does; pseudonyms are numbered in the order of
 * first sight, so that the same report is redacted the same way. The places themselves (offsets, lengths) stay: they open only where the raw files are.
 */
import type { Report } from '../../model/report.ts';
import { labelValues, neededWords, PATTERNS } from './patterns.ts';

/** Vocabulary of the report: never text from inputs. */
const FIXED = new Set([
  'schema',
  'outcome',
  'mechanism',
  'condition',
  'by',
  'verdict',
  'role',
  'kind',
  'code',
  'severity',
  'readers',
  'reader',
  'sha256',
  'decoders',
  'state',
  'known',
  'unit',
  'flag',
  'experiment',
  'from',
  'to',
]);

export class Redactor {
  readonly #pseudonyms = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  /** In the order of first sight. */
  readonly #seen = new Set<string>();
  readonly #needed = new Set<string>();
  #labels: RegExp | null = null;

  /** Label values are known by where they stand in one text and replaced in all: every text must be seen first. */
  learn(text: string): void {
    const plain = this.#withoutPatterns(text);
    for (const value of labelValues(plain)) this.#seen.add(value);
    for (const word of neededWords(plain)) this.#needed.add(word);
    this.#labels = null;
  }

  text(text: string): string {
    return this.#withoutLabels(this.#withoutPatterns(text));
  }

  #pseudonym(name: string, value: string): string {
    let given = this.#pseudonyms.get(value);
    if (given === undefined) {
      const n = (this.#counts.get(name) ?? 0) + 1;
      this.#counts.set(name, n);
      given = `<${name}-${n}>`;
      this.#pseudonyms.set(value, given);
    }
    return given;
  }

  #withoutPatterns(text: string): string {
    let out = text;
    for (const p of PATTERNS) {
      out = out.replace(p.expression, (...args: unknown[]) => {
        // the last arguments are offset and whole text
        const match = args.slice(0, -2) as RegExpMatchArray;
        const whole = match[0] as string;
        const secret = p.secret === undefined ? whole : p.secret(match);
        if (secret === null || secret.startsWith('<')) return whole;
        const at = whole.lastIndexOf(secret);
        return whole.slice(0, at) + this.#pseudonym(p.name, secret) + whole.slice(at + secret.length);
      });
    }
    return out;
  }

  #withoutLabels(text: string): string {
    if (this.#labels === null) {
      const values = [...this.#seen].filter((value) => !this.#needed.has(value));
      for (const value of values) this.#pseudonym('label', value);
      values.sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
      const alternatives = values.map((v) => v.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&')).join('|');
      this.#labels = new RegExp(alternatives === '' ? '(?!)' : `(?<![A-Za-z0-9_<-])(?:${alternatives})(?![A-Za-z0-9_]|-\\d+>)`, 'g');
    }
    return text.replace(this.#labels, (value) => this.#pseudonym('label', value));
  }
}

/** The redacted copy; `redactor` then redacts other text (raw evidence) with the same pseudonyms. */
export function redactReport(report: Report, redactor = new Redactor()): Report {
  eachText(report, (text) => redactor.learn(text));
  return mapTexts(report, (text) => redactor.text(text)) as Report;
}

function eachText(value: unknown, see: (text: string) => void, key = ''): void {
  if (FIXED.has(key)) return;
  if (typeof value === 'string') see(value);
  else if (Array.isArray(value)) for (const v of value) eachText(v, see, key);
  else if (typeof value === 'object' && value !== null) for (const [k, v] of Object.entries(value)) eachText(v, see, k);
}

function mapTexts(value: unknown, change: (text: string) => string, key = ''): unknown {
  if (FIXED.has(key)) return value;
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((v) => mapTexts(v, change, key));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, mapTexts(v, change, k)]));
  return value;
}
