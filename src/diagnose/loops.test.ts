import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Condition, type Kind, type Mechanism, processOf, type Report } from '../model/index.ts';
import { Chainer, rootOf } from './chain.ts';
import { askOf, kind, mechanism, report, stated } from './testing/world.ts';

const defect = kind('a/defect', { root: 'defect' });
const slow = kind('b/slow', { symptom: 'harm' });
const retries = kind('c/retries', { symptom: 'harm' });
const load = kind('d/load', { symptom: 'harm' });
const kinds = [defect, slow, retries, load];
const p = processOf('shop/orders');
const into = mechanism('m/defect-slows', defect, slow, { order: 'standing' });
const ring = [mechanism('m/slow-retries', slow, retries), mechanism('m/retries-load', retries, load), mechanism('m/load-slows', load, slow)];
/** Onsets that overlap: time alone does not cut the loop. */
const at = (k: Kind, seconds: number): Condition => stated(k, p, seconds, { lastWell: 0 });
const conditionsOf = (r: Report): string[] => r.incidents.flatMap((i) => i.causes[0]?.chain.map((l) => l.condition) ?? []);

describe('a loop of three', () => {
  const conditions = [stated(defect, p), at(slow, 10), at(retries, 20), at(load, 30)];

  test('is cut at its earliest onset; its closing link amplifies', () => {
    const r = report({ conditions, covered: [] }, [into, ...ring], kinds);
    expect(r.outcome).toBe('cause-found');
    expect(r.incidents).toHaveLength(1);
    expect(conditionsOf(r)).toEqual(['a/defect', 'b/slow', 'c/retries', 'd/load']);
    expect(r.incidents[0]?.causes[0]?.chain.at(-1)?.amplifies).toEqual(['b/slow']);
  });

  test('without a way in ends open at its earliest condition, once', () => {
    const r = report({ conditions: conditions.slice(1), covered: [] }, [into, ...ring], kinds);
    expect(r.outcome).toBe('unproven');
    expect(r.incidents).toHaveLength(1);
    expect(r.incidents[0]?.frontiers.map((f) => f.condition)).toEqual(['b/slow']);
  });

  test('closed only by a link that is not proven costs no better link its place', () => {
    const unproven = { ...(ring[1] as Mechanism), requires: [{ id: 'r', title: 'r', test: () => ({ state: 'unknown' as const, why: 'not seen', next: 'look' }) }] };
    const r = report(
      { conditions: [stated(defect, p), at(load, 5), at(slow, 10), at(retries, 20)], covered: [] },
      [into, ring[0] as Mechanism, unproven, ring[2] as Mechanism],
      kinds,
    );
    expect(r.incidents.some((i) => i.causes.some((c) => c.chain.some((l) => l.by === 'm/load-slows')))).toBe(false);
    expect(r.outcome).toBe('cause-found');
  });
});

test('what a condition is explained by does not depend on what was asked before it', () => {
  const four = Array.from({ length: 6 }, (_, i) => kind(`k/${i}`, i === 0 ? { root: 'defect' } : { symptom: 'harm' }));
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 5 })), { minLength: 4, maxLength: 16, selector: ([a, b]) => `${a} ${b}` }),
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 6, maxLength: 6 }),
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6, maxLength: 6 }),
      (pairs, onsets, order) => {
        const mechanisms = pairs.filter(([a, b]) => a !== b).map(([a, b]) => mechanism(`m/${a}-${b}`, four[a] as Kind, four[b] as Kind));
        const all = four.map((k, i) => at(k, 10 + (onsets[i] as number)));
        const table = new Map(four.map((k) => [k.id, k]));
        const told = (sequence: readonly number[]): string[] => {
          const chainer = new Chainer(mechanisms, table, askOf({ conditions: all, covered: [] }));
          for (const i of sequence) chainer.explain(all[i] as Condition);
          return all.map((c) => JSON.stringify(chainer.explain(c).chains.map((x) => [rootOf(x).id, x.verdict, x.closed, x.link?.mechanism.id])));
        };
        expect(told(order)).toEqual(told([0, 1, 2, 3, 4, 5]));
      },
    ),
    { numRuns: 200 },
  );
});

describe('a trigger', () => {
  const change = kind('e/change', { root: 'change' });
  const trigger = (optional: boolean): Mechanism => ({
    ...into,
    from: [
      ...into.from,
      {
        kind: change,
        role: 'trigger',
        optional,
        join: (_e, ask) => {
          const a = ask.look(change);
          return a.state === 'observed' ? a.conditions.map((cause) => ({ cause, strength: cause.entity.key === 'guess' ? ('guessed' as const) : ('stated' as const) })) : [];
        },
      },
    ],
    confirms: [{ id: 'c', title: 'c', test: () => ({ state: 'holds' as const, says: 'seen', places: [] }) }],
  });
  const all = [...kinds, change];

  test('that came after the effect is none; where one is required the link is refuted', () => {
    const conditions = [stated(defect, p), stated(slow, p, 100), stated(change, p, 300)];
    expect(report({ conditions, covered: [] }, [trigger(true)], all).causes[0]?.with).toEqual([]);
    expect(report({ conditions, covered: [] }, [trigger(false)], all).causes).toEqual([]);
  });

  test('that is tied by a guess is at most supported and does not weaken the defect', () => {
    const r = report({ conditions: [stated(defect, p), stated(slow, p, 100), stated(change, processOf('guess'), 90)], covered: [] }, [trigger(true)], all);
    expect(r.causes[0]?.verdict).toBe('confirmed');
    expect(r.causes[0]?.with.map((w) => w.verdict)).toEqual(['supported']);
  });

  test('evidence tied by a guess names nobody', () => {
    const guess: Mechanism = { ...into, confirms: [{ id: 'c', title: 'c', test: () => ({ state: 'holds', says: 'seen', places: [], strength: 'guessed' }) }] };
    expect(report({ conditions: [stated(defect, p), stated(slow, p, 100)], covered: [] }, [guess], kinds).causes[0]?.verdict).toBe('supported');
  });
});
