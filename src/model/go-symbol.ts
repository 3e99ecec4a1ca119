/**
 * Go symbols as tracebacks, profiles and race reports print them, and whose code a frame is.
 * Written by: the Go compiler and linker (cmd/internal/objabi PathToPrefix, cmd/compile closure naming, Go 1.11 to 1.27).
 * Samples:
 *   shop/orders/internal/inventory.(*Client).Reserve.func1      closure in a method with pointer receiver
 *   gopkg.in/yaml%2ev3.(*Decoder).Decode                        dots of the last path element are written %2e
 *   main.main.(*G[...]).At.func3                                closure of a method that was inlined into main.main
 *   main.scenes.Each.func19                                     1.21 to 1.26: closure of Each, inlined into scenes
 *   example.com/lib%252ev2.Each.func1                           1.27: the same, and the escape escaped again
 *   panic                                                       tracebacks call runtime.gopanic so
 *   main.F[go.shape.int].gowrap1 · main.T.Val-fm · main.scan-range1 · main.init.0 · main.glob..func1
 */

export interface GoSymbol {
  /** Import path, unescaped; '' for a name without a package (assembly, C). */
  readonly package: string;
  /** Type name without pointer and type parameters, or null. */
  readonly receiver: string | null;
  readonly pointer: boolean;
  /** Declared function or method: `Reserve`, `main`, `init`. */
  readonly name: string;
  /** What follows the declared name: `func1`, `2`, `gowrap1`, `range1`, inlined callee names; [] for the function itself. */
  readonly closure: readonly string[];
  readonly generic: boolean;
  /** One spelling for one function: unescaped, type arguments and size classes dropped, method values joined to their method. */
  readonly normalised: string;
}

export type FrameOrigin =
  /** The program's own code. */
  | 'own'
  /** Another module: module cache or vendor folder. */
  | 'dependency'
  /** The standard library outside package runtime. */
  | 'std'
  | 'runtime'
  /** C, assembly without a package, or nothing is known. */
  | 'foreign';

/** First path elements of the standard library (`go list std`, Go 1.27), plus arena and cmd. */
const STD_ROOTS: ReadonlySet<string> = new Set(
  (
    'archive arena bufio builtin bytes cmd cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index internal io iter ' +
    'log maps math mime net os path plugin reflect regexp runtime simd slices sort strconv strings structs sync syscall testing text time unicode unique unsafe uuid vendor weak'
  ).split(' '),
);

const ESCAPED = /%([0-9a-fA-F]{2})/g;
const CLOSURE_PART = /^(?:func\d*|gowrap\d+|deferwrap\d+|dwrap·?\d*|range\d+|\d+|fm|funcN?)$/;
/** mallocgcSmallNoScanSC7 is one of the per-size-class copies of one function (Go 1.27). */
const SIZE_CLASS = /^(mallocgc(?:Tiny|SmallNoScan|SmallScanNoHeader))S(?:C|ize)?\d+$/;

const memo = new Map<string, GoSymbol>();
const MEMO_CAP = 50_000;

export function parseGoSymbol(symbol: string): GoSymbol {
  const known = memo.get(symbol);
  if (known !== undefined) return known;
  const parsed = parse(symbol);
  if (memo.size >= MEMO_CAP) memo.clear();
  memo.set(symbol, parsed);
  return parsed;
}

export const normaliseGoSymbol = (symbol: string): string => parseGoSymbol(symbol).normalised;
export const packageOfSymbol = (symbol: string): string => parseGoSymbol(symbol).package;

/**
 * One spelling for one function over versions of Go and whatever was inlined: closures by the declared function whose text they are in, without
 * their numbers, and by the folder of their file. All closures of one function are one. Of a value receiver the closure's name keeps nothing,
 * for `main.Point.Sum.func1` and Sum inlined into Point are spelled alike.
 */
export function lastingGoSymbol(symbol: string, file = ''): string {
  const s = parseGoSymbol(symbol);
  if (s.closure.length === 0) return s.normalised;
  const parts = (s.receiver === null ? [s.name, ...s.closure] : s.pointer ? [`(*${s.receiver})`, s.name, ...s.closure] : [s.receiver, s.name, ...s.closure]).filter(
    (p) => p !== '',
  );
  let at = parts.length - 1;
  while (at > 0 && CLOSURE_PART.test(parts[at] as string)) at--;
  const receiver = parts[at - 1]?.startsWith('(*') === true ? `${parts[at - 1]}.` : '';
  const where = folderOf(file) ?? s.package.slice(s.package.lastIndexOf('/') + 1);
  return `${where}.${receiver}${parts[at]}${at < parts.length - 1 ? '.func' : ''}`;
}

