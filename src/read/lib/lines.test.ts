import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, memorySource } from '../../model/index.ts';
import { shortReads } from '../../model/testing/artifact.ts';
import { holdsEscapedStack, quotedTexts, spansOfLines } from './escaped-text.ts';
import { logicalLines, wrappersOf } from './lines.ts';
import { LINE_CAP } from './raw-lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Seen {
  text: string;
  raw: string;
  verbatim: string | null;
  time: string | null;
  stream: string | null;
  writer: string | null;
  decoders: readonly string[];
}

function seen(text: string): Seen[] {
  const all = bytes(text);
  const collect = (source = memorySource(all) as ReturnType<typeof shortReads>): Seen[] =>
    [...logicalLines(source)].length === 0
      ? []
      : Array.from(
          (function* () {
            for (const l of logicalLines(source))
              yield {
                text: decodeText(l.text),
                raw: decodeText(all.subarray(l.span.offset, l.span.offset + l.span.length)),
                verbatim: l.textOffset < 0 ? null : decodeText(all.subarray(l.textOffset, l.textOffset + l.text.length)),
                time: l.time,
                stream: l.stream,
                writer: l.writer,
                decoders: l.decoders,
              };
          })(),
        );
  const whole = collect();
  expect(collect(shortReads(all, 3))).toEqual(whole);
  for (const l of whole) if (l.verbatim !== null) expect(l.verbatim).toBe(l.text);
  return whole;
}

describe('logicalLines', () => {
  it('hands out plain lines with their raw span, CRLF and a missing last line end included', () => {
    const lines = seen('a\r\n\r\nb\nlast');
    expect(lines.map((l) => l.text)).toEqual(['a', '', 'b', 'last']);
    expect(lines.map((l) => l.raw)).toEqual(['a', '', 'b', 'last']);
  });

  it('unwraps docker json-file and joins its 16 KiB fragments per stream', () => {
    const lines = seen(
      [
        '{"log":"{\\"msg\\":\\"a\\\\nb\\"}\\n","stream":"stdout","time":"2026-11-22T19:09:01.1Z"}',
        '{"log":"panic: first ","stream":"stderr","time":"2026-11-22T19:09:01.2Z"}',
        '{"log":"other\\n","stream":"stdout","time":"2026-11-22T19:09:01.3Z"}',
        '{"log":"half\\n","stream":"stderr","attrs":{"tag":"x"},"time":"2026-11-22T19:09:01.4Z"}',
        '{"log":"\\u003cnil\\u003e\\r\\n","stream":"stderr","time":"2026-11-22T19:09:01.5Z"}',
        '{"log":"ends in a backslash \\\\\\n","stream":"stderr","time":"2026-11-22T19:09:01.6Z"}',
      ].join('\n'),
    );
    expect(lines.map((l) => l.text)).toEqual(['{"msg":"a\\nb"}', 'other', 'panic: first half', '<nil>', 'ends in a backslash \\']);
    expect(lines[2]?.time).toBe('2026-11-22T19:09:01.2Z');
    expect(lines[2]?.raw).toBe('{"log":"panic: first ","stream":"stderr","time":"2026-11-22T19:09:01.2Z"}');
    expect(lines.map((l) => l.stream)).toEqual(['stdout', 'stdout', 'stderr', 'stderr', 'stderr']);
    expect(lines[1]?.decoders).toEqual(['docker']);
  });

  it('unwraps CRI and joins P fragments per stream', () => {
    const lines = seen(
      [
        '2016-10-06T00:17:09.669794202Z stdout P part of ',
        '2016-10-06T00:17:09.669794203Z stderr F goroutine 1 [running]:',
        '2016-10-06T00:17:10.669794202+02:00 stdout F a line',
        '2016-10-06T00:17:10.669794202Z stderr F ',
        '2016-10-06T00:17:10.669794202Z stderr P never ended',
        '',
      ].join('\n'),
    );
    expect(lines.map((l) => l.text)).toEqual(['goroutine 1 [running]:', 'part of a line', '', 'never ended']);
    expect(lines.map((l) => l.stream)).toEqual(['stderr', 'stdout', 'stderr', 'stderr']);
  });

  it('takes off kubectl --timestamps and --prefix, compose and journal prefixes', () => {
    expect(seen('[pod/orders-7d9/orders] 2026-11-22T19:09:01.446123456Z panic: boom\n[pod/orders-7d9/orders] 2026-11-22T19:09:01.446123457Z \n')).toMatchObject([
      { text: 'panic: boom', writer: 'pod/orders-7d9/orders', time: '2026-11-22T19:09:01.446123456Z' },
      { text: '', writer: 'pod/orders-7d9/orders' },
    ]);
    expect(
      seen('2026-11-22T19:09:01.446123456Z panic: boom\n2026-11-22T19:09:01.44612Z \n2026-11-22T19:09:01.446123499Z x\n2026-11-22T19:09:01.446123499Z y\n').map((l) => l.text),
    ).toEqual(['panic: boom', '', 'x', 'y']);
    expect(seen('orders-1     | panic: boom\ninventory-1  | \tx.go:1\n')).toMatchObject([
      { text: 'panic: boom', writer: 'orders-1' },
      { text: '\tx.go:1', writer: 'inventory-1' },
    ]);
    expect(seen('Nov  2 19:09:01 host orders[812]: panic: boom\nNov  2 19:09:01 host systemd[1]: orders.service: Main process exited\n')).toMatchObject([
      { text: 'panic: boom', writer: 'orders[812]', time: 'Nov  2 19:09:01' },
      { text: 'orders.service: Main process exited', writer: 'systemd[1]' },
    ]);
  });

  it("leaves a program's own time stamps alone", () => {
    const own = '2026-11-22T19:09:01.447Z [ERROR] f.go:74: app.sub: oh no\n2026-11-22T19:09:02.117Z [INFO]  f.go:75: app.sub: ok\n';
    expect(wrappersOf(bytes(own))).toEqual([]);
    expect(wrappersOf(bytes('2026/11/22 19:09:01 INFO a\n2026/11/22 19:09:01 INFO b\n'))).toEqual([]);
    // one stamped line among many is no wrapper
    expect(wrappersOf(bytes(`2026-11-22T19:09:01.446123456Z x\n${'plain\n'.repeat(20)}`))).toEqual([]);
  });

  it('gives back what was wrapped, however it was fragmented', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).map((t) => t.replace(/[\r\n]/g, '␤'));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.nat(5)), { minLength: 1, maxLength: 20 }), fc.boolean(), (lines, docker) => {
        let file = '';
        for (const [line, size] of lines) {
          const chars = [...line];
          const pieces = size === 0 ? [line] : (chars.join('').match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? ['']);
          pieces.forEach((piece, i) => {
            const last = i === pieces.length - 1;
            file += docker
              ? `${JSON.stringify({ log: last ? `${piece}\n` : piece, stream: 'stderr', time: '2026-11-22T19:09:01.446123456Z' })}\n`
              : `2026-11-22T19:09:01.446123456Z stderr ${last ? 'F' : 'P'} ${piece}\n`;
          });
        }
        const got = seen(file).map((l) => l.text);
        expect(got).toEqual(lines.map(([l]) => decodeText(bytes(l))));
      }),
      { numRuns: 60 },
    );
  });

  it('cuts a line of many megabytes and goes on behind it', () => {
    const all = new Uint8Array(3 * 1024 * 1024 + 6).fill(0x78);
    all.set(bytes('\nlast\n'), all.length - 6);
    for (const source of [memorySource(all), shortReads(all, 1), { sizeBytes: all.length, readInto: memorySource(all).readInto }]) {
      const lines = [...logicalLines(source)].map((l) => l);
      expect(lines.length).toBe(2);
      const sizes: [number, number, boolean][] = [];
      for (const l of logicalLines(source)) sizes.push([l.text.length, l.span.length, l.cut]);
      expect(sizes).toEqual([
        [LINE_CAP, 3 * 1024 * 1024, true],
        [4, 4, false],
      ]);
    }
  });
});

