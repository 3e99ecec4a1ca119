/**
 * `npm test`: runs everything there is to run, whatever fails on the way.
 * Its last line is "N passed, N failed": every test of vitest counts as one, and so does every other check.
 * `npm test -- import` runs only the checks whose name holds that word.
 */
import process from 'node:process';
import { inspect } from 'node:util';
import { bundleCheck } from './test/browser.ts';
import type { Check } from './test/checks.ts';
import { fuzzCheck } from './test/fuzz.ts';
import { prepareMachine } from './test/machine.ts';
import { packageCheck } from './test/package.ts';
import { staticChecks } from './test/static.ts';
import { tests } from './test/tests.ts';

const CHECKS: readonly Check[] = [...staticChecks, ...tests, bundleCheck, packageCheck, fuzzCheck];

const wanted = process.argv.slice(2);
const chosen = CHECKS.filter((c) => wanted.length === 0 || wanted.some((w) => c.name.includes(w)));
if (chosen.length === 0) console.error(`no check is called ${wanted.join(' ')}; there are: ${CHECKS.map((c) => c.name).join(', ')}`);
for (const missing of prepareMachine()) console.log(`! ${missing}`);

let passed = 0;
let failed = chosen.length === 0 ? 1 : 0;
for (const check of chosen) {
  const started = Date.now();
  let outcome: Awaited<ReturnType<Check['run']>>;
  try {
    outcome = await check.run();
  } catch (error) {
    outcome = { passed: 0, failed: 1, note: 'the check itself failed', details: inspect(error) };
  }
  passed += outcome.passed;
  failed += outcome.failed;
  const count = outcome.passed + outcome.failed > 1 ? `${outcome.passed} passed, ${outcome.failed} failed` : '';
  const note = [count, outcome.note].filter((n) => n !== '').join('; ');
  console.log(`${outcome.failed === 0 ? '✔' : '✘'} ${check.name}${note === '' ? '' : `: ${note}`} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (outcome.failed > 0 && outcome.details !== undefined && outcome.details !== '') console.log(outcome.details.trimEnd());
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
