#!/usr/bin/env node
/** `gorca`. The version and completion answer before anything else is loaded. */
import { fstatSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { writeAll } from './write-all.ts';

const argv = process.argv.slice(2);
const OUT = 1;
const ERR = 2;

function writeBytes(fd: number, bytes: Uint8Array): void {
  // `gorca … | head` closes the pipe early: that is the reader's right. Who closes standard error reads no problems
  if (!writeAll(fd, bytes) && fd === OUT) process.exit(0);
}

/** Node's stream, where it knows more of what it writes to than a descriptor; null for files and pipes: loading streams is a tenth of a short run. */
function streamOf(fd: number): NodeJS.WriteStream | null {
  try {
    if (process.platform !== 'win32' && !fstatSync(fd).isCharacterDevice()) return null;
  } catch {
    // it was closed before the program began: the stream swallows what is written
  }
  const stream = fd === OUT ? process.stdout : process.stderr;
  if (fd === OUT) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
  return stream;
}

if (argv[0] === '--version' || argv[0] === '-V') {
  const manifest = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8')) as { version: string };
  writeBytes(OUT, Buffer.from(`${manifest.version}\n`));
} else if (argv[0] === 'complete' && argv[1] === '--') {
  const { complete } = await import('./completion.ts');
  complete(argv.slice(2));
} else {
  const { runCli } = await import('./app.ts');
  const stdout = streamOf(OUT);
  const stderr = streamOf(ERR);
  const code = await runCli(argv, {
    out: (text) => (stdout === null ? writeBytes(OUT, Buffer.from(text)) : void stdout.write(text)),
    outBytes: (bytes) => writeBytes(OUT, bytes),
    outDescriptor: OUT,
    err: (text) => (stderr === null ? writeBytes(ERR, Buffer.from(text)) : void stderr.write(text)),
    outIsTerminal: stdout?.isTTY === true,
    errIsTerminal: stderr?.isTTY === true,
    columns: stdout?.isTTY === true ? Math.min(120, stdout.columns) : 80,
    env: process.env,
  });
  // what is left over is never waited for: compilations in the background would be, for as long as they take
  await Promise.all([stdout, stderr].map((stream) => stream === null || written(stream)));
  process.exit(code);
}

/** All that was written has been handed to the system, or nobody takes it any more. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => void stream.write('', () => resolve()));
}
