/** Loggers that write one JSON object a line. Samples are what go/zoo/loggers wrote. */
import type { KeyedFormat } from '../format.ts';

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const LOWER = /^(?:trace|debug|info|warn|warning|error|fatal|panic)$/;

export const jsonFormats: readonly KeyedFormat[] = [
  {
    id: 'slog-json',
    title: 'log/slog JSONHandler',
    writtenBy: 'log/slog/json_handler.go: RFC3339Nano without trailing zeros, durations as integer nanoseconds, duplicate keys kept',
    shape: 'json',
    durations: 'nanoseconds',
    stepNs: 1n,
    roles: { time: ['time'], level: ['level'], message: ['msg'], caller: ['source'], logger: ['logger'], stack: ['stack', 'stacktrace'] },
    proof: [{ key: 'time', value: RFC3339 }, { key: 'level', value: /^(?:DEBUG|INFO|WARN|ERROR)(?:[+-]\d{1,4})?$/ }, { key: 'msg' }],
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
  },
  {
    id: 'hclog-json',
    title: 'hashicorp/go-hclog, JSON',
    writtenBy: 'hclog intlogger.go logJSON: keys with @, sorted, durations as integer nanoseconds',
    shape: 'json',
    durations: 'nanoseconds',
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
  },
  {
    id: 'zap-json',
    title: 'go.uber.org/zap, JSON',
    writtenBy: 'zapcore/json_encoder.go: float seconds by default, operators choose RFC 3339, Kubernetes float milliseconds and no level; duplicate keys kept',
    shape: 'json',
    durations: 'seconds-float',
    roles: { time: ['ts'], level: ['level'], message: ['msg'], caller: ['caller'], logger: ['logger'], stack: ['stacktrace'] },
    proof: [{ key: 'ts' }, { key: 'msg' }],
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
  },
  {
    id: 'zerolog-json',
    title: 'rs/zerolog, JSON',
    writtenBy: 'zerolog globals.go: whole seconds by default, durations in milliseconds, message last and absent when empty',
    shape: 'json',
    durations: 'milliseconds',
    roles: { time: ['time'], level: ['level'], message: ['message'], caller: ['caller'], logger: ['logger'], stack: ['stack'] },
    proof: [{ key: 'time' }, { key: 'level', value: LOWER }, { key: 'message' }],
    samples: [
      {
        text: '{"level":"error","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","error":"reserve: Post \\"http://inventory:8080/v1/reserve\\": context deadline exceeded","elapsed":300.412,"time":"2026-11-24T02:31:29Z","caller":"gorca.dev/go/zoo/loggers/zerolog.go:30","message":"reserve failed"}',
        level: 'error',
        time: '2026-11-24T02:31:29Z',
        message: 'reserve failed',
        fields: { elapsed: '300.412', error: 'reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded' },
      },
    ],
  },
  {
    id: 'logrus-json',
    title: 'sirupsen/logrus, JSON',
    writtenBy: 'logrus json_formatter.go: keys sorted, whole seconds, durations as integer nanoseconds, clashing keys as fields.*',
    shape: 'json',
    durations: 'nanoseconds',
    roles: { time: ['time'], level: ['level'], message: ['msg'], caller: ['file'], logger: ['logger'], stack: ['stack'] },
    proof: [{ key: 'time', value: RFC3339 }, { key: 'level', value: LOWER }, { key: 'msg' }],
    samples: [
      {
        text: '{"error":"no stock left\\nfor sku \\"A-7\\"","fields.msg":"clash","html":"\\u003cb\\u003e\\u0026","level":"error","msg":"two\\nlines","time":"2026-11-24T02:31:28Z"}',
        level: 'error',
        time: '2026-11-24T02:31:28Z',
        message: 'two\nlines',
        fields: { 'fields.msg': 'clash', html: '<b>&' },
      },
    ],
  },
];

/** JSON with familiar keys whose logger is not known: a bare number of a duration then has no unit. */
export const otherJson: KeyedFormat = {
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
