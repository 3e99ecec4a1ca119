import type { TextFormat } from '../../format.ts';

export const logrusTty: TextFormat = {
  id: 'logrus-tty',
  title: 'sirupsen/logrus on a terminal',
  writtenBy: 'logrus text_formatter.go printColored: seconds since the start of the process, which is no instant',
  shape: 'text',
  durations: 'unknown',
  levels: { TRAC: 'trace', DEBU: 'debug', INFO: 'info', WARN: 'warn', ERRO: 'error', FATA: 'fatal', PANI: 'fatal' },
  layouts: ['{level}[{elapsed}] {rest:pairs}', '{level}[{elapsed}]{caller} {word:func} {rest:pairs}', '{level}[{time:rfc3339}] {rest:pairs}'],
  samples: [
    {
      text: '\x1b[31mERRO\x1b[0m[0000] reserve failed                                \x1b[31melapsed\x1b[0m=300.412ms \x1b[31merror\x1b[0m="reserve: Post \\"http://inventory:8080/v1/reserve\\": context deadline exceeded" \x1b[31mspan_id\x1b[0m=00f067aa0ba902b7 \x1b[31mtrace_id\x1b[0m=4bf92f3577b34da6a3ce929d0e0e4736',
      level: 'error',
      time: null,
      message: 'reserve failed',
      fields: { error: 'reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' },
    },
    {
      text: '\x1b[33mWARN\x1b[0m[2026-11-27T00:10:37Z] slow query                                    \x1b[33mdur\x1b[0m=300.412ms \x1b[33mempty\x1b[0m= \x1b[33mretry\x1b[0m=false',
      level: 'warn',
      time: '2026-11-27T00:10:37Z',
      message: 'slow query',
      fields: { dur: '300.412ms', empty: '' },
    },
    {
      text: '\x1b[31mERRO\x1b[0m[0000]gorca.dev/go/zoo/loggers/logrus.go:18 main.init.2.func4() reserve failed                                \x1b[31melapsed\x1b[0m=300.412ms \x1b[31merror\x1b[0m="reserve: Post \\"http://inventory:8080/v1/reserve\\": context deadline exceeded" \x1b[31mtrace_id\x1b[0m=4bf92f3577b34da6a3ce929d0e0e4736',
      level: 'error',
      time: null,
      message: 'reserve failed',
      fields: { func: 'main.init.2.func4()', elapsed: '300.412ms' },
    },
  ],
};
