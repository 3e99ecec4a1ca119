/**
 * Why a process uses all the CPU it may: lines at which a CPU profile shows the time to go, tied to what the source says of them. The profile
 * says where, the source why it need not be; one without the other names nobody.
 */
import { cpuSaturated, cpuSpentAt, cpuSpentOn } from '../../model/conditions/cpu.ts';
import {
  type Ask,
  type Check,
  type Condition,
  type EntityKind,
  enclosingFunction,
  type Facts,
  type Finding,
  fails,
  holds,
  type Joined,
  type Kind,
  type Link,
  type Mechanism,
  mayOverlap,
  uniquePlaces,
  unknown,
  weaker,
} from '../../model/index.ts';
import { tiedWithin } from './join.ts';
import { type Frame, framesOf, joinSource, sourceIsBound } from './source-frames.ts';

export type Spent = Condition<NonNullable<(typeof cpuSpentAt)['facts']>>;
type SpentOn = Condition<NonNullable<(typeof cpuSpentOn)['facts']>>;

/** Levels on which a profile and a saturated process, container or pod are one. */
export const SAME: readonly EntityKind[] = ['process', 'container', 'pod'];

/** Below this share of the CPU time a line is one of several: without it the process might be saturated as well. */
export const LEAST_OF_CPU = 0.3;

/** Lines of the saturated process that were profiled while it was; what could not be looked at, or that nothing fits, else. */
export function spentBy(effect: Condition, ask: Ask, accept: (site: Spent['facts']) => boolean): Finding | readonly Spent[] {
  const answer = ask.look(cpuSpentAt);
  if (answer.state === 'not-observable') return unknown(answer.reasons[0]?.why ?? 'no CPU profile is at hand', cpuSpentAt.next);
  const covered = (answer.covered ?? []).filter(
    (c) => mayOverlap(c.interval, effect.during) && (c.entity === null || tiedWithin(effect, { ...effect, entity: c.entity }, ask, SAME) !== null),
  );
  const own = answer.state === 'observed' ? answer.conditions.filter((c) => mayOverlap(c.during, effect.during) && tiedWithin(effect, c, ask, SAME) !== null) : [];
  const fitting = own.filter((c) => accept(c.facts));
  if (fitting.length > 0) return fitting;
  return covered.length > 0 || own.length > 0
    ? fails(
        'the CPU profile shows no such line',
        uniquePlaces(
          covered.flatMap((c) => c.places),
          2,
        ),
      )
    : unknown('no CPU profile was taken of it while it was saturated', cpuSpentAt.next);
}

/** The one line that takes most; nobody where several share it. */
export function heaviestLine(effect: Condition, ask: Ask): Finding | readonly Joined[] {
  const sites = spentBy(effect, ask, (site) => site.share >= LEAST_OF_CPU);
  if ('state' in sites) return sites.state === 'fails' ? fails('the CPU time is spread over many lines', sites.places) : sites;
  const heaviest = sites.reduce((a, b) => (b.facts.share > a.facts.share ? b : a));
  const strength = tiedWithin(effect, heaviest, ask, SAME);
  return strength === null ? [] : [{ cause: heaviest, strength: weaker(strength, heaviest.strength) }];
}

/** Of the frames at which time goes those that the source may tell of: the line itself, then the frames of the same function above it. */
function framesAt(site: Spent): Frame[] {
  const frame: Frame = { function: site.facts.function, file: site.facts.file, line: site.facts.line };
  const same = framesOf(site.facts.stack).filter((f) => enclosingFunction(f.function) === enclosingFunction(frame.function) && f.line !== frame.line);
  return [frame, ...same.slice(0, 3)];
}

