import type { TextFormat } from '../../format.ts';

export const zerologConsole: TextFormat = {
  id: 'zerolog-console',
  title: 'rs/zerolog ConsoleWriter',
  writtenBy: 'zerolog console.go: three-letter levels, fields sorted; by default the time of day without date or seconds, which is no instant',
  shape: 'text',
  durations: 'milliseconds',
  levels: { TRC: 'trace', DBG: 'debug', INF: 'info', WRN: 'warn', ERR: 'error', FTL: 'fatal', PNC: 'fatal', '???': null },
  layouts: ['{time:3:04PM} {level} {rest:caller-pairs}', '{time:3:04:05PM} {level} {rest:caller-pairs}', '{time:rfc3339} {level} {rest:caller-pairs}'],
  samples: [
    {
      text: '2026-11-24T02:31:29Z ERR gorca.dev/go/zoo/loggers/zerolog.go:31 > two\nlines error="no stock left\\nfor sku \\"A-7\\"" http={"method":"GET","status":504}',
      level: 'error',
      time: '2026-11-24T02:31:29Z',
      message: 'two\nlines',
      fields: { error: 'no stock left\nfor sku "A-7"', http: '{"method":"GET","status":504}' },
    },
    {
      text: '\x1b[90m2:31AM\x1b[0m \x1b[32mINF\x1b[0m \x1b[1mgorca.dev/go/zoo/loggers/zerolog.go:27\x1b[0m\x1b[36m >\x1b[0m \x1b[1mlistening\x1b[0m \x1b[36maddr=\x1b[0m:8080',
      level: 'info',
      time: null,
      message: 'listening',
      fields: { addr: ':8080' },
    },
    {
      text: '12:10:36AM WRN gorca.dev/go/zoo/loggers/zerolog.go:39 > slow query dur=300.412 retry=false',
      level: 'warn',
      time: null,
      message: 'slow query',
      fields: { dur: '300.412' },
    },
  ],
};
