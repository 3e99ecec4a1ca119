/** Puts functions and whole stacks into classes. Linear in the stack; a function is looked up once and remembered. */
import { type FrameOrigin, originOfFrame, parseGoSymbol } from '../../model/index.ts';
import { COST_CLASSES, type CostClass, type CostClassInfo } from './cost-class.ts';
import { FUNCTION_ROWS, type FunctionRow, RUNTIME_LOCK_WAITS } from './functions/index.ts';

const RANK: ReadonlyMap<CostClass, number> = new Map(COST_CLASSES.map((c, i) => [c.id, i]));
const BY_ID: ReadonlyMap<string, CostClassInfo> = new Map(COST_CLASSES.map((c) => [c.id, c]));

/** What a class is, by its id. */
export const costClassInfo = (id: CostClass): CostClassInfo => BY_ID.get(id) as CostClassInfo;

/** The functions that the table puts into a class, as a person writes them: `runtime.gcAssistAlloc`, `sync.(*Mutex).*`, `regexp/...`. */
export const functionsOfClass = (id: CostClass): string[] =>
  FUNCTION_ROWS.filter((r) => r.class === id).map((r) => (r.package === '' ? r.name : r.name === '*' && r.package.endsWith('/...') ? r.package : `${r.package}.${r.name}`));

/** Frames as this module asks for them: the symbol as the toolchain writes it and its file ('' where not known). */
export interface ClassifiedFrame {
  readonly function: string;
  readonly file: string;
}

export interface FunctionClass {
  /** What the table says of this function; null: it says nothing, and the origin decides. */
  readonly class: CostClass | null;
  readonly origin: FrameOrigin;
  /** Stands on the stack only because a tick and a preemption met: what it interrupted is what ran. */
  readonly transparent: boolean;
  /** Waiting for a lock of the runtime, if one of its lock functions stands further out. */
  readonly waits: boolean;
}

export interface StackClass {
  readonly class: CostClass;
  /** Index of the frame that decided; -1 where no frame did (no stack at all). */
  readonly decidedBy: number;
  /** Index of the innermost frame of the program or a module it uses: the time is charged to it; -1: there is none on the stack. */
  readonly user: number;
}

/** Names of one package: those that match exactly, and beginnings, longest first. */
interface PackageRows {
  readonly exact: ReadonlyMap<string, CostClass>;
  readonly begins: readonly (readonly [string, CostClass])[];
}

const ROWS: ReadonlyMap<string, PackageRows> = byPackage(FUNCTION_ROWS);

function byPackage(all: readonly FunctionRow[]): Map<string, PackageRows> {
  const made = new Map<string, { exact: Map<string, CostClass>; begins: [string, CostClass][] }>();
  for (const r of all) {
    const of = made.get(r.package) ?? { exact: new Map<string, CostClass>(), begins: [] };
    made.set(r.package, of);
    if (r.name.endsWith('*')) of.begins.push([r.name.slice(0, -1), r.class]);
    else of.exact.set(r.name, r.class);
  }
  for (const of of made.values()) of.begins.sort((a, b) => b[0].length - a[0].length || (a[0] < b[0] ? -1 : 1));
  return made;
}

const memo = new Map<string, CostClass | null>();
const MEMO_CAP = 50_000;

/** What the table says of one function, whatever stands around it; null: nothing. Closures belong to the function they stand in. */
export function classOfFunction(symbol: string): CostClass | null {
  const known = memo.get(symbol);
  if (known !== undefined) return known;
  const s = parseGoSymbol(symbol);
  const name = s.receiver === null ? s.name : s.pointer ? `(*${s.receiver}).${s.name}` : `${s.receiver}.${s.name}`;
  const found = lookUp(s.package, name);
  if (memo.size >= MEMO_CAP) memo.clear();
  memo.set(symbol, found);
  return found;
}

function lookUp(pkg: string, name: string): CostClass | null {
  const own = matchIn(ROWS.get(pkg), name);
  if (own !== null) return own;
  for (let path = pkg; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('/')))) {
    const below = matchIn(ROWS.get(`${path}/...`), name);
    if (below !== null) return below;
  }
  return null;
}

function matchIn(rows: PackageRows | undefined, name: string): CostClass | null {
  if (rows === undefined) return null;
  return rows.exact.get(name) ?? rows.begins.find(([begin]) => name.startsWith(begin))?.[1] ?? null;
}

/** The compiler writes hash and equality of a type as functions named for it: `type:.hash.net/http.connectMethodKey`; before Go 1.20 `type..hash.`. */
const GENERATED = /^type[.:]\.(hash|eq)\./;

/** Everything about a function that the class of a stack depends on: ask once a function where stacks share functions. */
export function functionClass(frame: ClassifiedFrame, own: readonly string[] = []): FunctionClass {
  const generated = GENERATED.exec(frame.function);
  if (generated !== null) return { class: generated[1] === 'hash' ? 'map' : 'copy', origin: 'runtime', transparent: false, waits: false };
  const origin = originOfFrame(frame.function, frame.file, own);
  // what was inlined from the program's own code carries its name, whatever the file says
  if (origin === 'own' || origin === 'dependency') return { class: null, origin, transparent: false, waits: false };
  const s = parseGoSymbol(frame.function);
  const inRuntime = s.package === 'runtime';
  return { class: classOfFunction(frame.function), origin, transparent: inRuntime && s.name === 'asyncPreempt', waits: inRuntime && RUNTIME_LOCK_WAITS.has(s.name) };
}

/**
 * The class of a stack (innermost frame first). Only the frames inside the innermost frame of the program count: what the program's own
 * code does below a library is the program's. An empty stack, or one whose frames have no names, is unattributed.
 */
export function classifyStack(frames: readonly ClassifiedFrame[], own: readonly string[] = []): StackClass {
  return classifyFunctions(frames.map((f) => functionClass(f, own)));
}

/** The same from functions that were looked up already. */
export function classifyFunctions(frames: readonly FunctionClass[]): StackClass {
  let best = -1;
  let bestRank = Number.POSITIVE_INFINITY;
  let waits = false;
  let user = -1;
  let leaf = -1;
  for (let i = 0; i < frames.length; i++) {
    const f = frames[i] as FunctionClass;
    if (f.transparent) continue;
    if (leaf < 0) leaf = i;
    if (f.origin === 'own' || f.origin === 'dependency') {
      user = i;
      break;
    }
    waits ||= f.waits;
    if (f.class === null || (f.class === 'runtime-lock' && !waits)) continue;
    const rank = RANK.get(f.class) as number;
    if (rank < bestRank) {
      best = i;
      bestRank = rank;
    }
  }
  if (best >= 0) return { class: (frames[best] as FunctionClass).class as CostClass, decidedBy: best, user };
  if (leaf < 0) return { class: 'unattributed', decidedBy: -1, user };
  return { class: BY_ORIGIN[(frames[leaf] as FunctionClass).origin], decidedBy: leaf, user };
}

const BY_ORIGIN: Readonly<Record<FrameOrigin, CostClass>> = { own: 'user', dependency: 'user', std: 'library', runtime: 'runtime', foreign: 'cgo' };
