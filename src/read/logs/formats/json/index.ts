import type { KeyedFormat } from '../../format.ts';

export const anyJson: KeyedFormat = {
  id: 'json',
  title: 'one JSON object a line, logger unknown',
  writtenBy: 'any logger with common key names',
  shape: 'json',
  durations: 'unknown',
  roles: {
    time: ['time', 'ts', 'timestamp', '@timestamp', 't', 'datetime', 'eventTime'],
    level: ['level', 'lvl', 'severity', 'loglevel', 'levelname', 'log.level'],
    message: ['msg', 'message', '@message', 'event', 'text'],
    caller: ['caller', 'source', 'file'],
    logger: ['logger', 'name', 'module'],
    stack: ['stacktrace', 'stack', 'error.stack'],
  },
  proof: [],
  fallback: true,
  samples: [
    {
      text: '{"timestamp":"2026-11-24T02:31:28.33480783Z","severity":"WARN","message":"slow query","dur":300412000,"retry":false,"empty":"","quoted key":1}',
      level: 'warn',
      time: '2026-11-24T02:31:28.33480783Z',
      message: 'slow query',
      fields: { dur: '300412000' },
    },
  ],
};
