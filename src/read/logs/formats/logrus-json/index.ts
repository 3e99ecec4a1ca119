import type { KeyedFormat } from '../../format.ts';

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const LOWER = /^(?:trace|debug|info|warn|warning|error|fatal|panic)$/;

export const logrusJson: KeyedFormat = {
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
};
