/**
 * Ties frames of dumps to source. Source counts only when it is that of the running program: file, function and line of each cited frame
 * must agree with what stands there. A frame without source is unknown; one whose line shows something else speaks of another build.
 */
import { lineLooksLike } from '../../model/conditions/source.ts';
import { enclosingFunction, lastingGoSymbol, originOfFrame, parseGoSymbol } from '../../model/go-symbol.ts';
import {
  type Ask,
  type Check,
  type Condition,
  type Culprit,
  type Fact,
  type Facts,
  type Finding,
  fails,
  goFunction,
  holds,
  isWeaker,
  type Joined,
  type Kind,
  type Link,
  type Place,
  type Strength,
  uniquePlaces,
  unknown,
} from '../../model/index.ts';

export interface Frame {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

type Site = Condition<NonNullable<(typeof lineLooksLike)['facts']>>;

export type Bound =
  | { readonly state: 'agrees'; readonly sites: readonly Site[]; readonly strength: Strength }
  | { readonly state: 'differs'; readonly why: string; readonly next: string }
  | { readonly state: 'unknown'; readonly why: string; readonly next: string };

const SOURCE_NEXT = 'the source of the function as it was built: the module folder with its go.mod, at the commit `go version -m BINARY` shows';
const text = (f: Fact | undefined): string => (typeof f === 'string' ? f : '');
const number = (f: Fact | undefined): number => (typeof f === 'number' ? f : -1);

/** "function file:line", innermost first, as bucket facts have it. */
export function framesOf(stack: Fact | undefined): Frame[] {
  if (!Array.isArray(stack)) return [];
  return stack.flatMap((entry) => {
    const s = String(entry);
    const space = s.lastIndexOf(' ');
    const colon = s.lastIndexOf(':');
    const line = Number(s.slice(colon + 1));
    return space < 0 || colon < space || !Number.isInteger(line) ? [] : [{ function: s.slice(0, space), file: s.slice(space + 1, colon), line }];
  });
}

/** Where the program itself waits, as the bucket says it. */
export const waitingFrame = (bucket: Condition): Frame => ({ function: text(bucket.facts['function']), file: text(bucket.facts['file']), line: number(bucket.facts['line']) });

export function creatingFrame(bucket: Condition): Frame | null {
  const by = text(bucket.facts['createdBy']);
  const line = number(bucket.facts['createdByLine']);
  return by === '' || line < 0 ? null : { function: by, file: text(bucket.facts['createdByFile']), line };
}

/** Frames of the program's own code, innermost first; the waiting frame is among them. */
export function ownFrames(bucket: Condition): Frame[] {
  const found = framesOf(bucket.facts['stack']).filter((f) => originOfFrame(f.function, f.file) === 'own');
  const waiting = waitingFrame(bucket);
  return waiting.line > 0 && originOfFrame(waiting.function, waiting.file) === 'own' && !found.some((f) => f.line === waiting.line && f.function === waiting.function)
    ? [waiting, ...found]
    : found;
}

/** Path elements two paths share from their ends. */
function commonTail(a: string, b: string): number {
  const x = a.replaceAll('\\', '/').split('/').reverse();
  const y = b.replaceAll('\\', '/').split('/').reverse();
  let n = 0;
  while (n < x.length && n < y.length && x[n] === y[n]) n++;
  return n;
}

const lastElement = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** What stands in the source where a frame points, if the source is that of the running program. */
export function sourceAt(frame: Frame, ask: Ask): Bound {
  const symbol = parseGoSymbol(frame.function);
  const declared = enclosingFunction(frame.function);
  const names: { key: string; strength: Strength }[] = [{ key: declared, strength: 'derived' }];
  // without a go.mod only the package's own name is known
  if (symbol.package.includes('/') || symbol.package.includes('.')) names.push({ key: declared.replace(symbol.package, lastElement(symbol.package)), strength: 'guessed' });
  let seen: Bound | null = null;
  for (const { key, strength } of names) {
    const answer = ask.look(lineLooksLike, goFunction(key));
    if (answer.state === 'not-observable') {
      if (answer.reasons.some((r) => r.why.includes('does not parse'))) seen ??= { state: 'unknown', why: answer.reasons[0]?.why ?? '', next: SOURCE_NEXT };
      continue;
    }
    if (answer.state === 'absent') {
      seen ??= differs(frame);
      continue;
    }
    const inFile = nearestFile(answer.conditions, frame, symbol.package === 'main');
    if (inFile === null) continue;
    const sites = inFile.filter((c) => coversLine(c, frame.line));
    if (sites.length > 0) return { state: 'agrees', sites, strength };
    // the main of another command in another folder says nothing of this one
    if (symbol.package !== 'main' || inItsFolder(frame, inFile)) seen ??= differs(frame);
  }
  // a closure of an inlined function is named after its caller; only file and line say where it stands
  if (symbol.closure.length > 0) {
    const all = ask.look(lineLooksLike);
    if (all.state === 'observed') {
      // closures are counted over all of the function they end up in: their numbers say nothing
      const own = closureOf(frame.function, frame.file);
      const near = all.conditions.filter((c) => coversLine(c, frame.line) && commonTail(c.facts.file, frame.file) >= 2 && closureOf(c.facts.function, frame.file) === own);
      if (near.length > 0) return { state: 'agrees', sites: near, strength: 'derived' };
    }
  }
  return seen ?? { state: 'unknown', why: `the source of ${frame.function} is not among the inputs`, next: SOURCE_NEXT };
}

/** Which declared function's closure it is, in a file of that folder; null for what is none. */
const closureOf = (symbol: string, file: string): string | null => (parseGoSymbol(symbol).closure.length === 0 ? null : lastingGoSymbol(symbol, file));
const coversLine = (c: Site, line: number): boolean => c.facts.line <= line && line <= c.facts.endLine;
const differs = (frame: Frame): Bound => ({
  state: 'differs',
  why: `the source at hand shows nothing at line ${frame.line} of ${frame.function}: it is of another build`,
  next: SOURCE_NEXT,
});

/** File and folder are the frame's, as far as both are written. */
function inItsFolder(frame: Frame, sites: readonly Site[]): boolean {
  const file = sites[0]?.facts.file ?? '';
  return commonTail(file, frame.file) >= Math.min(2, frame.file.split('/').length, file.split('/').length);
}

/** Sites in the file whose path ends most like the frame's; null when the file names differ, or two files that are not alike fit equally well. */
function nearestFile(sites: readonly Site[], frame: Frame, isMain: boolean): readonly Site[] | null {
  const byFile = new Map<string, Site[]>();
  for (const s of sites) {
    const list = byFile.get(s.facts.artifact) ?? [];
    list.push(s);
    byFile.set(s.facts.artifact, list);
  }
  const scored = [...byFile.values()].map((list) => ({ list, tail: commonTail(list[0]?.facts.file ?? '', frame.file) })).sort((a, b) => b.tail - a.tail);
  const best = scored[0];
  if (best === undefined || best.tail === 0) return null;
  // every command has a main.main: its folder must agree too where both are written
  if (isMain && scored.length > 1 && !inItsFolder(frame, best.list)) return null;
  const near = scored.filter((s) => s.tail === best.tail);
  // several bundles may hold a copy of one file: whichever is cited, it is the same text
  const text = (list: readonly Site[]): string => list.map((s) => `${s.facts.line} ${s.facts.class} ${s.facts.expression}`).join('\n');
  return near.some((s) => text(s.list) !== text(best.list)) ? null : best.list;
}

/**
 * A frame in the middle of a stack says more than its line: the call that stands there must name the function of the frame inside it.
 * Calls of function values name something else, so a mismatch says nothing; a match is not chance.
 */
export function namesItsCallee(sites: readonly Site[], inner: Frame): boolean {
  const { name } = parseGoSymbol(inner.function);
  return sites.some((s) => (s.facts.class === 'call' || s.facts.class === 'http-call') && lastName(s.facts.expression) === name);
}

const lastName = (expression: string): string => expression.slice(expression.lastIndexOf('.') + 1);

/** Conditions of a source kind in the functions the frames stand in. `tie` says whether one is about that frame. */
export function joinSource<F extends Facts>(kind: Kind<F>, ask: Ask, frames: readonly Frame[], tie: (cause: Condition<F>, frame: Frame) => boolean): Finding | readonly Joined[] {
  let missing: { why: string; next: string } | null = null;
  const looked: Place[] = [];
  let functions = '';
  const joined = new Map<string, Joined>();
  for (const frame of frames) {
    const bound = sourceAt(frame, ask);
    if (bound.state !== 'agrees') {
      missing ??= { why: bound.why, next: bound.next };
      continue;
    }
    looked.push(...bound.sites.flatMap((s) => s.places));
    functions ||= frame.function;
    for (const site of bound.sites) {
      const answer = ask.look(kind, site.entity);
      if (answer.state !== 'observed') continue;
      for (const cause of answer.conditions) {
        if (cause.facts['artifact'] !== undefined && !sameArtifact(cause, site)) continue;
        const known = joined.get(cause.id);
        if (tie(cause, frame) && (known === undefined || isWeaker(known.strength, bound.strength))) joined.set(cause.id, { cause, strength: bound.strength });
      }
    }
  }
  if (joined.size > 0) return [...joined.values()];
  // where the source of one of the frames is missing, its absence elsewhere says nothing
  if (missing === null && looked.length > 0) return fails(`not so in the source of ${functions}`, uniquePlaces(looked, 3));
  return unknown(missing?.why ?? 'no frame of the program’s own code is in the stack', missing?.next ?? SOURCE_NEXT);
}

/** A cause may cite another file first (the consumer, the receiver); one of its places must be in the file the frame is in. */
const sameArtifact = (cause: Condition, site: Site): boolean => cause.places.some((p) => p.artifact === site.facts.artifact);

/** Each cited frame must show in the source what the dump says of it; anything else is another build or no source at all. */
export function sourceIsBound(cited: (link: Link) => readonly { frame: Frame; shows: readonly string[] }[]): Check {
  return {
    id: 'source-bound',
    title: 'the source is that of the running program: file, function and line of every cited frame agree',
    test(link, ask) {
      const places: Place[] = [];
      let strength: Strength = 'stated';
      for (const { frame, shows } of cited(link)) {
        const bound = sourceAt(frame, ask);
        if (bound.state !== 'agrees') return unknown(bound.why, bound.next);
        const fitting = bound.sites.filter((s) => shows.includes(s.facts.class));
        if (fitting.length === 0)
          return unknown(
            `line ${frame.line} of ${frame.function} shows ${bound.sites[0]?.facts.class ?? 'nothing'} in the source at hand, not what the dump says: it is of another build`,
            SOURCE_NEXT,
          );
        places.push(...fitting.flatMap((s) => s.places));
        if (isWeaker(bound.strength, strength)) strength = bound.strength;
      }
      return holds('file, function and line of every cited frame agree with the source', uniquePlaces(places, 4), strength);
    },
  };
}

/** What a goroutine's wait reason looks like in source. */
export const SHOWS: Readonly<Record<string, readonly string[]>> = {
  'chan send': ['send'],
  'chan receive': ['receive', 'range'],
  select: ['select'],
  'select (no cases)': ['select'],
  'sync.Mutex.Lock': ['lock'],
  'sync.RWMutex.Lock': ['lock'],
  'sync.RWMutex.RLock': ['rlock'],
  sleep: ['sleep', 'call'],
};

/** The waiting frame and, where it is the program's own, the frame that started the goroutine. */
export function citedFrames(bucket: Condition, shows: readonly string[]): { frame: Frame; shows: readonly string[] }[] {
  const by = creatingFrame(bucket);
  const cited = [{ frame: waitingFrame(bucket), shows }];
  // errgroup and WaitGroup.Go start goroutines from code that is not the program's
  return by !== null && originOfFrame(by.function, by.file) === 'own' ? [...cited, { frame: by, shows: ['go', 'call'] }] : cited;
}

/** Where the fault stands, and who starts goroutines there. */
export function siteAndStarter(link: Link): Culprit[] {
  const f = link.causes[0]?.facts;
  if (f === undefined) return [];
  return [
    { kind: 'code', function: text(f['function']), file: text(f['file']), line: number(f['line']) },
    { kind: 'code', function: text(f['startedIn']), file: text(f['startFile']), line: number(f['startLine']) },
  ];
}
