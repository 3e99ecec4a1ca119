/** Indexes of logs: which are there and hold, what they leave to be read, and how they are made. */
import { realpathSync, statSync } from 'node:fs';
import type { LogFile } from '../../collect/log-files/index.ts';
import { type Artifact, type ByteSource, type IndexStore, readFully } from '../../model/index.ts';
import { parallelism, SharedCounter, startWorker } from '../../platform/workers.ts';
import { wrapperOf } from '../../read/lib/lines.ts';
import { asMade, WindowIndexer, windowsOf } from '../../read/logs/index-file/build.ts';
import { type Block, decodeIndex, IndexEncoder, type LogState, type MadeBlock } from '../../read/logs/index-file/rows.ts';
import { type Selection, select } from '../../read/logs/index-file/select.ts';
import type { CompiledQuery } from '../../read/logs/search/index.ts';

export function stateOf(realPath: string): LogState {
  const { size, mtimeMs, ino } = statSync(realPath);
  return { sizeBytes: size, modifiedMs: mtimeMs, inode: ino };
}

export interface OpenIndex {
  readonly state: LogState;
  readonly blocks: readonly Block[];
  read(offset: number, length: number): Uint8Array;
}

const AHEAD = 1 << 20;

/** Filters and marks lie one after the other, some kilobytes each: they are read by the megabyte, into the same memory. Valid until the next call. */
function readAhead(source: ByteSource): (offset: number, length: number) => Uint8Array {
  let from = 0;
  let have = 0;
  let held = new Uint8Array(AHEAD);
  return (offset, length) => {
    if (offset < from || offset + length > from + have) {
      // words stay aligned
      from = offset - (offset % 8);
      if (length + 8 > held.length) held = new Uint8Array(length + 8);
      have = readFully(source, from, held);
    }
    return held.subarray(offset - from, Math.min(have, offset - from + length));
  };
}

export function openIndex(store: IndexStore, realPath: string): OpenIndex | { readonly fault: string } | null {
  const source = store.open(realPath);
  if (source === null) return null;
  const read = readAhead(source);
  const decoded = decodeIndex(read, source.sizeBytes);
  return 'fault' in decoded ? decoded : { ...decoded, read };
}

const sameState = (a: LogState, b: LogState): boolean => a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs && a.inode === b.inode;

export interface Selected {
  readonly selection: Selection | null;
  /** Why an index that is there is not used. */
  readonly passedOver: string | null;
}

/** What the index of a log leaves to be read; a stale or damaged index is not used. */
export function selectBlocks(store: IndexStore, log: LogFile, query: CompiledQuery, countOnly: boolean): Selected {
  if (log.realPath === null) return { selection: null, passedOver: null };
  const index = openIndex(store, log.realPath);
  if (index === null) return { selection: null, passedOver: null };
  if ('fault' in index) return { selection: null, passedOver: `its index is not used: ${index.fault}; gorca logs index ${log.artifact.path} makes it anew` };
  if (!sameState(index.state, stateOf(log.realPath)))
    return { selection: null, passedOver: `its index is not used: the log has changed since; gorca logs index ${log.artifact.path} brings it up to date` };
  return { selection: select(query.query, query.context, index.blocks, index.read, log.artifact.source.sizeBytes, countOnly), passedOver: null };
}

export interface Indexed {
  readonly blocks: number;
  /** Taken over from the index that was there. */
  readonly kept: number;
  readonly lines: number;
  readonly logBytes: number;
  readonly indexBytes: number;
  /** Why it could not be kept. */
  readonly fault: string | null;
}

export interface IndexStart {
  readonly realPath: string;
  readonly wrapped: boolean;
  readonly counter: SharedArrayBuffer;
  readonly groups: number;
}

/** Windows that are handed out at once. */
export const GROUP = 32;
/** Less than this is indexed before a second thread has started. */
const WORTH_BYTES = 96 * 1024 * 1024;

/** Indexes windows of one log, group by group; blocks of an older index are taken over where the bytes are the same. */
export class GroupIndexer {
  readonly #artifact: Artifact;
  readonly #indexer: WindowIndexer;
  readonly #old: ReadonlyMap<number, Block>;
  readonly #read: (offset: number, length: number) => Uint8Array;
  kept = 0;

  constructor(artifact: Artifact, wrapped: boolean, old: OpenIndex | null) {
    this.#artifact = artifact;
    this.#indexer = new WindowIndexer(wrapped);
    this.#old = new Map(old?.blocks.map((b) => [b.offset, b]) ?? []);
    this.#read = old?.read ?? (() => new Uint8Array(0));
  }

  group(number: number): MadeBlock[] {
    const { source } = this.#artifact;
    const out: MadeBlock[] = [];
    for (let w = number * GROUP; w < Math.min((number + 1) * GROUP, windowsOf(source.sizeBytes)); w++) {
      out.push(
        this.#indexer.block(source, w, (hash, offset, bytes) => {
          const old = this.#old.get(offset);
          if (old === undefined || old.bytes !== bytes || old.hash !== hash) return null;
          this.kept++;
          return asMade(old, this.#read);
        }),
      );
    }
    return out;
  }
}

export function oldIndex(store: IndexStore, realPath: string): OpenIndex | null {
  const old = openIndex(store, realPath);
  return old === null || 'fault' in old ? null : old;
}

export async function buildIndex(store: IndexStore, log: LogFile & { readonly realPath: string }, threads: number): Promise<Indexed> {
  const { artifact } = log;
  const state = stateOf(log.realPath);
  const windows = windowsOf(artifact.source.sizeBytes);
  const groups = Math.ceil(windows / GROUP);
  const wrapped = wrapperOf(artifact.source) !== null;
  const counter = new SharedCounter();
  let lines = 0;
  const writer = store.writer(log.realPath);
  const encoder = new IndexEncoder(windows, (offset, bytes) => writer.put(offset, bytes));
  const add = (group: number, blocks: readonly MadeBlock[]): void => {
    encoder.add(group * GROUP, blocks);
    for (const b of blocks) lines += b.facts.lines;
  };
  const indexer = new GroupIndexer(artifact, wrapped, oldIndex(store, log.realPath));
  let kept = 0;
  let running = false;
  let fault: Error | null = null;
  let wake: (() => void) | null = null;
  const start: IndexStart = { realPath: log.realPath, wrapped, counter: counter.buffer, groups };
  const worker =
    artifact.source.sizeBytes >= WORTH_BYTES && Math.min(threads, parallelism()) > 1
      ? startWorker(
          new URL('./index-worker.js', import.meta.url),
          start,
          (message) => {
            const { group, blocks, kept: more } = message as { group: number; blocks: readonly MadeBlock[] | null; kept: number };
            if (blocks === null) {
              running = false;
              kept += more;
            } else add(group, blocks);
            wake?.();
          },
          (error) => {
            fault = error;
            running = false;
            wake?.();
          },
        )
      : null;
  running = worker !== null;
  try {
    for (let n = counter.next(); n < groups; n = counter.next()) {
      add(n, indexer.group(n));
      if (running) await new Promise((resolve) => setImmediate(resolve));
    }
    while (running) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } catch (error) {
    writer.drop();
    throw error;
  } finally {
    await worker?.end();
  }
  if (fault !== null) {
    writer.drop();
    throw fault;
  }
  encoder.end(state);
  return {
    blocks: windows,
    kept: kept + indexer.kept,
    lines,
    logBytes: artifact.source.sizeBytes,
    indexBytes: encoder.bytes,
    fault: writer.keep(),
  };
}

/** Without links; null: there is nothing. */
export function realPathOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