describe('quotedTexts', () => {
  it('finds multi-line strings of JSON and logfmt lines with their keys and offsets', () => {
    const line = bytes('{"level":"error","msg":"x \\"quoted\\"","stack":"goroutine 7 [running]:\\nmain.f()\\n\\t/a.go:1","n":3}');
    expect(holdsEscapedStack(line)).toBe(true);
    const [only] = quotedTexts(line, true);
    expect(only?.key).toBe('stack');
    expect(decodeText(only?.text ?? bytes(''))).toBe('goroutine 7 [running]:\nmain.f()\n\t/a.go:1');
    expect(decodeText(line.subarray(only?.offset, (only?.offset ?? 0) + 11))).toBe('goroutine 7');
    expect(quotedTexts(bytes('time=2026 level=ERROR msg="panic: a\\n\\tb" n=1'), true).map((q) => [q.key, decodeText(q.text)])).toEqual([['msg', 'panic: a\n\tb']]);
    expect(quotedTexts(bytes('{"a":"b\\nc'), true)).toMatchObject([{ key: 'a', cut: true }]);
  });

  it('unescapes what JSON.stringify and Go write', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const [found] = quotedTexts(bytes(`{"k":${JSON.stringify(text)}}`));
        expect(decodeText(found?.text ?? bytes(''))).toBe(decodeText(bytes(text)));
      }),
    );
    expect(decodeText(quotedTexts(bytes('msg="\\x1b[31m\\a\\U0001F600\\ud83d\\ude00"'))[0]?.text ?? bytes(''))).toBe('\x1b[31m\x07😀😀');
  });

  it('splits text into lines', () => {
    const t = bytes('a\r\n\nb');
    expect([...spansOfLines(t)].map((s) => decodeText(t.subarray(s.start, s.end)))).toEqual(['a', '', 'b']);
  });
});
