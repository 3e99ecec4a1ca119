import type { Culprit } from '../../model/mechanism.ts';
import type { ReportCause } from '../../model/report.ts';

/** The last part of a path: the full one stands in the JSON. */
const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** What to look at, in one line: `shop/orders.(*Client).Reserve.func1  client.go:61`. */
export function culpritText(c: Culprit): string {
  const at = c.file === undefined ? '' : `${baseName(c.file)}${c.line === undefined ? '' : `:${c.line}`}`;
  return [c.function, at, c.ref, c.module].filter((part) => part !== undefined && part !== '').join('  ');
}

/** A defect need not be in code: a setting or an object that is wrong is said to be. */
export const roleText = (cause: Pick<ReportCause, 'role' | 'culprits'>): string =>
  cause.role === 'defect' && (cause.culprits[0]?.kind === 'config' || cause.culprits[0]?.kind === 'object') ? 'defect in configuration' : cause.role;

/** What to do first. Of a defect in code it is said that this does not mend it; a mitigation that ends in brackets says so itself. */
export const nowText = (cause: ReportCause): string =>
  cause.culprits[0]?.kind === 'code' && cause.mitigation?.endsWith(')') === false ? `${cause.mitigation} (stops the harm, not the cause)` : (cause.mitigation ?? '');
