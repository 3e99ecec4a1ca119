import type { KeyedFormat } from '../../format.ts';

export const zerologJson: KeyedFormat = {
  id: 'zerolog-json',
  title: 'rs/zerolog, JSON',
  writtenBy: 'zerolog globals.go: whole seconds by default, durations in milliseconds, message last and absent when empty',
  shape: 'json',
  durations: 'milliseconds',
  levels: { trace: 'trace', debug: 'debug', info: 'info', warn: 'warn', error: 'error', fatal: 'fatal', panic: 'fatal' },
  roles: { time: ['time'], level: ['level'], message: ['message'], caller: ['caller'], logger: ['logger'], stack: ['stack'] },
  proof: [{ key: 'time' }, { key: 'level', is: 'level' }, { key: 'message' }],
  samples: [
    {
      text: '{"level":"error","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","error":"reserve: Post \\"http://inventory:8080/v1/reserve\\": context deadline exceeded","elapsed":300.412,"time":"2026-11-24T02:31:29Z","caller":"gorca.dev/go/zoo/loggers/zerolog.go:30","message":"reserve failed"}',
      level: 'error',
      time: '2026-11-24T02:31:29Z',
      message: 'reserve failed',
      fields: { elapsed: '300.412', error: 'reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded' },
    },
    {
      text: '{"level":"info","sizes":[1,2],"http":{"req":{"id":"r1"}},"time":"2026-11-27T00:10:36.566002944Z","message":"nested"}',
      level: 'info',
      time: '2026-11-27T00:10:36.566002944Z',
      message: 'nested',
      fields: { 'http.req.id': 'r1', sizes: '[1,2]' },
    },
  ],
};
