import type { TextFormat } from '../../format.ts';

export const hclog: TextFormat = {
  id: 'hclog',
  title: 'hashicorp/go-hclog',
  writtenBy: 'hclog intlogger.go logPlain: level padded in brackets, a value of several lines follows on lines that begin with |',
  shape: 'text',
  durations: 'unknown',
  levels: { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' },
  layouts: ['{time:rfc3339} [{level}]{sp}{rest:hclog}'],
  samples: [
    {
      text: '2026-11-24T02:31:28.295Z [WARN]  loggers/std.go:53: app.db: slow query: dur=300.412ms retry=false',
      level: 'warn',
      time: '2026-11-24T02:31:28.295Z',
      message: 'slow query',
      fields: { dur: '300.412ms' },
    },
    {
      text: '2026-11-24T02:31:28.295Z [ERROR] loggers/std.go:55: app: multi line value:\n  ml=\n  | first\n  | second\n   after=true',
      level: 'error',
      time: '2026-11-24T02:31:28.295Z',
      message: 'multi line value',
      fields: { ml: 'first\nsecond', after: 'true' },
    },
  ],
};
