import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mechanisms } from '../diagnose/mechanisms/index.ts';
import { decodeText, readSlice } from '../model/bytes.ts';
import type { Report } from '../model/report.ts';
import { columnsOf } from '../report/lib/safe-text.ts';
import { runCli } from './app.ts';
import { wantsAscii, wantsColour } from './console.ts';
import { explain, explainable } from './explain.ts';
import { readHints } from './hints.ts';
import { progressOn } from './progress.ts';
import { COMMANDS } from './records.ts';
import { said, saidBy } from './testing/said.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function gorca(...argv: string[]): Promise<Ran> {
  const { exit: code, out, err } = await said(...argv);
  return { code, out, err };
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gorca-cli-'));
  mkdirSync(join(folder, 'in'));
  writeFileSync(
    join(folder, 'in', 'panic.txt'),
    'panic: open /home/alice/app/settings.json: no such file or directory\n\ngoroutine 1 [running]:\nmain.main()\n\t/home/alice/app/main.go:7 +0x2a\nexit status 2\n',
  );
  writeFileSync(
    join(folder, 'in', 'noise.bin'),
    new Uint8Array(300).map((_, i) => (i * 7919) & 0xff),
  );
  mkdirSync(join(folder, 'none'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('wrong usage ends with 2 and says what to type', () => {
  test.each([
    [['investigate', '--fial-on', 'x'], 'did you mean --fail-on?'],
    [['investigate', '--why-nott', 'x'], 'did you mean --why-not?'],
    [['investigat', '.'], 'did you mean investigate?'],
    [['xyz'], 'there are investigate, demo, collect, prove, logs, '],
    [['.'], 'gorca investigate . reads it'],
    [['--vers'], 'a command comes first'],
    [['demo', '--at', '14:02'], 'gorca demo has no flag --at; gorca investigate has'],
    [['investigate', '--at', '14:02', '.'], 'the day is missing; "2026-11-24 14:02"'],
    [['investigate', '--json', '--markdown', '.'], 'give one of them'],
    [['demo', '--why-not', 'go/abandonned'], 'did you mean go/abandoned-sender?'],
    [['investigate'], 'name at least one input'],
    [['investigate', '--evidence', '0', '.'], 'a whole number from 1 on'],
    [['investigate', '--fail-on', 'maybe', '.'], 'confirmed, supported, associated, unproven'],
    [['investigate', '--at', 'yesterday', '.'], 'it is no time'],
    [['investigate', '--since', '2026-01-02', '--until', '2026-01-01', '.'], '--since is after --until'],
    [['investigate', '--baseline', '2026-01-02', '.'], 'two times with a slash'],
    [['investigate', '--same', 'a=b', '.'], 'names no entity'],
    [['investigate', '--explain', 'alert/firng'], 'did you mean alert/firing'],
    [['demo', 'x'], 'too many arguments'],
    [['help', 'foo'], 'no help on "foo"'],
    [['completion', 'tcsh'], 'bash, zsh, fish, powershell'],
  ])('%j', async (argv, says) => {
    const { code, out, err } = await gorca(...argv);
    expect(err).toContain(says);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

describe('help', () => {
  test.each([[], ['--help'], ['investigate', '--help'], ['demo', '-h'], ['help', 'exit-codes'], ['help'], ['help', 'completion']])('%s', async (...argv) => {
    const { code, out } = await gorca(...argv);
    expect(code).toBe(0);
    for (const line of out.split('\n')) expect(columnsOf(line), line).toBeLessThanOrEqual(80);
  });

  test('names every command and every flag', async () => {
    const { out } = await gorca();
    for (const c of COMMANDS) {
      const [noun, verb] = c.name.split(' ');
      const row = out.split(/\n(?= {2}\S)/).find((r) => r.trimStart().startsWith(`${noun} `));
      expect(row?.replace(/\s+/g, ' ')).toMatch(verb === undefined ? /\S/ : new RegExp(`\\b${verb}\\b`));
      const help = (await gorca(...c.name.split(' '), '--help')).out;
      for (const f of c.flags) if (f.hidden !== true) expect(help).toContain(`--${f.name}`);
    }
  });
});

describe('investigate', () => {
  test('prints a report, and on the other stream what no reader takes', async () => {
    const { code, out, err } = await gorca('investigate', join(folder, 'in'));
    expect(code).toBe(0);
    expect(out).toContain('READ    1 of 2 files');
    expect(err).toMatch(/UNKNOWN noise\.bin: no reader takes it; .* to byte \d+/s);
    expect(out).not.toContain('\u001b');
  });

  test('--json, --markdown, --redact', async () => {
    const { out } = await gorca('investigate', '--json', join(folder, 'in'));
    const report = JSON.parse(out) as Report;
    expect(report.inputs.map((i) => i.artifact)).toEqual(['noise.bin', 'panic.txt']);
    expect(out).toContain('/home/alice');
    const redacted = (await gorca('investigate', '--json', '--redact', join(folder, 'in'))).out;
    expect(redacted).not.toContain('alice');
    expect(redacted).toContain('/home/<user-1>/app/settings.json');
    expect((await gorca('investigate', '--markdown', join(folder, 'in'))).out).toMatch(/^## /);
  });

  test('--evidence: the raw bytes, their surroundings, and every byte as JSON', async () => {
    const report = JSON.parse((await gorca('investigate', '--json', join(folder, 'in'))).out) as Report;
    const [place] = report.places;
    expect(place).toBeDefined();
    const { out } = await gorca('investigate', '--evidence', '1', join(folder, 'in'));
    expect(out).toContain(`[1] panic.txt:${place?.line}`);
    expect(out).toMatch(/^> /m);
    const json = JSON.parse((await gorca('investigate', '--evidence', '1', '--json', join(folder, 'in'))).out) as { text: string; offset: number; length: number };
    expect(json.text).toBe(
      readFileSync(join(folder, 'in', 'panic.txt'))
        .subarray(json.offset, json.offset + json.length)
        .toString('utf8'),
    );
    const none = await gorca('investigate', '--evidence', '999', join(folder, 'in'));
    expect(none.code).toBe(2);
    expect(none.err).toContain('there is no place [999]');
  });

  test('--why-not', async () => {
    const id = mechanisms[0]?.id as string;
    const { code, out } = await gorca('investigate', '--why-not', id, join(folder, 'in'));
    expect(code).toBe(0);
    expect(out.startsWith(`${id}\n`)).toBe(true);
    const unknown = await gorca('investigate', '--why-not', 'abandoned-sender', join(folder, 'in'));
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('did you mean go/abandoned-sender');
  });

  test('hints are kept as said', async () => {
    const flags = ['--scope', 'orders', '--scope', 'gateway', '--at', '2026-11-24 14:02', '--same', 'service:a=pod:n/b', '--baseline', '2026-11-24T13:00Z/2026-11-24T14:00Z'];
    const report = JSON.parse((await gorca('investigate', '--json', ...flags, join(folder, 'in'))).out) as Report;
    expect(report.hints).toEqual([
      { flag: '--scope', value: 'orders' },
      { flag: '--scope', value: 'gateway' },
      { flag: '--at', value: '2026-11-24 14:02' },
      { flag: '--baseline', value: '2026-11-24T13:00Z/2026-11-24T14:00Z' },
      { flag: '--same', value: 'service:a=pod:n/b' },
    ]);
  });

  test('what was said can be opened like any other place', async () => {
    const both = 'service:gateway=service:edge';
    const { aliases, statements } = readHints({ same: ['service:a=pod:n/b', both] });
    const [artifact] = statements;
    const place = aliases[1]?.places[0];
    if (artifact === undefined || place === undefined) throw new Error('nothing was said');
    expect(decodeText(readSlice(artifact.source, place.offset, place.length))).toBe(`--same ${both}`);
    expect(place.artifact).toBe(artifact.id);
    expect(readHints({}).statements).toEqual([]);
  });

  test('how it ends', async () => {
    const report = JSON.parse((await gorca('investigate', '--json', join(folder, 'in'))).out) as Report;
    expect(report.incidents.length).toBeGreaterThan(0);
    const first = report.causes[0]?.verdict ?? 'unproven';
    expect((await gorca('investigate', '--fail-on', first, join(folder, 'in'))).code).toBe(1);
    if (first !== 'confirmed') expect((await gorca('investigate', '--fail-on', 'confirmed', join(folder, 'in'))).code).toBe(0);
    for (const nothing of [join(folder, 'none'), join(folder, 'nowhere'), join(folder, 'in', 'noise.bin')]) {
      const { code, out, err } = await gorca('investigate', nothing);
      expect(code, nothing).toBe(3);
      expect(err.length).toBeGreaterThan(10);
      expect(out).toContain('nothing could be read');
    }
  });
});

describe('explain', () => {
  test('everything that has an id is explained, from its own record', async () => {
    const all = explainable();
    expect(all.length).toBeGreaterThan(50);
    for (const id of all) expect(explain(id)[0], id).toContain(id);
    const { code, out } = await gorca('investigate', '--explain', 'alert/firing');
    expect(code).toBe(0);
    expect(out.replaceAll('\n', ' ')).toContain('startsAt is not the onset');
  });
});

describe('terminal', () => {
  const console = { out: () => {}, err: () => {}, outIsTerminal: true, errIsTerminal: true, columns: 80, env: {} };

  test('colour: flag before NO_COLOR before FORCE_COLOR before the terminal', () => {
    expect(wantsColour(console, undefined)).toBe(true);
    expect(wantsColour({ ...console, outIsTerminal: false }, undefined)).toBe(false);
    expect(wantsColour({ ...console, env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, undefined)).toBe(false);
    expect(wantsColour({ ...console, env: { NO_COLOR: '' } }, undefined)).toBe(true);
    expect(wantsColour({ ...console, outIsTerminal: false, env: { FORCE_COLOR: '1' } }, undefined)).toBe(true);
    expect(wantsColour({ ...console, env: { NO_COLOR: '1' } }, true)).toBe(true);
    expect(wantsColour({ ...console, env: { TERM: 'dumb' } }, undefined)).toBe(false);
  });

  test('ASCII where the locale says so', () => {
    expect(wantsAscii({ ...console, env: { LANG: 'C' } })).toBe(true);
    expect(wantsAscii({ ...console, env: { LC_ALL: 'C.UTF-8', LANG: 'C' } })).toBe(false);
    expect(wantsAscii({ ...console, outIsTerminal: false, env: { LANG: 'C' } })).toBe(false);
  });

  test('progress is shown for long inputs on a terminal only, and is wiped', () => {
    const show = (errIsTerminal: boolean, known: number): string => {
      let err = '';
      let now = 0;
      const progress = progressOn(
        {
          ...console,
          errIsTerminal,
          err: (t) => {
            err += t;
          },
        },
        () => (now += 1000),
      );
      progress.onBytes(2 ** 20, known);
      progress.says('investigating …');
      progress.end();
      return err;
    };
    expect(show(true, 2 ** 30)).toMatch(/reading 1 of 1024 MiB.*investigating.*\r\u001b\[K$/s);
    expect(show(true, 2 ** 20)).toBe('');
    expect(show(false, 2 ** 30)).toBe('');
  });
});

describe('log formats of the user', () => {
  const format = {
    id: 'acme-orders',
    title: 'acme',
    shape: 'text',
    layouts: ['{time:2006-01-02 15:04:05.000} [{level}] {logger}: {message} {pairs}'],
    samples: [{ text: '2026-11-27 00:10:04.250 [ERROR] db: reserve failed trace_id=4bf92f35', level: 'error', time: '2026-11-27T00:10:04.25Z', message: 'reserve failed' }],
  };

  test('a log that only they know is read, and the report says with which', async () => {
    const log = join(folder, 'acme.log');
    const file = join(folder, 'acme.json');
    writeFileSync(log, `${format.samples[0]!.text}\n`.repeat(3));
    writeFileSync(file, JSON.stringify(format));
    expect((await gorca('logs', 'trace', '4bf92f35', log)).code).toBe(3);
    const found = await gorca('logs', 'trace', '4bf92f35', log, '--format-file', file, '--json');
    expect(found.code).toBe(0);
    expect(found.out).toContain('reserve failed');
    const hits = await gorca('logs', 'grep', 'level=error trace_id=4bf92f35', log, '--format-file', file, '-c');
    expect([hits.code, hits.out]).toEqual([0, '3\n']);
    const report = JSON.parse((await gorca('investigate', log, '--format-file', file, '--json')).out) as Report;
    expect(report.hints).toContainEqual({ flag: 'format-file', value: file });
    expect(report.inputs[0]?.readers).toEqual(['logs']);
  });

  test('one that does not hold ends with 2 and says how far it got', async () => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, JSON.stringify({ ...format, samples: [{ ...format.samples[0]!, text: '2026-11-27 00:10:04.250 (ERROR) db: x' }] }));
    const { code, err } = await gorca('investigate', folder, '--format-file', file);
    expect(code).toBe(2);
    expect(err).toContain('                        ^ matched up to here');
    expect((await gorca('investigate', folder, '--format-file', join(folder, 'none.json'))).err).toContain('could not be read (ENOENT)');
  });

  test('those in the configuration folder are used; a faulty one is said and left out', async () => {
    const config = join(folder, 'config', 'gorca', 'log-formats');
    mkdirSync(config, { recursive: true });
    writeFileSync(join(config, 'a.json'), JSON.stringify(format));
    writeFileSync(join(config, 'b.json'), '{}');
    const { exit, out, err } = await saidBy((console) => runCli(['logs', 'trace', '4bf92f35', join(folder, 'acme.log')], console), { XDG_CONFIG_HOME: join(folder, 'config') });
    expect([exit, err.includes('b.json'), out.includes('reserve failed')]).toEqual([0, true, true]);
  });
});
