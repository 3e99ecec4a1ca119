import type { TextFormat } from '../../format.ts';

export const slogDefault: TextFormat = {
  id: 'slog-default',
  title: 'log/slog default handler',
  writtenBy: 'log/slog/logger.go defaultHandler over package log: no zone; raw newlines in the message',
  shape: 'text',
  durations: 'unknown',
  levels: { DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' },
  levelOffsets: true,
  layouts: ['{time:go-log} {?{caller}: }{level} {rest:pairs}'],
  samples: [
    {
      text: '2026/11/24 02:31:28 ERROR+4 two\nlines err="no stock left\\nfor sku \\"A-7\\"" path=C:\\temp id=1 id=2',
      level: 'error',
      time: '2026-11-24T02:31:28Z',
      message: 'two\nlines',
      fields: { path: 'C:\\temp', id: '1' },
    },
    {
      text: '2026/11/27 00:10:39.490818 slog.go:53: WARN slow query dur=300.412ms retry=false empty="" "quoted key"=1',
      level: 'warn',
      time: '2026-11-27T00:10:39.490818Z',
      message: 'slow query',
      fields: { dur: '300.412ms', 'quoted key': '1' },
    },
  ],
};
