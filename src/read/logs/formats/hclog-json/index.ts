import type { KeyedFormat } from '../../format.ts';

export const hclogJson: KeyedFormat = {
  id: 'hclog-json',
  title: 'hashicorp/go-hclog, JSON',
  writtenBy: 'hclog intlogger.go logJSON: keys with @, sorted, durations as integer nanoseconds',
  shape: 'json',
  durations: 'nanoseconds',
  levels: { trace: 'trace', debug: 'debug', info: 'info', warn: 'warn', error: 'error' },
  roles: { time: ['@timestamp'], level: ['@level'], message: ['@message'], caller: ['@caller'], logger: ['@module'], stack: ['stacktrace'] },
  proof: [{ key: '@level' }, { key: '@message' }, { key: '@timestamp' }],
  samples: [
    {
      text: '{"@caller":"gorca.dev/go/zoo/loggers/std.go:53","@level":"warn","@message":"slow query","@module":"app.db","@timestamp":"2026-11-24T02:31:28.300Z","dur":300412000,"retry":false}',
      level: 'warn',
      time: '2026-11-24T02:31:28.3Z',
      message: 'slow query',
      fields: { dur: '300412000' },
    },
  ],
};
