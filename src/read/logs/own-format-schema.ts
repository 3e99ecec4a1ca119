/** The form of a user's own log format, as JSON Schema: docs/log-format.schema.json is made from it, and files are held against it. */
const NAMES = { type: 'array', items: { type: 'string' }, minItems: 1 } as const;
const LEVEL = { enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', null] } as const;

export const OWN_FORMAT_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A log format of your own for gorca',
  description: 'One file a format: gorca … --format-file it.json, or all of $XDG_CONFIG_HOME/gorca/log-formats/*.json. It proves itself by its samples each time it is loaded.',
  type: 'object',
  required: ['id', 'title', 'shape', 'samples'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    id: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,63}$', description: 'Its name: acme-orders.' },
    title: { type: 'string', description: 'What writes it, for people.' },
    writtenBy: { type: 'string', description: 'The program or source file that writes it.' },
    shape: { enum: ['json', 'logfmt', 'text'], description: 'json: one object a line. logfmt: key=value pairs. text: a line laid out for people.' },
    layouts: {
      type: 'array',
      minItems: 1,
      items: { type: 'string' },
      description:
        'For text: how a record begins, written as it looks, for example {time:2006-01-02 15:04:05.000} [{level}] {logger}: {message} {pairs}. Parts: {time:…} (rfc3339, go-log, epoch or a Go time layout), {level}, {logger}, {caller}, {elapsed}, {word:name}, {number:name}, {text:name}, {sp}, {?…} for what may be missing; it ends in {message}, {message} {pairs}, {message} {json} or {rest:zap|klog|hclog|caller-pairs|pairs|words}. Lines that begin no record belong to the record before.',
    },
    roles: {
      type: 'object',
      additionalProperties: false,
      description: 'For json and logfmt: which keys (groups dotted) hold what; the first that is present counts.',
      properties: { time: NAMES, level: NAMES, message: NAMES, caller: NAMES, logger: NAMES, stack: NAMES },
    },
    proof: {
      type: 'array',
      minItems: 1,
      description: 'For json and logfmt: the keys that tell this format from others; by default the first of time and of message.',
      items: {
        type: 'object',
        required: ['key'],
        additionalProperties: false,
        properties: {
          key: { type: 'string' },
          is: { anyOf: [{ enum: ['rfc3339', 'number', 'level'] }, NAMES], description: 'What its value must be: one of these forms, or one of these texts.' },
          before: { type: 'string', description: 'A key that stands behind it.' },
        },
      },
    },
    time: { type: 'string', description: 'For json and logfmt, where times are neither RFC 3339 nor epoch numbers: a Go time layout.' },
    levels: { type: 'object', additionalProperties: LEVEL, description: 'Every level it prints, as printed, and what it means; without it, the names that Go loggers use.' },
    durations: { enum: ['seconds-float', 'nanoseconds', 'milliseconds', 'unknown'], description: 'What a bare number means where it writes a time.Duration.' },
    samples: {
      type: 'array',
      minItems: 1,
      description: 'Whole records as the program wrote them. Each layout needs one.',
      items: {
        type: 'object',
        required: ['text', 'level', 'time', 'message'],
        additionalProperties: false,
        properties: {
          text: { type: 'string' },
          level: LEVEL,
          time: { type: ['string', 'null'], description: 'RFC 3339 in UTC; null where the text holds no full time.' },
          message: { type: 'string' },
          fields: { type: 'object', additionalProperties: { type: 'string' } },
        },
      },
    },
  },
} as const;
