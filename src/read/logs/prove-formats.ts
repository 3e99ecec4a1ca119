/** Proves every format against its own samples; what is returned are faults, worded for whoever wrote the definition. */
import { type Artifact, formatInstant, memorySource } from '../../model/index.ts';
import type { LogFormat } from './format.ts';
import { BUILT_IN, type FormatSet } from './format-set.ts';
import type { LogRecord } from './log-source.ts';
import { scanLog } from './scan.ts';

export function proveFormats(formats: readonly LogFormat[], among: FormatSet = BUILT_IN): string[] {
  const faults: string[] = [];
  const ids = new Set<string>();
  for (const format of formats) {
    if (ids.has(format.id)) faults.push(`${format.id}: the id is used twice`);
    ids.add(format.id);
    if (format.samples.length === 0) faults.push(`${format.id}: no sample`);
    for (const [i, sample] of format.samples.entries()) {
      const at = `${format.id}, sample ${i + 1}`;
      const records: LogRecord[] = [];
      scanLog(
        artifactOf(sample.text),
        null,
        {},
        (r) => {
          records.push(r);
          return true;
        },
        among,
      );
      const r = records[0];
      if (r === undefined || records.length > 1) {
        faults.push(`${at}: read as ${records.length} records instead of one; the first ends after ${r?.span.length ?? 0} of ${sample.text.length} bytes`);
        continue;
      }
      if (r.format !== format.id) faults.push(`${at}: read as ${r.format}`);
      if (r.level !== sample.level) faults.push(`${at}: level ${r.level} instead of ${sample.level}`);
      const time = r.time === null ? null : formatInstant(r.time.at);
      if (time !== sample.time) faults.push(`${at}: time ${time} instead of ${sample.time}`);
      if (r.message !== sample.message) faults.push(`${at}: message ${JSON.stringify(r.message)} instead of ${JSON.stringify(sample.message)}`);
      for (const [name, value] of Object.entries(sample.fields)) {
        const field = r.field(name);
        if (field?.text !== value) faults.push(`${at}: ${name} is ${JSON.stringify(field?.text)} instead of ${JSON.stringify(value)}`);
      }
    }
  }
  return faults;
}

const artifactOf = (text: string): Artifact => ({
  id: 'sample',
  path: '',
  decoders: [],
  source: memorySource(new TextEncoder().encode(text)),
  sha256: '',
  interval: { from: null, to: null },
  covers: [],
});
