/**
 * Which field of a rollout shortened a caller's deadline? A rollout is only a candidate; it is tied by the name of the setting (the
 * code reads it, or the process prints it) or by a value that equals what the failed calls took.
 */
import { rollout } from '../../model/conditions/change.ts';
import { deadlineSet } from '../../model/conditions/source.ts';
import { type Ask, type Condition, type Entity, entityId, type Finding, isWeaker, type Joined, type Place, type Strength, service, weaker } from '../../model/index.ts';
import { bareSetting, isNear, settingName, settingSeconds } from './durations.ts';
import { joinBy } from './join.ts';

type Rollout = Condition<NonNullable<(typeof rollout)['facts']>>;

export interface Shortened {
  readonly path: string;
  readonly name: string;
  readonly before: string | null;
  readonly after: string;
  readonly afterSeconds: number;
  /** name: the code or the process names this setting; value: it equals what was measured. */
  readonly by: 'name' | 'value';
  readonly places: readonly Place[];
}

export interface Wanted {
  readonly caller: string;
  /** The limit as stated or measured. */
  readonly seconds: number | null;
  readonly tookSeconds: number | null;
  /** As a record or the source names it. */
  readonly setting: string | null;
}

/** The field of the rollout that made the caller wait less; null when none is tied to it. */
export function shortenedField(c: Rollout, wanted: Wanted, ask: Ask): Shortened | null {
  const measured = wanted.seconds ?? wanted.tookSeconds;
  const names = settingsOfSource(wanted.caller, ask);
  let best: Shortened | null = null;
  for (const f of c.facts.fields) {
    if (f.after === null) continue;
    const name = settingName(f.path);
    const after = settingSeconds(f.after, name);
    if (after === null) continue;
    const before = f.before === null ? null : settingSeconds(f.before, name);
    // a longer or an unchanged limit shortened nothing; one that was not set before took the place of a default nobody printed
    if (before !== null && after >= before) continue;
    const named = (wanted.setting !== null && bareSetting(wanted.setting) === bareSetting(name)) || names.has(bareSetting(name));
    const valued = measured !== null && isNear(after, measured);
    // the name alone does not do when the calls took another time
    if (measured !== null && !valued) continue;
    if (!named && !(valued && before !== null)) continue;
    const found: Shortened = {
      path: f.path,
      name,
      before: f.before,
      after: f.after,
      afterSeconds: after,
      by: named ? 'name' : 'value',
      places: names.get(bareSetting(name)) ?? [],
    };
    if (best === null || (best.by === 'value' && found.by === 'name')) best = found;
  }
  return best;
}

/** Names of environment variables and flags that the source gives to deadlines, in packages that may be the caller's. */
function settingsOfSource(caller: string, ask: Ask): Map<string, readonly Place[]> {
  const out = new Map<string, readonly Place[]>();
  const answer = ask.look(deadlineSet);
  if (answer.state !== 'observed') return out;
  for (const c of answer.conditions) {
    if (c.facts.from !== 'env' && c.facts.from !== 'flag') continue;
    // several services may stand in one tree: cmd/orders sets it for orders; a file in no service's folder may be anybody's
    if (/(?:^|\/)cmd\//.test(c.facts.file) && !c.facts.file.includes(`/${caller}/`)) continue;
    out.set(bareSetting(c.facts.name), c.places);
  }
  return out;
}

/** How surely a rollout concerns a service: over the identity graph, or through a part of the workload whose log names the service. */
export function concernsService(c: Condition, name: string, ask: Ask): Strength | null {
  const target = entityId(service(name));
  let best: Strength | null = null;
  const take = (s: Strength): void => {
    if (best === null || isWeaker(best, s)) best = s;
  };
  const reaches = (e: Entity): Strength | null => ask.identity.upwards(e).find((r) => entityId(r.entity) === target)?.strength ?? null;
  for (const part of ask.identity.downwards(c.entity)) {
    const up = reaches(part.entity);
    if (up !== null) take(weaker(part.strength, up));
  }
  return best;
}

export function joinRollouts(wanted: Wanted, ask: Ask): Finding | readonly Joined[] {
  return joinBy(rollout, ask, (c) => (shortenedField(c, wanted, ask) === null ? null : concernsService(c, wanted.caller, ask)));
}
