import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { readers } from '../../src/read/index.ts';
import { mutate } from '../../src/read/testing/mutate.ts';
import { type FuzzMessage, type FuzzPlan, fuzzFiles, injury } from './plan.ts';

export interface Fuzzed {
  readonly injuries: number;
  readonly files: number;
  readonly faults: readonly string[];
}

const FOLDER = join('node_modules', '.cache', 'gorca-fuzz');
/** 64 MiB and four times the bytes of a file; program, fixtures and grammar come on top. */
const HEAP_MIB = 64 + 1 + 96;
/** Without a word for so long it hangs. */
const SILENCE_MS = 20_000;

/** At most `most` injuries from number `first` on, for at most `seconds`. */
export async function fuzz(first: number, most: number, seconds: number): Promise<Fuzzed> {
  mkdirSync(FOLDER, { recursive: true });
  const worker = join(FOLDER, `worker-${process.pid}.mjs`);
  buildSync({ entryPoints: ['scripts/fuzz/worker.ts'], outfile: worker, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'error' });
  const ids = readers.map((r) => r.id);
  const plan: FuzzPlan = { files: fuzzFiles(ids), readers: ids, first, most, seconds };
  if (plan.files.length === 0) return { injuries: 0, files: 0, faults: ['no fixture was found'] };
  const faults: string[] = [];
  const report = (n: number, reader: string, what: string): void => {
    const { file, random } = injury(plan, n);
    const saved = join(FOLDER, `injury-${n}`);
    writeFileSync(saved, mutate(file.bytes, random));
    faults.push(`${reader}, ${file.path}, injury ${n} (saved as ${saved}): ${what}`);
  };
  const injuries = await new Promise<number>((resolve) => {
    const thread = new Worker(join(process.cwd(), worker), { workerData: plan, resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB } });
    let at: { n: number; reader: string } = { n: first, reader: '' };
    let silence: NodeJS.Timeout;
    const finish = (count: number): void => {
      clearTimeout(silence);
      void thread.terminate();
      resolve(count);
    };
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        report(at.n, at.reader, `nothing was heard for ${SILENCE_MS / 1000} s`);
        finish(at.n - first);
      }, SILENCE_MS);
    };
    heard();
    thread.on('message', (m: FuzzMessage) => {
      heard();
      if (m.kind === 'at') at = m;
      else if (m.kind === 'fault') report(m.n, m.reader, m.what);
      else finish(m.count);
    });
    thread.on('error', (error: Error) => {
      report(at.n, at.reader, error.stack ?? error.message);
      finish(at.n - first);
    });
  });
  return { injuries, files: plan.files.length, faults };
}
