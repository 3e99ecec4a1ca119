/** The command, against exchanges with a real Loki that are played back. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectFiles } from '../collect/files/index.ts';
import { playBack } from '../collect/testing/exchanges.ts';
import { startExposed } from '../collect/testing/exposed.ts';
import { freePort } from '../collect/testing/server-process.ts';
import { runCli } from './app.ts';
import { EXIT } from './exit-codes.ts';
import { saidBy } from './testing/said.ts';

const EXCHANGES = join(import.meta.dirname, '../collect/loki/testdata/exchanges.json.gz');
/** As the recorded exchanges were asked. */
const STRETCH = ['--since', '2026-11-24T02:46:02Z', '--until', '2026-11-24T03:20:19.4653087Z'];
const TRACE = '063f0060af0cd19e1aeb768d54401845';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gorca-collect-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const out = (): string => join(folder, 'slice');

async function gorca(args: readonly string[], env: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  const { exit: code, out, err } = await saidBy((console) => runCli(args, console), env);
  return { code, out, err };
}

const filesIn = (path: string): string[] => readdirSync(path).flatMap((f) => (statSync(join(path, f)).isDirectory() ? filesIn(join(path, f)) : [join(path, f)]));

describe('gorca collect', () => {
  it('writes a bundle that reads back as it was taken, and nothing that authenticates', async () => {
    const loki = await playBack(EXCHANGES);
    const url = loki.url.replace('http://', 'http://ann:pass-w0rd@');
    const done = await gorca(['collect', '--loki', url, '--trace', TRACE, ...STRETCH, '-o', out(), '--token-env', 'T', '--header', 'X-Key: k3y', '--tenant', 'shop'], {
      T: 't0ken',
    });
    await loki.close();
    expect([done.code, done.err, loki.unknown]).toEqual([EXIT.finished, '', []]);
    expect(done.out).toContain('4 lines of 3 sources');
    const everything = filesIn(folder)
      .map((f) => readFileSync(f, 'utf8'))
      .join('\n');
    expect(everything + done.out).not.toMatch(/t0ken|k3y|pass-w0rd|ann:/);
    const { artifacts, problems, gaps } = await collectFiles([out()]);
    expect(problems).toEqual([]);
    expect(artifacts.map((a) => [a.path, a.incomplete?.how, a.covers[0]?.entity.key])).toEqual([
      ['loki/shop_gateway-5b76dbdc7f-r6lxl_gateway.json', 'filtered', 'shop/gateway-5b76dbdc7f-r6lxl/gateway'],
      ['loki/shop_inventory-54db6659bf-b2dq8_inventory.json', 'filtered', 'shop/inventory-54db6659bf-b2dq8/inventory'],
      ['loki/shop_orders-68f495bf69-5w94w_orders.json', 'filtered', 'shop/orders-68f495bf69-5w94w/orders'],
    ]);
    expect(artifacts[0]?.command).toContain(`${loki.url}/loki/api/v1/query_range?query=`);
    expect(gaps.map((g) => g.what)).toEqual([expect.stringContaining('hold the id in their text alone were looked for')]);
    // another capture is not mixed in
    expect(await gorca(['collect', '--loki', loki.url, '-o', out()])).toMatchObject({ code: EXIT.usage, err: expect.stringContaining('empty folder') });
  });

  it('logs trace takes the lines from where they lie, and says what did not come back', async () => {
    const loki = await playBack(EXCHANGES);
    const done = await gorca(['logs', 'trace', TRACE, '--loki', loki.url, ...STRETCH]);
    await loki.close();
    expect([done.code, done.err, loki.unknown]).toEqual([EXIT.finished, '', []]);
    expect(done.out).toContain('3 services · 4 records in 3 files');
    expect(done.out).toContain('shop_orders-68f495bf69-5w94w_orders.json:');
    expect(done.out.replaceAll(/\s+/g, ' ')).toContain('NOTE lines that hold the id in their text alone were looked for');
    const closed = await gorca(['logs', 'trace', TRACE, '--loki', loki.url, ...STRETCH]);
    expect(closed).toMatchObject({ code: EXIT.nothingReadable, out: '', err: expect.stringContaining('could not be reached') });
  });

  it('investigate takes what a store gives beside its files', async () => {
    const loki = await playBack(EXCHANGES);
    const done = await gorca(['investigate', '--loki', loki.url, '--service', 'notifier', ...STRETCH, '--json']);
    await loki.close();
    expect([done.code, done.err, loki.unknown]).toEqual([EXIT.finished, '', []]);
    const report = JSON.parse(done.out) as { inputs: { artifact: string; readers: string[] }[]; incidents: unknown[] };
    expect(report.inputs.map((i) => [i.artifact, i.readers])).toEqual([['loki/shop_notifier-fc8f9774c-jxp5f_notifier.json', ['crash-text', 'logs']]]);
    expect(report.incidents.length).toBeGreaterThan(0);
  });

  it('a process: costs first, then a bundle that investigate reads, with one process and its times', async () => {
    const exposed = await startExposed(['-goroutines', '40']);
    const dry = await gorca(['collect', '--pprof', exposed.url, '--dry-run']);
    expect(dry).toMatchObject({ code: EXIT.finished, err: '', out: expect.stringContaining('nothing was taken') });
    const done = await gorca(['collect', '--pprof', exposed.url, '--seconds', '1', '--rounds', '2', '--every', '1', '--service', 'orders', '-o', out()]);
    await exposed.stop();
    expect([done.code, done.err]).toEqual([EXIT.finished, '']);
    const plan = done.out.slice(0, done.out.indexOf('captures'));
    expect(plan).toMatch(/goroutine\?debug=2, first and last {2,}stops the world until all 4\d stacks are\n {2,}written/);
    expect(Math.max(...plan.split('\n').map((l) => l.length))).toBeLessThanOrEqual(80);
    const read = await gorca(['investigate', out(), '--json']);
    const report = JSON.parse(read.out) as { outcome: string; problems: unknown[]; inputs: { artifact: string; readers: string[] }[]; gaps: { what: string }[] };
    expect([report.outcome, report.problems]).toEqual(['no-incident', []]);
    expect(report.inputs.filter((i) => i.readers.length === 0 && !i.artifact.endsWith('.trace'))).toEqual([]);
    // it has no /metrics, and that is said of the bundle, too
    expect(report.gaps.map((g) => g.what)).toEqual(expect.arrayContaining([`no metrics from ${exposed.url}/metrics`]));
  });

  it('a process that exposes nothing: what it would take, and nothing is written', async () => {
    const exposed = await startExposed(['-mode', 'bare']);
    const done = await gorca(['collect', '--pprof', exposed.url, '-o', out()]);
    await exposed.stop();
    expect(done).toMatchObject({ code: EXIT.nothingReadable, out: '', err: expect.stringContaining('import _ "net/http/pprof"') });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('clear words and exit codes for what goes wrong', async () => {
    const denied = createServer((_request, response) => response.writeHead(401).end('no org id'));
    await new Promise<void>((ready) => denied.listen(0, '127.0.0.1', ready));
    const { port } = denied.address() as { port: number };
    const args = (store: string, url: string, ...more: string[]): string[] => ['collect', store, url, '-o', out(), ...more];
    expect(await gorca(args('--loki', `http://127.0.0.1:${port}`))).toMatchObject({ code: EXIT.denied, err: expect.stringContaining('denies access') });
    expect(await gorca(args('--victorialogs', `http://127.0.0.1:${port}`))).toMatchObject({ code: EXIT.denied });
    denied.close();
    expect(await gorca(args('--loki', `http://127.0.0.1:${await freePort()}`))).toMatchObject({ code: EXIT.nothingReadable, err: expect.stringContaining('could not be reached') });
    expect(readdirSync(folder)).toEqual([]);
    for (const [bad, says] of [
      [['collect', '-o', out()], 'name what is asked'],
      [['collect', '--loki', 'http://127.0.0.1:1', '-o', out(), '--seconds', '3'], '--seconds goes with --pprof'],
      [args('--pprof', 'http://127.0.0.1:1', '--trace', 'y'), 'into a bundle of its own'],
      [args('--pprof', 'localhost:6060'), 'http://HOST:PORT or pod/NAME'],
      [args('--pprof', 'deploy/orders'), 'name one pod of it'],
      [args('--pprof', 'http://127.0.0.1:1', '-n', 'shop'), 'go with --pprof pod/NAME'],
      [['collect', '--pprof', 'http://127.0.0.1:1'], 'or --dry-run'],
      [['collect', '--loki', 'http://127.0.0.1:1'], 'new folder'],
      [args('--loki', 'localhost:3100'), 'an address such as http://'],
      [args('--victorialogs', 'http://127.0.0.1:1', '--tenant', 'shop'), 'which are numbers'],
      [args('--loki', 'http://127.0.0.1:1', '--query', 'x', '--trace', 'y'), '--query says all'],
      [args('--loki', 'http://127.0.0.1:1', '--level', 'loud'), 'one of debug'],
      [args('--loki', 'http://127.0.0.1:1', '--since', 'yesterday'), 'it is no time'],
      [args('--loki', 'http://127.0.0.1:1', '--token-env', 'NONE'), 'no such variable'],
      [args('--loki', 'http://127.0.0.1:1', '--ca', join(folder, 'none.pem')), 'could not be read'],
      [args('--loki', 'http://127.0.0.1:1', '--header', 'secret'), 'Name: value'],
    ] as const) {
      expect(await gorca(bad), bad.join(' ')).toMatchObject({ code: EXIT.usage, err: expect.stringContaining(says) });
    }
  });
});
