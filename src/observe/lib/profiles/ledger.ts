/**
 * The attribution ledger of a CPU profile: every sampled nanosecond is in exactly one class of src/knowledge/go-runtime and, where the stack
 * has one, charged to the innermost frame of the program or of a module it uses. Rows sum to the total exactly; what no stack explains is
 * a row of its own. It is an estimate: a profile is a sample, and each number is off by about its `error`.
 *
 * The same works for any other type of any profile (a heap profile's alloc_space by class is what fmt, encoding and the program allocate),
 * but only CPU time is what the classes were made for.
 */
import { COST_CLASSES, type CostClass, type FunctionClass, functionClass, type Payer } from '../../../knowledge/go-runtime/index.ts';
import { normaliseGoSymbol } from '../../../model/index.ts';
import { type Profile, typeIndex } from '../../../read/pprof/index.ts';
import { type Sampling, samplingOf, varianceOf } from './sampling.ts';

/** A function of the program that time is charged to. */
export interface Charge {
  /** Normalised name; '' stands for stacks without any frame of the program. */
  readonly function: string;
  /** Of its heaviest line. */
  readonly file: string;
  readonly line: number;
  readonly value: number;
  /** One standard error of `value`. */
  readonly error: number;
  /** The heaviest samples of it, at most three, heaviest first: cite them with `sampleSpan`. */
  readonly samples: readonly number[];
}

export interface LedgerRow {
  readonly class: CostClass;
  readonly title: string;
  readonly payer: Payer;
  /** In the unit of the ledger. Rows sum to its total. */
  readonly value: number;
  /** One standard error of `value`. */
  readonly error: number;
  /** Of all that was sampled, 0 to 1; 0 where nothing was. */
  readonly share: number;
  /** Whom it is charged to, heaviest first; sums to `value`. */
  readonly charges: readonly Charge[];
  /** Which function of the runtime or library put stacks into this class, heaviest first. */
  readonly decidedBy: readonly { readonly function: string; readonly value: number }[];
}

export interface Ledger {
  /** Type and unit of what was summed: cpu, nanoseconds. */
  readonly type: string;
  readonly unit: string;
  readonly total: number;
  /** Sum of the values without their signs; equal to `total` unless the profile is a difference. */
  readonly magnitude: number;
  readonly sampling: Sampling;
  /** Samples taken (ticks of a CPU profile), not rows of the profile; 0 where the profile does not say. */
  readonly ticks: number;
  /** Length of the capture; 0 where the profile does not say. */
  readonly seconds: number;
  /** What is charged to nobody: idle workers, an idle scheduler, the observer, lost samples. */
  readonly unblamed: number;
  /** In order of value; classes without any are left out. */
  readonly rows: readonly LedgerRow[];
  /** The same nanoseconds by the function of the program they are charged to, heaviest first; sums to `total`, '' included. */
  readonly users: readonly UserRow[];
}

export interface UserRow extends Charge {
  readonly share: number;
  readonly classes: readonly { readonly class: CostClass; readonly value: number }[];
}

/** The type a ledger is made of unless told otherwise: CPU nanoseconds where there are any, else what a viewer would show first. */
export function ledgerType(p: Profile): number {
  const cpu = typeIndex(p, 'cpu');
  return cpu >= 0 ? cpu : p.defaultType;
}

const MOST_SAMPLES = 3;
const CLASSES = COST_CLASSES.length;
const RANK = new Map<CostClass, number>(COST_CLASSES.map((c, i) => [c.id, i]));
const NONE = 255;
const UNATTRIBUTED = RANK.get('unattributed')!;
const RUNTIME_LOCK = RANK.get('runtime-lock')!;

/** Functions of the profile as numbers: a rank of COST_CLASSES, whether it is the program's, whether it waits for a runtime lock. */
interface Known {
  readonly rank: Uint8Array;
  readonly fallback: Uint8Array;
  readonly user: Uint8Array;
  readonly waits: Uint8Array;
  readonly transparent: Uint8Array;
}

