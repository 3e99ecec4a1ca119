import type { Report, ReportProof } from '../../model/index.ts';

/** Puts a proof beside the verdict of the first incident's cause with that mechanism (null: the first cause). Verdicts stay as they are. */
export function withProof(report: Report, mechanism: string | null, proof: ReportProof): { report: Report; attached: boolean } {
  const index = report.causes.findIndex((c) => mechanism === null || c.mechanism === mechanism);
  if (index < 0) return { report, attached: false };
  const causes = report.causes.map((c, i) => (i === index ? { ...c, proofs: [...c.proofs, proof] } : c));
  return { report: { ...report, causes, incidents: report.incidents.map((incident, i) => (i === 0 ? { ...incident, causes } : incident)) }, attached: true };
}
