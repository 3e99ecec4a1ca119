/** One whole run of gorca's own goroutine dump reader, as a process: every goroutine in a row, stacks interned. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { memorySource } from '../../src/model/index.ts';
import { goroutineDump } from '../../src/read/goroutine-dump/index.ts';

const bytes = new Uint8Array(readFileSync(process.argv[2] as string));
const { model } = goroutineDump.read({ id: 'bench', path: 'bench', decoders: [], source: memorySource(bytes), sha256: '', interval: { from: null, to: null }, covers: [] });
if (model === null) throw new Error('not decoded');
console.log(`${model.table.count} goroutines, ${model.table.stacks.createdBy.length} stacks, ${model.table.frames.symbols.length} frames`);
