import type { KeyedFormat } from '../../format.ts';

export const goKitJson: KeyedFormat = {
  id: 'go-kit-json',
  title: 'go-kit/log, JSON',
  writtenBy: 'go-kit log/json_logger.go: keys sorted, so msg stands before ts; values that have a String method as text',
  shape: 'json',
  durations: 'unknown',
  stepNs: 1n,
  levels: { debug: 'debug', info: 'info', warn: 'warn', error: 'error' },
  roles: { time: ['ts'], level: ['level'], message: ['msg'], caller: ['caller'], logger: ['component', 'logger'], stack: ['stack'] },
  proof: [
    { key: 'msg', before: 'ts' },
    { key: 'ts', is: 'rfc3339' },
  ],
  samples: [
    {
      text: '{"caller":"std.go:50","elapsed":"300.412ms","err":"reserve: Post \\"http://inventory:8080/v1/reserve\\": context deadline exceeded","level":"error","msg":"reserve failed","span_id":"00f067aa0ba902b7","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","ts":"2026-11-27T00:10:39.186859441Z"}',
      level: 'error',
      time: '2026-11-27T00:10:39.186859441Z',
      message: 'reserve failed',
      fields: { elapsed: '300.412ms', err: 'reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded' },
    },
    {
      text: '{"caller":"std.go:51","level":"error","msg":"two\\nlines","odd":"(MISSING)","ts":"2026-11-27T00:10:39.1868717Z"}',
      level: 'error',
      time: '2026-11-27T00:10:39.1868717Z',
      message: 'two\nlines',
      fields: { odd: '(MISSING)' },
    },
  ],
};
