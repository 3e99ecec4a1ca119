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
          frontiers: [
            { condition: 'container/oom-killed', entity: 'container:a/b/c', workload: null, reached: 'c was OOM-killed', next: 'kubectl get pod b -o yaml', places: [2] },
          ],
        },
      ],
    };
    const text = renderTerminal(open);
    expect(text).toContain('none could be proven');
    expect(text).toContain('KubePodCrashLooping is firing');
    expect(text).toMatch(/OPEN +c was OOM-killed +\[2\]\n +→ kubectl get pod b -o yaml/);
    // what the open end asks for is not asked for again below, and nothing can stop a harm without a cause
    const asked = renderTerminal({ ...open, gaps: [{ what: 'what brought it about', why: 'no pod was captured', next: 'kubectl get pod b -o yaml' }] });
    expect(asked).toContain('no pod was captured → kubectl get pod b -o yaml');
    expect(asked).not.toContain('GAPS');
    expect(asked).not.toContain('NOW');
  });

  describe('pods alike', () => {
    const [incident] = sampleReport.incidents;
    if (incident === undefined) throw new Error('the sample has an incident');
    const pods = (workload: string, n: number, condition = 'container/oom-killed') =>
      Array.from({ length: n }, (_, i) => ({
        condition,
        entity: `container:shop/${workload}-${i}/app`,
        workload: `workload:shop/deployment/${workload}`,
        says: `container app of ${workload}-${i} OOMKilled`,
        from: '2026-11-24T14:08:02Z',
        places: [1 + (i % 4)],
      }));
    const page = (symptoms: ReturnType<typeof pods>): string => {
      const frontiers = symptoms.map((s) => ({ condition: s.condition, entity: s.entity, workload: s.workload, reached: s.says, next: 'ask again', places: s.places }));
      return renderTerminal(
        { ...sampleReport, outcome: 'unproven', causes: [], incidents: [{ ...incident, outcome: 'unproven', causes: [], symptoms, frontiers }] },
        { columns: 120 },
      );
    };

    test('a thousand are one line, symptoms and open ends', () => {
      const text = page(pods('orders', 1000));
      expect(text).toMatch(/SEEN +14:08:02 +1000 pods of deployment\/orders: container app of orders-0 OOMKilled, and 999 alike +\[1,2\]/);
      expect(text).toMatch(/OPEN +1000 pods of deployment\/orders: container app of orders-0 OOMKilled, and 999 alike/);
      expect(text).not.toContain('orders-1 ');
      expect(text).not.toContain('more symptoms');
    });

    test('not those of two workloads, of two states, or a few', () => {
      expect(page([...pods('orders', 5), ...pods('cart', 5)])).toMatch(/5 pods of deployment\/orders[\s\S]*5 pods of deployment\/cart/);
      expect(
        page([...pods('orders', 5), ...pods('orders', 5, 'container/crash-looping')])
          .match(/SEEN[\s\S]*OPEN/)?.[0]
          .match(/5 pods of/g),
      ).toHaveLength(2);
      expect(page(pods('orders', 3))).not.toContain('pods of');
    });
  });

  test('the first incident unproven and another one found: the page says both at once', () => {
    const [incident] = sampleReport.incidents;
    if (incident === undefined) throw new Error('the sample has an incident');
    const open = { ...incident, outcome: 'unproven' as const, causes: [] };
    const two = { ...sampleReport, outcome: 'unproven' as const, causes: [], incidents: [open, incident] };
    expect(renderTerminal(two).split('\n')[0]).toBe('2 incidents: the cause of the first is not proven, that of incident 2 is found');
    expect(renderTerminal({ ...two, incidents: [open, open] })).not.toContain('is found');
    expect(renderTerminal({ ...sampleReport, incidents: [incident, open] })).not.toContain('is found');
  });

  test('a defect that is a setting is said to be one', () => {
    const roles = (kind: 'code' | 'config'): string => {
      const incidents = sampleReport.incidents.map((i) => ({ ...i, causes: i.causes.map((c) => ({ ...c, role: 'defect' as const, culprits: [{ kind, ref: 'x' }] })) }));
      return renderTerminal({ ...sampleReport, incidents }, { columns: 120 });
    };
    expect(roles('config')).toContain('· defect in configuration');
    expect(roles('code')).not.toContain('in configuration');
  });

  test('a mitigation of a defect in code is told from its fix, once; one of a setting is the way back', () => {
    const now = (mitigation: string, kind: 'code' | 'config'): string => {
      const incidents = sampleReport.incidents.map((i) => ({ ...i, causes: i.causes.map((c) => ({ ...c, mitigation, culprits: [{ kind, ref: 'x' }] })) }));
      return /NOW +(.*)/.exec(renderTerminal({ ...sampleReport, incidents }, { columns: 120 }))?.[1] ?? '';
    };
    expect(now('restart it', 'code')).toBe('restart it (stops the harm, not the cause)');
    expect(now('restart it (empties the map)', 'code')).toBe('restart it (empties the map)');
    expect(now('raise the quota', 'config')).toBe('raise the quota');
  });

  test('harm outside of what was asked for is no health', () => {
    const elsewhere = { ...healthyReport, hints: [{ flag: '--scope', value: 'ordres' }], checked: [{ condition: 'process/crashed', state: 'observed' as const }] };
    expect(renderTerminal(elsewhere)).toContain('no incident within --scope ordres; there is harm outside of it');
    expect(renderTerminal(elsewhere)).toMatch(/OUTSIDE process\/crashed/);
    expect(renderTerminal({ ...elsewhere, hints: [] })).toContain('no incident: no harm');
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
