/** `npm run gen`: writes everything that is generated. `npm run gen -- --check` only says what is stale, and fails if anything is. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { errorSamples } from './gen/error-samples.ts';
import { type Generated, indexes } from './gen/indexes.ts';
import { kernelsFile } from './gen/kernels.ts';
import { problemCodes } from './gen/problem-codes.ts';

const root = process.cwd();
const check = process.argv.includes('--check');
let stale = 0;

function put(file: Generated): void {
  const path = join(root, file.path);
  if (existsSync(path) && readFileSync(path, 'utf8') === file.text) return;
  stale++;
  if (check) {
    console.error(`${file.path} is stale; npm run gen`);
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  // renamed into place: somebody may be reading it
  writeFileSync(`${path}.${process.pid}`, file.text);
  renameSync(`${path}.${process.pid}`, path);
  console.log(`wrote ${file.path}`);
}

const found = indexes(root);
for (const file of found.files) put(file);
put(problemCodes(root));
put(errorSamples(root));
put(await kernelsFile(root));
// a process of its own: it imports what the lists above name only now
const docs = spawnSync(process.execPath, ['scripts/run.mjs', 'gen-docs'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'inherit'] });
if (docs.status === 0) for (const file of JSON.parse(docs.stdout) as Generated[]) put(file);
else console.error('the documents were not made: what the lists name could not be loaded');
for (const refusal of found.refused) console.error(refusal);
if (found.refused.length > 0 || docs.status !== 0 || (check && stale > 0)) process.exitCode = 1;
