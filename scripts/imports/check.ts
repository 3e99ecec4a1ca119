/** Holds the import table against the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { type Stage, TABLE } from './table.ts';

export interface ImportFaults {
  readonly files: number;
  readonly faults: readonly string[];
}

interface Import {
  readonly from: string;
  readonly specifier: string;
  /** A path from the root for relative imports, else null. */
  readonly target: string | null;
  /** Still there when the types are gone, and loaded at once: what can close a cycle. */
  readonly loads: boolean;
}

const STATEMENT = /^[ \t]*(?:import|export)\b([^'"`;]*?\bfrom)?[ \t\n]*(['"])([^'"\n]+)\2/gm;
const CALL = /\bimport\(\s*(['"])([^'"\n]+)\1/g;
/** `type X`, or braces in which every name is one. */
const TYPES_ONLY = /^\s*(?:type\b|\{(?:\s*type\s+[^,}]+,?)*\s*\})/;

function sourceFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((e) => {
    const path = `${folder}/${e.name}`;
    // AssemblyScript is another language: it resolves imports by itself
    if (e.isDirectory()) return ['testing', 'testdata', 'assembly'].includes(e.name) ? [] : sourceFiles(root, path);
    return e.name.endsWith('.ts') && !e.name.endsWith('.test.ts') && !e.name.endsWith('.d.ts') ? [path] : [];
  });
}

export function importsOf(path: string, text: string): Import[] {
  const make = (specifier: string, loads: boolean): Import => ({
    from: path,
    specifier,
    target: specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null,
    loads,
  });
  return [...[...text.matchAll(STATEMENT)].map((m) => make(m[3] as string, !TYPES_ONLY.test(m[1] ?? ''))), ...[...text.matchAll(CALL)].map((m) => make(m[2] as string, false))];
}

const inside = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
/** The longest folder of the table wins: src/diagnose/mechanisms before src/diagnose. */
const stageOf = (path: string, table: readonly Stage[]): Stage | undefined => table.filter((s) => inside(path, s.folder)).sort((a, b) => b.folder.length - a.folder.length)[0];

function unitOf(path: string, stage: Stage): string | null {
  if (stage.units === undefined) return null;
  const parts = path.slice(stage.folder.length + 1).split('/');
  return parts.length > stage.units && !parts.slice(0, stage.units).includes('lib') ? parts.slice(0, stage.units).join('/') : null;
}

const packageOf = (specifier: string): string =>
  specifier.startsWith('node:')
    ? 'node:'
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');

export function checkImports(root: string, table: readonly Stage[] = TABLE): ImportFaults {
  const files = sourceFiles(root, 'src').sort();
  const faults: string[] = [];
  const graph = new Map<string, string[]>();
  for (const path of files) {
    const stage = stageOf(path, table);
    if (stage === undefined) {
      faults.push(`${path}: its folder is not in the import table`);
      continue;
    }
    const imports = importsOf(path, readFileSync(join(root, path), 'utf8'));
    graph.set(
      path,
      imports.flatMap((i) => (i.target === null || !i.loads ? [] : [i.target])),
    );
    for (const i of imports) {
      const fault = faultOf(i, stage, table);
      if (fault !== null) faults.push(`${path}: imports ${i.specifier}: ${fault}`);
      if (i.target !== null && !files.includes(i.target) && !i.target.endsWith('.d.ts')) faults.push(`${path}: imports ${i.specifier}, which is no source file`);
    }
  }
  for (const stage of table) {
    // folders still to come are in the table; one that is there and empty is a mistake in this check
    if (files.length > 0 && dirname(stage.folder) === '.' && !files.some((f) => inside(f, stage.folder))) faults.push(`${stage.folder}: no file was seen`);
  }
  faults.push(...cycles(graph));
  return { files: files.length, faults };
}

function faultOf(i: Import, stage: Stage, table: readonly Stage[]): string | null {
  if (i.target === null) {
    const name = packageOf(i.specifier);
    return stage.packages.includes(name) ? null : `${stage.folder} may import ${stage.packages.length === 0 ? 'no package' : stage.packages.join(', ')}`;
  }
  const target = stageOf(i.target, table);
  if (target === undefined) return 'it is not in the import table';
  if (target !== stage) {
    const allowed = stage.may.some((m) => inside(i.target as string, m)) || inside(i.target, stage.folder);
    return allowed ? null : `${stage.folder} may import ${stage.may.length === 0 ? 'nothing' : stage.may.join(', ')}`;
  }
  const from = unitOf(i.from, stage);
  if (from === null) return null;
  const to = unitOf(i.target, stage);
  if (to === from) return null;
  if (
    to === null &&
    i.target
      .slice(stage.folder.length + 1)
      .split('/')
      .includes('lib')
  )
    return null;
  return to === null ? `a unit imports its own folder and ${stage.folder}/lib` : `units of ${stage.folder} do not import each other; what both need goes to ${stage.folder}/lib`;
}

/** One line a cycle, each named once. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      found.push(`import cycle: ${[...way.slice(way.indexOf(path)), path].join(' → ')}`);
      return;
    }
    state.set(path, 'open');
    for (const next of graph.get(path) ?? []) visit(next, [...way, path]);
    state.set(path, 'done');
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}
