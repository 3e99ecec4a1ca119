import type { KeyedFormat } from '../../format.ts';

export const logrusText: KeyedFormat = {
  id: 'logrus-text',
  title: 'sirupsen/logrus, text without a terminal',
  writtenBy: 'logrus text_formatter.go: whole seconds, "warning" in full',
  shape: 'logfmt',
  durations: 'unknown',
  levels: { trace: 'trace', debug: 'debug', info: 'info', warning: 'warn', error: 'error', fatal: 'fatal', panic: 'fatal' },
  roles: { time: ['time'], level: ['level'], message: ['msg'], caller: ['file'], logger: ['logger'], stack: ['stack'] },
  proof: [{ key: 'time' }, { key: 'level', is: 'level' }, { key: 'msg' }],
  samples: [
    {
      text: 'time="2026-11-24T02:31:28Z" level=error msg="two\\nlines" error="no stock left\\nfor sku \\"A-7\\"" fields.msg=clash html="<b>&"',
      level: 'error',
      time: '2026-11-24T02:31:28Z',
      message: 'two\nlines',
      fields: { error: 'no stock left\nfor sku "A-7"' },
    },
  ],
};
