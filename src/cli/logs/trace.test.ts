import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Timeline, TraceTree } from '../../model/index.ts';
import { said } from '../testing/said.ts';

const logs = join(import.meta.dirname, '../../../incidents/crash-unknown-clock/logs');

async function gorca(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const { exit: code, out, err } = await said(...argv);
  return { code, out, err };
}

describe('logs trace', () => {
  test('a message is followed from who published it to who took it up, on clocks that cannot be compared', async () => {
    const timeline = JSON.parse((await gorca('logs', 'timeline', logs, '--first', '400', '--json')).out) as Timeline;
    expect(timeline.services.map((s) => s.service)).toEqual(['notifier', 'purchases']);
    const { out: none } = await gorca('logs', 'trace', 'no-such-id', logs);
    expect(none).toContain('no record holds no-such-id, in 2 logs');
    const source = readFileSync(join(logs, 'notifier.log'), 'utf8');
    const id = /"trace_id":"([0-9a-f]{32})"/.exec(source)?.[1] as string;
    const { code, out } = await gorca('logs', 'trace', id, logs);
    expect(code).toBe(0);
    expect(out).toContain('cannot be estimated from this: one direction only');
    expect(out).toContain('message m-000001');
    const tree = JSON.parse((await gorca('logs', 'trace', `00-${id}-00f067aa0ba902b7-01`, logs, '--json')).out) as TraceTree;
    expect(tree.schema).toBe('gorca.trace/1');
    expect(tree.nonConforming).toBeNull();
    expect(tree.spans.map((s) => [s.service, s.parent, s.linked])).toEqual([
      ['purchases', null, null],
      ['notifier', 0, 'stated'],
    ]);
    // one of the two clocks is the reference; the other has no corrected time, and keeps its printed one
    expect(new Set(tree.records.map((r) => r.time?.corrected === null)).size).toBe(2);
    expect(tree.records.every((r) => r.line !== null && r.time !== null && r.time.raw !== '')).toBe(true);
  });

  test('an id of another form is looked for as it is, and said to be none of W3C', async () => {
    const { out } = await gorca('logs', 'trace', 'm-000003', logs);
    expect(out).toContain('no W3C trace id');
    expect(out).toContain('(id in its text)');
  });

  test('wrong usage and nothing to read', async () => {
    expect((await gorca('logs', 'trace')).code).toBe(2);
    expect((await gorca('logs', 'timeline')).code).toBe(2);
    expect((await gorca('logs', 'timeline', logs, '--since', 'yesterday')).code).toBe(2);
    expect((await gorca('logs', 'trace', 'x', import.meta.filename)).code).toBe(3);
  });
});

describe('logs timeline', () => {
  test('of errors alone shows the crash, where its file has it', async () => {
    const { code, out } = await gorca('logs', 'timeline', logs, '--level', 'error');
    expect(code).toBe(0);
    expect(out).toContain('panic: runtime');
    expect(out).toContain('no time of its own');
    for (const line of out.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
  });

  test('--all prints every record once', async () => {
    const { out } = await gorca('logs', 'timeline', logs, '--all', '--json');
    const timeline = JSON.parse(out) as Timeline;
    expect(timeline.records.length).toBe(timeline.matched);
  });
});
