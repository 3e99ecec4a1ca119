/** What the mechanisms of forgotten timers share. */
import { type Ask, type Check, type Condition, type Finding, fails, holds, type Joined, unknown } from '../../model/index.ts';
import { functionsOf } from './memory.ts';

/** Only those that are left in this way. */
export const of =
  (how: string, join: (effect: Condition, ask: Ask) => Finding | readonly Joined[]) =>
  (effect: Condition, ask: Ask): Finding | readonly Joined[] => {
    const joined = join(effect, ask);
    return 'state' in joined ? joined : joined.filter((j) => j.cause.facts['how'] === how);
  };

/** Since Go 1.23 timers that nothing refers to are collected, in programs whose main module asks for that version or a later one. */
export const beforeGo123: Check = {
  id: 'go-before-1.23',
  title: 'the go line of the module is before 1.23, so that forgotten timers are kept until they fire',
  test(link) {
    const cause = link.causes[0];
    const version = cause?.facts['goVersion'];
    if (typeof version !== 'string') return unknown('the go line of the module is not known', 'the go.mod of the program, or go version -m BINARY');
    const m = /^1\.(\d{1,3})/.exec(version);
    if (m === null) return unknown(`go ${version} is no version known here`, 'go version -m BINARY');
    return Number(m[1]) < 23
      ? holds(`go ${version} in go.mod`, cause?.places ?? [])
      : fails(`go ${version} in go.mod: from 1.23 on what nothing refers to is collected`, cause?.places ?? []);
  },
};

const TIMERS = new Set(['time.NewTimer', 'time.newTimer', 'time.NewTicker', 'time.After', 'time.Tick']);

export const allocatesTimers: Check = {
  id: 'allocates-timers',
  title: 'what grows is allocated by the functions of time that make timers',
  test(link) {
    const maker = functionsOf(link.effect.facts['stack']).find((f) => TIMERS.has(f));
    return maker === undefined ? fails('no timer is made on its stack', link.effect.places) : holds(`allocated by ${maker}`, link.effect.places);
  },
};
