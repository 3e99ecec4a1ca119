/** `npm run build`: the program bundled into dist/, and the WebAssembly the Go source reader needs beside it. */
import process from 'node:process';
import { build } from './build/dist.ts';

process.exitCode = build() ? 0 : 1;
