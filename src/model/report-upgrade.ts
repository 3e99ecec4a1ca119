/**
 * Brings a stored report to the version of this program, one step a version.
 * Every change of the contract adds a step here, even one that has nothing to do.
 */
import { REPORT_VERSION, type Report } from './report.ts';

type Stored = { readonly [name: string]: unknown };

/** From the version named to the next one. gorca.report/1 is the first: there is nothing before it. */
const STEPS: Readonly<Record<string, (report: Stored) => Stored>> = {};

export type Upgraded = { readonly report: Report } | { readonly refused: string };

export function upgradeReport(stored: unknown): Upgraded {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return { refused: 'not a report: no JSON object' };
  let report = stored as Stored;
  for (;;) {
    const version = report['schema'];
    if (version === REPORT_VERSION) return { report: report as unknown as Report };
    const step = typeof version === 'string' && Object.hasOwn(STEPS, version) ? STEPS[version] : undefined;
    if (step === undefined)
      return { refused: typeof version === 'string' ? `a report of version ${version}; this program reads up to ${REPORT_VERSION}` : 'not a report: it names no schema' };
    report = step(report);
  }
}
