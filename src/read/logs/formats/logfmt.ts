/** Loggers that write key=value pairs only. Samples are what go/zoo/loggers wrote. */
import type { KeyedFormat } from '../format.ts';

export const logfmtFormats: readonly KeyedFormat[] = [
  {
    id: 'slog-text',
    title: 'log/slog TextHandler',
    writtenBy: 'log/slog/text_handler.go: milliseconds, strconv.Quote where needed but not for a backslash alone, groups dotted',
    shape: 'logfmt',
    durations: 'unknown',
    stepNs: 1_000_000n,
    roles: { time: ['time'], level: ['level'], message: ['msg'], caller: ['source'], logger: ['logger'], stack: ['stack'] },
    proof: [{ key: 'time' }, { key: 'level', value: /^(?:DEBUG|INFO|WARN|ERROR)(?:[+-]\d{1,4})?$/ }, { key: 'msg' }],
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
  },
  {
    id: 'logrus-text',
    title: 'sirupsen/logrus, text without a terminal',
    writtenBy: 'logrus text_formatter.go: whole seconds, "warning" in full',
    shape: 'logfmt',
    durations: 'unknown',
    roles: { time: ['time'], level: ['level'], message: ['msg'], caller: ['file'], logger: ['logger'], stack: ['stack'] },
    proof: [{ key: 'time' }, { key: 'level', value: /^(?:trace|debug|info|warning|error|fatal|panic)$/ }, { key: 'msg' }],
    samples: [
      {
        text: 'time="2026-11-24T02:31:28Z" level=error msg="two\\nlines" error="no stock left\\nfor sku \\"A-7\\"" fields.msg=clash html="<b>&"',
        level: 'error',
        time: '2026-11-24T02:31:28Z',
        message: 'two\nlines',
        fields: { error: 'no stock left\nfor sku "A-7"' },
      },
    ],
  },
  {
    id: 'go-kit',
    title: 'go-kit/log, logfmt',
    writtenBy: 'go-logfmt encode.go: an empty value is written as nothing, nil as null, a missing one as (MISSING)',
    shape: 'logfmt',
    durations: 'unknown',
    stepNs: 1n,
    roles: { time: ['ts'], level: ['level'], message: ['msg', 'message', 'event'], caller: ['caller'], logger: ['component', 'logger'], stack: ['stack'] },
    proof: [{ key: 'ts' }, { key: 'level' }],
    samples: [
      {
        text: 'level=warn ts=2026-11-24T02:31:28.291684308Z caller=std.go:41 msg="slow query" dur=300.412ms empty= nil=null',
        level: 'warn',
        time: '2026-11-24T02:31:28.291684308Z',
        message: 'slow query',
        fields: { dur: '300.412ms', empty: '', nil: 'null' },
      },
    ],
  },
];

/** Pairs with familiar keys whose logger is not known. */
export const otherLogfmt: KeyedFormat = {
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
