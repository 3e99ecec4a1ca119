import type { KeyedFormat } from '../../format.ts';

export const zapJson: KeyedFormat = {
  id: 'zap-json',
  title: 'go.uber.org/zap, JSON',
  writtenBy: 'zapcore/json_encoder.go: float seconds by default, operators choose RFC 3339, Kubernetes float milliseconds and no level; duplicate keys kept',
  shape: 'json',
  durations: 'seconds-float',
  levels: { debug: 'debug', info: 'info', warn: 'warn', error: 'error', dpanic: 'error', panic: 'fatal', fatal: 'fatal' },
  roles: { time: ['ts'], level: ['level'], message: ['msg'], caller: ['caller'], logger: ['logger'], stack: ['stacktrace'] },
  proof: [{ key: 'ts', before: 'msg' }, { key: 'msg' }],
  samples: [
    {
      text: '{"level":"error","ts":1795487488.372521,"caller":"loggers/zap.go:49","msg":"reserve failed","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","error":"reserve: Post \\"http://inventory:8080/v1/reserve\\": context deadline exceeded","elapsed":0.300412,"trace_id":"second-4bf92f3577b34da6a3ce929d0e0e4736","stacktrace":"main.zapStory\\n\\tgorca.dev/go/zoo/loggers/zap.go:49\\nmain.init.4.func1\\n\\tgorca.dev/go/zoo/loggers/zap.go:13\\nmain.main\\n\\tgorca.dev/go/zoo/loggers/main.go:49\\nruntime.main\\n\\truntime/proc.go:290"}',
      level: 'error',
      time: '2026-11-24T02:31:28.372521Z',
      message: 'reserve failed',
      fields: { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', error: 'reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded', elapsed: '0.300412' },
    },
    {
      text: '{"level":"warn","ts":1795487488.372539,"caller":"loggers/zap.go:50","msg":"two\\nlines","http":{"method":"GET","status":504}}',
      level: 'warn',
      time: '2026-11-24T02:31:28.372539Z',
      message: 'two\nlines',
      fields: { 'http.status': '504' },
    },
    {
      text: '{"ts":1795487488367.477,"caller":"loggers/zap.go:29","msg":"Reconciler error","err":"reserve: Post \\"http://inventory:8080/v1/reserve\\": context deadline exceeded","v":0}',
      level: null,
      time: '2026-11-24T02:31:28.367477Z',
      message: 'Reconciler error',
      fields: { err: 'reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded', v: '0' },
    },
  ],
};
