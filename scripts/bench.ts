/** `npm run bench`: every bench/*.ts, one after the other. `npm run bench -- pprof [its arguments]`: one of them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { buildSync } from 'esbuild';

const [wanted, ...args] = process.argv.slice(2);
const all = readdirSync('bench')
  .filter((f) => f.endsWith('.ts'))
  .map((f) => f.slice(0, -'.ts'.length))
  .sort();
const chosen = wanted === undefined ? all : all.filter((name) => name === wanted);
if (chosen.length === 0) {
  console.error(wanted === undefined ? 'there is no benchmark in bench/' : `there is no benchmark "${wanted}"; there are ${all.join(', ')}`);
  process.exit(2);
}
const folder = join('node_modules', '.cache', 'gorca-bench');
mkdirSync(folder, { recursive: true });
for (const name of chosen) {
  const outfile = join(folder, `${name}.mjs`);
  buildSync({ entryPoints: [join('bench', `${name}.ts`)], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'error' });
  console.log(`${name}:`);
  if (spawnSync(process.execPath, [outfile, ...args], { stdio: 'inherit' }).status !== 0) process.exitCode = 1;
}
