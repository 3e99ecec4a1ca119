/**
 * What one mechanism says of one effect: the joined causes, every check, and the verdict with what limits it.
 * Nothing here depends on where a search began, so each condition is judged once.
 */
import {
  type Alias,
  type Ask,
  type Condition,
  isWeaker,
  type Joined,
  type Link,
  type Mechanism,
  orderOf,
  type Place,
  type Role,
  type Strength,
  uniquePlaces,
  type Verdict,
  weaker,
  weakest,
} from '../model/index.ts';

export interface EvaluatedLink {
  readonly mechanism: Mechanism;
  readonly link: Link;
  readonly verdict: Verdict;
  /** Why it is not better; or what makes it as good as it is. */
  readonly why: string;
  readonly strength: Strength;
  /** How surely each of the link's causes belongs to the effect; null where none was found. */
  readonly joinedBy: readonly (Strength | null)[];
  readonly share: number | null;
  /** Places of the checks that decided. */
  readonly places: readonly Place[];
  /** What the user says (--same) without which cause and effect would not belong together. */
  readonly leansOn: readonly Alias[];
  /** Places of what refuted it. */
  readonly refutedBy: readonly Place[];
  /** What would decide what could not be looked at. */
  readonly missing: readonly { readonly why: string; readonly next: string }[];
}

/** A mechanism whose principal antecedent could not be looked at, or was looked for and is not there. */
export interface Blocked {
  readonly mechanism: Mechanism;
  readonly effect: Condition;
  readonly state: 'unknown' | 'fails';
  readonly why: string;
  readonly next: string | null;
  readonly places: readonly Place[];
}

/** Clocks of different writers agree this well in one cluster; beyond it order is decided. */
export const CLOCK_SLACK_SECONDS = 2;

export interface Judged {
  readonly links: readonly EvaluatedLink[];
  readonly blocked: readonly Blocked[];
}

/** All that mechanisms say of an effect, rivals weighed against each other. */
export function judge(mechanisms: readonly Mechanism[], effect: Condition, ask: Ask): Judged {
  const links: EvaluatedLink[] = [];
  const blocked: Blocked[] = [];
  for (const mechanism of mechanisms) applyMechanism(mechanism, effect, ask, links, blocked);
  return { links: excludeRivals(links, blocked), blocked };
}

export function applyMechanism(mechanism: Mechanism, effect: Condition, ask: Ask, links: EvaluatedLink[], blocked: Blocked[]): void {
  const [principal, ...others] = mechanism.from;
  if (principal === undefined) return;
  const found = principal.join(effect, ask);
  if ('state' in found) {
    if (found.state === 'holds') return;
    blocked.push({
      mechanism,
      effect,
      state: found.state,
      why: found.state === 'unknown' ? found.why : found.says,
      next: found.state === 'unknown' ? found.next : null,
      places: found.state === 'unknown' ? [] : found.places,
    });
    return;
  }
  for (const joined of [...found].sort((a, b) => (a.cause.id < b.cause.id ? -1 : 1))) {
    if (joined.cause.id === effect.id) continue;
    links.push(evaluate(mechanism, effect, ask, joined, others));
  }
}

