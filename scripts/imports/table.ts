/**
 * Who may import whom. This table is the architecture: a folder that is not listed may import nothing, and nothing may import it.
 * Tests and folders named `testing` are outside of it.
 */
export interface Stage {
  readonly folder: string;
  /** Folders (or single files) it may import from, itself not counted. */
  readonly may: readonly string[];
  /** npm packages it may import; `node:` stands for Node itself. */
  readonly packages: readonly string[];
  /** Its units stand so many folders below it: units never import each other, what two need goes to <stage>/lib/. */
  readonly units?: 1 | 2;
}

const NODE = 'node:';

export const TABLE: readonly Stage[] = [
  // these run anywhere: no Node, no DOM
  { folder: 'src/model', may: [], packages: [] },
  { folder: 'src/kernels', may: [], packages: [] },
  { folder: 'src/knowledge', may: ['src/model'], packages: [], units: 1 },
  { folder: 'src/read', may: ['src/model', 'src/kernels', 'src/knowledge'], packages: ['yaml', 'web-tree-sitter', 're2js'], units: 1 },
  { folder: 'src/observe', may: ['src/model', 'src/read', 'src/knowledge'], packages: [], units: 1 },
  { folder: 'src/diagnose/mechanisms', may: ['src/model', 'src/knowledge', 'src/diagnose/lib'], packages: [], units: 2 },
  { folder: 'src/diagnose', may: ['src/model', 'src/knowledge', 'src/diagnose/mechanisms'], packages: [] },
  { folder: 'src/report', may: ['src/model', 'src/knowledge'], packages: [], units: 1 },
  { folder: 'src/investigate.ts', may: ['src/model', 'src/knowledge', 'src/read', 'src/observe', 'src/diagnose'], packages: [] },

  // these run in Node
  // platform implements the byte sources that model declares
  { folder: 'src/platform', may: ['src/model'], packages: [NODE, 'fflate', 'fzstd', 'modern-tar'] },
  { folder: 'src/collect', may: ['src/model', 'src/platform'], packages: [NODE], units: 1 },
  { folder: 'src/verify', may: ['src/model', 'src/read', 'src/platform'], packages: [NODE], units: 1 },
  {
    folder: 'src/cli',
    may: ['src/model', 'src/knowledge', 'src/read', 'src/observe', 'src/diagnose', 'src/report', 'src/investigate.ts', 'src/platform', 'src/collect', 'src/verify'],
    packages: [NODE, '@stricli/core', '@bomb.sh/tab'],
  },
];

/** Folders of the table in which no Node name may be reached: type-checked and bundled without Node. */
export const ANYWHERE: readonly string[] = TABLE.filter((s) => !s.packages.includes(NODE)).map((s) => s.folder);
