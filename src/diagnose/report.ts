/** From incidents to the report: headings, chains in causal order, frontiers, what was rejected, gaps. */

import { clockOffset } from '../model/conditions/clock.ts';
import {
  type Artifact,
  type Ask,
  atLeast,
  type Condition,
  clockTime,
  entityId,
  formatInstant,
  generalTitle,
  type Instant,
  isWeaker,
  type Kind,
  type Link,
  REPORT_VERSION,
  type Report,
  type ReportCause,
  type ReportGap,
  type ReportIncident,
  type ReportLink,
  type ReportProof,
  type Role,
  shortName,
  uniquePlaces,
  weakest,
} from '../model/index.ts';
import { type Chain, type Chainer, culpritsOf, type EvaluatedLink, isUsable, linksOf, rootOf } from './chain.ts';
import { type Citer, openCiter } from './cite.ts';
import { areTied, conditionsOf, type Incident } from './incidents.ts';

export interface Diagnosis {
  readonly incidents: readonly Incident[];
  /** Growth that may be no more than a start: said as something not known, not as an incident. */
  readonly passing: readonly Condition[];
  readonly checked: Report['checked'];
}

export interface ReportContext {
  readonly artifacts: readonly Artifact[];
  readonly ask: Ask;
  readonly chainer: Chainer;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly gaps: readonly ReportGap[];
  readonly inputs: Report['inputs'];
  readonly hints: Report['hints'];
  readonly problems: readonly import('../model/index.ts').Problem[];
}

/** A report shows this many causes of an incident; more candidates than that name nothing. */
const CAUSES_SHOWN = 5;
const REJECTED_SHOWN = 6;
const CONTRAST = 'contrast/differs';
const NOTHING_LOOKED_AT = "kubectl get pods,events,deployments,replicasets -o json; the services' logs; curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2'";

export function makeReport(diagnosis: Diagnosis, context: ReportContext): Report {
  const citer = openCiter(context.artifacts);
  const gaps: ReportGap[] = [];
  const incidents = diagnosis.incidents.map((i) => reportIncident(i, context, citer, gaps));
  const problems = context.problems.map((p) => ({
    code: p.code,
    severity: p.severity,
    what: p.what,
    why: p.why,
    next: p.next,
    artifact: p.place?.artifact ?? null,
    place: p.place === null ? null : (citer.cite([p.place])[0] ?? null),
  }));
  const first = incidents[0];
  // silence is no health: where nothing at hand could have shown harm, nothing is known
  const looked = diagnosis.checked.some((c) => c.state === 'absent');
  if (first === undefined && !looked) gaps.push({ what: 'whether anything is wrong', why: 'nothing that was given could have shown harm', next: NOTHING_LOOKED_AT });
  for (const { says, mayPass, places } of diagnosis.passing)
    if (mayPass !== undefined) gaps.push({ what: `whether it goes on: ${says}`, why: mayPass.why, next: mayPass.next, places: citer.cite(places) });
  gaps.push(...clockGaps(context.ask));
  return {
    schema: REPORT_VERSION,
    outcome: first?.outcome ?? (looked ? 'no-incident' : 'unproven'),
    incidents,
    causes: first?.causes ?? [],
    gaps: uniqueGaps([...gaps, ...context.gaps]),
    places: citer.places(),
    inputs: context.inputs,
    hints: context.hints,
    problems,
    checked: diagnosis.checked,
  };
}

