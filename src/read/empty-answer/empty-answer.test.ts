import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, fixtures } from '../testing/check-reader.ts';
import { emptyAnswer } from './index.ts';

const testdata = fileURLToPath(new URL('./testdata', import.meta.url));
const sniff = (text: string) => emptyAnswer.sniff(new TextEncoder().encode(text), text.length).confidence;

describe('fixtures', () => {
  it.each(fixtures(testdata, /\.txt$/))('%s', (file) =>
    checkReader({ reader: emptyAnswer, file, summary: (m) => m, integrity: (m) => expect(m.says.length).toBeLessThan(4097), mutations: 30 }),
  );
});

describe('answers', () => {
  it.each(['', ' \n\n', '[]', '{}\n', '{ }', 'null', '[\n]'])('%j holds nothing', (text) => {
    expect(sniff(text)).toBeGreaterThan(0.5);
    expect(emptyAnswer.read(textArtifact(text)).model?.why).toBe('empty');
  });
  it.each([
    '[1]',
    '{"items":[]}',
    'No resources found in the budget',
    '2026/11/24 Error from server (NotFound): pods "x" not found',
    'unable to retrieve container logs for x\nand more\n',
  ])('%j holds something', (text) => expect(sniff(text)).toBe(0));
});
