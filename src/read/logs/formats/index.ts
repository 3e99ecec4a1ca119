/** Every known format. Adding one is one entry with its samples in the file of its shape. */
import type { KeyedFormat, LogFormat } from '../format.ts';
import { textFormats } from './console.ts';
import { jsonFormats, otherJson } from './json.ts';
import { logfmtFormats, otherLogfmt } from './logfmt.ts';

export { jsonFormats, logfmtFormats, otherJson, otherLogfmt, textFormats };

export const keyedFormats: Readonly<Record<'json' | 'logfmt', { known: readonly KeyedFormat[]; other: KeyedFormat }>> = {
  json: { known: jsonFormats, other: otherJson },
  logfmt: { known: logfmtFormats, other: otherLogfmt },
};

export const allFormats: readonly LogFormat[] = [...jsonFormats, otherJson, ...logfmtFormats, otherLogfmt, ...textFormats];