function reportIncident(incident: Incident, context: ReportContext, citer: Citer, gaps: ReportGap[]): ReportIncident {
  const main = mainChain(incident);
  // an open chain names no cause; a contrast says what differs and is kept as that
  const named = incident.chains.filter((c) => c.link !== null && atLeast(c.verdict, 'associated') && (c.closed || rootOf(c).kind === CONTRAST));
  const symptoms = [...incident.symptoms].sort((a, b) => compareOnsets(a.condition, b.condition));
  const { title, subject } = titleOf(incident, main);
  // numbers follow the page: the headline's harm first, then the cause and its chain
  const titlePlaces = citer.cite(subject.places, 2);
  // one heading per root: two chains may lead to the same defect over different triggers
  const causes: ReportCause[] = [];
  const headings = new Set<string>();
  const shown: Chain[] = [];
  for (const chain of named) {
    const before = causes.length === 0 ? undefined : shown.at(-1);
    // causes that nothing tells apart bear one rank
    const rank = before !== undefined && areTied(before, chain, incident.symptoms) ? (causes.at(-1) as ReportCause).rank : causes.length + 1;
    const cause = reportCause(chain, rank, incident, context, citer);
    const key = `${cause.mechanism} ${JSON.stringify(cause.culprits)}`;
    if (headings.has(key) || causes.length >= CAUSES_SHOWN) continue;
    headings.add(key);
    causes.push(cause);
    shown.push(chain);
  }
  const reportedSymptoms = symptoms.map(({ condition: c }) => ({
    condition: c.kind,
    entity: entityId(c.entity),
    workload: workloadOf(c, context.ask),
    says: c.says,
    from: time(c.onset.firstIll),
    places: citer.cite(c.places, 2),
  }));
  const best = incident.chains[0];
  const frontiers = best !== undefined && isUsable(best) ? [] : reportFrontiers(incident, context, citer, gaps);
  if (best !== undefined && isUsable(best)) {
    // a fault outside ends the chain here; what brought that about is another's to find, and is said to be open
    const root = rootOf(best);
    const kind = context.kinds.get(root.kind);
    if (kind?.root === 'outside') gaps.push({ what: `why ${root.says}`, why: 'nothing that was given looks behind it', next: kind.next });
    for (const l of linksOf(best)) for (const m of l.missing) gaps.push({ what: `${headline(l)}: ${l.verdict}`, why: m.why, next: m.next });
  }
  return {
    title,
    outcome: causes.some((c) => c.rank === 1 && atLeast(c.verdict, 'supported')) ? 'cause-found' : 'unproven',
    places: titlePlaces,
    scope: [...new Set(symptoms.map((s) => entityId(s.condition.entity)))].sort(),
    symptoms: reportedSymptoms,
    causes,
    frontiers,
    rejected: reportRejected(incident, context, citer),
    unexplained: incident.unexplained.map(({ condition: c }) => ({ says: c.says, places: citer.cite(c.places, 2) })),
  };
}

/** The chain that tells the most: the first one; symptoms alone give nothing to tell. */
const mainChain = (incident: Incident): Chain | null => incident.chains.find((c) => c.link !== null) ?? incident.chains[0] ?? null;

/** The workload it is most surely part of. */
function workloadOf(c: Condition, ask: Ask): string | null {
  const [first, ...others] = ask.identity.lift(c.entity, 'workload');
  const best = others.reduce((a, b) => (a !== undefined && !isWeaker(a.strength, b.strength) ? a : b), first);
  return best === undefined ? null : entityId(best.entity);
}

/** Kinds whose names people use; the others' keys are addresses and stacks. */
const NAMED: ReadonlySet<string> = new Set(['container', 'pod', 'workload', 'service', 'node', 'revision', 'object', 'namespace']);

/** What a person sees first: the harm nearest to the alert, and the alert that told of it. */
function titleOf(incident: Incident, main: Chain | null): { title: string; subject: Condition } {
  const alerts = incident.symptoms.map((s) => s.condition).filter((c) => c.kind === 'alert/firing');
  let subject = main?.head ?? (incident.symptoms[0] as { condition: Condition }).condition;
  let at = main;
  while (at !== null && at.head.kind === 'alert/firing' && at.cause !== null) {
    at = at.cause;
    subject = at.head;
  }
  const name = shortName(subject.entity);
  const text = subject.says.includes(name) || !NAMED.has(subject.entity.kind) ? subject.says : `${name}: ${subject.says}`;
  const firstFired = new Map<string, Instant | null>();
  for (const a of alerts) {
    const known = firstFired.get(String(a.facts['name']));
    if (known === undefined || (known !== null && a.during.from !== null && a.during.from < known)) firstFired.set(String(a.facts['name']), a.during.from);
  }
  const fired = [...firstFired].sort(([, x], [, y]) => Number((x ?? 0n) - (y ?? 0n))).map(([name, at]) => `${name}${at === null ? '' : ` fired ${clockTime(at)}`}`);
  if (fired.length === 0 || subject.kind === 'alert/firing') return { title: text, subject };
  return { title: `${text} (${fired.slice(0, 2).join(', ')}${fired.length > 2 ? `, ${fired.length - 2} more` : ''})`, subject };
}

