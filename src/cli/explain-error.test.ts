import { describe, expect, it } from 'vitest';
import { columnsOf } from '../report/lib/safe-text.ts';
import { said } from './testing/said.ts';

async function explained(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { exit: code, out, err } = await said('explain', ...args);
  return { code, out, err };
}

const REFUSED = 'reserve: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.7:8081: connect: connection refused"';

describe('gorca explain', () => {
  it('names the chain from the outermost to the innermost, and explains the innermost in full', async () => {
    const { code, out } = await explained(REFUSED);
    expect(code).toBe(0);
    const at = ['grpc-status/unavailable\n', 'grpc-status/error-while-dialing\n', 'net/dial-connection-refused ← the cause'].map((id) => out.indexOf(id));
    expect([...at].sort((a, b) => a - b)).toEqual(at);
    expect(at[0]).toBeGreaterThan(0);
    expect(out).toContain('address = 10.0.0.7:8081');
    for (const label of ['MEANS', 'IS NOT', 'CAUSES', 'NEXT', 'FROM']) expect(out).toContain(`\n${label}`);
    for (const line of out.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(80);
  });
  it('takes the error out of whole log lines', async () => {
    for (const line of [
      '{"level":"error","ts":1795374541.4468782,"caller":"pkg/f.go:29","msg":"reserve failed","error":"Post \\"http://inventory:8081/v1/reserve\\": EOF"}',
      'time=2026-11-22T19:26:17.327Z level=ERROR msg="reserve failed" err="Post \\"http://inventory:8081/v1/reserve\\": EOF"',
      '2026/11/22 19:09:01 reserve failed: Post "http://inventory:8081/v1/reserve": EOF',
      'Post \\"http://inventory:8081/v1/reserve\\": EOF',
    ]) {
      expect((await explained(line)).out, line).toContain('io/eof (closed)');
    }
  });
  it('takes an id: of an error, a condition, a mechanism, a verdict, a problem', async () => {
    expect((await explained('net/no-such-host')).out).toContain('net/no-such-host (dns)');
    expect((await explained('alert/firing')).out).toContain('alert/firing: ');
    expect((await explained('go/abandoned-sender')).out).toContain('go/abandoned-sender: ');
    expect((await explained('supported')).out).toContain('supported: a verdict');
    expect((await explained('logs/no-record')).out).toContain('logs/no-record: a problem');
  });
  it('near miss: a text that none matches gets the closest and what differs, never an explanation', async () => {
    const { code, out } = await explained('contxt deadline exceeded');
    expect(code).toBe(0);
    expect(out).toContain('none of the ');
    expect(out).toContain('"contxt" here is "context" there');
    expect(out).not.toContain('MEANS');
    expect((await explained('order 42 was shipped')).out).toContain('none is like it');
  });
  it('a mistyped id is wrong usage', async () => {
    const { code, err } = await explained('net/no-such-hst');
    expect(code).toBe(2);
    expect(err).toContain('did you mean net/no-such-host');
    expect((await explained()).code).toBe(2);
  });
  it('gives JSON', async () => {
    const json = JSON.parse((await explained('--json', REFUSED)).out) as {
      schema: string;
      innermost: string;
      errors: { id: string; holes: Record<string, string> }[];
      closest: unknown[];
    };
    expect(json.schema).toBe('gorca.explain/1');
    expect(json.innermost).toBe('net/dial-connection-refused');
    expect(json.errors.map((e) => e.id)).toEqual(['grpc-status/unavailable', 'grpc-status/error-while-dialing', 'net/dial-connection-refused']);
    const none = JSON.parse((await explained('--json', 'contxt deadline exceeded')).out) as { innermost: null; closest: { id: string }[] };
    expect(none.innermost).toBeNull();
    expect(none.closest[0]?.id).toBe('context/deadline-exceeded');
  });
  it('a terminal escape in the text does not reach the terminal', async () => {
    expect((await explained('dial tcp \u001b[31m10.0.0.7:1: connect: connection refused')).out).not.toContain('\u001b');
  });
});
