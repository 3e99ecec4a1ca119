import type { KeyedFormat } from '../../format.ts';

export const anyLogfmt: KeyedFormat = {
  id: 'logfmt',
  title: 'key=value pairs, logger unknown',
  writtenBy: 'any logger with common key names',
  shape: 'logfmt',
  durations: 'unknown',
  roles: {
    time: ['time', 'ts', 'timestamp', 't', 'at'],
    level: ['level', 'lvl', 'severity'],
    message: ['msg', 'message', 'event'],
    caller: ['caller', 'source'],
    logger: ['logger', 'module'],
    stack: ['stack', 'stacktrace'],
  },
  proof: [],
  fallback: true,
  samples: [
    {
      text: 't=2026-11-24T02:31:28.338Z lvl=WARN msg="slow query" dur=300.412ms retry=false empty="" "quoted key"=1',
      level: 'warn',
      time: '2026-11-24T02:31:28.338Z',
      message: 'slow query',
      fields: { dur: '300.412ms' },
    },
  ],
};
