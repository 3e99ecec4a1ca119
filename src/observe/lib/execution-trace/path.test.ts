import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { memorySource } from '../../../model/index.ts';
import { type ExecutionTrace, readTrace } from '../../../read/execution-trace/index.ts';
import { criticalPath } from './path.ts';
import { analyseTrace } from './summary.ts';

it('the steps of a path cover its stretch without a gap, also one that ends behind the last event', () => {
  const file = new URL('../../../../go/zoo/testdata/trace-stories/critical-path.go1.26.trace', import.meta.url);
  const trace = readTrace(memorySource(new Uint8Array(readFileSync(file))), 'trace').model as ExecutionTrace;
  const { summary, analysis } = analyseTrace(trace)!;
  const { first, last } = analysis;
  const whole = summary.tasks.list.filter((t) => t.beginNs !== null && t.endNs !== null);
  const stretches = whole.map((t) => ({ what: `${t.type} ${t.id}`, from: first + t.beginNs!, to: first + t.endNs!, goroutine: t.endedOn }));
  expect(stretches.length).toBeGreaterThan(2);
  for (const s of [...stretches, { ...stretches[0]!, to: last + 1e6 }]) {
    const path = criticalPath(trace, s, first);
    expect(path.lost).toBe(null);
    expect(path.steps.length).toBeGreaterThan(1);
    expect([path.steps[0]!.fromNs, path.steps.at(-1)!.toNs]).toEqual([s.from - first, s.to - first]);
    path.steps.slice(1).forEach((step, i) => {
      expect(step.fromNs).toBe(path.steps[i]!.toNs);
    });
    expect(Object.values(path.spent).reduce((n, x) => n + x, 0)).toBeCloseTo(s.to - s.from, 0);
  }
});
