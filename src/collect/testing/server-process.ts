/** A real server for a test: on 127.0.0.1 and free ports only, in a folder that goes when it goes, ended by its process id. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endChild } from '../../platform/end-child.ts';

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const READY_MS = 60_000;
const STOP_MS = 10_000;

export async function runServer(program: string, argsIn: (folder: string) => readonly string[], url: string, readyPath: string): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gorca-server-'));
  const child = spawn(program, [...argsIn(folder)], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString('utf8')).slice(-4000);
  });
  // whatever ends this process ends the server, too
  const end = (): void => void child.kill('SIGKILL');
  process.on('exit', end);
  const stop = async (): Promise<void> => {
    process.off('exit', end);
    await endChild(child, STOP_MS);
    rmSync(folder, { recursive: true, force: true });
  };
  const until = Date.now() + READY_MS;
  for (;;) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`${program} did not become ready (exit ${child.exitCode}): ${said}`);
    }
    const ready = await fetch(url + readyPath).then(
      (r) => r.ok,
      () => false,
    );
    if (ready) return { url, pid: child.pid as number, stop };
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** Recorded logs of real services: text and lines as they were written. */
export const recordedLines = (path: string): string[] =>
  readFileSync(join(process.cwd(), 'incidents', path), 'utf8')
    .split('\n')
    .filter((l) => l !== '');
