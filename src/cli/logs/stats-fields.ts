/** `gorca logs stats --fields`: which fields the records of logs have. */
import type { FieldsInUse } from '../../model/index.ts';
import { FIELD_TYPES, type FieldUseState } from '../../read/logs/columns/fields.ts';
import { renderFields } from '../../report/log-census/index.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, styleOf } from '../output.ts';
import { countLogs, nothingOpened } from './count.ts';

const SHOWN = 30;

export const run: Run = async (console, flags, args) => {
  const counted = await countLogs(console, args, flags, { kind: 'fields' });
  const nothing = nothingOpened(counted);
  if (nothing !== null) return nothing;
  const state = counted.state as FieldUseState;
  if (state.records === 0 && typeof flags['query'] !== 'string') {
    console.err('no record of a known logger is in the input\n');
    return EXIT.nothingReadable;
  }
  const json = flags['json'] === true;
  const first = typeof flags['first'] === 'number' ? flags['first'] : json ? state.fields.length : SHOWN;
  const fields = state.fields
    .map((f) => ({
      name: f.name,
      records: f.types.reduce((a, b) => a + b, 0),
      types: Object.fromEntries(FIELD_TYPES.map((t, i) => [t, f.types[i]!] as const).filter(([, n]) => n > 0)),
      example: f.example,
    }))
    .sort((a, b) => b.records - a.records || (a.name < b.name ? -1 : 1));
  const report: FieldsInUse = {
    schema: 'gorca.log-fields/1',
    records: state.records,
    rejected: state.rejected,
    logs: counted.logs.length,
    bytes: counted.logs.reduce((n, l) => n + l.artifact.source.sizeBytes, 0),
    fields: fields.slice(0, first),
    left: Math.max(0, fields.length - first),
    beyond: state.beyond,
  };
  if (json) printJson(console, report);
  else console.out(renderFields(report, styleOf(console, flags)));
  return EXIT.finished;
};
