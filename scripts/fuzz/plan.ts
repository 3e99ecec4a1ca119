/** Which file is injured how: decided by the number of the injury alone, so that a failure can be had again. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface FuzzFile {
  readonly path: string;
  /** The reader beside whose code it lies. */
  readonly reader: string;
  readonly bytes: Uint8Array;
}

export interface FuzzPlan {
  readonly files: readonly FuzzFile[];
  readonly readers: readonly string[];
  readonly first: number;
  readonly most: number;
  readonly seconds: number;
}

export type FuzzMessage =
  | { readonly kind: 'at'; readonly n: number; readonly reader: string }
  | { readonly kind: 'fault'; readonly n: number; readonly reader: string; readonly file: string; readonly what: string }
  | { readonly kind: 'done'; readonly count: number };

/** The beginning of a large fixture holds what its rest repeats. */
const FILE_CAP = 128 * 1024;

export function fuzzFiles(readers: readonly string[]): FuzzFile[] {
  return readers.flatMap((reader) => {
    return listFiles(join('src/read', reader)).map((path) => {
      const raw = readFileSync(path);
      const bytes = new Uint8Array(raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw);
      return { path, reader, bytes: bytes.slice(0, FILE_CAP) };
    });
  });
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((e) => e.isFile() && /(?:^|[\\/])testdata(?:[\\/]|$)/.test(e.parentPath) && e.name !== 'ORIGIN.json' && !e.name.endsWith('.golden.json'))
      .map((e) => join(e.parentPath, e.name))
      .sort();
  } catch {
    return [];
  }
}

function randomFrom(seed: number): () => number {
  let state = (Math.imul(seed + 1, 2654435761) ^ 0x9e3779b9) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function injury(plan: Pick<FuzzPlan, 'files' | 'readers'>, n: number): { file: FuzzFile; random: () => number; foreign: string } {
  const random = randomFrom(n);
  // the first draws of a linear generator follow the seed too closely
  for (let i = 0; i < 4; i++) random();
  const file = plan.files[Math.floor(random() * plan.files.length)] as FuzzFile;
  const foreign = plan.readers[Math.floor(random() * plan.readers.length)] as string;
  return { file, random, foreign };
}