function know(p: Profile, own: readonly string[]): Known {
  const n = p.functions.count;
  const known: Known = { rank: new Uint8Array(n).fill(NONE), fallback: new Uint8Array(n), user: new Uint8Array(n), waits: new Uint8Array(n), transparent: new Uint8Array(n) };
  for (let f = 0; f < n; f++) {
    const of: FunctionClass = functionClass({ function: p.strings.get(p.functions.name[f]!), file: p.strings.get(p.functions.filename[f]!) }, own);
    if (of.class !== null) known.rank[f] = RANK.get(of.class)!;
    known.user[f] = of.origin === 'own' || of.origin === 'dependency' ? 1 : 0;
    known.waits[f] = of.waits ? 1 : 0;
    known.transparent[f] = of.transparent ? 1 : 0;
    known.fallback[f] = RANK.get(known.user[f] === 1 ? 'user' : of.origin === 'std' ? 'library' : of.origin === 'runtime' ? 'runtime' : 'cgo')!;
  }
  return known;
}

interface Sum {
  value: number;
  variance: number;
  line: number;
  lineValue: number;
  samples: number[];
}

/**
 * @param keep 1 for every sample that counts; all where it is null
 * @param own import path prefixes of the program's modules, where known (build info)
 */
export function ledgerOf(p: Profile, options: { readonly type?: number; readonly keep?: Uint8Array | null; readonly own?: readonly string[] } = {}): Ledger {
  const type = options.type ?? ledgerType(p);
  const keep = options.keep ?? null;
  const known = know(p, options.own ?? []);
  const variance = varianceOf(p, type);
  const types = p.sampleTypes.length;
  const { locationStart, location, value } = p.samples;
  const { lineStart } = p.locations;
  // per user function and class; user -1 stands at 0
  const sums = new Map<number, Sum>();
  const decided = new Map<number, number>();
  let total = 0;
  let magnitude = 0;
  for (let s = 0; s < p.samples.count; s++) {
    const v = value[s * types + type]!;
    if (v === 0 || (keep !== null && keep[s] === 0)) continue;
    total += v;
    magnitude += Math.abs(v);
    let best = NONE;
    let by = -1;
    let fallback = NONE;
    let user = -1;
    let userLine = -1;
    let waits = false;
    for (let i = locationStart[s]!; i < locationStart[s + 1]! && user < 0; i++) {
      const at = location[i]!;
      for (let l = lineStart[at]!; l < lineStart[at + 1]!; l++) {
        const f = p.lines.function[l]!;
        if (f < 0 || known.transparent[f] === 1) continue;
        if (known.user[f] === 1) {
          user = f;
          userLine = l;
          if (fallback === NONE) fallback = known.fallback[f]!;
          break;
        }
        // a leaf without a symbol is told by what called it
        if (fallback === NONE) fallback = known.fallback[f]!;
        if (known.waits[f] === 1) waits = true;
        const rank = known.rank[f]!;
        if (rank < best && (rank !== RUNTIME_LOCK || waits)) {
          best = rank;
          by = f;
        }
      }
    }
    const rank = best !== NONE ? best : fallback === NONE ? UNATTRIBUTED : fallback;
    if (by >= 0) decided.set(by * CLASSES + rank, (decided.get(by * CLASSES + rank) ?? 0) + v);
    const key = (user + 1) * CLASSES + rank;
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = { value: 0, variance: 0, line: userLine, lineValue: 0, samples: [] };
      sums.set(key, sum);
    }
    sum.value += v;
    sum.variance += variance(s);
    if (Math.abs(v) > sum.lineValue) {
      sum.lineValue = Math.abs(v);
      sum.line = userLine;
    }
    keepHeaviest(sum.samples, s, (x) => Math.abs(value[x * types + type]!));
  }
  return assemble(p, type, sums, decided, total, magnitude, keep);
}

function keepHeaviest(list: number[], s: number, weight: (s: number) => number): void {
  if (list.length === MOST_SAMPLES && weight(s) <= weight(list[MOST_SAMPLES - 1]!)) return;
  let i = list.length;
  while (i > 0 && weight(list[i - 1]!) < weight(s)) i--;
  list.splice(i, 0, s);
  if (list.length > MOST_SAMPLES) list.length = MOST_SAMPLES;
}

interface Merged {
  value: number;
  variance: number;
  line: number;
  lineValue: number;
  samples: number[];
  classes: Map<number, number>;
}

