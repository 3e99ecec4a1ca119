/** The ledger alone is the ledger within the analysis of everything, row for row; both add up (reference.test.ts holds the latter to Go). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { memorySource } from '../../../model/index.ts';
import { readTrace } from '../../../read/execution-trace/index.ts';
import { ledgerOf, ledgerOfTrace } from './ledger.ts';
import { analyseTrace } from './summary.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');

test('of every recorded trace', () => {
  let traces = 0;
  for (const folder of [join(root, 'go', 'zoo', 'testdata', 'trace-stories'), join(root, 'src', 'read', 'execution-trace', 'testdata')])
    for (const name of readdirSync(folder).filter((n) => /\.trace(?:\.gz)?$/.test(n))) {
      const bytes = readFileSync(join(folder, name));
      const trace = readTrace(memorySource(name.endsWith('.gz') ? gunzipSync(bytes) : bytes), name).model!;
      const { summary, analysis } = analyseTrace(trace)!;
      const alone = ledgerOfTrace(trace)!;
      const rows = ledgerOf(alone);
      expect(rows, name).toEqual(summary.processors.rows);
      expect(rows.reduce((n, r) => n + r.ns, 0)).toBe(alone.processors.capacity);
      expect({ first: alone.first, last: alone.last }).toEqual({ first: analysis.first, last: analysis.last });
      const { assists } = alone;
      expect(Array.from(assists.total.subarray(0, assists.count))).toEqual(Array.from(analysis.collector.assists.total.subarray(0, assists.count)));
      traces++;
    }
  expect(traces).toBeGreaterThan(25);
});