/**
 * Under which names the source may hold the declared function a frame stands in. A closure of an inlined function carries the name and package of
 * the function it was inlined into; the folder of its file says where it is declared.
 */
export function declaredNames(symbol: string, file = ''): readonly string[] {
  const s = parseGoSymbol(symbol);
  const declared = enclosingFunction(symbol);
  const short = s.package.slice(s.package.lastIndexOf('/') + 1);
  const names = short === s.package ? [declared] : [declared, declared.replace(s.package, short)];
  // of a closure only: any other frame is named by what it is
  const lasting = s.closure.length > 0 || s.receiver !== null ? lastingGoSymbol(symbol, file) : '';
  if (!lasting.endsWith('.func')) return [...new Set(names)];
  const local = lasting.slice(0, -'.func'.length);
  const folder = folderOf(file) ?? short;
  const own = local.slice(local.indexOf('.', folder.length) + 1);
  const path = importPathOf(file);
  const inlined = [local, ...(path === null ? [] : [`${path}.${own}`])];
  // from the same package, as far as the folder tells; package main may lie in any
  if (folder === short) inlined.unshift(`${s.package}.${own}`);
  else if (s.package === 'main') inlined.push(`main.${own}`);
  // what names the function it was inlined into comes last: its text is never there
  return [...new Set(s.closure.every((part) => CLOSURE_PART.test(part)) ? [...names, ...inlined] : [...inlined, ...names])];
}

/** Import path of a file as -trimpath writes it; null for a path of the machine. */
function importPathOf(file: string): string | null {
  const path = file.replaceAll('\\', '/');
  const end = path.lastIndexOf('/');
  return end <= 0 || isAbsolute(path) ? null : path.slice(0, end).replace(/@[^/]*/, '');
}

/** Last folder of a path, without the version of its module; null where there is none. */
function folderOf(file: string): string | null {
  const path = file.replaceAll('\\', '/');
  const end = path.lastIndexOf('/');
  if (end <= 0) return null;
  const folder = path.slice(path.lastIndexOf('/', end - 1) + 1, end);
  const version = folder.indexOf('@');
  return version > 0 ? folder.slice(0, version) : folder;
}

/** The declared function a closure stands in: …Reserve.func1 → …Reserve. */
export function enclosingFunction(symbol: string): string {
  const s = parseGoSymbol(symbol);
  if (s.closure.length === 0) return s.normalised;
  return `${s.package === '' ? '' : `${s.package}.`}${receiverText(s)}${s.name}`;
}

/** `(*Client).Reserve.func1`: without the import path, for people. */
export function shortGoSymbol(symbol: string): string {
  const s = parseGoSymbol(symbol);
  const cut = s.package.lastIndexOf('/');
  return cut < 0 ? s.normalised : s.normalised.slice(cut + 1);
}

/** By the import path alone: a path whose first element is one of the standard library's. Prefer `originOfFrame` where the file is known. */
export function isRuntimeOrStd(pkg: string): boolean {
  const root = firstElement(pkg);
  return root !== 'main' && STD_ROOTS.has(root);
}

/**
 * Whose code a frame is. The file decides where it can: a closure of an inlined function carries its caller's package in the symbol
 * but its own file. `own` names modules known to be the program's (from build info, or of package main), as import path prefixes.
 */
export function originOfFrame(symbol: string, file: string, own: readonly string[] = []): FrameOrigin {
  if (own.length > 0) return originBy(symbol, file, own);
  // of a dump with thousands of goroutines each frame is asked for again and again
  const known = origins.get(symbol);
  if (known !== undefined && known.file === file) return known.origin;
  const origin = originBy(symbol, file, own);
  if (origins.size >= ORIGINS_CAP) origins.clear();
  origins.set(symbol, { file, origin });
  return origin;
}

const ORIGINS_CAP = 20_000;
const origins = new Map<string, { readonly file: string; readonly origin: FrameOrigin }>();

