/**
 * Where the samples of a CPU profile were taken: by line of the program's own code and what that line calls, and by cost class. A call into a
 * library is charged whole, with what it allocates and waits for, to the line that makes it.
 */
import { type CostClass, classifyFunctions, costClassInfo, type FunctionClass, functionClass } from '../../knowledge/go-runtime/index.ts';
import { type Artifact, type Entity, type Interval, normaliseGoSymbol, type Place, type Readings, type Strength } from '../../model/index.ts';
import { type Profile, typeIndex } from '../../read/pprof/index.ts';
import { type Capture, cpuCaptures, placeOfSample } from '../lib/profiles/captures.ts';
import { ledgerOf } from '../lib/profiles/ledger.ts';
import { serves } from '../lib/request-frames.ts';

export interface SpentAt {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly calls: string | null;
  nanoseconds: number;
  ticks: number;
  requestTicks: number;
  readonly classes: Map<CostClass, number>;
  /** The heaviest samples, heaviest first. */
  readonly samples: { readonly sample: number; readonly ticks: number }[];
}

export interface SpentOn {
  nanoseconds: number;
  ticks: number;
  readonly samples: { readonly sample: number; readonly ticks: number }[];
}

export interface Spent {
  readonly artifact: Artifact;
  readonly model: Profile;
  readonly process: Entity;
  readonly strength: Strength;
  readonly during: Interval;
  /** Length of the capture in seconds; 0 where it is not written. */
  readonly seconds: number;
  readonly ticks: number;
  readonly nanoseconds: number;
  readonly sites: readonly SpentAt[];
  readonly classes: ReadonlyMap<CostClass, SpentOn>;
}

/** What the collector costs the program, told as one thing; not what it does for want of other work. */
export const COLLECTING: ReadonlySet<CostClass> = new Set<CostClass>(['gc-assist', 'gc-background', 'gc-sweep', 'gc-scavenge', 'gc-cycle', 'gc-scan']);

const memo = new WeakMap<Readings, readonly Spent[]>();

export function spentOf(readings: Readings): readonly Spent[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const made = [...cpuCaptures(readings).values()].flat().flatMap((c) => {
    const samples = typeIndex(c.profile, 'samples');
    return samples < 0 || c.profile.delta ? [] : [spend(c, typeIndex(c.profile, 'cpu'), samples)];
  });
  memo.set(readings, made);
  return made;
}

function spend({ artifact, profile: model, process, strength, during, seconds }: Capture, cpu: number, samples: number): Spent {
  const sites = new Map<string, SpentAt>();
  const types = model.sampleTypes.length;
  const known = know(model);
  const stack: Stack = { classes: [], functions: [], lines: [], own: -1, serves: false };
  let ticks = 0;
  let nanoseconds = 0;
  for (let s = 0; s < model.samples.count; s++) {
    const value = model.samples.value[s * types + cpu]!;
    const count = model.samples.value[s * types + samples]!;
    if (count <= 0) continue;
    ticks += count;
    nanoseconds += value;
    walk(model, s, known, stack);
    const of = classifyFunctions(stack.classes).class;
    // what is nobody's is charged to nobody, wherever it was interrupted
    if (stack.own < 0 || costClassInfo(of).payer === 'nobody') continue;
    const at = siteOf(stack, known, sites);
    at.nanoseconds += value;
    at.ticks += count;
    at.classes.set(of, (at.classes.get(of) ?? 0) + count);
    keepHeaviest(at.samples, { sample: s, ticks: count });
    if (stack.serves) at.requestTicks += count;
  }
  return {
    artifact,
    model,
    process,
    strength,
    during,
    seconds,
    ticks,
    nanoseconds,
    sites: [...sites.values()].sort((a, b) => b.ticks - a.ticks || (a.function < b.function ? -1 : a.function > b.function ? 1 : a.line - b.line)),
    classes: classesOf(model, ticks, samples),
  };
}

/** What the ledger of the profile sums by class, in samples. */
function classesOf(model: Profile, ticks: number, samples: number): Map<CostClass, SpentOn> {
  const ledger = ledgerOf(model);
  return new Map(
    ledger.rows.map((row) => [
      row.class,
      {
        nanoseconds: row.value,
        ticks: Math.round(row.share * ticks),
        samples: row.charges.flatMap((c) => c.samples.map((sample) => ({ sample, ticks: model.samples.value[sample * model.sampleTypes.length + samples]! }))),
      },
    ]),
  );
}

