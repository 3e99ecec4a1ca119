/** One whole run of gorca's own decoder, as a process: decode, and flat and cumulative weights of every function. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { memorySource } from '../../src/model/index.ts';
import { pprof, weigh } from '../../src/read/pprof/index.ts';

const bytes = readFileSync(process.argv[2] as string);
const { model } = pprof.read({ id: 'bench', path: 'bench', decoders: [], source: memorySource(bytes), sha256: '', interval: { from: null, to: null }, covers: [] });
if (model === null) throw new Error('not decoded');
const weights = weigh(model, model.sampleTypes.length - 1);
console.log(`${model.samples.count} samples, ${weights.total} in all, ${weights.name.length} functions`);
