/** From the line a crash text names to the crash: what the mechanisms of single crash classes share. */
import { crashSite, type PanicClass, processCrashed } from '../../model/conditions/crash.ts';
import { lineLooksLike } from '../../model/conditions/source.ts';
import {
  type Antecedent,
  type Ask,
  type Check,
  type Condition,
  type Culprit,
  enclosingFunction,
  type Fact,
  fails,
  goFunction,
  holds,
  type Link,
  type Mechanism,
  type Refuter,
  sameEntity,
  shortGoSymbol,
  unknown,
} from '../../model/index.ts';
import { joinBy } from './join.ts';

const site = (link: Link): Condition | null => link.causes[0] ?? null;
export const siteFact = (link: Link, name: string): Fact | undefined => site(link)?.facts[name];
export const siteText = (link: Link, name: string): string => String(siteFact(link, name) ?? '');
export const detailOf = (link: Link, name: string): string | null => {
  const detail = siteFact(link, 'detail');
  const value = typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? (detail as { [k: string]: Fact })[name] : undefined;
  return typeof value === 'string' ? value : null;
};
/** `directory.go:41` */
export const lineOf = (link: Link): string => {
  const file = siteText(link, 'file');
  return `${file.slice(file.lastIndexOf('/') + 1)}:${siteText(link, 'line')}`;
};
export const functionOf = (link: Link): string => shortGoSymbol(siteText(link, 'function'));
export const recovered = (effect: Condition): boolean => effect.facts['recovered'] === true;
export const stackOf = (link: Link): readonly string[] => {
  const stack = siteFact(link, 'stack');
  return Array.isArray(stack) ? stack.map(String) : [];
};

/** Site and crash are two readings of one text: the same process, class, message and discriminator. */
function antecedent(classes: readonly PanicClass[]): Antecedent {
  return {
    kind: crashSite,
    role: 'defect',
    join: (effect, ask) =>
      classes.includes(effect.facts['class'] as PanicClass)
        ? joinBy(crashSite, ask, (c) => (sameEntity(c.entity, effect.entity) && tail(c) === tail(effect) ? effect.strength : null))
        : fails(`the text is of another class: ${String(effect.facts['class'])}`, effect.places),
  };
}

/** What follows the kind in the id: entity and discriminator. */
const tail = (c: Condition): string => c.id.slice(c.kind.length + 1);

export const ofClass = (...classes: readonly PanicClass[]): Pick<Mechanism, 'to' | 'from' | 'order' | 'culprits' | 'supports'> => ({
  to: processCrashed,
  from: [antecedent(classes)],
  // the line is in the program as long as it runs
  order: 'standing',
  culprits: crashCulprits,
  supports: [sourceLine],
});

/** The raw text names the program's own line, and the failure happened in it. */
export const textNamesTheLine: Check = {
  id: 'text-names-the-line',
  title: 'the crash text names the line that failed, in the program itself',
  test(link) {
    if (siteFact(link, 'module') != null) return fails(`the failure lies in ${siteText(link, 'module')}`, site(link)?.places ?? []);
    return holds(`"${String(link.effect.facts['message'])}" at ${siteText(link, 'file')}:${siteText(link, 'line')}`, site(link)?.places ?? []);
  },
};

/** The own line only called the module that failed: whether it passed something wrong or the module is at fault is not in the text. */
export const failedInDependency: Refuter = {
  id: 'failed-in-dependency',
  title: 'it failed inside another module',
  test(link) {
    const module = siteFact(link, 'module');
    const places = site(link)?.places ?? [];
    return module == null
      ? fails('no frame of another module stands between the failure and the line', places)
      : holds(`it failed inside ${String(module)}; ${functionOf(link)} only called it, with what is not known`, places);
  },
};

const sourceLine: Check = {
  id: 'source-line',
  title: 'the source of that line is at hand',
  test(link, ask: Ask) {
    const answer = ask.look(lineLooksLike, goFunction(enclosingFunction(siteText(link, 'function'))));
    if (answer.state === 'not-observable') return unknown(answer.reasons[0]?.why ?? 'no source is at hand', lineLooksLike.next);
    const line = Number(siteFact(link, 'line'));
    const found = answer.state === 'observed' ? answer.conditions.find((c) => c.facts.line <= line && line <= c.facts.endLine) : undefined;
    return found === undefined ? fails('the source at hand shows nothing at that line', []) : holds(`${found.facts.expression} at line ${line}`, found.places);
  },
};

function crashCulprits(link: Link): readonly Culprit[] {
  const s = site(link);
  if (s === null) return [];
  const module = siteFact(link, 'module');
  return [
    {
      kind: 'code',
      function: siteText(link, 'function'),
      file: siteText(link, 'file'),
      line: Number(siteFact(link, 'line')),
      ...(typeof module === 'string' ? { module } : {}),
    },
  ];
}

/** Each time the line is reached with that input, another request or process ends. */
export const mitigation = (link: Link): string | null => (recovered(link.effect) ? null : 'keep away the input that reaches the line, or run the version before it');
