/** One whole run of gorca's analyses of an execution trace, as a process: what `gorca trace summary` knows, printed as JSON. */
import { fstatSync, openSync } from 'node:fs';
import process from 'node:process';
import { analyseTrace, summaryOf } from '../../src/observe/lib/execution-trace/summary.ts';
import { descriptorSource } from '../../src/platform/files.ts';
import { readTrace } from '../../src/read/execution-trace/index.ts';

const fd = openSync(process.argv[2] as string, 'r');
const { model, problems } = readTrace(descriptorSource(fd, fstatSync(fd).size), 'bench');
if (model === null) throw new Error(problems.map((p) => p.what).join('; '));
const analysed = analyseTrace(model);
if (analysed === null) throw new Error('nothing to analyse');
const summary = summaryOf(model, analysed.analysis, analysed.result);
console.log(JSON.stringify({ events: analysed.result.events, summary }, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)));
