/** Whether a crash text and the end of a process or container are one event. */
import type { Check, Condition, Kind, Refuter } from '../../model/index.ts';
import { fails, holds, parseInstant, secondsBetween, unknown } from '../../model/index.ts';

/** runtime.exit(2) after a panic or fatal error; 134 = SIGABRT, which GOTRACEBACK=crash raises behind the text. */
const GO_EXITS: ReadonlySet<number> = new Set([2, 134]);
/** The supervisor notices an end within this time; log lines around an undated crash text are as far apart as the program was silent. */
const NEAR_SECONDS = 60;

/** The effect's exit code is one the Go runtime uses. It selects, it never proves: flag errors and SIGQUIT exit with 2 as well. */
export const exitedAsGoDoes = (field: string, kind: Kind<never> | Kind): Check => ({
  id: 'exit-code',
  title: 'the exit code is that of a Go crash',
  test({ effect }) {
    const code = effect.facts[field];
    if (typeof code !== 'number') return unknown('the exit code is not known', kind.next);
    return GO_EXITS.has(code) ? holds(`exit code ${code}`, effect.places) : fails(`exit code ${code}: a Go panic or fatal error exits with 2`, effect.places);
  },
});

const endOf = (effect: Condition) => {
  const text = effect.facts['finishedAt'];
  return (typeof text === 'string' ? parseInstant(text) : null) ?? effect.onset.firstIll;
};

/** The end the crash announces is the end that is to be explained, not that of another life of the process. */
export const endsNear: Check = {
  id: 'ends-near',
  title: 'crash and end lie together in time',
  test({ effect, causes }) {
    const cause = causes[0];
    const end = endOf(effect);
    if (cause == null || end === null) return holds('neither carries a time: the log is that of the life that ended', cause?.places ?? effect.places, 'derived');
    const { from, to } = cause.during;
    if (from === null && to === null) return holds('the crash text carries no time: the log is that of the life that ended', cause.places, 'derived');
    // several lives may have crashed alike: the end belongs to one of them
    const before = from === null || secondsBetween(from, end) >= -NEAR_SECONDS;
    const after = to === null || secondsBetween(end, to) >= -NEAR_SECONDS;
    return before && after ? holds('the text was written just before the end', cause.places) : fails('the text was written at another time than the end', cause.places);
  },
};

/** The raw text says that the process ends, and nothing else does. */
export const lastWords: Check = {
  id: 'last-words',
  title: 'the process says itself why it ends',
  test({ causes }) {
    const cause = causes[0];
    if (cause == null) return fails('no crash text', []);
    const count = typeof cause.facts['count'] === 'number' ? cause.facts['count'] : 1;
    return holds(`${String(cause.facts['fatal'] === true ? 'fatal error' : 'panic')}: ${String(cause.facts['message'])}${count > 1 ? ` (${count} times)` : ''}`, cause.places);
  },
};

/** A recovered panic ends a request, not the process. */
export const livesOn: Refuter = {
  id: 'recovered',
  title: 'the panic was recovered',
  decisive: true,
  test({ causes }) {
    const cause = causes[0];
    const places = cause?.places ?? [];
    return cause?.facts['recovered'] === true ? holds('the panic was recovered: the request failed, the process lived on', places) : fails('nothing recovered it', places);
  },
};
