/** One whole run of the ledger of processor time alone, as a process: plain ordering, the ledger, its rows and what they have to add up to. */
import { fstatSync, openSync } from 'node:fs';
import process from 'node:process';
import { ledgerOf, ledgerOfTrace } from '../../src/observe/lib/execution-trace/ledger.ts';
import { descriptorSource } from '../../src/platform/files.ts';
import { readTrace } from '../../src/read/execution-trace/index.ts';

const fd = openSync(process.argv[2] as string, 'r');
const { model, problems } = readTrace(descriptorSource(fd, fstatSync(fd).size), 'bench');
if (model === null) throw new Error(problems.map((p) => p.what).join('; '));
const ledger = ledgerOfTrace(model);
if (ledger === null) throw new Error('the trace holds no event');
const rows = ledgerOf(ledger);
console.log(JSON.stringify({ rows, capacityNs: ledger.processors.capacity, addUpTo: rows.reduce((n, r) => n + r.ns, 0) }));
