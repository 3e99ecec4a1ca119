/**
 * `node scripts/run.mjs loki-check`: the tests of collecting from Loki against the real server, whose exchanges are recorded anew.
 * Not part of `npm test`: Loki is built from its Go module first, which takes a quarter of an hour.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

const done = spawnSync(process.execPath, [join('node_modules', 'vitest', 'vitest.mjs'), 'run', 'src/collect/loki', '--hookTimeout=3600000'], {
  stdio: 'inherit',
  env: { ...process.env, GORCA_LOKI: 'real' },
});
process.exitCode = done.status ?? 1;
