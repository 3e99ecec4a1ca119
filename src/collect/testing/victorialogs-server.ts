/** VictoriaLogs, built from its Go module: one node, or a cluster of two storage nodes behind an insert and a select node. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type RunningServer, runServer } from './server-process.ts';

export const VICTORIALOGS_VERSION = 'v1.43.1';
const CACHE = join(process.cwd(), 'node_modules', '.cache', 'gorca-servers');

/** Path of the program. Built once, in half a minute, through the Go module proxy; without Go this throws. */
export function victoriaLogs(): string {
  const program = join(CACHE, `victoria-logs-${VICTORIALOGS_VERSION}`);
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'build-'));
  try {
    writeFileSync(join(folder, 'go.mod'), 'module gorca.dev/servers\n\ngo 1.26\n');
    const env = { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false', CGO_ENABLED: '0', GOWORK: 'off' };
    const go = (...args: string[]): void => void execFileSync('go', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const started = Date.now();
    go('get', `github.com/VictoriaMetrics/VictoriaLogs@${VICTORIALOGS_VERSION}`);
    go('build', '-trimpath', '-ldflags=-s -w', '-o', 'victoria-logs', 'github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs');
    renameSync(join(folder, 'victoria-logs'), program);
    console.log(`built VictoriaLogs ${VICTORIALOGS_VERSION} in ${Math.round((Date.now() - started) / 1000)} s`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return program;
}

/** The recordings are of one day; the machine's may be any. */
const KEEPS = ['-retentionPeriod=100y', '-futureRetention=100y'];

export async function startVictoriaLogs(args: readonly string[] = KEEPS): Promise<RunningServer> {
  const port = await freePort();
  return runServer(victoriaLogs(), (folder) => [`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${join(folder, 'data')}`, ...args], `http://127.0.0.1:${port}`, '/health');
}

export interface Cluster {
  readonly insert: string;
  readonly select: string;
  readonly storage: readonly RunningServer[];
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const storage = await Promise.all([startVictoriaLogs(), startVictoriaLogs()]);
  const nodes = `-storageNode=${storage.map((s) => s.url.slice('http://'.length)).join(',')}`;
  const insert = await startVictoriaLogs([nodes]);
  const select = await startVictoriaLogs([nodes]);
  return {
    insert: insert.url,
    select: select.url,
    storage,
    stop: async () => {
      for (const s of [insert, select, ...storage]) await s.stop();
    },
  };
}

/** Puts lines in and waits until all of them are seen. */
export async function pushRows(insert: string, lines: readonly string[], params: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(`${insert}/insert/jsonline?${new URLSearchParams(params)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/stream+json' },
    body: `${lines.join('\n')}\n`,
  });
  if (!answer.ok) throw new Error(`VictoriaLogs refused rows: ${answer.status} ${await answer.text()}`);
}

/** Rows are counted before they are handed out: what is handed out counts. */
export async function waitForRows(select: string, count: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const answer = await fetch(`${select}/select/logsql/query`, { method: 'POST', body: new URLSearchParams({ query: '*' }) });
    const text = await answer.text();
    if (answer.ok && text.split('\n').length > count) return;
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error(`${count} rows were not seen in time`);
}
