import { describe, expect, test } from 'vitest';
import type { Report } from '../../model/report.ts';
import { healthyReport, hostile, sampleReport } from '../testing/sample.ts';
import { renderMarkdown } from './index.ts';

describe('markdown', () => {
  test('the whole of it', async () => {
    await expect(renderMarkdown(sampleReport)).toMatchFileSnapshot('./testdata/report.md');
    expect(renderMarkdown(healthyReport)).toContain('## No incident');
  });

  test('text from inputs stays text', () => {
    const [incident] = sampleReport.incidents;
    const report = { ...sampleReport, incidents: [{ ...incident, title: hostile }], places: [] } as unknown as Report;
    const heading = renderMarkdown(report).split('\n')[0] as string;
    expect(heading).not.toMatch(/<img|@everyone|#1|\u001b|\u202e/);
    // nothing left that starts a link, code or a table cell
    expect(heading.replaceAll(/\\[\\`*_{}[\]|~$]/g, '')).not.toMatch(/[`[\]|*_]/);
  });

  test('an excerpt cannot close its own fence', () => {
    const report: Report = { ...sampleReport, places: [{ n: 1, artifact: 'a', file: 'a', offset: 0, length: 1, excerpt: 'before\n````\n<script>\n```' }] };
    const text = renderMarkdown(report);
    expect(text).toContain('`````text\nbefore\n````\n<script>\n```\n`````\n');
  });
});
