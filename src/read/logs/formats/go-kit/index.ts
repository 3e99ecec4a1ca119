import type { KeyedFormat } from '../../format.ts';

export const goKit: KeyedFormat = {
  id: 'go-kit',
  title: 'go-kit/log, logfmt',
  writtenBy: 'go-logfmt encode.go: an empty value is written as nothing, nil as null, a missing one as (MISSING)',
  shape: 'logfmt',
  durations: 'unknown',
  stepNs: 1n,
  levels: { debug: 'debug', info: 'info', warn: 'warn', error: 'error' },
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
};
