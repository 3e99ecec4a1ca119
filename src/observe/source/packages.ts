/** Files of one folder and package name as one package, with the import path its go.mod gives it. */
import type { Artifact, Readings, Strength } from '../../model/index.ts';
import { goMod } from '../../read/go-mod/index.ts';
import { type GoFile, type GoFunction, goSource } from '../../read/go-source/index.ts';

export interface SourceFile {
  readonly artifact: Artifact;
  /** As reports print it: the path in the input, or the member's path in an archive. */
  readonly path: string;
  readonly model: GoFile;
  readonly package: GoPackage;
}

export interface GoPackage {
  readonly name: string;
  /** `main` for commands, as symbols have it; the package name alone where no go.mod was found. */
  readonly symbolPath: string;
  /** As other files import it; null where no go.mod was found. */
  readonly importPath: string | null;
  readonly module: string | null;
  /** The go line of its go.mod: which behaviour of the runtime it has asked for. */
  readonly goVersion: string | null;
  /** derived: through a go.mod; guessed: only the package name is known. */
  readonly strength: Strength;
  readonly files: readonly SourceFile[];
  readonly functions: readonly FunctionRef[];
  /** Packages of the same module by import path, itself included: calls into them are as certain as calls within the package. */
  readonly siblings: ReadonlyMap<string, GoPackage>;
  /** Declared functions and methods by name: `Reserve` or `Client.Reserve` (pointer or not). */
  readonly byName: ReadonlyMap<string, FunctionRef>;
}

/** A function with its file, its names, and the functions around and inside it. */
export interface FunctionRef {
  readonly file: SourceFile;
  readonly fn: GoFunction;
  /** Full symbol, normalised as model/go-symbol does: without type parameters. */
  readonly symbol: string;
  readonly parent: FunctionRef | null;
  /** The declared function it stands in; itself when declared. Package-level literals stand for themselves. */
  readonly declared: FunctionRef;
  readonly literals: readonly FunctionRef[];
}

const folderOf = (path: string): string => {
  const cut = path.lastIndexOf('/');
  return cut < 0 ? '' : path.slice(0, cut);
};

const pathOf = (a: Artifact): string => (a.member ?? a.path).replaceAll('\\', '/');

/** Files of other systems or builds than most services run as: their functions would collide with those of the ones that were built. */
const IGNORED_CONSTRAINT = /^ignore\b/;

export function packagesOf(readings: Readings): readonly GoPackage[] {
  const modules = readings
    .of(goMod)
    .map((r) => ({ folder: folderOf(pathOf(r.artifact)), archive: r.artifact.member === undefined ? '' : r.artifact.path, path: r.model.module, go: r.model.go }));
  const groups = new Map<string, { folder: string; archive: string; files: { artifact: Artifact; path: string; model: GoFile }[] }>();
  for (const { artifact, model } of readings.of(goSource)) {
    const path = pathOf(artifact);
    if (path.endsWith('_test.go') || (model.constraint !== null && IGNORED_CONSTRAINT.test(model.constraint))) continue;
    const archive = artifact.member === undefined ? '' : artifact.path;
    const key = `${archive}\u0000${folderOf(path)}\u0000${model.package}`;
    const group = groups.get(key) ?? { folder: folderOf(path), archive, files: [] };
    group.files.push({ artifact, path, model });
    groups.set(key, group);
  }
  const packages = [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, g]) => makePackage(g.folder, g.archive, g.files, modules));
  for (const p of packages)
    for (const other of packages)
      if (p.module !== null && other.module === p.module && other.importPath !== null && other.name !== 'main') (p.siblings as Map<string, GoPackage>).set(other.importPath, other);
  return packages;
}

