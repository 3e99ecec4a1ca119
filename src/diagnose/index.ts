/** Conditions into incidents with ranked causes. */
import { type Ask, type Condition, type Entity, type Interval, type Kind, type Mechanism, mayOverlap, type Report, shortName } from '../model/index.ts';
import { Chainer, rootOf } from './chain.ts';
import { groupIncidents, type Incident } from './incidents.ts';
import type { Diagnosis } from './report.ts';

export { type Blocked, type Chain, Chainer, type EvaluatedLink, type Explanation } from './chain.ts';
export type { Incident } from './incidents.ts';
export { type Diagnosis, makeReport } from './report.ts';

export interface Scope {
  /** Symptoms outside are not looked for; causes still are. */
  readonly entities: readonly string[];
  readonly interval: Interval;
  readonly at: Interval | null;
}

export const EVERYTHING: Scope = { entities: [], interval: { from: null, to: null }, at: null };

export function diagnose(mechanisms: readonly Mechanism[], kinds: readonly Kind[], ask: Ask, scope: Scope = EVERYTHING): { diagnosis: Diagnosis; chainer: Chainer } {
  const chainer = new Chainer(mechanisms, new Map(kinds.map((k) => [k.id, k])), ask);
  const symptoms: Condition[] = [];
  const checked: { condition: string; state: Report['checked'][number]['state'] }[] = [];
  for (const kind of [...kinds].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (kind.symptom === undefined) continue;
    const answer = ask.look(kind, null, scope.interval);
    checked.push({ condition: kind.id, state: answer.state });
    if (answer.state !== 'observed') continue;
    symptoms.push(...answer.conditions.filter((c) => inScope(c, scope, ask)));
  }
  const rooted = new Set(kinds.filter((k) => k.root !== undefined).map((k) => k.id));
  const incidents: Incident[] = [];
  const passing: Condition[] = [];
  for (const i of groupIncidents(symptoms, chainer, ask)) {
    if (mayPass(i, rooted)) passing.push(...i.symptoms.map((s) => s.condition));
    else incidents.push(i);
  }
  return { diagnosis: { incidents, passing, checked }, chainer };
}

/** Growth that a healthy start passes through as well, with no harm beside it and nothing that could be its cause in sight. */
const mayPass = (i: Incident, rooted: ReadonlySet<string>): boolean =>
  [...i.symptoms, ...i.unexplained].every((s) => s.condition.mayPass !== undefined) && !i.chains.some((c) => c.link !== null && rooted.has(rootOf(c).kind));

function inScope(c: Condition, scope: Scope, ask: Ask): boolean {
  if (!mayOverlap({ from: c.onset.firstIll ?? c.during.from, to: c.during.to }, scope.interval)) return false;
  if (scope.at !== null && !mayOverlap({ from: c.onset.lastWell ?? c.during.from, to: c.during.to }, scope.at)) return false;
  if (scope.entities.length === 0) return true;
  const names = ask.identity.upwards(c.entity).map((r: { entity: Entity }) => r.entity);
  return scope.entities.some((wanted) => names.some((e) => e.key === wanted || shortName(e) === wanted || `${e.kind}:${e.key}` === wanted || e.key.startsWith(`${wanted}/`)));
}
