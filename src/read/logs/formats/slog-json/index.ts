import type { KeyedFormat } from '../../format.ts';

export const slogJson: KeyedFormat = {
  id: 'slog-json',
  title: 'log/slog JSONHandler',
  writtenBy: 'log/slog/json_handler.go: RFC3339Nano without trailing zeros, durations as integer nanoseconds, duplicate keys kept',
  shape: 'json',
  durations: 'nanoseconds',
  stepNs: 1n,
  levels: { DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' },
  levelOffsets: true,
  roles: { time: ['time'], level: ['level'], message: ['msg'], caller: ['source'], logger: ['logger'], stack: ['stack', 'stacktrace'] },
  proof: [{ key: 'time', is: 'rfc3339' }, { key: 'level', is: 'level' }, { key: 'msg' }],
  samples: [
    {
      text: '{"time":"2026-11-24T02:31:28.331130578Z","level":"DEBUG-4","source":{"function":"main.slogStory","file":"gorca.dev/go/zoo/loggers/slog.go","line":44},"msg":"cache warm","id":9007199254740993,"entries":12}',
      level: 'trace',
      time: '2026-11-24T02:31:28.331130578Z',
      message: 'cache warm',
      fields: { id: '9007199254740993' },
    },
    {
      text: '{"time":"2026-11-24T02:31:28.331154134Z","level":"ERROR","source":{"function":"main.slogStory","file":"gorca.dev/go/zoo/loggers/slog.go","line":47},"msg":"reserve failed","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","http":{"err":"reserve: Post \\"http://inventory:8080/v1/reserve\\": context deadline exceeded","elapsed":300412000,"req":{"id":"r1","method":"POST"}}}',
      level: 'error',
      time: '2026-11-24T02:31:28.331154134Z',
      message: 'reserve failed',
      fields: { 'http.req.id': 'r1', 'http.elapsed': '300412000' },
    },
  ],
};