/** What the source says of the lines that the profile accepts; each cause once, as surely as its best line. */
export function joinSpent<F extends Facts>(
  kind: Kind<F>,
  effect: Condition,
  ask: Ask,
  accept: (site: Spent['facts']) => boolean,
  tie: (cause: Condition<F>, frame: Frame, site: Spent) => boolean,
): Finding | readonly Joined[] {
  const sites = spentBy(effect, ask, accept);
  if ('state' in sites) return sites;
  const joined = new Map<string, Joined>();
  let failed: Finding | null = null;
  let missing: Finding | null = null;
  for (const site of sites) {
    const found = joinSource(kind, ask, framesAt(site), (cause, frame) => tie(cause, frame, site));
    if ('state' in found) {
      // whether the source of one line is missing does not matter where another is known
      if (found.state === 'unknown') missing ??= unknown(`${site.says}; ${found.why}`, found.next);
      else failed ??= found;
      continue;
    }
    const strength = tiedWithin(effect, site, ask, SAME);
    if (strength === null) continue;
    for (const j of found) if (!joined.has(j.cause.id)) joined.set(j.cause.id, { cause: j.cause, strength: weaker(weaker(strength, site.strength), j.strength) });
  }
  return joined.size > 0 ? [...joined.values()] : (missing ?? failed ?? fails('not so in the source', effect.places));
}

/** Of all CPU time, what goes to the lines that `accept` and `tie` take for the cause's. */
export function shareOf(
  link: Link,
  ask: Ask,
  accept: (site: Spent['facts']) => boolean,
  tie: (cause: Condition, frame: Frame, site: Spent) => boolean,
): { share: number; sites: readonly Spent[] } {
  const [cause] = link.causes;
  const sites = cause == null ? [] : spentBy(link.effect, ask, accept);
  if ('state' in sites || cause == null) return { share: 0, sites: [] };
  const own = sites.filter((s) => framesAt(s).some((f) => enclosingFunction(f.function) === cause.entity.key && tie(cause, f, s)));
  // profiles taken one after the other each count for themselves
  const byProfile = new Map<string, number>();
  for (const s of own) byProfile.set(String(s.during.from), (byProfile.get(String(s.during.from)) ?? 0) + s.facts.share);
  return { share: Math.min(1, Math.max(0, ...byProfile.values())), sites: own };
}

/** Holds with the heaviest lines as places: what the profile says of the cause. */
export function spendsThere(accept: (site: Spent['facts']) => boolean, tie: (cause: Condition, frame: Frame, site: Spent) => boolean): Check {
  return {
    id: 'cpu-is-spent-there',
    title: 'a CPU profile taken meanwhile shows that the time goes there',
    test(link, ask) {
      const { share, sites } = shareOf(link, ask, accept, tie);
      const [first] = [...sites].sort((a, b) => b.facts.share - a.facts.share);
      if (first === undefined) return unknown('no CPU profile was taken of it while it was saturated', cpuSpentAt.next);
      return holds(
        `${Math.round(share * 100)} % of the CPU time`,
        uniquePlaces(
          sites.flatMap((s) => s.places),
          3,
        ),
        first.strength,
      );
    },
  };
}

/** How much of the CPU time a class takes while the process is saturated; null where no profile tells. */
export function spentOn(name: string, effect: Condition, ask: Ask): SpentOn | 'less' | null {
  const answer = ask.look(cpuSpentOn);
  if (answer.state === 'not-observable') return null;
  const meets = (c: { readonly entity: Condition['entity'] | null; readonly during: Condition['during'] }): boolean =>
    mayOverlap(c.during, effect.during) && (c.entity === null || tiedWithin(effect, { ...effect, entity: c.entity }, ask, SAME) !== null);
  const own = answer.state === 'observed' ? answer.conditions.filter((c) => c.facts.class === name && meets(c)) : [];
  const heaviest = own.reduce<SpentOn | null>((a, b) => (a === null || b.facts.share > a.facts.share ? b : a), null);
  if (heaviest !== null) return heaviest;
  const looked = (answer.covered ?? []).some((c) => meets({ entity: c.entity, during: c.interval }));
  return looked || (answer.state === 'observed' && answer.conditions.some(meets)) ? 'less' : null;
}

/** The class takes at least this share whatever the sampling. */
export const spendsOn = (name: string, what: string, least: number): Check => ({
  id: `cpu-goes-to-${name}`,
  title: `a CPU profile taken meanwhile shows that at least ${Math.round(least * 100)} % of the time goes to ${what}`,
  test({ effect }, ask) {
    const found = spentOn(name, effect, ask);
    if (found === null) return unknown('no CPU profile was taken of it while it was saturated', cpuSpentOn.next);
    if (found === 'less') return fails(`the CPU profile shows less than 3 % for ${what}`, effect.places);
    return found.facts.atLeast >= least ? holds(found.says, found.places, found.strength) : fails(found.says, found.places);
  },
});

