/** Connections that the peer has closed and the process has not, from tables of ss. */
import { connectionsNotClosed } from '../../model/conditions/sockets.ts';
import {
  type Artifact,
  type Condition,
  condition,
  type Entity,
  type Kind,
  type Observation,
  type Observer,
  placeAt,
  processOf,
  type Readings,
  type Strength,
} from '../../model/index.ts';
import { goroutineDump } from '../../read/goroutine-dump/index.ts';
import { logs } from '../../read/logs/index.ts';
import { pprof } from '../../read/pprof/index.ts';
import { prometheusText } from '../../read/prometheus-text/index.ts';
import { type Socket, type SocketTable, socketTable } from '../../read/socket-table/index.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';

/** net/http keeps 100 idle connections at most by default, and closes idle ones at once when the peer does. */
const BEYOND_POOLS = 100;
/** With two tables the same connections are seen to wait: nobody is about to close them. */
const LEAST_KEPT = 10;

interface Crowd {
  readonly process: Entity;
  readonly strength: Strength;
  readonly side: 'opened' | 'accepted';
  readonly peer: string | null;
  readonly program: string | null;
  readonly tables: { readonly artifact: Artifact; readonly sockets: readonly Socket[] }[];
}

/** `ss state close-wait` prints no state: nothing in such a table says which one was asked for, and it is not counted. */
const waits = (s: Socket): boolean => s.state === 'CLOSE-WAIT';
const tuple = (s: Socket): string => `${s.local}:${s.localPort} ${s.peer}:${s.peerPort}`;

function ownerOf(artifact: Artifact, s: Socket, readings: Readings): { process: Entity; strength: Strength } {
  if (artifact.covers.some((c) => c.entity.kind === 'process' || c.entity.kind === 'container')) return processOfArtifact(artifact, readings);
  const named = s.process === null ? [] : knownProcesses(readings).filter((p) => p.key === s.process || p.key.startsWith(`${s.process}@`));
  const [only] = named;
  // ss knows the program's name only: that it is the process of that name elsewhere is a guess
  if (only !== undefined && named.length === 1) return { process: only, strength: 'guessed' };
  return s.process === null
    ? { process: processOfArtifact(artifact, readings).process, strength: 'guessed' }
    : { process: processOf(`${s.process} pid ${s.pid ?? '?'}`), strength: 'stated' };
}

const memo = new WeakMap<Readings, readonly Entity[]>();

function knownProcesses(readings: Readings): readonly Entity[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const found = new Map<string, Entity>();
  for (const reader of [goroutineDump, logs, pprof, prometheusText])
    for (const { artifact } of readings.of(reader as typeof logs)) {
      const { process } = processOfArtifact(artifact, readings);
      found.set(process.key, process);
    }
  const list = [...found.values()];
  memo.set(readings, list);
  return list;
}

function crowds(readings: Readings): Crowd[] {
  const out = new Map<string, Crowd>();
  const tables = [...readings.of<SocketTable>(socketTable)].sort((a, b) => order(a.artifact, b.artifact));
  for (const { artifact, model } of tables) {
    const listening = new Set(model.sockets.filter((s) => s.state === 'LISTEN').map((s) => s.localPort));
    const groups = new Map<string, { crowd: Omit<Crowd, 'tables'>; sockets: Socket[] }>();
    for (const s of model.sockets) {
      if (!waits(s)) continue;
      const side = listening.has(s.localPort) ? 'accepted' : 'opened';
      const { process, strength } = ownerOf(artifact, s, readings);
      const peer = side === 'opened' ? `${s.peer}:${s.peerPort}` : null;
      const key = `${process.key} ${s.pid ?? ''} ${side} ${peer ?? s.localPort}`;
      const group = groups.get(key) ?? { crowd: { process, strength, side, peer, program: s.process }, sockets: [] };
      group.sockets.push(s);
      groups.set(key, group);
    }
    for (const [key, { crowd, sockets }] of groups) {
      const known = out.get(key) ?? { ...crowd, tables: [] };
      known.tables.push({ artifact, sockets });
      out.set(key, known);
    }
  }
  return [...out.values()];
}

function order(a: Artifact, b: Artifact): number {
  if (a.takenAt !== undefined && b.takenAt !== undefined && a.takenAt !== b.takenAt) return a.takenAt < b.takenAt ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function told(c: Crowd): Condition[] {
  const first = c.tables[0];
  const last = c.tables.at(-1);
  if (first === undefined || last === undefined) return [];
  const now = new Set(last.sockets.map(tuple));
  const kept = first === last ? null : first.sockets.filter((s) => now.has(tuple(s))).length;
  if (kept === null ? last.sockets.length <= BEYOND_POOLS : kept < LEAST_KEPT && last.sockets.length <= BEYOND_POOLS) return [];
  const who = c.program ?? 'this process';
  const where = c.peer === null ? 'that it accepted' : `to ${c.peer}`;
  const says =
    kept === null
      ? `${last.sockets.length} connections ${where} were closed by the peer and not by ${who}`
      : `${kept} connections ${where} were closed by the peer and not by ${who}, the same in two tables (${first.sockets.length} → ${last.sockets.length})`;
  return [
    condition(connectionsNotClosed, {
      entity: c.process,
      discriminator: `${c.side} ${c.peer ?? last.sockets[0]?.localPort ?? ''}`,
      during: { from: first.artifact.takenAt ?? null, to: last.artifact.takenAt ?? null },
      onset: { lastWell: null, firstIll: first.artifact.takenAt ?? null },
      quantity: { value: last.sockets.length, ...(kept === null ? {} : { baseline: first.sockets.length }), unit: 'connections', known: 'counted' },
      facts: { peer: c.peer, side: c.side, program: c.program, fromCount: kept === null ? null : first.sockets.length, count: last.sockets.length, kept, tables: c.tables.length },
      says,
      places: (first === last ? [last] : [first, last]).flatMap((t) => t.sockets.slice(0, 2).map((s) => placeAt(t.artifact.id, s.span))),
      strength: c.strength,
    }),
  ];
}

export const sockets: Observer = {
  id: 'sockets',
  answers: [connectionsNotClosed] as readonly unknown[] as readonly Kind[],
  look(kind, _query, world): Observation {
    const found = crowds(world.readings).flatMap(told);
    return { conditions: found, covered: [], notObservable: [{ why: 'no table of sockets shows connections that wait to be closed', next: kind.next }] };
  },
};
