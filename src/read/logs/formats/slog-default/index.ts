import type { TextFormat } from '../../format.ts';

export const slogDefault: TextFormat = {
  id: 'slog-default',
  title: 'log/slog default handler',
  writtenBy: 'log/slog/logger.go defaultHandler over package log: no zone; raw newlines in the message',
  shape: 'text',
  durations: 'unknown',
  starts: /^(?<time>\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) (?:[A-Za-z0-9_.\-/@]{1,256}\.go:\d{1,7}: )?(?<level>(?:DEBUG|INFO|WARN|ERROR)(?:[+-]\d{1,4})?) /d,
  time: 'iso',
  tail: 'pairs',
  samples: [
    {
      text: '2026/11/24 02:31:28 ERROR+4 two\nlines err="no stock left\\nfor sku \\"A-7\\"" path=C:\\temp id=1 id=2',
      level: 'error',
      time: '2026-11-24T02:31:28Z',
      message: 'two\nlines',
      fields: { path: 'C:\\temp', id: '1' },
    },
  ],
};
