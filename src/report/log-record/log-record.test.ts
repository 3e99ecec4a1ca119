import { expect, test } from 'vitest';
import { renderLogRecord } from './index.ts';

const record = {
  time: '2026-11-22T14:02:03.5Z',
  level: 'error',
  service: 'orders',
  message: 'reserve failed',
  error: 'context deadline exceeded',
  fields: [['user', 'u 1']] as const,
  stack: null,
  from: null,
};

test('one line: time, level, who, message, error, fields', () => {
  expect(renderLogRecord(record, { colour: false, columns: 80 })).toBe('14:02:03.500 ERROR orders reserve failed error="context deadline exceeded" user="u 1"\n');
});

test('what a terminal would obey is spelled out', () => {
  const shown = renderLogRecord({ ...record, message: 'a\u001b[2Jb\nc', error: null, fields: [] }, { colour: false, columns: 80 });
  expect(shown).toBe('14:02:03.500 ERROR orders a\\x1b[2Jb\n    c\n');
});
