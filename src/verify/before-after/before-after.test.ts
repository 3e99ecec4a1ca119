import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { sandboxRefusal } from '../../platform/sandbox.ts';
import { BEFORE_AFTER_DEFAULTS, verifyBeforeAfter } from './index.ts';

// the first build compiles the standard library
vi.setConfig({ testTimeout: 400_000 });

const zoo = join(import.meta.dirname, '../../../go/zoo/patched/abandoned-sender');
const before = join(zoo, 'before');
const after = join(zoo, 'after');
const experiment = { ...BEFORE_AFTER_DEFAULTS, baselineRuns: 4, before };

function program(body: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gorca-program-'));
  writeFileSync(join(folder, 'go.mod'), 'module m\n\ngo 1.21\n');
  writeFileSync(join(folder, 'main.go'), `package main\n\nimport (\n\t"fmt"\n\t"net"\n\t"os"\n)\n\nfunc main() {\n${body}\n\t_, _, _ = fmt.Print, net.Dial, os.Exit\n}\n`);
  return folder;
}

// where programs cannot be sandboxed the tests would prove nothing: that has to be seen as a failure
test('programs can be sandboxed here', () => expect(sandboxRefusal()).toBeNull());

describe('before and after a change', () => {
  test('the leak stops: proved, with its statistics', async () => {
    const { proof, before: b, after: a } = await verifyBeforeAfter({ ...experiment, after: { folder: after } });
    expect(proof.outcome).toBe('proved');
    expect(proof.kind).toBe('active');
    expect(b.every((v) => v > 0)).toBe(true);
    expect(a.every((v) => v === 0)).toBe(true);
    expect(a.length).toBeGreaterThanOrEqual(Number(proof.statistics?.['clean runs needed']));
  });

  test('the patch says the same as the folder', async () => {
    const { proof } = await verifyBeforeAfter({ ...experiment, after: { patch: relative(process.cwd(), join(zoo, 'fix.patch')) } });
    expect(proof.outcome).toBe('proved');
  });

  test('the wrong way round nothing was reproduced: no proof', async () => {
    const { proof } = await verifyBeforeAfter({ ...experiment, before: after, after: { folder: before } });
    expect(proof.outcome).toBe('not-reproduced');
  });

  test('an unchanged program is no experiment', async () => {
    const { proof } = await verifyBeforeAfter({ ...experiment, after: { folder: before } });
    expect(proof).toMatchObject({ outcome: 'not-run', statistics: null });
  });
});

describe('the sandbox', () => {
  const run = async (body: string): Promise<string> => {
    const folder = program(body);
    try {
      return (await verifyBeforeAfter({ ...experiment, before: folder, after: { folder: after } })).proof.says;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  test('has no network', async () => {
    expect(await run('\tif _, err := net.Dial("tcp", "127.0.0.1:22"); err != nil {\n\t\tfmt.Fprintln(os.Stderr, "no way out:", err)\n\t\tos.Exit(3)\n\t}')).toMatch(
      /ended with exit code 3: no way out/,
    );
  });
  test('shows no files of the user', async () => {
    expect(await run('\tif _, err := os.ReadDir("/root"); err != nil {\n\t\tfmt.Fprintln(os.Stderr, "hidden")\n\t\tos.Exit(4)\n\t}')).toMatch(/exit code 4: hidden/);
  });
  test('caps output', async () => {
    expect(await run('\tfor {\n\t\tfmt.Println("again and again and again")\n\t}')).toMatch(/stopped by its output limit/);
  });
  test('a program that does not build is said', async () => {
    expect(await run('\tundefined()')).toMatch(/does not build/);
  });
});