interface Root {
  readonly chain: Chain;
  readonly role: Role;
  /** The link that leaves the root. */
  readonly link: EvaluatedLink;
  readonly verdict: ReportCause['verdict'];
  readonly depth: number;
}

/** Every root the chain needs: its own end and the ends of its branches. */
function rootsOf(chain: Chain, kinds: ReadonlyMap<string, Kind>): Root[] {
  const roots: Root[] = [];
  const walk = (c: Chain, role: Role, link: EvaluatedLink | null, verdicts: ReportCause['verdict'][], depth: number): void => {
    if (c.link === null) {
      if (link !== null && c.closed) roots.push({ chain: c, role, link, verdict: weakest(verdicts), depth });
      return;
    }
    // as in the chain: telling of harm does not weaken what is known of its cause
    const tells = kinds.get(c.head.kind)?.tellsOnly === true && atLeast(c.link.verdict, 'supported');
    const next = tells ? verdicts : [...verdicts, c.link.verdict];
    const antecedents = c.link.mechanism.from;
    if (c.cause !== null) walk(c.cause, antecedents[0]?.role ?? role, c.link, next, depth + 1);
    for (const b of c.beside) {
      const index = c.link.link.causes.findIndex((x) => x !== null && x.id === b.head.id);
      // the link may be sure of its defect and only guess that the trigger was here
      const guessed = c.link.joinedBy[index] === 'guessed';
      walk(b, antecedents[index]?.role ?? 'trigger', c.link, guessed ? [...next, 'supported'] : next, depth + 1);
    }
  };
  walk(chain, 'defect', null, [], 0);
  return roots;
}

const ROLES: readonly Role[] = ['defect', 'amplifier', 'trigger'];

function reportCause(chain: Chain, rank: number, incident: Incident, context: ReportContext, citer: Citer): ReportCause {
  const roots = rootsOf(chain, context.kinds);
  const principal = rootOf(chain);
  // the heading is the deepest defect, else amplifier, else trigger; only roots that are as well proven may take the principal's place
  const candidates = roots.filter((r) => r.chain.head.id === principal.id || atLeast(r.verdict, 'supported'));
  candidates.sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || b.depth - a.depth || (a.chain.head.id < b.chain.head.id ? -1 : 1));
  const heading = candidates[0];
  const link = heading?.link ?? lastLink(chain);
  const root = heading?.chain.head ?? principal;
  const ordered = orderChain(chain);
  const others = roots.filter((r) => r.chain.head.id !== root.id && atLeast(r.verdict, 'unproven'));
  const seen = new Set<string>([root.id]);
  const explained = incident.symptoms.filter((s) => s.chains.some((c) => rootOf(c).id === principal.id)).length;
  const share = chain.share ?? (incident.symptoms.length === 0 ? null : explained / incident.symptoms.length);
  const headingPlaces = citer.cite(uniquePlaces([...root.places, ...(link?.places ?? [])]), 3);
  const mitigation = linksOf(chain)
    .map((l) => l.mechanism.mitigation?.(l.link) ?? null)
    .find((m) => m !== null);
  return {
    rank,
    mechanism: link?.mechanism.id ?? '',
    title: link === null ? root.says : text(link.mechanism.title, link.link),
    because: link === null ? '' : text(link.mechanism.because, link.link),
    role: heading?.role ?? 'defect',
    verdict: heading === undefined ? chain.verdict : weakest([chain.verdict, heading.verdict]),
    onset: { from: time(root.onset.lastWell), to: time(root.onset.firstIll) },
    share: share === null ? null : Math.round(share * 1000) / 1000,
    culprits: link === null ? [] : heading === undefined ? culpritsOf(chain, context.ask) : link.mechanism.culprits(link.link, context.ask),
    with: others.flatMap((r) => {
      if (seen.has(r.chain.head.id)) return [];
      seen.add(r.chain.head.id);
      return [
        { title: r.chain.head.says, role: r.role, verdict: r.verdict, culprits: r.link.mechanism.culprits(r.link.link, context.ask), places: citer.cite(r.chain.head.places, 2) },
      ];
    }),
    chain: ordered.map((o) => reportLink(o.condition, o.into, o.outOf, amplifiedBy(o.condition, ordered, context.chainer), citer)),
    proofs: proofsOf(chain, context, citer),
    places: headingPlaces,
    mitigation: mitigation ?? null,
  };
}

