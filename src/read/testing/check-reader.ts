/**
 * The one check every reader passes with every file of its testdata:
 * detection by content, golden, short reads, cut at every length, integrity, input unchanged, same bytes twice, seeded mutations.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { type Artifact, decodeText, type Reader, type ReadResult, readSlice, SNIFF_BYTES } from '../../model/index.ts';
import { shortReads, testArtifact } from '../../model/testing/artifact.ts';
import { mutate } from './mutate.ts';

export { mutate };

export interface ReaderCheck<M> {
  readonly reader: Reader<M>;
  /** Path of the fixture. Files that end in .gz are opened first, as the collect stage does. */
  readonly file: string;
  /** What the golden file holds: a readable summary of the model. Typed arrays and bigints are written out. */
  readonly summary: (model: M) => unknown;
  /** Throws when an index is out of range or sums do not equal totals. */
  readonly integrity: (model: M, artifact: Artifact) => void;
  /** Default true: the model must not be null and sniff must say ≥ 0.5 (or mayHold for embedded readers). */
  readonly detects?: boolean;
  /** Default: beside the fixture, `<name>.golden.json`; null: no golden. */
  readonly golden?: string | null;
  readonly mutations?: number;
}

const ORIGIN_FIELDS = ['sha256', 'program', 'command', 'version', 'os'] as const;

/** Every fixture has provenance. */
export function checkOrigin(file: string): void {
  const folder = dirname(file);
  const originFile = join(folder, 'ORIGIN.json');
  expect(existsSync(originFile), `${originFile} is missing`).toBe(true);
  const origin = JSON.parse(readFileSync(originFile, 'utf8')) as Record<string, Record<string, string>>;
  const entry = origin[basename(file)];
  expect(entry, `${basename(file)} has no entry in ${originFile}`).toBeDefined();
  for (const field of ORIGIN_FIELDS) expect(entry?.[field], `${basename(file)}: ${field}`).toBeTruthy();
  expect(entry?.['sha256'], `${basename(file)} changed since it was recorded`).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'));
}

export function fixtureBytes(file: string): Uint8Array {
  const raw = readFileSync(file);
  return new Uint8Array(raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw);
}

export const fixtures = (folder: string, pattern: RegExp): string[] =>
  readdirSync(folder)
    .filter((f) => pattern.test(f) && f !== 'ORIGIN.json' && !f.endsWith('.golden.json'))
    .sort()
    .map((f) => join(folder, f));

export async function checkReader<M>(check: ReaderCheck<M>): Promise<void> {
  const { reader, file } = check;
  checkOrigin(file);
  const bytes = fixtureBytes(file);
  const before = createHash('sha256').update(bytes).digest('hex');
  const artifact = testArtifact(bytes);

  if (check.detects !== false) {
    if (reader.takes === 'whole') expect(reader.sniff(bytes.subarray(0, SNIFF_BYTES), bytes.length).confidence, 'sniff').toBeGreaterThanOrEqual(0.5);
    else expect(reader.mayHold?.(artifact) ?? true, 'mayHold').toBe(true);
  }

  const result = reader.read(artifact);
  checkProblems(result, artifact);
  if (check.detects !== false) expect(result.model, 'model').not.toBeNull();
  if (result.model !== null) check.integrity(result.model, artifact);
  const rendered = render(result.model === null ? null : check.summary(result.model), result);
  if (check.golden !== null) await expect(rendered).toMatchFileSnapshot(check.golden ?? `${file}.golden.json`);

  const again = reader.read(artifact);
  expect(render(again.model === null ? null : check.summary(again.model), again), 'same bytes twice').toBe(rendered);
  const short = reader.read(testArtifact(bytes, { source: shortReads(bytes, 7) }));
  expect(render(short.model === null ? null : check.summary(short.model), short), 'short reads').toBe(rendered);

  // cut: every length of a small file, sampled above
  const most = Math.min(bytes.length, 64 * 1024);
  // GORCA_EVERY_PREFIX=1 tries them all: minutes, so not on every run
  const step = process.env['GORCA_EVERY_PREFIX'] === '1' ? 1 : Math.max(1, Math.floor(most / 300));
  for (let n = 0; n < most; n += step) survives(check, bytes.subarray(0, n), `cut at ${n}`);

  let state = 0x9e3779b9;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < (check.mutations ?? 60); i++) survives(check, mutate(bytes.subarray(0, 256 * 1024), random), `mutation ${i}`);

  expect(createHash('sha256').update(bytes).digest('hex'), 'input unchanged').toBe(before);
}

function survives<M>(check: ReaderCheck<M>, bytes: Uint8Array, what: string): void {
  try {
    check.reader.sniff(bytes.subarray(0, SNIFF_BYTES), bytes.length);
    const artifact = testArtifact(bytes);
    const result = check.reader.read(artifact);
    checkProblems(result, artifact);
    if (result.model !== null) {
      check.integrity(result.model, artifact);
      check.summary(result.model);
    }
  } catch (error) {
    throw new Error(`${check.reader.id} did not survive ${what} of ${basename(check.file)}`, { cause: error });
  }
}

function checkProblems<M>(result: ReadResult<M>, artifact: Artifact): void {
  if (result.model === null) expect(result.problems.length, 'a null model needs a problem').toBeGreaterThan(0);
  for (const p of result.problems) {
    expect(p.code).toMatch(/^[a-z0-9-]+\/[a-z0-9-]+$/);
    expect(p.what.length).toBeGreaterThan(0);
    if (p.place !== null) {
      expect(p.place.offset).toBeGreaterThanOrEqual(0);
      expect(p.place.offset + p.place.length).toBeLessThanOrEqual(artifact.source.sizeBytes);
    }
  }
}

function render<M>(summary: unknown, result: ReadResult<M>): string {
  const problems = result.problems.map((p) => ({ code: p.code, severity: p.severity, what: p.what }));
  return `${JSON.stringify(
    { summary, problems },
    (_key, value: unknown) => {
      if (typeof value === 'bigint') return `${value}n`;
      if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as unknown as ArrayLike<number>);
      if (value instanceof Map) return Object.fromEntries(value);
      return value;
    },
    1,
  )}\n`;
}

/** Every span a model cites must show the text it claims: used by integrity checks. */
export function expectSpanText(artifact: Artifact, span: { offset: number; length: number }, text: string): void {
  expect(decodeText(readSlice(artifact.source, span.offset, span.length))).toContain(text);
}
