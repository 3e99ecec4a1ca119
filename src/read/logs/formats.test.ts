import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixtures } from '../testing/check-reader.ts';
import type { LogFormat, TextFormat } from './format.ts';
import { formatSet } from './format-set.ts';
import { logFormats } from './formats/index.ts';
import { compileLayout } from './layout.ts';
import { type FormatFault, faultText, proveFormats } from './prove-formats.ts';

const folderOf = (f: LogFormat): string => join(import.meta.dirname, 'formats', f.id, 'testdata');

describe('built-in formats', () => {
  it('prove themselves', () => expect(proveFormats(logFormats).map(faultText)).toEqual([]));

  it.each(logFormats.map((f) => [f.id, f] as const))('%s: its samples are lines that its logger wrote', (_id, format) => {
    const texts = fixtures(folderOf(format), /\.log$/).map((f) => readFileSync(f, 'utf8'));
    expect(texts.length).toBeGreaterThan(0);
    for (const sample of format.samples)
      expect(
        texts.some((text) => text.includes(sample.text)),
        sample.text.slice(0, 80),
      ).toBe(true);
  });
});

const std = logFormats.find((f) => f.id === 'std-log') as TextFormat;
const klog = logFormats.find((f) => f.id === 'klog') as TextFormat;
const zap = logFormats.find((f) => f.id === 'zap-json')!;
const proven = (...own: LogFormat[]): FormatFault[] => proveFormats(own, formatSet(own));
const what = (...own: LogFormat[]): string[] => proven(...own).map((f) => f.what);
const klogOnly = (change: Partial<TextFormat>): TextFormat => ({ ...klog, id: 'mine', own: true, ...change });

describe('a definition that does not hold', () => {
  it('no sample', () => expect(what({ ...std, own: true, samples: [] })).toEqual(['no sample proves it']));
  it('an id used twice', () => expect(what(klogOnly({}), klogOnly({}))).toContain('the id is used twice'));
  it('a layout that no sample needs', () => {
    const [fault] = proven(klogOnly({ layouts: [...klog.layouts, '{time:rfc3339} {message}'] }));
    expect(fault).toMatchObject({ what: 'no sample needs this layout', text: '{time:rfc3339} {message}' });
  });
  it('a sample that no layout takes: up to where the best one got', () => {
    const line = 'E1124 02:31:28.304362    8676 klog.go:48] reserve failed';
    const [fault] = proven(
      klogOnly({
        layouts: ['{level}{time:0102 15:04:05.000000}{sp}{number:pid} [{caller}] {message}'],
        samples: [{ text: line, level: 'error', time: null, message: '', fields: {} }],
      }),
    );
    expect(faultText(fault!)).toBe(
      [
        'mine: sample 1 is matched by no layout',
        ' | E1124 02:31:28.304362    8676 klog.go:48] reserve failed',
        ' |                               ^ matched up to here',
        ' = {level}{time:0102 15:04:05.000000}{sp}{number:pid} [{caller}] {message} expects "[" there',
      ].join('\n'),
    );
  });
  it('a wrong level, time, message or field says where it stands', () => {
    const sample = { ...klog.samples[0]!, level: 'info' as const, time: '2026-11-24T00:00:00Z', message: 'other', fields: { err: 'x', gone: '' } };
    const faults = proven(klogOnly({ samples: [sample] }));
    expect(faults.map((f) => f.what)).toEqual([
      'sample 1: level error instead of info',
      'sample 1: time null instead of 2026-11-24T00:00:00Z',
      'sample 1: message "Reserve failed" instead of "other"',
      expect.stringMatching(/^sample 1: err is "reserve: .* instead of "x"$/),
      'sample 1: gone is undefined instead of ""',
    ]);
    expect(faults.map((f) => f.at)).toEqual([0, 1, 43, null, null]);
  });
  it('a sample of two records', () => {
    const text = `${klog.samples[0]!.text}\n${klog.samples[0]!.text}`;
    expect(proven(klogOnly({ samples: [{ ...klog.samples[0]!, text }] }))[0]).toMatchObject({ what: 'sample 1 is read as 2 records', at: klog.samples[0]!.text.length });
  });
  it('two formats of the user that take one line, in both shapes', () => {
    expect(what(klogOnly({ samples: [klog.samples[0]!] }), klogOnly({ id: 'other', samples: [klog.samples[0]!] }))).toEqual([
      'sample 1 is also taken by other',
      'sample 1 is also taken by mine',
    ]);
    const keyed = { ...zap, id: 'a', own: true as const, samples: [zap.samples[0]!] };
    expect(what(keyed, { ...keyed, id: 'b' })).toEqual(['sample 1 is also taken by b', 'sample 1 is also taken by a']);
  });
  it('two built-in ones likewise; a user may narrow a built-in one', () => {
    const copy = { ...zap, id: 'copy' };
    expect(what(copy)[0]).toBe('sample 1 is also taken by zap-json');
    expect(what({ ...copy, own: true })).toEqual([]);
  });
  it('keys that are missing, not as stated, or in another order', () => {
    const of = (text: string): FormatFault[] => proven({ ...zap, id: 'mine', own: true, samples: [{ text, level: 'info', time: null, message: 'm', fields: {} }] } as LogFormat);
    expect(of('{"ts":1795487488,"message":"m"}')[0]?.what).toBe('sample 1: ts does not stand before msg');
    expect(of('{"message":"m"}').map((f) => f.what)).toEqual(['sample 1 has no key ts', 'sample 1 has no key msg']);
    expect(of('{"ts":17,"msg":"m",}')[0]).toMatchObject({ what: 'sample 1 is no JSON object of its own', at: 19 });
  });
});

describe('layouts', () => {
  it.each([
    ['{message}', 'a layout that holds neither'],
    ['{time:rfc3339} {foo} {message}', '{foo} is no part of a layout'],
    ['{time:yesterday} {message}', '"yesterday" is neither'],
    ['{time:15:04} {time:15:04} {message}', 'a second {time:…}'],
    ['{time:2006-15:04} {message}', 'names a date only in part'],
    ['{level} {level} {message}', 'a second {level}'],
    ['{time:epoch} {word:a}{logger} {message}', 'touch'],
    ['{time:epoch} {?{word:a}}{message}', 'at the end of an option'],
    ['{time:epoch} {?a{?b}}{message}', 'an option inside an option'],
    ['{time:epoch', 'a layout ends in'],
    ['{time:epoch} {word} {message}', 'names no field'],
    ['{time:epoch} {rest:nobody}', '"nobody" is no habit'],
    ['{time:epoch {message}', 'a { without its }'],
  ])('%s is refused', (source, fault) => {
    const made = compileLayout(source);
    expect('fault' in made ? made.fault : 'taken').toContain(fault);
  });

  it('no text makes matching slow: every open part ends at a character it cannot hold', () => {
    const made = compileLayout('{time:rfc3339} {?[{text:a}] }{word:b} {logger}: {text:c}={text:d}, {message}');
    if ('fault' in made) throw new Error(made.fault);
    let steps = 0;
    for (const filler of ['[', ' ', 'a', ':', '=', '] ', 'a: ', '=a, ', 'a=']) {
      const line = `2026-11-24T02:31:28Z ${filler.repeat(512)}`.slice(0, 512);
      made.expression.exec(line);
      steps += made.reach(line).at;
    }
    expect(steps).toBeGreaterThan(0);
  });
});