function originBy(symbol: string, file: string, own: readonly string[]): FrameOrigin {
  const path = file.replaceAll('\\', '/');
  const s = parseGoSymbol(symbol);
  const root = firstElement(s.package);
  if (path.includes('/pkg/mod/')) {
    const inCache = path.slice(path.indexOf('/pkg/mod/') + '/pkg/mod/'.length);
    // the toolchain itself may have been fetched as a module: GOTOOLCHAIN puts GOROOT below the module cache
    if (inCache.startsWith('golang.org/toolchain@'))
      return s.package === 'runtime' || s.package.startsWith('runtime/') ? 'runtime' : stdOrRuntime(inCache.slice(inCache.indexOf('/src/') + 5));
    return isDeclaredInMain(s) || own.some((m) => inCache.startsWith(`${m}@`)) ? 'own' : 'dependency';
  }
  if (isAbsolute(path)) {
    const src = goRootRelative(path, s);
    if (src !== null) return stdOrRuntime(src);
    if (path.includes('/vendor/')) return 'dependency';
    if (s.package === '') return 'foreign';
    return 'own';
  }
  // -trimpath: import path of the package, "@version" for every module but the main one
  if (path !== '' && !path.startsWith('_cgo') && path.includes('/')) {
    if (path.startsWith('vendor/')) return 'std';
    const at = path.indexOf('@');
    if (at > 0) {
      const module = path.slice(0, at);
      return isDeclaredInMain(s) || own.some((m) => m === module) ? 'own' : 'dependency';
    }
    if (path.includes('/vendor/')) return 'dependency';
    if (STD_ROOTS.has(firstElement(path))) return stdOrRuntime(path);
    return 'own';
  }
  if (s.package === '') return 'foreign';
  if (root === 'main') return 'own';
  if (s.package === 'runtime' || s.package.startsWith('runtime/') || s.package.startsWith('internal/runtime/')) return 'runtime';
  if (STD_ROOTS.has(root)) return 'std';
  if (own.some((m) => s.package === m || s.package.startsWith(`${m}/`))) return 'own';
  return own.length > 0 ? 'dependency' : 'own';
}

/** Package main is the program's own wherever it lies (go install leaves it in the module cache); what was inlined into it is not. */
const isDeclaredInMain = (s: GoSymbol): boolean => s.package === 'main' && s.closure.every((part) => CLOSURE_PART.test(part));

/** `module@version` or the module path of a file in the module cache or under -trimpath; null for own code and std. */
export function moduleOfFile(file: string): string | null {
  const path = file.replaceAll('\\', '/');
  const cache = path.indexOf('/pkg/mod/');
  const inside = cache >= 0 ? path.slice(cache + '/pkg/mod/'.length) : isAbsolute(path) ? null : path;
  if (inside !== null) {
    const at = inside.indexOf('@');
    if (at > 0) {
      const end = inside.indexOf('/', at);
      return unescapeModule(end < 0 ? inside : inside.slice(0, end));
    }
  }
  const vendor = path.lastIndexOf('/vendor/');
  if (vendor < 0) return null;
  // a vendored path does not say where the module ends: the first three elements are right for the usual forges
  const rest = path.slice(vendor + '/vendor/'.length).split('/');
  return rest.slice(0, Math.min(3, rest.length - 1)).join('/') || null;
}

/** The module cache writes capitals as !lower. */
const unescapeModule = (text: string): string => text.replace(/!([a-z])/g, (_all, letter: string) => letter.toUpperCase());

const isAbsolute = (path: string): boolean => path.startsWith('/') || /^[A-Za-z]:\//.test(path);

const firstElement = (path: string): string => {
  const cut = path.indexOf('/');
  return cut < 0 ? path : path.slice(0, cut);
};

function stdOrRuntime(src: string): FrameOrigin {
  return src.startsWith('runtime/') || src.startsWith('internal/runtime/') || src.startsWith('internal/abi/') ? 'runtime' : 'std';
}

/**
 * Path below GOROOT/src, or null. GOROOT may lie anywhere (/usr/local/go, /opt/go1.26, C:/Program Files/Go, a sandbox), so the package of
 * the symbol must agree with the folder below `src`; closures inlined into other packages are caught by the usual GOROOT names.
 */