/** What the profile says of a class, as part of the story. */
export const classOf =
  (name: string) =>
  (effect: Condition, ask: Ask): readonly Joined[] => {
    const found = spentOn(name, effect, ask);
    const strength = found === null || found === 'less' ? null : tiedWithin(effect, found, ask, SAME);
    return found === null || found === 'less' || strength === null ? [] : [{ cause: found, strength: weaker(strength, found.strength) }];
  };

export const shareOfClass = (name: string, link: Link, ask: Ask): number | null => {
  const found = spentOn(name, link.effect, ask);
  return found === null || found === 'less' ? null : found.facts.share;
};

/** What a line is accepted for, and which of them belong to a cause. */
export interface SpentWhere<F extends Facts> {
  readonly kind: Kind<F>;
  accept(site: Spent['facts']): boolean;
  tie(cause: Condition<F>, frame: Frame, site: Spent): boolean;
  /** What stands in the source at the cause’s line. */
  readonly shows: readonly string[];
}

/** The parts of a mechanism by which a line of source takes the CPU that a process may use. */
export function bySpent<F extends Facts>(
  where: SpentWhere<F>,
): Pick<Mechanism, 'to' | 'from' | 'requires' | 'accounts' | 'leastShare' | 'refutes' | 'order' | 'status' | 'culprits'> {
  const tie = (cause: Condition, frame: Frame, site: Spent): boolean => where.tie(cause as Condition<F>, frame, site);
  return {
    to: cpuSaturated,
    from: [
      { kind: where.kind, role: 'defect', join: (effect, ask) => joinSpent(where.kind, effect, ask, where.accept, where.tie) },
      // what the profile says stands beside what the source says
      { kind: cpuSpentAt, role: 'amplifier', optional: true, join: (effect, ask) => heaviestOf(where, effect, ask) },
    ],
    requires: [
      spendsThere(where.accept, tie),
      sourceIsBound((link) => {
        const [cause] = link.causes;
        return cause == null ? [] : [{ frame: siteOf(cause), shows: where.shows }];
      }),
    ],
    accounts: (link, ask) => shareOf(link, ask, where.accept, tie).share,
    leastShare: LEAST_OF_CPU,
    refutes: [],
    // source holds for the life of the process
    order: 'standing',
    // how much is too much no profile says
    status: 'trial',
    culprits: (link) => {
      const [cause] = link.causes;
      return cause == null ? [] : [{ kind: 'code', ...siteOf(cause) }];
    },
  };
}

/** Of the accepted lines that the source tells something of, the one that takes most. */
function heaviestOf<F extends Facts>(where: SpentWhere<F>, effect: Condition, ask: Ask): readonly Joined[] {
  const sites = spentBy(effect, ask, where.accept);
  if ('state' in sites) return [];
  const told = sites.filter((site) => !('state' in joinSource(where.kind, ask, framesAt(site), (cause, frame) => where.tie(cause, frame, site))));
  const heaviest = told.reduce<Spent | null>((a, b) => (a === null || b.facts.share > a.facts.share ? b : a), null);
  const strength = heaviest === null ? null : tiedWithin(effect, heaviest, ask, SAME);
  return heaviest === null || strength === null ? [] : [{ cause: heaviest, strength: weaker(strength, heaviest.strength) }];
}

const siteOf = (cause: Condition): Frame => ({ function: String(cause.facts['function']), file: String(cause.facts['file']), line: Number(cause.facts['line']) });

/** The frame stands on one of the lines the cause speaks of. */
export const onItsLines = (cause: Condition, frame: Frame, from = 'line', to = 'endLine'): boolean =>
  Number(cause.facts[from]) <= frame.line && frame.line <= Number(cause.facts[to]);

/** So much of the time at the line was spent on one of these classes. */
export const mostlyOn = (site: Spent['facts'], least: number, ...classes: readonly string[]): boolean =>
  site.on.reduce((n, o) => (classes.includes(o.class) ? n + o.share : n), 0) >= least;
