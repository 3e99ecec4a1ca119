/**
 * Groups records by template. A template's key is level, masked message and the innermost error; the words between (wrapping) may
 * differ in a few places and are merged there, so that "reserve teapot" and "reserve kettle" count as one.
 */
import { innermost, maskText } from './mask.ts';

export interface Template {
  readonly level: string;
  /** For people: message and error, with <*> where records differ. */
  pattern: string;
  readonly message: string;
  tokens: string[];
  count: number;
}

const TEMPLATE_CAP = 2000;
const RAW_LENGTH = 200;
/** Share of words that must agree for two texts with one innermost error to be one template. */
const SIMILAR = 0.5;

export class Templates {
  readonly #byKey = new Map<string, Template[]>();
  /** Masked texts seen before: most records repeat one of few. */
  readonly #known = new Map<string, Template>();
  /** Texts that repeat to the letter need no masking. */
  readonly #raw = new Map<string, Template>();
  readonly all: Template[] = [];
  /** Records that came after the cap was reached: counted nowhere else. */
  dropped = 0;

  add(level: string, message: string, error: string | null): Template | null {
    const raw = message.length + (error?.length ?? 0) <= RAW_LENGTH ? `${level}\u0000${message}\u0000${error ?? ''}` : null;
    const same = raw === null ? undefined : this.#raw.get(raw);
    if (same !== undefined) {
      same.count++;
      return same;
    }
    const template = this.#masked(level, message, error);
    if (raw !== null && template !== null && this.#raw.size < 2 * TEMPLATE_CAP) this.#raw.set(raw, template);
    return template;
  }

  #masked(level: string, message: string, error: string | null): Template | null {
    const maskedMessage = maskText(message);
    const maskedError = error === null ? '' : maskText(error);
    const known = `${level}\u0000${maskedMessage}\u0000${maskedError}`;
    const seen = this.#known.get(known);
    if (seen !== undefined) {
      seen.count++;
      return seen;
    }
    const text = maskedError === '' ? maskedMessage : maskedMessage === '' ? maskedError : `${maskedMessage}: ${maskedError}`;
    const tokens = text.split(' ');
    const head = maskedError === '' ? '' : maskedMessage;
    const key = `${level}\u0000${head}\u0000${innermost(text)}\u0000${tokens.length}`;
    let list = this.#byKey.get(key);
    if (list === undefined) {
      list = [];
      this.#byKey.set(key, list);
    }
    let template = list.find((t) => similar(t.tokens, tokens));
    if (template === undefined) {
      if (this.all.length >= TEMPLATE_CAP) {
        this.dropped++;
        return null;
      }
      template = { level, pattern: text, message: maskedMessage, tokens, count: 0 };
      list.push(template);
      this.all.push(template);
    } else {
      const merged = template.tokens.map((t, i) => (t === tokens[i] ? t : '<*>'));
      template.tokens = merged;
      template.pattern = merged.join(' ');
    }
    if (this.#known.size < 10 * TEMPLATE_CAP) this.#known.set(known, template);
    template.count++;
    return template;
  }
}

function similar(a: readonly string[], b: readonly string[]): boolean {
  let equal = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) equal++;
  return equal >= a.length * SIMILAR && equal > 0;
}
