import { describe, expect, it } from 'vitest';
import { columnsOf } from '../report/lib/safe-text.ts';
import { planPage } from './plan-page.ts';

const LINES = [
  { what: null, says: '127.0.0.1:6060: orders, 1200 goroutines; takes about 31 s' },
  { what: 'goroutine dumps, debug=2, 3 times 10 s apart', says: 'stops the world until all stacks are written: about 24 ms for 1200 goroutines each time' },
  { what: 'metrics, before and after', says: 'a scrape, as Prometheus does it' },
  { what: null, says: `profiles of the program's own are left alone: ${Array.from({ length: 12 }, (_, i) => `own-profile-${i}`).join(', ')}` },
];

describe('a plan', () => {
  it('stays within the page, and loses no word', () => {
    for (const columns of [60, 72, 80, 100, 200]) {
      const page = planPage(LINES, columns);
      expect(Math.max(...page.map(columnsOf))).toBeLessThanOrEqual(columns);
      const words = (text: string): string[] =>
        text
          .split(/\s+/)
          .filter((w) => w !== '')
          .sort();
      expect(words(page.join(' '))).toEqual(words(LINES.flatMap((l) => [l.what ?? '', l.says]).join(' ')));
    }
  });
  it('has the costs in a column where there is room, else below', () => {
    expect(planPage(LINES, 120)).toContain('  metrics, before and after                     a scrape, as Prometheus does it');
    expect(planPage(LINES, 60)).toContain('      a scrape, as Prometheus does it');
  });
});