function assemble(
  p: Profile,
  type: number,
  sums: ReadonlyMap<number, Sum>,
  decided: ReadonlyMap<number, number>,
  total: number,
  magnitude: number,
  keep: Uint8Array | null,
): Ledger {
  const types = p.sampleTypes.length;
  const weight = (s: number): number => Math.abs(p.samples.value[s * types + type]!);
  const byClass = Array.from({ length: CLASSES }, () => new Map<string, Merged>());
  const users = new Map<string, Merged>();
  const add = (into: Map<string, Merged>, name: string, sum: Sum, rank: number): void => {
    const m = into.get(name) ?? { value: 0, variance: 0, line: sum.line, lineValue: 0, samples: [], classes: new Map<number, number>() };
    into.set(name, m);
    m.value += sum.value;
    m.variance += sum.variance;
    m.classes.set(rank, (m.classes.get(rank) ?? 0) + sum.value);
    if (sum.lineValue > m.lineValue) {
      m.lineValue = sum.lineValue;
      m.line = sum.line;
    }
    for (const s of sum.samples) keepHeaviest(m.samples, s, weight);
  };
  // functions of one normalised name are one
  for (const [key, sum] of sums) {
    const user = Math.floor(key / CLASSES) - 1;
    const name = user < 0 ? '' : normaliseGoSymbol(p.strings.get(p.functions.name[user]!));
    add(byClass[key % CLASSES]!, name, sum, key % CLASSES);
    add(users, name, sum, key % CLASSES);
  }
  const share = (v: number): number => (magnitude === 0 ? 0 : v / magnitude);
  const charge = (name: string, m: Merged): Charge => {
    const f = m.line < 0 ? -1 : p.lines.function[m.line]!;
    return {
      function: name,
      file: f < 0 ? '' : p.strings.get(p.functions.filename[f]!),
      line: m.line < 0 ? 0 : p.lines.line[m.line]!,
      value: m.value,
      error: Math.sqrt(m.variance),
      samples: m.samples,
    };
  };
  const heaviest = <T extends { readonly value: number; readonly function: string }>(list: T[]): T[] =>
    list.sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || (a.function < b.function ? -1 : 1));
  const why = Array.from({ length: CLASSES }, () => new Map<string, number>());
  for (const [key, v] of decided) {
    const name = normaliseGoSymbol(p.strings.get(p.functions.name[Math.floor(key / CLASSES)]!));
    const of = why[key % CLASSES]!;
    of.set(name, (of.get(name) ?? 0) + v);
  }
  const rows = COST_CLASSES.flatMap((c, rank): LedgerRow[] => {
    const charges = [...byClass[rank]!];
    if (charges.length === 0) return [];
    const value = charges.reduce((n, [, m]) => n + m.value, 0);
    return [
      {
        class: c.id,
        title: c.title,
        payer: c.payer,
        value,
        error: Math.sqrt(charges.reduce((n, [, m]) => n + m.variance, 0)),
        share: share(value),
        charges: heaviest(charges.map(([name, m]) => charge(name, m))),
        decidedBy: heaviest([...why[rank]!].map(([name, v]) => ({ function: name, value: v }))),
      },
    ];
  }).sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || RANK.get(a.class)! - RANK.get(b.class)!);
  const ticks = typeIndex(p, 'samples');
  let taken = 0;
  if (ticks >= 0) for (let s = 0; s < p.samples.count; s++) if (keep === null || keep[s] === 1) taken += p.samples.value[s * types + ticks]!;
  return {
    type: p.sampleTypes[type]!.type,
    unit: p.sampleTypes[type]!.unit,
    total,
    magnitude,
    sampling: samplingOf(p, type),
    ticks: taken,
    seconds: Number(p.durationNanos) / 1e9,
    unblamed: rows.reduce((n, r) => (r.payer === 'nobody' ? n + r.value : n), 0),
    rows,
    users: heaviest(
      [...users].map(([name, m]) => ({
        ...charge(name, m),
        share: share(m.value),
        classes: [...m.classes].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]) || a[0] - b[0]).map(([rank, value]) => ({ class: COST_CLASSES[rank]!.id as CostClass, value })),
      })),
    ),
  };
}

/** The row of a class; null where nothing was sampled in it. */
export const rowOf = (ledger: Ledger, cost: CostClass): LedgerRow | null => ledger.rows.find((r) => r.class === cost) ?? null;
