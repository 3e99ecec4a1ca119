import { expect, test } from 'vitest';
import { testArtifact } from '../../model/testing/artifact.ts';
import { goroutineDump } from './index.ts';

test('a goroutine whose lines stand in the file against their time covers all of them', () => {
  const lines = ['goroutine 1 [running]:', 'main.main()', '\\t/app/main.go:7 +0x1d'];
  const row = (msg: string, n: number): string => `{"_time":"2026-11-24T03:20:18.00000000${n}Z","_stream_id":"0","_stream":"{pod=\\"a\\"}","_msg":"${msg}","pod":"a"}\n`;
  const text = lines
    .map((l, n) => row(l, n))
    .reverse()
    .join('');
  const { model, problems } = goroutineDump.read(testArtifact(new TextEncoder().encode(text)));
  expect(model?.table.count).toBe(1);
  expect([model?.table.offset[0], model?.table.length[0]]).toEqual([0, text.length - 1]);
  for (const p of problems) expect(p.place === null || (p.place.length >= 0 && p.place.offset + p.place.length <= text.length)).toBe(true);
});
