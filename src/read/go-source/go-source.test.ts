import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { textArtifact } from '../../model/testing/artifact.ts';
import { goGrammarBytes } from '../../platform/go-grammar.ts';
import { checkOrigin, checkReader, expectSpanText } from '../testing/check-reader.ts';
import { type GoFile, goSource, prepareGoSource } from './index.ts';

const testdata = (name: string): string => fileURLToPath(new URL(`./testdata/${name}`, import.meta.url));

describe('before the grammar is loaded', () => {
  test('a file is refused with a problem, not with an exception', () => {
    const result = goSource.read(textArtifact('package x\n'));
    expect(result.model).toBeNull();
    expect(result.problems.map((p) => p.code)).toEqual(['go-source/not-prepared']);
  });
});

describe('with the grammar', () => {
  beforeAll(async () => {
    const wasm = goGrammarBytes();
    expect(wasm).not.toBeNull();
    if (wasm !== null) await prepareGoSource(wasm);
  });

  const summary = (m: GoFile): unknown => ({
    package: m.package,
    imports: m.imports.map((i) => `${i.name} ${i.path}`),
    structs: m.structs.map((s) => `${s.name}: ${s.fields.map((f) => `${f.name} ${f.type}`).join('; ')}`),
    vars: m.vars.map((v) => `${v.constant ? 'const' : 'var'} ${v.name} ${v.value?.kind ?? '-'}`),
    functions: m.functions.map((f) => `${f.line}-${f.endLine} ${f.name}${f.used === null ? '' : ` (${f.used})`}${f.broken ? ' broken' : ''}`),
    wrappers: m.wrappers.map((w) => `${w.line} ${w.name}`),
    sites: m.sites.map(
      (s) =>
        `${s.line} ${m.functions[s.function]?.name} ${s.class} ${s.expression}${s.size === undefined ? '' : ` size ${s.size}`}${s.cases === undefined ? '' : ` {${s.cases.map((c) => `${c.class} ${c.channel}`).join('; ')}}`}${s.checked === undefined ? '' : s.checked ? ' checked' : ' unchecked'}${s.deferred === true ? ' deferred' : ''}`,
    ),
  });
  const integrity = (m: GoFile, artifact: Parameters<typeof expectSpanText>[0]): void => {
    const size = artifact.source.sizeBytes;
    for (const s of m.sites) {
      expect(m.functions[s.function]).toBeDefined();
      expect(s.offset + s.length).toBeLessThanOrEqual(size);
      expect(s.line).toBeGreaterThanOrEqual(1);
    }
    for (const f of m.functions) {
      expect(f.offset + f.length).toBeLessThanOrEqual(size);
      expect(f.endLine).toBeGreaterThanOrEqual(f.line);
      if (f.parent !== null) expect(m.functions[f.parent]).toBeDefined();
    }
  };

  for (const file of ['shapes.go', 'broken.go']) {
    test(`reads ${file}`, async () => {
      await checkReader({ reader: goSource, file: testdata(file), summary, integrity });
    });
  }

  test('spans are bytes, also after letters of several bytes', () => {
    const text = '\ufeff// späť 🙂\npackage x\n\nfunc späť(ch chan int) {\n\tch <- 1 // 🙂\n\tclose(ch)\n}\n';
    const artifact = textArtifact(text);
    const model = goSource.read(artifact).model as GoFile;
    expect(model.functions.map((f) => f.name)).toEqual(['späť']);
    expect(model.sites.map((s) => s.class)).toEqual(['send', 'close']);
    for (const s of model.sites) expectSpanText(artifact, s, s.class === 'send' ? 'ch <- 1' : 'close(ch)');
    expect(model.sites.map((s) => s.line)).toEqual([5, 6]);
  });

  test('names are those a real traceback of the same program shows', () => {
    checkOrigin(testdata('names.go'));
    checkOrigin(testdata('names.txt'));
    const model = goSource.read(textArtifact(readFileSync(testdata('names.go'), 'utf8'))).model as GoFile;
    const dump = readFileSync(testdata('names.txt'), 'utf8');
    // frame line, then "\tfile:line"
    const frames = [...dump.matchAll(/^(?:created by )?(main\.\S+?)(?:\([^()]*\)|(?:\(\.\.\.\)))?(?: in goroutine \d+)?\n\tnames\/names\.go:(\d+)/gm)];
    expect(frames.length).toBeGreaterThanOrEqual(60);
    const seen = new Set<string>();
    for (const [, symbol, line] of frames) {
      if (symbol === undefined) continue;
      // the body of a range-over-func loop is a function of its own in the binary: the source function around it
      const name = symbol.slice('main.'.length).replace(/-range\d+$/, '');
      const at = model.functions.filter((f) => f.line <= Number(line) && Number(line) <= f.endLine);
      const found = at.find((f) => name === f.name || name.endsWith(`.${f.name}`));
      expect(found?.name, `${symbol} at line ${line}: one of ${at.map((f) => f.name).join(', ')}`).toBeDefined();
      seen.add(found?.name ?? '');
    }
    for (const name of [
      '(*T).M.func1',
      '(*T).M.func1.1',
      '(*T).M.func1.2',
      '(*T).M.func3',
      '(*G[...]).run.func1',
      'init.0.func1',
      'init.1.func1',
      'init.func2.1',
      'gen[...].func1.1',
      'T.val',
    ])
      expect(seen).toContain(name);
  });

  test('refuses what only looks like Go, and says how far it came', () => {
    const sniff = (text: string): { confidence: number; why: string } => goSource.sniff(new TextEncoder().encode(text), text.length);
    expect(sniff('package com.example;\nimport java.util.List;\n').confidence).toBe(0);
    expect(sniff('package deliveries arrive late\n').confidence).toBe(0);
    expect(sniff('goroutine 1 [running]:\nmain.main()\n').confidence).toBe(0);
    expect(sniff('// licence\n\n/* more */ package x // ok\n\nimport "fmt"\n').confidence).toBeGreaterThan(0.9);
    expect(sniff('package rego.policy\n').confidence).toBe(0);
    expect(sniff('package authz\n\ndefault allow = false\n').confidence).toBeLessThan(0.5);
  });

  test('a NUL byte anywhere is refused, as the compiler does, with where it stands', () => {
    const result = goSource.read(textArtifact('package x\n\nvar s = "\0"\n'));
    expect(result.model).toBeNull();
    expect(result.problems.map((p) => [p.code, p.place?.offset])).toEqual([['go-source/not-text', 20]]);
    // the two characters that spell one in a literal are Go
    expect(goSource.read(textArtifact('package x\n\nvar s = "\\x00"\n')).problems).toEqual([]);
  });

  test('a file larger than any hand-written one is refused with its size', () => {
    const result = goSource.read(textArtifact(`package x\n// ${'x'.repeat(512 * 1024)}\n`));
    expect(result.problems.map((p) => p.code)).toEqual(['go-source/too-large']);
  });

  test('deep nesting ends in a broken function, not in an exhausted stack', () => {
    const result = goSource.read(textArtifact(`package x\nfunc f() { x := ${'('.repeat(20_000)}1${')'.repeat(20_000)} }\n`));
    expect(result.model?.functions[0]?.broken ?? true).toBe(true);
  });
});
