/** `gorca profile open`: flame graphs of a profile in speedscope, served on the loopback interface until interrupted. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { speedscopeDocument, writesAll } from '../../observe/lib/profiles/speedscope.ts';
import type { Run } from '../command.ts';
import type { Console } from '../console.ts';
import { EXIT } from '../exit-codes.ts';
import { inputsOf } from './load.ts';
import { serveSpeedscope, speedscopeFolder } from './serve-speedscope.ts';

export const run: Run = async (console, flags, args) => {
  const { inputs, exit } = await inputsOf(console, flags, args);
  const [first] = inputs;
  if (first === undefined) return exit;
  const title = inputs.map((i) => i.file.slice(i.file.lastIndexOf('/') + 1)).join(', ');
  if (!writesAll(inputs)) console.err('the profile is large: only the type shown first is opened (--sample-type for another), without labels\n');
  if (typeof flags['output'] === 'string') {
    const { createWriteStream } = await import('node:fs');
    const { Readable } = await import('node:stream');
    const { pipeline } = await import('node:stream/promises');
    await pipeline(Readable.from(speedscopeDocument(inputs, title)), createWriteStream(flags['output']));
    return EXIT.finished;
  }
  const folder = speedscopeFolder();
  if (folder === null) {
    console.err('speedscope is not installed (it is optional): npm install speedscope beside gorca, or -o file.json writes the file for a speedscope elsewhere\n');
    return EXIT.nothingReadable;
  }
  const served = await serveSpeedscope(folder, () => speedscopeDocument(inputs, title));
  console.out(`${served.url}\n`);
  console.err('Ctrl-C stops it\n');
  if (flags['open'] !== false && console.outIsTerminal) openBrowser(console, served.url);
  await interrupted();
  await served.close();
  return EXIT.finished;
};

const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
      resolve();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
  });

function openBrowser(console: Console, url: string): void {
  const [command, ...before] = process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler'] : ['xdg-open'];
  const child = spawn(command as string, [...before, url], { stdio: 'ignore', detached: true });
  child.on('error', () => console.err('no browser could be started: open the address yourself\n'));
  child.unref();
}
