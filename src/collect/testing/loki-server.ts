/** Loki, built from its Go module: a quarter of an hour on two cores, so only an opt-in command does it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type RunningServer, runServer } from './server-process.ts';
import type { Written } from './shop-logs.ts';

export const LOKI_VERSION = 'v3.7.8';
const CACHE = join(process.cwd(), 'node_modules', '.cache', 'gorca-servers');

/** Path of the program; built when it is not there. */
export function loki(cache = CACHE): string {
  const program = join(cache, `loki-${LOKI_VERSION}`);
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'build-'));
  try {
    const env = { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false', CGO_ENABLED: '0', GOWORK: 'off' };
    const source = (
      JSON.parse(execFileSync('go', ['mod', 'download', '-json', `github.com/grafana/loki/v3@${LOKI_VERSION}`], { cwd: folder, env, encoding: 'utf8' })) as { Dir?: string }
    ).Dir;
    if (source === undefined || source === '') throw new Error('the module of Loki was not downloaded');
    const copy = join(folder, 'loki');
    cpSync(source, copy, { recursive: true });
    makeWritable(copy);
    // the module replaces one of its dependencies by a folder that is not in it
    const goMod = join(copy, 'go.mod');
    writeFileSync(goMod, readFileSync(goMod, 'utf8').replace(/^replace github\.com\/grafana\/loki\/pkg\/push => \.\/pkg\/push$/m, ''));
    const started = Date.now();
    console.log(`building Loki ${LOKI_VERSION}: about a quarter of an hour …`);
    execFileSync('nice', ['-n', '15', 'go', 'build', '-trimpath', '-ldflags=-s -w', '-o', '../program', './cmd/loki'], { cwd: copy, env, stdio: ['ignore', 'ignore', 'inherit'] });
    renameSync(join(folder, 'program'), program);
    console.log(`built Loki ${LOKI_VERSION} in ${Math.round((Date.now() - started) / 1000)} s`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return program;
}

function makeWritable(path: string): void {
  const stats = statSync(path);
  chmodSync(path, stats.mode | 0o200);
  if (stats.isDirectory()) for (const name of readdirSync(path)) makeWritable(join(path, name));
}

/** Small limits, so that the recordings show how they are met. */
export interface LokiLimits {
  readonly entries: number;
  readonly queryLength: string;
}

export async function startLoki(limits: LokiLimits): Promise<RunningServer> {
  const [http, grpc] = [await freePort(), await freePort()];
  const config = (folder: string): string => `auth_enabled: false
server: {http_listen_address: 127.0.0.1, http_listen_port: ${http}, grpc_listen_address: 127.0.0.1, grpc_listen_port: ${grpc}, log_level: error}
common:
  instance_addr: 127.0.0.1
  path_prefix: ${folder}
  replication_factor: 1
  storage: {filesystem: {chunks_directory: ${folder}/chunks, rules_directory: ${folder}/rules}}
  ring: {instance_addr: 127.0.0.1, kvstore: {store: inmemory}}
schema_config:
  configs: [{from: 2020-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: index_, period: 24h}}]
limits_config:
  ingestion_rate_mb: 64
  ingestion_burst_size_mb: 64
  per_stream_rate_limit: 64MB
  per_stream_rate_limit_burst: 64MB
  reject_old_samples: false
  discover_service_name: []
  max_entries_limit_per_query: ${limits.entries}
  max_query_length: ${limits.queryLength}
analytics: {reporting_enabled: false}
`;
  return runServer(
    loki(),
    (folder) => {
      writeFileSync(join(folder, 'loki.yaml'), config(folder));
      return [`-config.file=${join(folder, 'loki.yaml')}`];
    },
    `http://127.0.0.1:${http}`,
    '/ready',
  );
}

export interface LokiStream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: readonly (readonly unknown[])[];
}

export async function pushStreams(url: string, streams: readonly LokiStream[]): Promise<void> {
  const answer = await fetch(`${url}/loki/api/v1/push`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ streams }) });
  if (!answer.ok) throw new Error(`Loki refused lines: ${answer.status} ${await answer.text()}`);
}

/** Lines older than what ingesters are asked for are seen once they are written out. */
export async function waitForLines(url: string, count: number, at: bigint): Promise<void> {
  const query = 'sum(count_over_time({namespace=~".+"}[40m]))';
  await fetch(`${url}/flush`, { method: 'POST' });
  for (let i = 0; i < 300; i++) {
    const answer = await fetch(`${url}/loki/api/v1/query?${new URLSearchParams({ query, time: String(at) })}`, { headers: { 'cache-control': 'no-cache' } });
    const json = (await answer.json()) as { data?: { result?: readonly { value: readonly [number, string] }[] } };
    if (Number(json.data?.result?.[0]?.value[1] ?? 0) >= count) return;
    await new Promise((next) => setTimeout(next, 200));
  }
  throw new Error(`${count} lines were not seen in time`);
}

/** orders' ids stand beside its lines, as an agent puts them there; in the other logs they stand in the text alone. */
export function streamsOfShop(written: readonly Written[]): LokiStream[] {
  const byPod = new Map<string, { stream: Record<string, string>; values: unknown[][] }>();
  for (const w of written) {
    const stream = byPod.get(w.pod) ?? { stream: { service: w.service, namespace: 'shop', pod: w.pod, container: w.container }, values: [] };
    const id = /"trace_id":"([0-9a-f]{32})"/.exec(w.text)?.[1];
    stream.values.push(w.service === 'orders' && id !== undefined ? [String(w.ns), w.text, { trace_id: id }] : [String(w.ns), w.text]);
    byPod.set(w.pod, stream);
  }
  return [...byPod.values()];
}
