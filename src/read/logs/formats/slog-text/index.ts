import type { KeyedFormat } from '../../format.ts';

export const slogText: KeyedFormat = {
  id: 'slog-text',
  title: 'log/slog TextHandler',
  writtenBy: 'log/slog/text_handler.go: milliseconds, strconv.Quote where needed but not for a backslash alone, groups dotted',
  shape: 'logfmt',
  durations: 'unknown',
  levels: { DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' },
  levelOffsets: true,
  stepNs: 1_000_000n,
  roles: { time: ['time'], level: ['level'], message: ['msg'], caller: ['source'], logger: ['logger'], stack: ['stack'] },
  proof: [{ key: 'time' }, { key: 'level', is: 'level' }, { key: 'msg' }],
  samples: [
    {
      text: 'time=2026-11-24T02:31:28.342Z level=ERROR source=gorca.dev/go/zoo/loggers/slog.go:47 msg="reserve failed" trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 http.err="reserve: Post \\"http://inventory:8080/v1/reserve\\": context deadline exceeded" http.elapsed=300.412ms http.req.id=r1 http.req.method=POST',
      level: 'error',
      time: '2026-11-24T02:31:28.342Z',
      message: 'reserve failed',
      fields: {
        'http.req.method': 'POST',
        'http.err': 'reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded',
        trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      },
    },
  ],
};
