import type { TextFormat } from '../../format.ts';

export const logrusTty: TextFormat = {
  id: 'logrus-tty',
  title: 'sirupsen/logrus on a terminal',
  writtenBy: 'logrus text_formatter.go printColored: seconds since the start of the process, which is no instant',
  shape: 'text',
  durations: 'unknown',
  starts: /^(?<level>TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[(?:\d{4,9}|(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:?\d\d)))\] /d,
  time: 'iso',
  tail: 'pairs',
  samples: [
    {
      text: '\x1b[31mERRO\x1b[0m[0000] reserve failed                                \x1b[31melapsed\x1b[0m=300.412ms \x1b[31merror\x1b[0m="reserve: Post \\"http://inventory:8080/v1/reserve\\": context deadline exceeded" \x1b[31mspan_id\x1b[0m=00f067aa0ba902b7 \x1b[31mtrace_id\x1b[0m=4bf92f3577b34da6a3ce929d0e0e4736',
      level: 'error',
      time: null,
      message: 'reserve failed',
      fields: { error: 'reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' },
    },
  ],
};
