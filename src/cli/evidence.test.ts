import { expect, test } from 'vitest';
import { textArtifact } from '../model/testing/artifact.ts';
import { sampleReport } from '../report/testing/sample.ts';
import { evidenceText } from './evidence.ts';

const shown = (text: string, cited: string): string[] => {
  const artifact = textArtifact(text);
  const [place] = sampleReport.places;
  if (place === undefined) throw new Error('the sample has a place');
  const bytes = new TextEncoder().encode(cited);
  return evidenceText({ place: { ...place, artifact: artifact.id, offset: text.indexOf(cited), length: bytes.length, line: 1 }, artifact, bytes })
    .split('\n\n')
    .slice(1)
    .join('\n')
    .trimEnd()
    .split('\n');
};

test('what is cited can be found in a long line', () => {
  const lines = shown(`{"values":[${'[1795488541,"1"],'.repeat(200)}[1795488542,"2"],${'[1795488543,"3"],'.repeat(200)}]}`, '[1795488542,"2"]');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^ {2}1 {2}….{150}$/);
  expect(lines[1]).toBe('> 1  [1795488542,"2"]');
  expect(lines[2]).toMatch(/^ {2}1 {2},.{149}…$/);
});

test('a short line, and a long one that is cited as a whole, stand among their neighbours', () => {
  expect(shown('{"a": 1, "b": 2}\nnext', '"b": 2')).toEqual(['> 1  {"a": 1, "b": 2}', '  2  next']);
  const record = JSON.stringify({ msg: 'x'.repeat(900) });
  expect(shown(`${record}\nnext`, record)).toEqual([`> 1  ${record}`, '  2  next']);
});
