import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { memorySource } from '../../../model/index.ts';
import { type ExecutionTrace, readTrace } from '../../../read/execution-trace/index.ts';
import { criticalPath, criticalPaths } from './path.ts';
import { analyseTrace } from './summary.ts';

it('paths of several stretches in one pass are those of each alone, in any order', () => {
  const file = new URL('../../../../go/zoo/testdata/trace-stories/critical-path.go1.26.trace', import.meta.url);
  const trace = readTrace(memorySource(new Uint8Array(readFileSync(file))), 'trace').model as ExecutionTrace;
  const { summary, analysis } = analyseTrace(trace)!;
  const { first } = analysis;
  const whole = summary.tasks.list.filter((t) => t.beginNs !== null && t.endNs !== null);
  const stretches = whole.map((t) => ({ what: `${t.type} ${t.id}`, from: first + t.beginNs!, to: first + t.endNs!, goroutine: t.endedOn }));
  expect(stretches.length).toBeGreaterThan(2);
  const alone = stretches.map((s) => criticalPath(trace, s, first));
  expect(alone.some((p) => p.lost === null && p.steps.length > 1)).toBe(true);
  expect(criticalPaths(trace, stretches, first)).toEqual(alone);
  expect(criticalPaths(trace, stretches.toReversed(), first)).toEqual(alone.toReversed());
  // one of them twice, and one that ends behind the last event
  const beyond = { ...stretches[0]!, to: Number.MAX_VALUE };
  expect(criticalPaths(trace, [stretches[0]!, beyond, stretches[0]!], first)).toEqual([alone[0], criticalPath(trace, beyond, first), alone[0]]);
});