const lastLink = (chain: Chain): EvaluatedLink | null => (chain.cause === null ? chain.link : (lastLink(chain.cause) ?? chain.link));
const text = (t: string | ((link: Link) => string), link: Link): string => (typeof t === 'string' ? t : t(link));
const headline = (l: EvaluatedLink): string => text(l.mechanism.title, l.link);
const time = (at: Instant | null): string | null => (at === null ? null : formatInstant(at));

interface Ordered {
  readonly condition: Condition;
  /** The link that brought it about. */
  readonly into: EvaluatedLink | null;
  /** The link by which it brings about the next. */
  readonly outOf: EvaluatedLink | null;
}

/** Conditions of a chain in causal order; where cause does not order two of them, the earlier onset comes first. */
export function orderChain(chain: Chain): Ordered[] {
  const links = linksOf(chain);
  const nodes = new Map<string, Condition>();
  const into = new Map<string, EvaluatedLink>();
  const outOf = new Map<string, EvaluatedLink>();
  const waits = new Map<string, Set<string>>();
  const add = (c: Condition): void => {
    if (nodes.has(c.id)) return;
    nodes.set(c.id, c);
    waits.set(c.id, new Set());
  };
  add(chain.head);
  for (const l of links) {
    add(l.link.effect);
    into.set(l.link.effect.id, l);
    for (const c of l.link.causes) {
      if (c === null) continue;
      add(c);
      outOf.set(c.id, l);
      waits.get(l.link.effect.id)?.add(c.id);
    }
  }
  const out: Ordered[] = [];
  const left = new Map(nodes);
  while (left.size > 0) {
    const ready = [...left.values()].filter((c) => [...(waits.get(c.id) ?? [])].every((w) => !left.has(w)));
    const next = (ready.length > 0 ? ready : [...left.values()]).sort(compareOnsets)[0] as Condition;
    left.delete(next.id);
    out.push({ condition: next, into: into.get(next.id) ?? null, outOf: outOf.get(next.id) ?? null });
  }
  return out;
}

