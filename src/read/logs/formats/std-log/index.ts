import type { TextFormat } from '../../format.ts';

export const stdLog: TextFormat = {
  id: 'std-log',
  title: 'package log',
  writtenBy: 'log/log.go formatHeader: prefix, date, time, file by flags; local time unless LUTC; a line without the date is not recognised',
  shape: 'text',
  durations: 'unknown',
  // what slog's default handler writes has the same head and then a level: that one is told by it
  starts:
    /^(?!\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? (?:[A-Za-z0-9_.\-/@]{1,256}\.go:\d{1,7}: )?(?:DEBUG|INFO|WARN|ERROR)(?:[+-]\d{1,4})? )(?<prefix>(?:\[[^\]\n]{1,64}\]|[A-Za-z][A-Za-z0-9_.-]{0,63}:?) ?)?(?<time>\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) /d,
  time: 'iso',
  tail: 'words',
  samples: [
    {
      text: '2026/11/24 02:31:28 WARN: slow query, took 300.412ms',
      level: 'warn',
      time: '2026-11-24T02:31:28Z',
      message: 'WARN: slow query, took 300.412ms',
      fields: {},
    },
    {
      text: '[orders] 2026/11/24 02:31:28.351839 std.go:32: ERROR reserve failed: reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded trace_id=4bf92f3577b34da6a3ce929d0e0e4736',
      level: 'error',
      time: '2026-11-24T02:31:28.351839Z',
      message: 'ERROR reserve failed: reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded trace_id=4bf92f3577b34da6a3ce929d0e0e4736',
      fields: { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' },
    },
  ],
};
