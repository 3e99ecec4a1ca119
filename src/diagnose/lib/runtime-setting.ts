/** Settings of the Go runtime in the environment of the container that a condition is about: evidence, and where to change them. */
import { runtimeSetting } from '../../model/conditions/config.ts';
import { type Ask, type Check, type Condition, type Culprit, fails, holds, type Link, unknown } from '../../model/index.ts';
import { tiedWithin } from './join.ts';

export type RuntimeName = 'GOGC' | 'GOMEMLIMIT' | 'GOMAXPROCS';
type Setting = Condition<NonNullable<(typeof runtimeSetting)['facts']>>;

/** Of the very container: another one of the pod has an environment of its own. */
export function settingOf(name: RuntimeName, link: Link, ask: Ask): Setting | null {
  const answer = ask.look(runtimeSetting);
  if (answer.state !== 'observed') return null;
  const about = [link.effect, ...link.causes].filter((c) => c !== null);
  return answer.conditions.find((s) => s.facts.name === name && about.some((c) => tiedWithin(c, s, ask, ['process', 'container']) !== null)) ?? null;
}

/** The variable in the pod where it is known; else whose it is. */
export function settingCulprit(name: RuntimeName, link: Link, ask: Ask, entity: string): Culprit[] {
  const s = settingOf(name, link, ask);
  if (s === null) return [{ kind: 'config', ref: `${name} of ${entity}` }];
  const { how, text, where } = s.facts;
  return [{ kind: 'config', ref: `${where}${how === 'elsewhere' ? '' : how === 'unset' ? ' is not set' : ` = ${text}`}` }];
}

/** Cites the pod: strengthens the story, decides nothing, because the program may have set it otherwise. */
export const setInPod = (name: RuntimeName): Check => ({
  id: `${name.toLowerCase()}-in-pod`,
  title: `the pod shows ${name}`,
  test(link, ask) {
    const s = settingOf(name, link, ask);
    if (s === null) return unknown('no pod object shows the environment of the container', runtimeSetting.next);
    return s.facts.how === 'elsewhere' ? unknown(s.says, s.facts.next) : (s.facts.how === 'unset' ? fails : holds)(s.says, s.places);
  },
});
