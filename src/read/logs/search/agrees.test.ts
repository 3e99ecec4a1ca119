/** What a search finds is what reading every record finds: over every recording of every format and wrapper. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testArtifact } from '../../../model/testing/artifact.ts';
import { fixtureBytes, fixtures } from '../../testing/check-reader.ts';
import { logFormats } from '../formats/index.ts';
import { atLeastLevel, durationOf, type LogRecord, openLog } from '../index.ts';
import { compileQuery, LogSearcher, recordAt } from './index.ts';

const here = join(import.meta.dirname, '..');
const files = [here, ...logFormats.map((f) => join(here, 'formats', f.id))].flatMap((f) => fixtures(join(f, 'testdata'), /\.(?:log|jsonl?)$/));
const queries: readonly (readonly [string, (r: LogRecord) => boolean])[] = [
  ['level>=error', (r) => atLeastLevel(r.level, 'error')],
  ['level=warn', (r) => r.level === 'warn'],
  ['"deadline exceeded"', (r) => r.text().includes('deadline exceeded') || r.message.includes('deadline exceeded') || r.fields.some((f) => f.text.includes('deadline exceeded'))],
  ['http.status>=500', (r) => r.fields.some((f) => f.name === 'http.status' && Number(f.text) >= 500)],
  ['not http.method=GET', (r) => !r.fields.some((f) => f.name === 'http.method' && f.text === 'GET')],
  ['source.line<=50 or http.req.id=*', (r) => r.fields.some((f) => (f.name === 'source.line' && f.type !== 'json' && Number(f.text) <= 50) || f.name === 'http.req.id')],
  ['dur>250ms', (r) => (durationOf(r)?.seconds ?? 0) > 0.25],
  ['elapsed<=1s', (r) => (durationOf(r)?.seconds ?? 2) <= 1],
];

describe.each(queries)('%s', (query, holds) => {
  it.each(files.map((f) => f.slice(here.length + 1)))('in %s', async (name) => {
    const artifact = testArtifact(fixtureBytes(join(here, name)));
    const wanted: number[] = [];
    openLog(artifact)?.scan({}, (r) => {
      if (holds(r)) wanted.push(r.span.offset);
      return true;
    });
    const found: number[] = [];
    new LogSearcher(await compileQuery(query, null)).open(artifact).run(0, artifact.source.sizeBytes, (h) => {
      found.push(h.offset);
      const record = recordAt(artifact, h.offset, h.length);
      expect([record?.span, record?.text()]).toEqual([h.record?.span ?? record?.span, h.record?.text() ?? record?.text()]);
      expect(record?.span.offset).toBe(h.offset);
      return true;
    });
    expect(found.sort((a, b) => a - b)).toEqual(wanted.sort((a, b) => a - b));
  });
});
