/** Checks that read the files: generated ones fresh, format and lint, types twice, imports, dead code. */
import { readFileSync } from 'node:fs';
import { checkImports } from '../imports/check.ts';
import { ANYWHERE } from '../imports/table.ts';
import { type Check, failed, passed, runTool, script } from './checks.ts';

const generated: Check = {
  name: 'generated files are fresh',
  async run() {
    const { status, output } = await script('gen', ['--check']);
    return status === 0 ? passed('') : failed('npm run gen', output);
  },
};

const biome: Check = {
  name: 'format and lint',
  async run() {
    const { status, output } = await runTool('@biomejs/biome/bin/biome', ['ci', '--colors=off', '.']);
    const files = Number(/Checked (\d+) files/.exec(output)?.[1] ?? 0);
    return status === 0 && files > 0 ? passed(`${files} files`) : failed(`${files} files; npx biome check --write`, output);
  },
};

const types = (name: string, project: string): Check => ({
  name,
  async run() {
    const listed = await runTool('typescript/bin/tsc', ['-p', project, '--listFilesOnly']);
    const files = listed.output.split('\n').filter((line) => /[\\/](src|scripts|bench)[\\/]/.test(line) && !line.includes('node_modules')).length;
    const { status, output } = await runTool('typescript/bin/tsc', ['-p', project, '--noEmit']);
    return status === 0 && files > 0 ? passed(`${files} files`) : failed(`${files} files`, output);
  },
});

const imports: Check = {
  name: 'import table',
  run() {
    const { files, faults: found } = checkImports(process.cwd());
    const { include } = JSON.parse(readFileSync('tsconfig.anywhere.json', 'utf8')) as { include: readonly string[] };
    const unchecked = ANYWHERE.filter((folder) => !include.some((i) => folder === i || folder.startsWith(`${i}/`)));
    const faults = [...found, ...unchecked.map((folder) => `tsconfig.anywhere.json does not include ${folder}`)];
    return Promise.resolve(faults.length === 0 && files > 0 ? passed(`${files} files`) : failed(`${files} files`, faults.join('\n')));
  },
};

const knip: Check = {
  name: 'nothing unused',
  async run() {
    const { status, output } = await runTool('knip/bin/knip.js', ['--no-progress', '--max-show-issues', '60']);
    return status === 0 ? passed('') : failed('', output);
  },
};

export const staticChecks: readonly Check[] = [generated, biome, types('types in Node', 'tsconfig.json'), types('types where no Node is', 'tsconfig.anywhere.json'), imports, knip];
