import type { KeyedFormat } from '../../format.ts';

export const logrusJson: KeyedFormat = {
  id: 'logrus-json',
  title: 'sirupsen/logrus, JSON',
  writtenBy: 'logrus json_formatter.go: keys sorted, whole seconds, durations as integer nanoseconds, clashing keys as fields.*',
  shape: 'json',
  durations: 'nanoseconds',
  levels: { trace: 'trace', debug: 'debug', info: 'info', warning: 'warn', error: 'error', fatal: 'fatal', panic: 'fatal' },
  roles: { time: ['time'], level: ['level'], message: ['msg'], caller: ['file'], logger: ['logger'], stack: ['stack'] },
  proof: [{ key: 'time', is: 'rfc3339' }, { key: 'level', is: 'level' }, { key: 'msg' }],
  samples: [
    {
      text: '{"error":"no stock left\\nfor sku \\"A-7\\"","fields.msg":"clash","html":"\\u003cb\\u003e\\u0026","level":"error","msg":"two\\nlines","time":"2026-11-24T02:31:28Z"}',
      level: 'error',
      time: '2026-11-24T02:31:28Z',
      message: 'two\nlines',
      fields: { 'fields.msg': 'clash', html: '<b>&' },
    },
  ],
};
