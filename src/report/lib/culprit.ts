import type { Culprit } from '../../model/mechanism.ts';

/** The last part of a path: the full one stands in the JSON. */
const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** What to look at, in one line: `shop/orders.(*Client).Reserve.func1  client.go:61`. */
export function culpritText(c: Culprit): string {
  const at = c.file === undefined ? '' : `${baseName(c.file)}${c.line === undefined ? '' : `:${c.line}`}`;
  return [c.function, at, c.ref, c.module].filter((part) => part !== undefined && part !== '').join('  ');
}