function evaluate(mechanism: Mechanism, effect: Condition, ask: Ask, principal: Joined, others: Mechanism['from']): EvaluatedLink {
  const limits: Limit[] = [];
  let strength = weaker(weaker(principal.strength, principal.cause.strength), effect.strength);
  const causes: (Condition | null)[] = [principal.cause];
  const joinedBy: (Strength | null)[] = [strength];
  for (const antecedent of others) {
    const found = antecedent.join(effect, ask);
    const candidates = 'state' in found ? [] : found.filter((j) => j.cause.id !== effect.id);
    // what began after the effect has no part in bringing it about
    const inTime = candidates.filter((j) => !isTooLate(mechanism, antecedent.role, j.cause, effect, ask));
    const best = bestJoined(inTime, effect);
    const bestStrength = best === undefined ? null : weaker(best.strength, best.cause.strength);
    causes.push(best?.cause ?? null);
    joinedBy.push(bestStrength);
    if (antecedent.optional === true) continue;
    if (bestStrength !== null) strength = weaker(strength, bestStrength);
    else if ('state' in found && found.state === 'unknown') limits.push({ verdict: 'unproven', why: found.why, missing: { why: found.why, next: found.next } });
    else if (candidates[0] !== undefined)
      limits.push({ verdict: 'refuted', why: `${antecedent.kind.title}: it began after what it should have brought about`, refutedBy: candidates[0].cause.places });
    else limits.push({ verdict: 'refuted', why: `${antecedent.kind.title}: not seen here`, refutedBy: 'state' in found && found.state === 'fails' ? found.places : [] });
  }
  const link: Link = { effect, causes };
  const places: Place[] = [];

  for (const check of mechanism.requires) {
    const f = check.test(link, ask);
    if (f.state === 'holds') {
      places.push(...f.places);
      strength = weaker(strength, f.strength ?? 'stated');
    } else if (f.state === 'fails') limits.push({ verdict: 'refuted', why: f.says, refutedBy: f.places });
    else limits.push({ verdict: 'unproven', why: f.why, missing: { why: f.why, next: f.next } });
  }
  for (const refuter of mechanism.refutes) {
    const f = refuter.test(link, ask);
    if (f.state === 'holds') limits.push({ verdict: refuter.decisive === true ? 'refuted' : 'unproven', why: f.says, refutedBy: f.places });
    else if (f.state === 'unknown')
      limits.push({ verdict: refuter.decisive === true ? 'unproven' : 'supported', why: `not excluded: ${refuter.title} (${f.why})`, missing: { why: f.why, next: f.next } });
  }
  if (isOver(effect, principal.cause, ask)) limits.push({ verdict: 'refuted', why: 'it began when the effect was over', refutedBy: principal.cause.places });
  else if (mechanism.order === 'cause-first' && order(principal.cause, effect, ask) === 'after')
    limits.push({ verdict: 'refuted', why: 'it began after what it should have brought about', refutedBy: principal.cause.places });
  if (mechanism.needsBaseline === true && effect.onset.lastWell === null && effect.quantity?.baseline === undefined)
    limits.push({ verdict: 'unproven', why: 'nothing was captured from before it began', missing: { why: 'no well stretch', next: 'the same capture from before the onset' } });
  if (strength === 'guessed') limits.push({ verdict: 'supported', why: 'two names were taken for one thing by a guess (file name or equal names)' });
  if (mechanism.status === 'trial') limits.push({ verdict: 'supported', why: 'the mechanism is on trial' });

  let named = false;
  for (const check of mechanism.confirms ?? []) {
    const f = check.test(link, ask);
    if (f.state !== 'holds') continue;
    // what is tied by a guess supports, it names nobody
    if (f.strength !== 'guessed') named = true;
    places.push(...f.places);
  }
  for (const check of mechanism.supports ?? []) {
    const f = check.test(link, ask);
    if (f.state === 'holds') places.push(...f.places);
  }
  if (!named) limits.push({ verdict: 'supported', why: 'all that is required is observed and nothing refutes it' });

  if (mechanism.ceiling !== undefined) limits.push(mechanism.ceiling);

  const share = mechanism.accounts?.(link, ask) ?? null;
  if (share !== null && mechanism.leastShare !== undefined && share < mechanism.leastShare)
    limits.push({ verdict: 'associated', why: `it accounts for ${Math.round(share * 100)} % of the effect only` });

  const verdict = weakest(limits.map((l) => l.verdict));
  const leansOn = [...new Set(causes.flatMap((c) => (c === null ? [] : ask.identity.userTies(c.entity, effect.entity))))];
  return {
    mechanism,
    link,
    verdict,
    why: limits.find((l) => l.verdict === verdict)?.why ?? 'raw evidence names the cause itself',
    strength,
    joinedBy,
    share,
    places: uniquePlaces([...principal.cause.places, ...leansOn.flatMap((a) => a.places), ...places]),
    leansOn,
    refutedBy: uniquePlaces(limits.flatMap((l) => (l.verdict === 'refuted' || l.verdict === verdict ? (l.refutedBy ?? []) : []))),
    missing: limits.flatMap((l) => (l.missing === undefined ? [] : [l.missing])),
  };
}
interface Limit {
  readonly verdict: Verdict;
  readonly why: string;
  readonly refutedBy?: readonly Place[];
  readonly missing?: { readonly why: string; readonly next: string };
}

/** On corrected clocks where the logs tell how far apart they are; else on printed ones, which are taken to agree. */
const order = (cause: Condition, effect: Condition, ask: Ask) =>
  orderOf(cause.onset, effect.onset, CLOCK_SLACK_SECONDS, ask.ahead?.(cause.onset.clock, effect.onset.clock) ?? undefined);

/** The effect had been seen for the last time while the cause was still known to be absent: no order allows for that. */
function isOver(effect: Condition, cause: Condition, ask: Ask): boolean {
  if (effect.during.to === null || cause.onset.lastWell === null) return false;
  const end = { lastWell: null, firstIll: effect.during.to };
  return orderOf(cause.onset, end, CLOCK_SLACK_SECONDS, ask.ahead?.(cause.onset.clock, effect.onset.clock) ?? undefined) === 'after';
}

/** Configuration and source hold for the life of a process; a trigger has its moment. */
const isTooLate = (mechanism: Mechanism, role: Role, cause: Condition, effect: Condition, ask: Ask): boolean =>
  isOver(effect, cause, ask) || (mechanism.order !== 'same-record' && (mechanism.order === 'cause-first' || role === 'trigger') && order(cause, effect, ask) === 'after');

/** A confirmed link with a rival that is not excluded is only supported. */
function excludeRivals(links: readonly EvaluatedLink[], blocked: readonly Blocked[]): EvaluatedLink[] {
  return links.map((l) => {
    if (l.verdict !== 'confirmed') return l;
    for (const rival of l.mechanism.rivals) {
      const standing = links.find((o) => o.mechanism.id === rival && o !== l && o.verdict !== 'refuted');
      const unseen = blocked.find((b) => b.mechanism.id === rival && b.state === 'unknown');
      if (standing !== undefined) return { ...l, verdict: 'supported', why: `a rival is not excluded: ${rival}` };
      if (unseen !== undefined && unseen.next !== null)
        return { ...l, verdict: 'supported', why: `a rival could not be looked at: ${rival}`, missing: [...l.missing, { why: unseen.why, next: unseen.next }] };
    }
    return l;
  });
}

/** The strongest, then the nearest before the effect, then by id. */
function bestJoined(found: readonly Joined[], effect: Condition): Joined | undefined {
  return [...found].sort((a, b) => {
    if (a.strength !== b.strength) return isWeaker(a.strength, b.strength) ? 1 : -1;
    const distance = (j: Joined): bigint => {
      const at = j.cause.onset.firstIll;
      const end = effect.onset.firstIll;
      if (at === null || end === null) return 1n << 62n;
      return at <= end ? end - at : at - end;
    };
    const da = distance(a);
    const db = distance(b);
    if (da !== db) return da < db ? -1 : 1;
    return a.cause.id < b.cause.id ? -1 : 1;
  })[0];
}
