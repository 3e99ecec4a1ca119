/** The report's contract as a JSON schema, published as docs/report.schema.json. Strict: a field that is not listed is an error. */
import { REPORT_VERSION, VERDICTS } from './report.ts';

type Schema = { readonly [keyword: string]: unknown };

const text: Schema = { type: 'string' };
const textOrNull: Schema = { type: ['string', 'null'] };
const number: Schema = { type: 'number' };
const integer: Schema = { type: 'integer', minimum: 0 };
const time: Schema = { type: ['string', 'null'], pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' };
const list = (items: Schema): Schema => ({ type: 'array', items });
const oneOf = (...values: readonly (string | null)[]): Schema => ({ enum: values });
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });

/** `optional` fields may be left out; all others must be there. */
const record = (fields: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema => ({
  type: 'object',
  required: Object.keys(fields),
  properties: { ...fields, ...optional },
  additionalProperties: false,
});

const places = list({ type: 'integer', minimum: 1 });
const verdict = oneOf(...VERDICTS);
const role = oneOf('defect', 'amplifier', 'trigger');

export const REPORT_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: REPORT_VERSION,
  description: 'What gorca says about one investigation. Numbers in `places` are the `n` of the report-wide list of places.',
  ...record({
    schema: { const: REPORT_VERSION },
    outcome: oneOf('cause-found', 'unproven', 'no-incident'),
    incidents: list(ref('incident')),
    causes: list(ref('cause')),
    gaps: list(record({ what: text, why: text, next: text }, { places })),
    places: list(ref('place')),
    inputs: list(
      record({
        artifact: text,
        bytes: integer,
        sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        readers: list(text),
        tried: list(record({ reader: text, reached: integer, why: text })),
      }),
    ),
    hints: list(record({ flag: text, value: text })),
    problems: list(
      record({
        code: text,
        severity: oneOf('error', 'warning', 'note'),
        what: text,
        why: text,
        next: text,
        place: orNull({ type: 'integer', minimum: 1 }),
        artifact: { type: ['string', 'null'] },
      }),
    ),
    checked: list(record({ condition: text, state: oneOf('observed', 'absent', 'not-observable') })),
  }),
  $defs: {
    incident: record({
      title: text,
      outcome: oneOf('cause-found', 'unproven'),
      places,
      scope: list(text),
      symptoms: list(record({ condition: text, entity: text, workload: textOrNull, says: text, from: time, places })),
      causes: list(ref('cause')),
      frontiers: list(record({ condition: text, entity: text, workload: textOrNull, reached: text, next: text, places })),
      rejected: list(record({ mechanism: text, title: text, why: text, refutedBy: places })),
      unexplained: list(record({ says: text, places })),
    }),
    cause: record({
      rank: { type: 'integer', minimum: 1 },
      mechanism: text,
      title: text,
      because: text,
      role,
      verdict,
      onset: record({ from: time, to: time }),
      share: orNull({ type: 'number', minimum: 0, maximum: 1 }),
      culprits: list(ref('culprit')),
      with: list(record({ title: text, role, verdict, culprits: list(ref('culprit')), places })),
      chain: list(ref('link')),
      proofs: list(ref('proof')),
      places,
      mitigation: { type: ['string', 'null'] },
    }),
    culprit: record({ kind: oneOf('code', 'config', 'object', 'endpoint', 'node', 'input') }, { function: text, file: text, line: integer, module: text, ref: text }),
    link: record(
      {
        condition: text,
        by: { type: ['string', 'null'] },
        entity: text,
        from: time,
        to: time,
        says: text,
        quantity: orNull(record({ value: number, unit: text, known: oneOf('counted', 'sampled', 'estimated', 'lower-bound') }, { baseline: number })),
        verdict,
        why: text,
        places,
      },
      { amplifies: list(text) },
    ),
    proof: record({
      experiment: text,
      kind: oneOf('passive', 'active'),
      outcome: oneOf('proved', 'supported', 'not-reproduced', 'refuted', 'not-run'),
      says: text,
      statistics: orNull({ type: 'object', additionalProperties: { type: ['number', 'string'] } }),
      command: { type: ['string', 'null'] },
      places,
    }),
    place: record(
      { n: { type: 'integer', minimum: 1 }, artifact: text, file: text, offset: integer, length: integer, excerpt: text },
      { member: text, decoders: list(text), pointer: text, line: { type: 'integer', minimum: 1 } },
    ),
  },
};
