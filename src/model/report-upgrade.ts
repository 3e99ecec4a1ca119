/**
 * Brings a stored report to the version of this program, one step a version.
 * Every change of the contract adds a step here, even one that has nothing to do.
 */
import { atLeast, REPORT_VERSION, type Report, type Verdict } from './report.ts';

type Stored = { readonly [name: string]: unknown };

const listOf = (value: unknown): readonly Stored[] => (Array.isArray(value) ? (value as readonly Stored[]) : []);

/** From the version named to the next one. gorca.report/1 is the first: there is nothing before it. */
const STEPS: Readonly<Record<string, (report: Stored) => Stored>> = {
  /** Each incident has an outcome of its own; symptoms and open ends name the workload they belong to, which was not kept before. */
  'gorca.report/1': (report) => ({
    ...report,
    schema: 'gorca.report/2',
    incidents: listOf(report['incidents']).map((i) => ({
      ...i,
      outcome: listOf(i['causes']).some((c) => c['rank'] === 1 && atLeast(c['verdict'] as Verdict, 'supported')) ? 'cause-found' : 'unproven',
      symptoms: listOf(i['symptoms']).map((s) => ({ ...s, workload: null })),
      frontiers: listOf(i['frontiers']).map((f) => ({ ...f, workload: null })),
    })),
  }),
};

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
