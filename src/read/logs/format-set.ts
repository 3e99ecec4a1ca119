/**
 * The formats a log is read with, made ready for it. Those of the user come first; among the built-in ones the order means nothing: no
 * line proves two of them.
 */
import type { KeyedFormat, LogFormat, Proof, TextFormat } from './format.ts';
import { logFormats } from './formats/index.ts';
import type { TimeForm } from './go-time.ts';
import { compileLayout, type Layout } from './layout.ts';
import { type Level, levelOf } from './levels.ts';
import { anyTime, timeForm } from './times.ts';

export interface ReadyKeyed {
  readonly format: KeyedFormat;
  readonly time: TimeForm;
}

export interface ReadyText {
  readonly format: TextFormat;
  readonly layouts: readonly Layout[];
  readonly yieldsTo: readonly ReadyText[];
  /** One of its layouts prints a time of day without a date. */
  readonly ofDay: boolean;
}

export interface Shape {
  readonly known: readonly ReadyKeyed[];
  /** Speaks for lines of this shape that prove no known format. */
  readonly other: ReadyKeyed;
}

export interface FormatSet {
  readonly all: readonly LogFormat[];
  readonly json: Shape;
  readonly logfmt: Shape;
  readonly text: readonly ReadyText[];
}

/** Throws where a definition is no definition: those of users are examined before (own-format.ts). */
export function formatSet(own: readonly LogFormat[] = []): FormatSet {
  const all = [...own, ...logFormats];
  const shape = (name: 'json' | 'logfmt'): Shape => {
    const keyed = all.filter((f): f is KeyedFormat => f.shape === name).map(readyKeyed);
    const other = keyed.find((f) => f.format.fallback === true);
    if (other === undefined) throw new Error(`no ${name} format is the fallback`);
    return { known: keyed.filter((f) => f.format.fallback !== true), other };
  };
  return { all, json: shape('json'), logfmt: shape('logfmt'), text: readyTexts(all) };
}

function readyKeyed(format: KeyedFormat): ReadyKeyed {
  const time = format.time === undefined ? anyTime : timeForm(format.time);
  if (typeof time === 'string') throw new Error(`${format.id}: ${time}`);
  return { format, time };
}

/** Whoever yields stands behind those it yields to. */
function readyTexts(all: readonly LogFormat[]): ReadyText[] {
  const made: ReadyText[] = [];
  const texts = all.filter((f): f is TextFormat => f.shape === 'text');
  for (const format of [...texts.filter((f) => f.yieldsTo === undefined), ...texts.filter((f) => f.yieldsTo !== undefined)]) {
    const layouts = format.layouts.map((source) => {
      const layout = compileLayout(source, format.levels, format.levelOffsets);
      if ('fault' in layout) throw new Error(`${format.id}: ${source}: ${layout.fault}`);
      return layout;
    });
    made.push({
      format,
      layouts,
      yieldsTo: made.filter((m) => format.yieldsTo?.includes(m.format.id) === true),
      ofDay: layouts.some((l) => l.time?.assumes.includes('date') === true),
    });
  }
  return made;
}

let builtIn: FormatSet | null = null;
const ready = (): FormatSet => {
  builtIn ??= formatSet();
  return builtIn;
};

/** Made ready when it is first asked for: many a search reads no record. */
export const BUILT_IN: FormatSet = {
  all: logFormats,
  get json() {
    return ready().json;
  },
  get logfmt() {
    return ready().logfmt;
  },
  get text() {
    return ready().text;
  },
};

/** What a printed level means in this format. */
export function levelIn(format: LogFormat, text: string): Level | null {
  if (format.levels !== undefined && Object.hasOwn(format.levels, text)) return format.levels[text] ?? null;
  return levelOf(text);
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const NUMBER = /^-?\d{1,19}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?$/;
const OFFSET = /[+-]\d{1,4}$/;

export function fulfils(format: KeyedFormat, proof: Proof, value: string): boolean {
  switch (proof.is) {
    case undefined:
      return true;
    case 'rfc3339':
      return RFC3339.test(value);
    case 'number':
      return NUMBER.test(value);
    case 'level':
      return format.levels !== undefined && Object.hasOwn(format.levels, format.levelOffsets === true ? value.replace(OFFSET, '') : value);
    default:
      return proof.is.includes(value);
  }
}
