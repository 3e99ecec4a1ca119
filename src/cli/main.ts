#!/usr/bin/env node
/** `gorca`. The version and completion answer before anything else is loaded. */
import { readFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const argv = process.argv.slice(2);

// `gorca … | head` closes the pipe early: that is the reader's right
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

/** Waits for a slow reader instead of keeping what it has not taken yet. */
function writeBytes(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') process.exit(0);
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

if (argv[0] === '--version' || argv[0] === '-V') {
  const manifest = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8')) as { version: string };
  process.stdout.write(`${manifest.version}\n`);
} else if (argv[0] === 'complete' && argv[1] === '--') {
  const { complete } = await import('./completion.ts');
  complete(argv.slice(2));
} else {
  const { runCli } = await import('./app.ts');
  const { stdout, stderr } = process;
  const code = await runCli(argv, {
    out: (text) => void stdout.write(text),
    outBytes: writeBytes,
    err: (text) => void stderr.write(text),
    outIsTerminal: stdout.isTTY === true,
    errIsTerminal: stderr.isTTY === true,
    columns: stdout.isTTY === true ? Math.min(120, stdout.columns) : 80,
    env: process.env,
  });
  // what is left over is never waited for: compilations in the background would be, for as long as they take
  await Promise.all([stdout, stderr].map(written));
  process.exit(code);
}

/** All that was written has been handed to the system, or nobody takes it any more. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => void stream.write('', () => resolve()));
}
