import { describe, expect, test } from 'vitest';
import { columnsOf } from '../lib/safe-text.ts';
import { healthyReport, hostile, sampleReport } from '../testing/sample.ts';
import { renderProblems, renderTerminal } from './index.ts';

describe('terminal', () => {
  test('the whole of it', async () => {
    await expect(renderTerminal(sampleReport)).toMatchFileSnapshot('./testdata/report.80.txt');
    await expect(renderTerminal(healthyReport)).toMatchFileSnapshot('./testdata/no-incident.80.txt');
    await expect(renderProblems(sampleReport)).toMatchFileSnapshot('./testdata/problems.80.txt');
  });

  test.each([60, 80, 100, 131])('no line is longer than %i columns', (columns) => {
    for (const text of [renderTerminal(sampleReport, { columns }), renderTerminal(healthyReport, { columns }), renderProblems(sampleReport, { columns })]) {
      for (const line of text.split('\n')) expect(columnsOf(line), line).toBeLessThanOrEqual(columns);
    }
  });

  test('colour changes nothing but colour', () => {
    const coloured = renderTerminal(sampleReport, { colour: true });
    expect(coloured).toContain('\u001b[');
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderTerminal(sampleReport));
    expect(renderTerminal(sampleReport)).not.toContain('\u001b');
  });

  test('verdicts differ by word and glyph, in ASCII too', () => {
    expect(renderTerminal(sampleReport)).toContain('◐ supported · defect');
    expect(renderTerminal(sampleReport, { ascii: true })).toContain('* supported');
  });

  test('a list cut short says how much is left out', () => {
    expect(renderTerminal(sampleReport)).toContain('and 2 more gaps');
  });

  test('without a cause it says so, shows the symptoms and where the search stopped', () => {
    const [incident] = sampleReport.incidents;
    if (incident === undefined) throw new Error('the sample has an incident');
    const open = {
      ...sampleReport,
      outcome: 'unproven' as const,
      causes: [],
      incidents: [
        {
          ...incident,
          causes: [],
          frontiers: [{ condition: 'container/oom-killed', entity: 'container:a/b/c', reached: 'c was OOM-killed', next: 'kubectl get pod b -o yaml', places: [2] }],
        },
      ],
    };
    const text = renderTerminal(open);
    expect(text).toContain('none could be proven');
    expect(text).toContain('KubePodCrashLooping is firing');
    expect(text).toMatch(/OPEN +c was OOM-killed +\[2\]\n +next: kubectl get pod b -o yaml/);
  });

  test('nothing from an input acts on the terminal', () => {
    const text = JSON.parse(
      JSON.stringify(sampleReport).replaceAll('orders is killed', JSON.stringify(hostile).slice(1, -1)).replaceAll('ends early', JSON.stringify(hostile).slice(1, -1)),
    ) as typeof sampleReport;
    for (const out of [renderTerminal(text), renderProblems(text)]) {
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
      expect(out).toContain('\\x1b[2J');
      expect(out).toContain('\\u{202e}');
    }
  });
});