function goRootRelative(path: string, s: GoSymbol): string | null {
  let at = path.indexOf('/src/');
  while (at >= 0) {
    const rest = path.slice(at + 5);
    const root = firstElement(rest);
    if (STD_ROOTS.has(root)) {
      const slash = rest.lastIndexOf('/');
      const folder = slash < 0 ? rest : rest.slice(0, slash);
      if (folder === s.package || rest.startsWith('vendor/') || /\/go(?:[-_]?\d[\w.]*)?$/i.test(path.slice(0, at))) return rest;
    }
    at = path.indexOf('/src/', at + 1);
  }
  return null;
}

function parse(given: string): GoSymbol {
  const symbol = given === 'panic' ? 'runtime.gopanic' : given;
  const flat = dropTypeArguments(symbol);
  const generic = flat !== symbol;
  const slash = lastSlashOfPath(flat);
  const dot = packageEnd(flat, slash);
  if (dot < 0) return { package: '', receiver: null, pointer: false, name: flat, closure: [], generic, normalised: flat };
  const pkg = unescapePath(flat.slice(0, dot));
  const parts = splitName(flat.slice(dot + 1));
  let receiver: string | null = null;
  let pointer = false;
  let first = 0;
  const head = parts[0] ?? '';
  if (head.startsWith('(*') && head.endsWith(')')) {
    receiver = head.slice(2, -1);
    pointer = true;
    first = 1;
  } else if (head === 'glob' && parts[1] === '') {
    // main.glob..func1: closure in a package-level variable, before Go 1.21 named it init.func1
    parts.splice(0, 2, 'init');
  } else if (isValueReceiver(parts)) {
    receiver = head;
    first = 1;
  }
  const name = sizeClassOf(pkg, parts[first] ?? '');
  const closure = parts.slice(first + 1).filter((p) => p !== '' && p !== 'fm');
  const kept = closure.length > 0 ? `.${closure.join('.')}` : '';
  const typeText = receiver === null ? '' : pointer ? `(*${receiver}).` : `${receiver}.`;
  return { package: pkg, receiver, pointer, name, closure, generic, normalised: `${pkg}.${typeText}${name}${kept}` };
}

const receiverText = (s: GoSymbol): string => (s.receiver === null ? '' : s.pointer ? `(*${s.receiver}).` : `${s.receiver}.`);

const sizeClassOf = (pkg: string, name: string): string => (pkg === 'runtime' ? (SIZE_CLASS.exec(name)?.[1] ?? name) : name);

/** `T.Val` is a method when what follows the first name is no closure part and no init number; `F.G.func1` is G inlined into F. */
function isValueReceiver(parts: readonly string[]): boolean {
  const second = parts[1];
  if (second === undefined || second === '' || CLOSURE_PART.test(second) || second.startsWith('(*')) return false;
  if (parts[0] === 'init' || parts[0] === 'main') return false;
  // with a closure behind it the second name may be an inlined callee; only a lone or fm-suffixed second name is surely a method
  return parts.length === 2 || parts.slice(2).every((p) => CLOSURE_PART.test(p));
}

/** Brackets hold type arguments with slashes and dots of their own. */
function dropTypeArguments(symbol: string): string {
  if (!symbol.includes('[')) return symbol;
  let out = '';
  let depth = 0;
  for (let i = 0; i < symbol.length; i++) {
    const c = symbol[i];
    if (c === '[') depth++;
    else if (c === ']' && depth > 0) depth--;
    else if (depth === 0) out += c;
  }
  return out;
}

/** A slash after the first parenthesis belongs to a name, not to the path. */
function lastSlashOfPath(text: string): number {
  const paren = text.indexOf('(');
  return text.lastIndexOf('/', paren < 0 ? text.length : paren);
}

/** Where the import path ends: the first dot after the last slash; `yaml.v3.` is one element where it was not escaped (profiles). */
function packageEnd(text: string, slash: number): number {
  const dot = text.indexOf('.', slash + 1);
  if (dot < 0) return -1;
  const version = /^v\d+\./.exec(text.slice(dot + 1, dot + 6));
  return version === null || slash < 0 ? dot : dot + version[0].length;
}

/** Go 1.27 escapes the name of a closure again when it takes it from the symbol of its function. */
function unescapePath(text: string): string {
  const once = (t: string): string => (t.includes('%') ? t.replace(ESCAPED, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : t);
  return once(once(text));
}

/** Splits at dots outside parentheses; `-range1` and `-fm` are parts of their own. */
function splitName(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (depth <= 0 && (c === '.' || c === '-')) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
