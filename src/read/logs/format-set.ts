/** The formats a log is read with. Those of the user come first; among the built-in ones the order means nothing: no line proves two of them. */
import type { KeyedFormat, LogFormat, TextFormat } from './format.ts';
import { logFormats } from './formats/index.ts';

export interface Shape {
  readonly known: readonly KeyedFormat[];
  /** Speaks for lines of this shape that prove no known format. */
  readonly other: KeyedFormat;
}

export interface FormatSet {
  readonly all: readonly LogFormat[];
  readonly json: Shape;
  readonly logfmt: Shape;
  readonly text: readonly TextFormat[];
}

export function formatSet(own: readonly LogFormat[] = []): FormatSet {
  const all = [...own, ...logFormats];
  const shape = (name: 'json' | 'logfmt'): Shape => {
    const keyed = all.filter((f): f is KeyedFormat => f.shape === name);
    const other = keyed.find((f) => f.fallback === true);
    if (other === undefined) throw new Error(`no ${name} format is the fallback`);
    return { known: keyed.filter((f) => f.fallback !== true), other };
  };
  return { all, json: shape('json'), logfmt: shape('logfmt'), text: all.filter((f): f is TextFormat => f.shape === 'text') };
}

export const BUILT_IN: FormatSet = formatSet();
