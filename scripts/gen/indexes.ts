/**
 * The lists of what exists: one import a folder, sorted, found by reading the folders.
 * A unit is a folder with an index.ts that declares exactly one constant of its stage's type.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Generated {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export interface Indexes {
  readonly files: readonly Generated[];
  /** What stands in a folder but cannot be listed. */
  readonly refused: readonly string[];
}

interface Stage {
  readonly folder: string;
  /** Folders of units directly below (1) or below a domain folder (2). */
  readonly depth: 1 | 2;
  readonly declares: RegExp;
  readonly list: string;
  readonly type: string;
  readonly from: string;
  readonly what: string;
}

const STAGES: readonly Stage[] = [
  {
    folder: 'src/read',
    depth: 1,
    declares: /^export const (\w+): Reader</gm,
    list: 'readers',
    type: 'Reader<unknown>',
    from: '../model/index.ts',
    what: 'Every reader, sorted by id.',
  },
  {
    folder: 'src/read/logs/formats',
    depth: 1,
    declares: /^export const (\w+): (?:KeyedFormat|TextFormat) = /gm,
    list: 'logFormats',
    type: 'LogFormat',
    from: '../format.ts',
    what: 'Every log format, sorted by id; their order means nothing.',
  },
  {
    folder: 'src/observe',
    depth: 1,
    declares: /^export const (\w+): Observer\b/gm,
    list: 'observers',
    type: 'Observer',
    from: '../model/index.ts',
    what: 'Every observer, sorted by id.',
  },
  {
    folder: 'src/diagnose/mechanisms',
    depth: 2,
    declares: /^export const (\w+)(?:: Mechanism)? = defineMechanism\(/gm,
    list: 'mechanisms',
    type: 'Mechanism',
    from: '../../model/index.ts',
    what: 'Every mechanism, sorted by id.',
  },
];

const NOT_UNITS = new Set(['lib', 'testing', 'testdata']);

function folders(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((e) => e.isDirectory() && !NOT_UNITS.has(e.name))
    .map((e) => e.name)
    .sort();
}

const names = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((m) => m[1] as string);

/** Ids of a stage's units: `goroutine-dump`, or `go/abandoned-sender` where the stage has domains. */
export function unitsOf(root: string, folder: string, depth: 1 | 2): string[] {
  const first = folders(join(root, folder));
  if (depth === 1) return first;
  return first.flatMap((domain) => folders(join(root, folder, domain)).map((name) => `${domain}/${name}`));
}

export function indexes(root: string): Indexes {
  const files: Generated[] = [];
  const refused: string[] = [];
  for (const stage of STAGES) {
    const units: { id: string; constant: string }[] = [];
    for (const id of unitsOf(root, stage.folder, stage.depth)) {
      const file = join(root, stage.folder, id, 'index.ts');
      if (!existsSync(file)) continue;
      const found = names(readFileSync(file, 'utf8'), stage.declares);
      const [constant] = found;
      if (constant === undefined || found.length !== 1) {
        refused.push(`${stage.folder}/${id}/index.ts declares ${found.length === 0 ? 'no constant' : found.join(', ')}; exactly one ${stage.type} is expected`);
        continue;
      }
      units.push({ id, constant });
    }
    files.push({ path: `${stage.folder}/index.ts`, text: listFile(stage, uniqueNames(units)) });
  }
  files.push(kindsFile(root));
  return { files, refused };
}

interface Unit {
  readonly id: string;
  readonly constant: string;
  readonly as: string;
}

/** Two domains may use one constant name: the later ones are imported under their id. */
function uniqueNames(units: readonly { id: string; constant: string }[]): Unit[] {
  const count = new Map<string, number>();
  for (const u of units) count.set(u.constant, (count.get(u.constant) ?? 0) + 1);
  return units.map((u) => ({ ...u, as: count.get(u.constant) === 1 ? u.constant : camel(u.id) }));
}

export const camel = (id: string): string => id.replace(/[-/]+(\w)/g, (_all, letter: string) => letter.toUpperCase());

function listFile(stage: Stage, units: readonly Unit[]): string {
  const imports = units.map((u) => `import { ${u.as === u.constant ? u.constant : `${u.constant} as ${u.as}`} } from './${u.id}/index.ts';`);
  return source(
    stage.what,
    [`import type { ${stage.type.replace(/<.*/, '')} } from '${stage.from}';`, ...imports],
    stage.list,
    stage.type,
    units.map((u) => u.as),
  );
}

function kindsFile(root: string): Generated {
  const folder = 'src/model/conditions';
  const imports = ["import type { Kind } from '../condition.ts';"];
  const kinds: string[] = [];
  for (const file of readdirSync(join(root, folder)).sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file === 'index.ts') continue;
    const constants = names(readFileSync(join(root, folder, file), 'utf8'), /^export const (\w+) = defineKind[<(]/gm).sort();
    if (constants.length === 0) continue;
    imports.push(`import {\n${constants.map((c) => `  ${c},`).join('\n')}\n} from './${file}';`);
    kinds.push(...constants);
  }
  return { path: `${folder}/index.ts`, text: source('Every condition kind, domain by domain.', imports, 'kinds', 'Kind', kinds) };
}

/** One name a line, so that two branches that each add one do not collide. */
function source(what: string, imports: readonly string[], list: string, type: string, entries: readonly string[]): string {
  const body = entries.length === 0 ? '[]' : `[\n${entries.map((e) => `  ${e},`).join('\n')}\n]`;
  return `// Generated by \`npm run gen\`: do not edit.\n${imports.join('\n')}\n\n/** ${what} */\nexport const ${list}: readonly ${type}[] = ${body};\n`;
}
