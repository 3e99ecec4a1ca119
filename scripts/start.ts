/** `npm start`: builds and shows the recorded incident. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { build } from './build/dist.ts';

if (build()) process.exitCode = spawnSync(process.execPath, ['dist/cli/main.js', 'demo', ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
else process.exitCode = 1;
