/** Injures fixtures and reads them, in a thread whose memory is limited. Says which injury it is at before it reads. */
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { ALWAYS, type Artifact, memorySource, type ReadResult, SNIFF_BYTES } from '../../src/model/index.ts';
import { goGrammarBytes } from '../../src/platform/go-grammar.ts';
import { prepareGoSource } from '../../src/read/go-source/index.ts';
import { readers } from '../../src/read/index.ts';
import { mutate } from '../../src/read/testing/mutate.ts';
import { type FuzzMessage, type FuzzPlan, injury } from './plan.ts';

const plan = workerData as FuzzPlan;
const say = (m: FuzzMessage): void => parentPort?.postMessage(m);
/** A mutated file takes a reader milliseconds; one that takes this long hangs on larger ones. */
const SLOW_MS = 2000;

const artifactOf = (bytes: Uint8Array): Artifact => ({ id: 'fuzz', path: 'unknown', decoders: [], source: memorySource(bytes), sha256: '', interval: ALWAYS, covers: [] });

function faultIn(result: ReadResult<unknown>, size: number): string | null {
  if (result.model === null && result.problems.length === 0) return 'no model and no problem';
  for (const p of result.problems) {
    if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(p.code)) return `the problem code ${p.code}`;
    if (p.place !== null && (p.place.offset < 0 || p.place.length < 0 || p.place.offset + p.place.length > size)) return `${p.code} has a place outside the file`;
  }
  return null;
}

const grammar = goGrammarBytes();
if (grammar !== null) await prepareGoSource(grammar);

const end = Date.now() + plan.seconds * 1000;
let n = plan.first;
for (; n < plan.first + plan.most && Date.now() < end; n++) {
  const { file, random, foreign } = injury(plan, n);
  const bytes = mutate(file.bytes, random);
  // its own reader, and any other: what is not its format must not hurt it either
  for (const id of [file.reader, foreign]) {
    const reader = readers.find((r) => r.id === id);
    if (reader === undefined) continue;
    say({ kind: 'at', n, reader: reader.id });
    const started = process.cpuUsage();
    try {
      const artifact = artifactOf(bytes.slice());
      reader.sniff(bytes.subarray(0, SNIFF_BYTES), bytes.length);
      reader.mayHold?.(artifact);
      const fault = faultIn(reader.read(artifact), bytes.length);
      if (fault !== null) say({ kind: 'fault', n, reader: reader.id, file: file.path, what: fault });
    } catch (error) {
      say({ kind: 'fault', n, reader: reader.id, file: file.path, what: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
    // time of processors, not of the clock: what else the machine does is no fault of a reader
    const { user, system } = process.cpuUsage(started);
    const took = (user + system) / 1000;
    if (took > SLOW_MS) say({ kind: 'fault', n, reader: reader.id, file: file.path, what: `took ${Math.round(took)} ms of CPU` });
  }
}
say({ kind: 'done', count: n - plan.first });
