/** One whole run of gorca's execution trace reader, as a process: every event in order, counted. */
import { fstatSync, openSync } from 'node:fs';
import process from 'node:process';
import { descriptorSource } from '../../src/platform/files.ts';
import { readTrace } from '../../src/read/execution-trace/index.ts';

const fd = openSync(process.argv[2] as string, 'r');
const { model, problems } = readTrace(descriptorSource(fd, fstatSync(fd).size), 'bench');
if (model === null) throw new Error(problems.map((p) => p.what).join('; '));
let events = 0;
const { broken } = model.stream({
  events(e) {
    for (let i = 0; i < e.length; i++) if (e.kind[i] !== 0) events++;
  },
});
// Go's reader has its Sync events too, one for each generation and one at the end
console.log(JSON.stringify({ events: events + model.generations.length + 1, broken }));