/** What matters of a function, looked up once: a profile names few, and its samples name them again and again. */
interface Known {
  readonly of: FunctionClass;
  /** Normalised. */
  readonly name: string;
  readonly file: string;
  readonly serves: boolean;
}

const know = (p: Profile): Known[] =>
  Array.from({ length: p.functions.count }, (_, f) => {
    const symbol = p.strings.get(p.functions.name[f]!);
    const file = p.strings.get(p.functions.filename[f]!);
    return { of: functionClass({ function: symbol, file }), name: normaliseGoSymbol(symbol), file, serves: serves(symbol) };
  });

/** The frames of one sample down to the innermost own one, leaf first, and whether it is below a handler. Used again for each. */
interface Stack {
  readonly classes: FunctionClass[];
  readonly functions: number[];
  readonly lines: number[];
  own: number;
  serves: boolean;
}

function walk(p: Profile, sample: number, known: readonly Known[], into: Stack): void {
  into.classes.length = 0;
  into.functions.length = 0;
  into.lines.length = 0;
  into.own = -1;
  into.serves = false;
  const { location, locationStart } = p.samples;
  for (let i = locationStart[sample]!; i < locationStart[sample + 1]!; i++) {
    const at = location[i]!;
    for (let l = p.locations.lineStart[at]!; l < p.locations.lineStart[at + 1]!; l++) {
      const f = p.lines.function[l]!;
      const of = known[f];
      if (of === undefined) continue;
      if (of.serves) into.serves = true;
      if (into.own >= 0) continue;
      into.classes.push(of.of);
      into.functions.push(f);
      into.lines.push(p.lines.line[l]!);
      if (of.of.origin === 'own') into.own = into.functions.length - 1;
    }
  }
}

function siteOf(stack: Stack, known: readonly Known[], sites: Map<string, SpentAt>): SpentAt {
  const { own } = stack;
  const frame = known[stack.functions[own]!]!;
  const line = stack.lines[own]!;
  const below = own === 0 ? undefined : known[stack.functions[own - 1]!];
  const calls = below === undefined || !['std', 'dependency'].includes(below.of.origin) ? null : calledBy(stack, known);
  const key = `${frame.name}\u0000${frame.file}\u0000${line}\u0000${calls ?? ''}`;
  const before = sites.get(key);
  if (before !== undefined) return before;
  const made: SpentAt = { function: frame.name, file: frame.file, line, calls, nanoseconds: 0, ticks: 0, requestTicks: 0, classes: new Map(), samples: [] };
  sites.set(key, made);
  return made;
}

/** As many as are ever cited. */
const CITED = 4;

function keepHeaviest(list: { readonly sample: number; readonly ticks: number }[], one: { readonly sample: number; readonly ticks: number }): void {
  if (list.length === CITED && list[CITED - 1]!.ticks >= one.ticks) return;
  const at = list.findIndex((x) => x.ticks < one.ticks);
  list.splice(at < 0 ? list.length : at, 0, one);
  if (list.length > CITED) list.length = CITED;
}

/** html/template escapes a template when it is executed for the first time: a part of making it, wherever it happens. */
const ESCAPES = 'html/template.(*Template).escape';

function calledBy({ functions, own }: Stack, known: readonly Known[]): string {
  const names = functions.slice(Math.max(0, own - 2), own).map((f) => known[f]!.name);
  return names.some((n) => n === ESCAPES || n === 'html/template.(*Template).lookupAndEscapeTemplate') ? ESCAPES : (names.at(-1) ?? '');
}

/** The heaviest samples of a sum, as places. */
export function placesOf(spent: Spent, samples: readonly { readonly sample: number; readonly ticks: number }[], says: string, most = 2): Place[] {
  return [...samples]
    .sort((a, b) => b.ticks - a.ticks || a.sample - b.sample)
    .slice(0, most)
    .map(({ sample }) => placeOfSample(spent.artifact, spent.model, sample, says));
}

/** The least share that k of n samples allow for (Wilson's lower bound, 97.5 % one-sided). */
export function leastShare(k: number, n: number): number {
  if (n === 0 || k === 0) return 0;
  const z = 1.96;
  const p = k / n;
  return Math.max(0, (p + (z * z) / (2 * n) - z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n));
}