/** Standing conditions (no onset) first, then by first sight, then by id. */
function compareOnsets(a: Condition, b: Condition): number {
  const at = (c: Condition): bigint => c.onset.firstIll ?? c.onset.lastWell ?? -1n;
  if (at(a) !== at(b)) return at(a) < at(b) ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** Conditions of the chain that this one makes worse in turn: its link back closes a loop. */
const amplifiedBy = (cause: Condition, chain: readonly Ordered[], chainer: Chainer): string[] =>
  chain.filter((o) => chainer.explain(o.condition).amplifiedBy.some((l) => l.link.causes.some((c) => c?.id === cause.id))).map((o) => o.condition.kind);

function reportLink(c: Condition, into: EvaluatedLink | null, outOf: EvaluatedLink | null, amplifies: readonly string[], citer: Citer): ReportLink {
  const said = into?.leansOn ?? [];
  return {
    condition: c.kind,
    by: outOf?.mechanism.id ?? null,
    entity: entityId(c.entity),
    from: time(c.onset.firstIll ?? c.onset.lastWell),
    to: time(c.during.to),
    says: c.says,
    quantity: c.quantity ?? null,
    verdict: into?.verdict ?? outOf?.verdict ?? 'confirmed',
    why: `${into?.why ?? outOf?.why ?? 'observed'}${said.length === 0 ? '' : `; that they belong together the user says: ${said.map((a) => a.why).join(', ')}`}`,
    ...(amplifies.length === 0 ? {} : { amplifies }),
    places: citer.cite([...uniquePlaces(c.places, 3), ...said.flatMap((a) => a.places)], 3 + said.length),
  };
}

function proofsOf(chain: Chain, context: ReportContext, citer: Citer): ReportProof[] {
  const proofs: ReportProof[] = [];
  for (const l of linksOf(chain)) {
    const experiment = l.mechanism.experiment;
    if (experiment === undefined) continue;
    const f = experiment.test(l.link, context.ask);
    proofs.push({
      experiment: l.mechanism.id,
      kind: 'passive',
      outcome: f.state === 'holds' ? 'supported' : f.state === 'fails' ? 'refuted' : 'not-run',
      says: f.state === 'unknown' ? `${experiment.predicts}: ${f.why}` : `${experiment.predicts}: ${f.says}`,
      statistics: null,
      command: f.state === 'unknown' ? f.next : null,
      places: f.state === 'unknown' ? [] : citer.cite(f.places, 2),
    });
  }
  return proofs;
}

/** Where the search stopped: the deepest condition reached, and what would carry it on. */
function reportFrontiers(incident: Incident, context: ReportContext, citer: Citer, gaps: ReportGap[]): ReportIncident['frontiers'] {
  const out: ReportIncident['frontiers'][number][] = [];
  const seen = new Set<string>();
  for (const chain of incident.chains) {
    if (isUsable(chain)) continue;
    // the longest part with all links at least supported is what was reached; a lone symptom was reached by seeing it
    const reached = reachedEnd(chain);
    if (seen.has(reached.id)) continue;
    seen.add(reached.id);
    const explanation = context.chainer.explain(reached);
    // from here it went on: the end further back is the frontier
    if (explanation.chains.some((c) => c.link !== null && atLeast(c.verdict, 'supported'))) continue;
    const nexts = new Map<string, { why: string; next: string; mechanism: string }>();
    for (const c of explanation.chains) {
      if (c.link === null || isUsable(c)) continue;
      for (const m of c.link.missing) nexts.set(m.next, { ...m, mechanism: c.link.mechanism.id });
    }
    for (const b of explanation.blocked)
      if (b.state === 'unknown' && b.next !== null && !nexts.has(b.next)) nexts.set(b.next, { why: b.why, next: b.next, mechanism: b.mechanism.id });
    const asks = [...nexts.values()];
    // the command that shows the condition has been run: it was observed
    if (asks.length === 0)
      asks.push({
        why: 'no mechanism known here brings this about from what was observed',
        next: 'read what stands at the places cited: no command is known that would carry it on',
        mechanism: '',
      });
    const way = wayTo(chain, reached, incident);
    const candidates = explanation.chains.flatMap((c) =>
      c.link === null || atLeast(c.link.verdict, 'supported') ? [] : [`${c.link.mechanism.id} (${c.link.verdict}: ${c.link.why})`],
    );
    out.push({
      condition: reached.kind,
      entity: entityId(reached.entity),
      workload: workloadOf(reached, context.ask),
      reached: [
        reached.says,
        ...(way.length === 0 ? [] : [`by way of: ${way.map((c) => c.says).join('; ')}`]),
        ...(candidates.length === 0 ? [] : [`not proven: ${[...new Set(candidates)].slice(0, 3).join('; ')}`]),
      ].join('; '),
      next: asks[0]?.next ?? '',
      places: citer.cite([...reached.places.slice(0, 2), ...way.flatMap((c) => c.places.slice(0, 2))], 2 + 2 * way.length),
    });
    for (const a of asks) gaps.push({ what: `what brought about "${reached.says}"${a.mechanism === '' ? '' : ` (${a.mechanism})`}`, why: a.why, next: a.next });
  }
  return out;
}

/** What lies between the harm and the end that was reached, and is no harm that the report shows anyhow. */
function wayTo(chain: Chain, reached: Condition, incident: Incident): Condition[] {
  const shown = new Set(incident.symptoms.map((s) => s.condition.id));
  const out: Condition[] = [];
  for (let at: Chain | null = chain; at !== null && at.head.id !== reached.id; at = at.cause) if (!shown.has(at.head.id)) out.push(at.head);
  return out.slice(-WAY);
}

/** Of a long way the part next to its end. */
const WAY = 2;

function reachedEnd(chain: Chain): Condition {
  if (chain.cause === null || chain.link === null || !atLeast(chain.link.verdict, 'supported')) return chain.head;
  return reachedEnd(chain.cause);
}

function reportRejected(incident: Incident, context: ReportContext, citer: Citer): ReportIncident['rejected'] {
  const onChains = new Set<string>();
  for (const s of incident.symptoms) onChains.add(s.condition.id);
  const best = mainChain(incident);
  if (best !== null) for (const id of conditionsOf(best)) onChains.add(id);
  const conditions = new Map<string, Condition>();
  for (const s of incident.symptoms) conditions.set(s.condition.id, s.condition);
  for (const chain of incident.chains)
    for (const l of linksOf(chain)) for (const c of [l.link.effect, ...l.link.causes]) if (c !== null && onChains.has(c.id)) conditions.set(c.id, c);
  const out: ReportIncident['rejected'][number][] = [];
  const seen = new Set<string>();
  for (const [, condition] of [...conditions].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const explanation = context.chainer.explain(condition);
    const stands = new Set(explanation.chains.map((c) => c.link?.mechanism.id));
    // the same fault by another way is named: to reject this way of it would read as if it were taken back
    for (const c of explanation.chains) if (c.link !== null && atLeast(c.link.verdict, 'supported')) for (const id of c.link.mechanism.sameFaultAs ?? []) stands.add(id);
    for (const l of explanation.refuted) {
      if (stands.has(l.mechanism.id) || seen.has(l.mechanism.id)) continue;
      seen.add(l.mechanism.id);
      out.push({ mechanism: l.mechanism.id, title: headline(l), why: l.why, refutedBy: citer.cite(l.refutedBy, 2) });
    }
    // of what was looked for and not seen only the rivals of what is claimed are worth a line
    const rivals = new Set(explanation.chains.flatMap((c) => c.link?.mechanism.rivals ?? []));
    for (const b of explanation.blocked) {
      if (b.state !== 'fails' || !rivals.has(b.mechanism.id) || stands.has(b.mechanism.id) || seen.has(b.mechanism.id)) continue;
      seen.add(b.mechanism.id);
      out.push({ mechanism: b.mechanism.id, title: generalTitle(b.mechanism), why: b.why, refutedBy: citer.cite(b.places, 2) });
    }
  }
  return out.slice(0, REJECTED_SHOWN);
}

function uniqueGaps(gaps: readonly ReportGap[]): ReportGap[] {
  const seen = new Map<string, ReportGap>();
  for (const g of gaps) if (!seen.has(g.next)) seen.set(g.next, g);
  return [...seen.values()];
}

/** Times are shown as each log printed them: where clocks are known to disagree, that is said once. */
function clockGaps(ask: Ask): ReportGap[] {
  const answer = ask.look(clockOffset);
  if (answer.state !== 'observed') return [];
  return [
    {
      what: 'times above are as each log printed them',
      why: `${answer.conditions.map((c) => c.says).join('; ')}; what came first between services is decided on corrected times`,
      next: 'gorca logs timeline on the same logs shows printed and corrected times side by side',
    },
  ];
}
