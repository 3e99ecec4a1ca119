/**
 * Programs that answer the same questions. None is needed: what is neither in a folder of GORCA_BENCH_PEERS nor on the path is named with the
 * command that installs it, and left out.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

export interface Peer {
  readonly path: string;
  readonly version: string;
}

interface Known {
  readonly title: string;
  readonly programs: readonly string[];
  readonly versionArgs: readonly string[];
  readonly install: string;
}

const KNOWN = {
  rg: { title: 'ripgrep', programs: ['rg'], versionArgs: ['--version'], install: 'cargo install ripgrep' },
  agrind: { title: 'angle-grinder', programs: ['agrind'], versionArgs: ['--version'], install: 'cargo install ag' },
  jq: { title: 'jq', programs: ['jq'], versionArgs: ['--version'], install: 'apt-get install jq' },
  hl: { title: 'hl', programs: ['hl'], versionArgs: ['--version'], install: 'cargo install --git https://github.com/pamburus/hl.git' },
  duckdb: { title: 'DuckDB', programs: ['python', 'python3'], versionArgs: ['-c', 'import duckdb; print(duckdb.__version__)'], install: 'pip install duckdb' },
  lnav: { title: 'lnav', programs: ['lnav'], versionArgs: ['-V'], install: 'apt-get install lnav' },
} as const satisfies Record<string, Known>;

export type Peers = Readonly<Partial<Record<keyof typeof KNOWN, Peer>>>;

export function findPeers(): { readonly peers: Peers; readonly lines: readonly string[] } {
  const folders = [...(process.env['GORCA_BENCH_PEERS'] ?? '').split(delimiter), ...(process.env['PATH'] ?? '').split(delimiter)].filter((f) => f !== '');
  const peers: Partial<Record<keyof typeof KNOWN, Peer>> = {};
  const lines: string[] = [];
  for (const [id, known] of Object.entries(KNOWN) as [keyof typeof KNOWN, Known][]) {
    const peer = find(folders, known);
    if (peer === null) lines.push(`${known.title}: not here (${known.install})`);
    else {
      peers[id] = peer;
      lines.push(`${known.title} ${peer.version}`);
    }
  }
  return { peers, lines };
}

function find(folders: readonly string[], known: Known): Peer | null {
  for (const folder of folders) {
    for (const program of known.programs) {
      const path = join(folder, program);
      if (!isProgram(path)) continue;
      const said = spawnSync(path, known.versionArgs, { encoding: 'utf8', timeout: 20_000 });
      const version = /\d+(?:\.\d+)+/.exec(said.stdout ?? '')?.[0];
      // a Python without the module goes on to the next
      if (said.status === 0 && version !== undefined) return { path, version };
    }
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