function makePackage(
  folder: string,
  archive: string,
  given: readonly { artifact: Artifact; path: string; model: GoFile }[],
  modules: readonly { folder: string; archive: string; path: string; go: string | null }[],
): GoPackage {
  const above = modules
    .filter((m) => m.archive === archive && (m.folder === folder || m.folder === '' || folder.startsWith(`${m.folder}/`)))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
  const rest = above === undefined ? null : above.folder === '' ? folder : folder.slice(above.folder.length + 1);
  const importPath = above === undefined || rest === null ? null : rest === '' ? above.path : `${above.path}/${rest}`;
  const name = given[0]?.model.package ?? '';
  const symbolPath = name === 'main' ? 'main' : (importPath ?? name);
  const functions: FunctionRef[] = [];
  const files: SourceFile[] = [];
  const pkg: GoPackage = {
    name,
    symbolPath,
    importPath,
    module: above?.path ?? null,
    goVersion: above?.go ?? null,
    strength: importPath === null ? 'guessed' : 'derived',
    files,
    functions,
    siblings: new Map(),
    byName: new Map(),
  };
  // cmd/compile numbers init functions and package-level literals over the files in name order
  let inits = 0;
  let initLiterals = 0;
  for (const f of [...given].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const file: SourceFile = { artifact: f.artifact, path: f.path, model: f.model, package: pkg };
    files.push(file);
    const refs: { -readonly [K in keyof FunctionRef]: FunctionRef[K] }[] = [];
    let ownInits = 0;
    let ownLiterals = 0;
    for (const fn of f.model.functions) {
      let own = fn.name.replaceAll('[...]', '');
      const declaredInit = /^init\.(\d+)/.exec(own);
      const literalInit = /^init\.func(\d+)/.exec(own);
      if (declaredInit?.[1] !== undefined) {
        own = `init.${inits + Number(declaredInit[1])}${own.slice(declaredInit[0].length)}`;
        ownInits = Math.max(ownInits, Number(declaredInit[1]) + 1);
      } else if (literalInit?.[1] !== undefined) {
        own = `init.func${initLiterals + Number(literalInit[1])}${own.slice(literalInit[0].length)}`;
        ownLiterals = Math.max(ownLiterals, Number(literalInit[1]));
      }
      const parent = fn.parent === null ? null : (refs[fn.parent] ?? null);
      const ref: { -readonly [K in keyof FunctionRef]: FunctionRef[K] } = { file, fn, symbol: `${symbolPath}.${own}`, parent, declared: null as never, literals: [] };
      ref.declared = parent === null ? ref : parent.declared;
      if (parent !== null) (parent.literals as FunctionRef[]).push(ref);
      refs.push(ref);
      functions.push(ref);
      if (!fn.literal) (pkg.byName as Map<string, FunctionRef>).set(fn.receiver === null ? own : `${fn.receiver.type}.${own.slice(own.lastIndexOf('.') + 1)}`, ref);
    }
    inits += ownInits;
    initLiterals += ownLiterals;
  }
  return pkg;
}

/** The ref of a literal expression: literals keep their index in the file's list. */
export const literalRef = (file: SourceFile, index: number): FunctionRef | undefined => {
  const fn = file.model.functions[index];
  return fn === undefined ? undefined : file.package.functions.find((r) => r.fn === fn);
};

/** A function and all literals inside it, at any depth. */
export function withLiterals(ref: FunctionRef): FunctionRef[] {
  return [ref, ...ref.literals.flatMap(withLiterals)];
}

/** Folders of the commands of the module that import the package, directly or through others; a command is linked into itself. */
export function commandsWith(pkg: GoPackage, module: readonly GoPackage[]): string[] {
  const byPath = new Map(module.flatMap((p) => (p.importPath === null ? [] : [[p.importPath, p] as const])));
  const reaches = (from: GoPackage): boolean => {
    const seen = new Set<GoPackage>([from]);
    for (const at of seen) {
      if (at === pkg) return true;
      for (const file of at.files)
        for (const i of file.model.imports) {
          const next = byPath.get(i.path);
          if (next !== undefined) seen.add(next);
        }
    }
    return false;
  };
  return module
    .filter((p) => p.name === 'main' && reaches(p))
    .map((p) => folderOf(p.files[0]?.path ?? ''))
    .sort();
}
