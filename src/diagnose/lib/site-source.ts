/** Ties an allocation site that grows to what the source of the functions on its stack says. */
import { type Ask, type Check, type Condition, type Culprit, type Facts, type Finding, fails, holds, type Joined, type Kind, unknown } from '../../model/index.ts';
import { joinBy } from './join.ts';
import { functionsOf, numberFact, sizeText } from './memory.ts';

const SOURCE_NEXT = 'the source of the package as it was built: the module folder with its go.mod, at the commit `go version -m BINARY` shows';

/** The function the source speaks of stands on the stack that allocated. */
export function joinSite<F extends Facts>(kind: Kind<F>): (effect: Condition, ask: Ask) => Finding | readonly Joined[] {
  return (effect, ask) => {
    const stack = new Set([String(effect.facts['function']), ...functionsOf(effect.facts['stack'])]);
    return joinBy(kind, ask, (source) => (stack.has(String(source.facts['function'])) ? 'derived' : null));
  };
}

/** The line of the function where the stack of the site goes on inwards; null when it is not on the stack. */
function lineOn(site: Condition, name: string): number | null {
  for (const entry of Array.isArray(site.facts['stack']) ? site.facts['stack'] : []) {
    const text = String(entry);
    if (text.split(' ')[0] !== name) continue;
    const line = Number(text.slice(text.lastIndexOf(':') + 1));
    return Number.isInteger(line) ? line : null;
  }
  return null;
}

/** The stack passes through the very lines the source speaks of: another line of the function is another allocation, or another build. */
export const allocatedAt = (lines: (cause: Condition) => readonly number[], what: string): Check => ({
  id: 'allocated-there',
  title: `what grows is allocated at ${what}`,
  test(link) {
    const cause = link.causes[0];
    if (cause === null || cause === undefined) return unknown('no source to compare with', SOURCE_NEXT);
    const line = lineOn(link.effect, String(cause.facts['function']));
    if (line === null) return unknown(`the stack shows no line of ${String(cause.facts['function'])}`, 'a heap profile of the program with its symbols');
    return lines(cause).includes(line)
      ? holds(`the stack passes line ${line}`, link.effect.places)
      : fails(`what grows is allocated at line ${line}, not at ${what}`, link.effect.places);
  },
});

/** What stays in use there is large, each piece of it. */
export const largeEach = (least: number, what: string): Check => ({
  id: 'large-each',
  title: `${what} take at least ${sizeText(least)} each`,
  test(link) {
    const objects = numberFact(link.effect, 'objects');
    const grown = (numberFact(link.effect, 'toBytes') ?? 0) - (numberFact(link.effect, 'fromBytes') ?? 0);
    if (objects === null || objects <= 0 || grown <= 0) return unknown('how large each of them is cannot be told', 'two heap profiles of the same process, minutes apart');
    const each = grown / objects;
    return each >= least ? holds(`about ${sizeText(each)} each`, link.effect.places) : fails(`only about ${sizeText(each)} each`, link.effect.places);
  },
});

export const codeCulprit = (cause: Condition | null | undefined): readonly Culprit[] => {
  const f = cause?.facts;
  return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
};
