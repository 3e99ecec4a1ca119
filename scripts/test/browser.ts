/**
 * Everything that runs anywhere, bundled for a browser and run where no Node is: the report must be the same, byte for byte.
 * The bundle does not link when something reaches a Node module.
 */
import { createContext, Script } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import { DEMO_INCIDENT } from '../../src/cli/demo.ts';
import { collectFiles } from '../../src/collect/files/index.ts';
import { investigate } from '../../src/investigate.ts';
import type { Artifact } from '../../src/model/index.ts';
import { goGrammarBytes } from '../../src/platform/go-grammar.ts';
import { prepareGoSource } from '../../src/read/go-source/index.ts';
import { renderJson } from '../../src/report/json/index.ts';
import { type Check, failed, passed } from './checks.ts';

const ENTRY = `
import { investigate } from './src/investigate.ts';
import { prepareGoSource } from './src/read/go-source/index.ts';
import { renderJson } from './src/report/json/index.ts';
import { renderMarkdown } from './src/report/markdown/index.ts';
import { redactReport } from './src/report/redact/index.ts';
import { renderTerminal } from './src/report/terminal/index.ts';
import { upgradeReport } from './src/model/report-upgrade.ts';
import { REPORT_SCHEMA } from './src/model/report-schema.ts';
export { investigate, prepareGoSource, renderJson, renderMarkdown, redactReport, renderTerminal, upgradeReport, REPORT_SCHEMA };
`;

/** web-tree-sitter asks for Node's modules only after it has seen that it runs in Node. */
const treeSitterInBrowser: Plugin = {
  name: 'tree-sitter in a browser',
  setup(b) {
    b.onResolve({ filter: /^(fs\/promises|module)$/ }, (args) => (/[\\/]web-tree-sitter[\\/]/.test(args.importer) ? { path: args.path, namespace: 'absent' } : undefined));
    b.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'export default null', loader: 'js' }));
  },
};

const LOCATION = 'https://localhost/gorca.js';

/** Arrays of this realm, because the bytes handed in are of it. */
const workerGlobals = (): object => ({
  TextDecoder,
  TextEncoder,
  URL,
  performance,
  console,
  atob,
  WebAssembly: Reflect.get(globalThis, 'WebAssembly') as unknown,
  Uint8Array,
  ArrayBuffer,
  WorkerGlobalScope: class {},
  self: { location: { href: LOCATION } },
});

interface Anywhere {
  readonly investigate: typeof investigate;
  readonly prepareGoSource: typeof prepareGoSource;
  readonly renderJson: typeof renderJson;
}

export const bundleCheck: Check = {
  name: 'browser bundle',
  async run() {
    const built = await build({
      stdin: { contents: ENTRY, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      write: false,
      metafile: true,
      platform: 'browser',
      format: 'iife',
      globalName: 'gorca',
      target: 'es2023',
      // a module knows where it lies; a script run in a context does not
      define: { 'import.meta.url': JSON.stringify(LOCATION) },
      logLevel: 'silent',
      plugins: [treeSitterInBrowser],
    }).catch((error: Error) => error);
    if (built instanceof Error) return failed('it does not link', built.message);
    const files = Object.keys(built.metafile.inputs).filter((f) => f.startsWith('src/')).length;
    const code = built.outputFiles[0]?.text ?? '';
    if (files < 20 || code === '') return failed(`${files} files`);

    // what a worker in a browser has of the names that are used, and no more
    const context = createContext(workerGlobals());
    new Script(`${code};globalThis.gorca = gorca;`, { filename: 'gorca.js' }).runInContext(context);
    const anywhere = (context as { gorca: Anywhere }).gorca;
    const { artifacts } = await collectFiles([`incidents/${DEMO_INCIDENT}`]);
    if (artifacts.length === 0) return failed('the recorded incident holds no artifact');
    const here = await reportOf({ investigate, prepareGoSource, renderJson }, artifacts);
    const there = await reportOf(anywhere, artifacts);
    if (here !== there) return failed('the report differs from that in Node', firstDifference(here, there));
    return passed(`${files} files, ${Math.round(code.length / 1024)} KiB, the report on ${artifacts.length} artifacts is the same`);
  },
};

async function reportOf(gorca: Anywhere, artifacts: readonly Artifact[]): Promise<string> {
  const grammar = goGrammarBytes();
  if (grammar !== null) await gorca.prepareGoSource(grammar);
  return gorca.renderJson(gorca.investigate(artifacts).report);
}

function firstDifference(a: string, b: string): string {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, i) => line !== right[i]);
  return `line ${at + 1}\n- ${left[at]}\n+ ${right[at]}`;
}
