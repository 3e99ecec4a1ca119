import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Alias,
  atLeast,
  type Condition,
  decodeText,
  type Entity,
  fails,
  holds,
  instantFromSeconds,
  type Kind,
  type Mechanism,
  placeAt,
  processOf,
  type Report,
  readSlice,
  unknown,
  VERDICTS,
  weakest,
} from '../model/index.ts';
import { evidence, kind, mechanism, report, stated, type TestWorld } from './testing/world.ts';

const defect = kind('code/defect', { root: 'defect' });
const growth = kind('goroutines/growth', { symptom: 'outgrowing' });
const heap = kind('memory/heap', {});
const kill = kind('container/kill', { symptom: 'harm' });
const alert = kind('alert/firing', { symptom: 'harm' });
const change = kind('change/rollout', { root: 'change' });
const refuting = kind('other/refuting', {});
const kinds = [defect, growth, heap, kill, alert, change, refuting];
const leak = mechanism('go/leak', defect, growth, { order: 'standing' });
const holdsHeap = mechanism('memory/holds', growth, heap);
const fills = mechanism('memory/fills', heap, kill);
const tells = mechanism('kubernetes/alert', kill, alert);
const all = [leak, holdsHeap, fills, tells];
const p = processOf('shop/orders');
const q = processOf('shop/catalogue');

const story = (): Condition[] => [stated(defect, p), stated(growth, p, 100), stated(heap, p, 110), stated(kill, p, 200), stated(alert, p, 260)];
const world = (conditions: readonly Condition[], covered: readonly string[] = []): TestWorld => ({ conditions, covered });
const first = (r: Report) => r.incidents[0]?.causes[0];

describe('the chain', () => {
  test('goes from the alert back to the defect, in causal order', () => {
    const r = report(world(story()), all, kinds);
    expect(r.outcome).toBe('cause-found');
    expect(r.incidents).toHaveLength(1);
    expect(first(r)?.mechanism).toBe('go/leak');
    expect(first(r)?.chain.map((l) => l.condition)).toEqual(['code/defect', 'goroutines/growth', 'memory/heap', 'container/kill', 'alert/firing']);
    expect(first(r)?.verdict).toBe('supported');
  });

  test('that ends at an effect is open: unproven, with a frontier and the command that carries it on', () => {
    const r = report(world(story().slice(1)), all, kinds);
    expect(r.outcome).toBe('unproven');
    expect(first(r)).toBeUndefined();
    expect(r.incidents[0]?.frontiers[0]).toMatchObject({ condition: 'goroutines/growth', next: 'show code/defect' });
    expect(r.gaps.map((g) => g.next)).toContain('show code/defect');
  });

  test('a cause that was looked for and is not there is no frontier to collect', () => {
    const r = report(world(story().slice(1), ['code/defect']), all, kinds);
    expect(r.outcome).toBe('unproven');
    expect(r.gaps.map((g) => g.next)).not.toContain('show code/defect');
  });

  test('a cause that began after its effect is refuted', () => {
    const late = [stated(defect, p), stated(growth, p, 300), stated(heap, p, 110, { lastWell: 100 }), stated(kill, p, 200)];
    const r = report(world(late), [leak, holdsHeap, fills], kinds);
    const killed = r.incidents.find((i) => i.symptoms.some((s) => s.condition === 'container/kill'));
    expect(killed?.causes).toEqual([]);
    expect(killed?.rejected.map((x) => x.mechanism)).toContain('memory/holds');
  });

  test('a cause that began when its effect was over is refuted, whatever their order means', () => {
    const anyOrder = mechanism('memory/holds', growth, heap, { order: 'same-record' });
    const grown = { ...stated(heap, p, 110), during: { from: instantFromSeconds(110), to: instantFromSeconds(150) } };
    const of = (at: number, lastWell: number) =>
      report(world([stated(defect, p), stated(growth, p, at, { lastWell }), grown, stated(kill, p, 600)]), [leak, anyOrder, fills], kinds);
    const killed = (r: Report) => r.incidents.find((i) => i.symptoms.some((s) => s.condition === 'container/kill'));
    expect(killed(of(160, 140))?.causes[0]?.mechanism).toBe('go/leak');
    expect(killed(of(500, 490))?.causes).toEqual([]);
    expect(killed(of(500, 490))?.rejected.map((x) => x.why)).toContain('it began when the effect was over');
  });

  test('a loop is cut and still answered', () => {
    const back = mechanism('memory/back', kill, growth, { order: 'standing' });
    const r = report(world(story()), [...all, back], kinds);
    expect(first(r)?.mechanism).toBe('go/leak');
  });

  test('two incidents that share only time stay two', () => {
    const r = report(world([...story(), stated(defect, q), stated(growth, q, 100)]), all, kinds);
    expect(r.incidents).toHaveLength(2);
  });

  test('nothing ill is no incident, and says what was checked', () => {
    const r = report(world([stated(defect, p)], ['goroutines/growth', 'container/kill']), all, kinds);
    expect(r.outcome).toBe('no-incident');
    expect(r.checked).toContainEqual({ condition: 'container/kill', state: 'absent' });
    expect(r.checked).toContainEqual({ condition: 'alert/firing', state: 'not-observable' });
  });

  test('a second antecedent stands beside the heading, and a missing required one leaves it unproven', () => {
    const both = (optional: boolean): Mechanism => ({
      ...leak,
      from: [
        ...leak.from,
        {
          kind: change,
          role: 'trigger',
          optional,
          join: (_e, ask) => {
            const a = ask.look(change);
            return a.state === 'observed' ? a.conditions.map((cause) => ({ cause, strength: 'stated' as const })) : unknown('no change was captured', 'kubectl rollout history');
          },
        },
      ],
    });
    const withChange = report(world([...story(), stated(change, p, 90)]), [both(true), holdsHeap, fills, tells], kinds);
    expect(first(withChange)?.role).toBe('defect');
    expect(first(withChange)?.with.map((w) => w.role)).toEqual(['trigger']);
    expect(first(report(world(story()), [both(true), holdsHeap, fills, tells], kinds))?.mechanism).toBe('go/leak');
    expect(report(world(story()), [both(false), holdsHeap, fills, tells], kinds).outcome).toBe('unproven');
  });
});

const check = (id: string, state: 'holds' | 'fails' | 'unknown') => ({
  id,
  title: id,
  test: () => (state === 'unknown' ? unknown('cannot be seen', 'look') : state === 'holds' ? holds('seen', []) : fails('not so', [])),
});

describe('the verdict of a link', () => {
  const verdictOf = (more: Partial<Mechanism>): string => {
    const r = report(world([stated(defect, p), stated(growth, p, 100)]), [{ ...leak, ...more }], kinds);
    return first(r)?.verdict ?? (r.incidents[0]?.rejected.length ? 'refuted' : 'unproven');
  };
  test.each([
    [{ confirms: [check('c', 'holds')] }, 'confirmed'],
    [{ confirms: [check('c', 'unknown')] }, 'supported'],
    [{ confirms: [check('c', 'holds')], status: 'trial' as const }, 'supported'],
    [{ confirms: [check('c', 'holds')], requires: [check('r', 'unknown')] }, 'unproven'],
    [{ confirms: [check('c', 'holds')], requires: [check('r', 'fails')] }, 'refuted'],
    [{ confirms: [check('c', 'holds')], refutes: [check('f', 'unknown')] }, 'supported'],
    [{ confirms: [check('c', 'holds')], refutes: [{ ...check('f', 'unknown'), decisive: true }] }, 'unproven'],
    [{ confirms: [check('c', 'holds')], refutes: [{ ...check('f', 'holds'), decisive: true }] }, 'refuted'],
    [{ confirms: [check('c', 'holds')], refutes: [check('f', 'holds')] }, 'unproven'],
    [{ confirms: [check('c', 'holds')], refutes: [{ ...check('f', 'fails'), decisive: true }] }, 'confirmed'],
  ])('%o is %s', (more, verdict) => expect(verdictOf(more as Partial<Mechanism>)).toBe(verdict));

  test('through a guessed name nothing rises above supported', () => {
    const other = processOf('file:orders.txt');
    const w = (strength: 'guessed' | 'stated'): TestWorld => ({
      conditions: [stated(defect, other), stated(growth, p, 100)],
      covered: [],
      aliases: [{ a: p, b: other, strength, why: 'equal names', places: [] }],
    });
    const sure = { ...leak, confirms: [check('c', 'holds')] };
    expect(first(report(w('stated'), [sure], kinds))?.verdict).toBe('confirmed');
    expect(first(report(w('guessed'), [sure], kinds))?.verdict).toBe('supported');
  });

  describe('what the user says belongs together', () => {
    const said = (a: Entity, b: Entity): Alias => ({
      a,
      b,
      strength: 'stated',
      why: `--same ${a.key}=${b.key}`,
      places: [placeAt(evidence.id, { offset: 5990, length: 10 })],
      byUser: true,
    });
    const elsewhere = (...aliases: Alias[]) => report({ ...world([stated(defect, q), stated(growth, p, 100)]), aliases }, [leak], kinds);
    const statement = (r: Report): number | undefined => r.places.find((x) => x.offset === 5990)?.n;

    test('is cited on the link that leans on it, and said to be said', () => {
      const r = elsewhere(said(p, q));
      expect(r.outcome).toBe('cause-found');
      const into = first(r)?.chain.at(-1);
      expect(into?.places).toContain(statement(r));
      expect(into?.why).toContain('the user says: --same shop/orders=shop/catalogue');
      expect(first(r)?.places).toContain(statement(r));
    });

    test('is not cited where the inputs tie the two as well, nor where it speaks of others', () => {
      expect(statement(elsewhere(said(p, q), { a: p, b: q, strength: 'derived', why: 'one address', places: [] }))).toBeUndefined();
      const others = report({ ...world([stated(defect, p), stated(growth, p, 100)]), aliases: [said(p, q)] }, [leak], kinds);
      expect(others.outcome).toBe('cause-found');
      expect(statement(others)).toBeUndefined();
    });

    test('without it the two are nothing to each other', () => expect(elsewhere().outcome).toBe('unproven'));
  });

  test('a rival that stands, or could not be looked at, keeps it from confirmed', () => {
    const rival = mechanism('go/rival', change, growth);
    const sure = { ...leak, confirms: [check('c', 'holds')], rivals: ['go/rival'] };
    const conditions = [stated(defect, p), stated(growth, p, 100)];
    expect(first(report(world(conditions, ['change/rollout']), [sure, rival], kinds))?.verdict).toBe('confirmed');
    expect(first(report(world(conditions), [sure, rival], kinds))?.verdict).toBe('supported');
    expect(first(report(world([...conditions, stated(change, p, 50)]), [sure, rival], kinds))?.verdict).toBe('supported');
  });

  test('a ceiling holds whatever is observed, and says why; what is weaker still is not lifted to it', () => {
    const ceiling = { verdict: 'associated', why: 'a contrast says what differs, not why' } as const;
    const conditions = [stated(defect, p), stated(growth, p, 100)];
    const sure = { ...leak, confirms: [check('c', 'holds')], ceiling };
    const r = report(world(conditions), [sure], kinds);
    expect([r.outcome, first(r)?.verdict]).toEqual(['unproven', 'associated']);
    expect(JSON.stringify(r)).toContain(ceiling.why);
    expect(first(report(world(conditions), [{ ...sure, requires: [check('c', 'fails')] }], kinds))?.verdict).not.toBe('associated');
  });

  test('another way to the fault that is named is not rejected beside it; a rival is', () => {
    const conditions = [stated(defect, p), stated(growth, p, 100)];
    const other = { ...mechanism('go/other-way', change, growth), requires: [check('o', 'fails')] };
    const rejected = (named: Partial<Mechanism>): string[] =>
      report(world(conditions, ['change/rollout']), [{ ...leak, rivals: ['go/other-way'], ...named }, other], kinds).incidents.flatMap((i) => i.rejected.map((x) => x.mechanism));
    expect(rejected({})).toEqual(['go/other-way']);
    expect(rejected({ sameFaultAs: ['go/other-way'] })).toEqual([]);
    // where nothing is named the way is told that was looked at in vain
    expect(rejected({ sameFaultAs: ['go/other-way'], ceiling: { verdict: 'associated', why: 'w' } })).toEqual(['go/other-way']);
  });

  test('below its least share a cause is a contributor and cannot head a report as found', () => {
    expect(report(world([stated(defect, p), stated(growth, p, 100)]), [{ ...leak, accounts: () => 0.1, leastShare: 0.5 }], kinds).outcome).toBe('unproven');
  });
});

/** Random worlds over the same kinds: any subset of conditions on a few processes. */
const processes = [p, q, processOf('shop/cart')];
const anyKind: readonly Kind[] = [defect, growth, heap, kill, alert, change, refuting];
const arbitraryConditions = fc
  .uniqueArray(fc.tuple(fc.nat(anyKind.length - 1), fc.nat(processes.length - 1), fc.integer({ min: 0, max: 50 })), { maxLength: 14, selector: ([k, e]) => `${k} ${e}` })
  .map((list) => list.map(([k, e, at]) => stated(anyKind[k] as Kind, processes[e] as typeof p, (anyKind[k] as Kind).root === 'defect' ? null : at * 10)));
const arbitraryCovered = fc.subarray(anyKind.map((k) => k.id));
const refuter = {
  id: 'r',
  title: 'something else did it',
  test: (link: { effect: Condition }, ask: { look(k: Kind, e: Condition['entity']): { state: string } }) => {
    const a = ask.look(refuting, link.effect.entity);
    return a.state === 'observed' ? holds('it did', []) : a.state === 'absent' ? fails('it did not', []) : unknown('not seen', 'look');
  },
};
const arbitraryMechanisms = fc.tuple(...all.map((m) => fc.record({ m: fc.constant(m), sure: fc.boolean(), refuter: fc.constantFrom('none', 'plain', 'decisive') }))).map((list) =>
  list.map(
    ({ m, sure, refuter: r }): Mechanism => ({
      ...m,
      ...(sure ? { confirms: [check('c', 'holds')] } : {}),
      refutes: r === 'none' ? [] : [{ ...(refuter as Mechanism['refutes'][number]), decisive: r === 'decisive' }],
    }),
  ),
);

describe('properties', () => {
  test('shuffled evidence and mechanisms give the same report, byte for byte', () => {
    fc.assert(
      fc.property(arbitraryConditions, arbitraryCovered, arbitraryMechanisms, fc.nat(), (conditions, covered, mechanisms, seed) => {
        const shuffle = <T>(list: readonly T[]): T[] =>
          list
            .map((x, i) => ({ x, k: Math.imul(seed + i * 7919, 2654435761) >>> 0 }))
            .sort((a, b) => a.k - b.k)
            .map(({ x }) => x);
        const a = report({ conditions, covered }, mechanisms, kinds);
        const b = report({ conditions: shuffle(conditions), covered: shuffle(covered) }, shuffle(mechanisms), shuffle(kinds));
        expect(JSON.stringify(b)).toBe(JSON.stringify(a));
      }),
      { numRuns: 150 },
    );
  });

  test('evidence about something unrelated never changes the first cause', () => {
    fc.assert(
      fc.property(arbitraryConditions, (noise) => {
        const unrelated = noise.filter((c) => c.entity.key !== p.key && c.kind !== alert.id);
        const before = report(world(story()), all, kinds);
        const after = report(world([...story(), ...unrelated]), all, kinds);
        expect(first(after)?.mechanism).toBe(first(before)?.mechanism);
        expect(first(after)?.verdict).toBe(first(before)?.verdict);
        expect(first(after)?.culprits).toEqual(first(before)?.culprits);
      }),
      { numRuns: 150 },
    );
  });

  test('losing evidence never raises a verdict above supported, and losing what is required closes nothing', () => {
    fc.assert(
      fc.property(arbitraryMechanisms, fc.integer({ min: 0, max: 4 }), (mechanisms, lost) => {
        const full = story();
        const before = report(world(full), mechanisms, kinds);
        const after = report(world(full.filter((_, i) => i !== lost)), mechanisms, kinds);
        const linksOf = (r: Report): Map<string, string> =>
          new Map(r.incidents.flatMap((i) => i.causes.flatMap((c) => c.chain.map((l) => [`${l.condition} ${l.by} ${l.entity}`, l.verdict] as const))));
        const known = linksOf(before);
        for (const [link, verdict] of linksOf(after)) {
          const was = known.get(link);
          if (was !== undefined && was !== verdict && VERDICTS.indexOf(verdict as 'confirmed') < VERDICTS.indexOf(was as 'confirmed')) expect(verdict).not.toBe('confirmed');
        }
        if (lost === 0) {
          expect(after.outcome).toBe('unproven');
          expect(after.gaps.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('adding a refuter never raises a verdict', () => {
    fc.assert(
      fc.property(arbitraryConditions, arbitraryCovered, arbitraryMechanisms, fc.nat(3), fc.boolean(), (conditions, covered, mechanisms, at, decisive) => {
        const more = mechanisms.map((m, i) => (i === at ? { ...m, refutes: [...m.refutes, { ...(refuter as Mechanism['refutes'][number]), decisive }] } : m));
        const before = report({ conditions, covered }, mechanisms, kinds);
        const after = report({ conditions, covered }, more, kinds);
        const changed = mechanisms[at]?.id;
        const verdictsOf = (r: Report): Map<string, string[]> => {
          const out = new Map<string, string[]>();
          for (const i of r.incidents) for (const c of i.causes) for (const l of c.chain) if (l.by === changed) out.set(l.entity, [...(out.get(l.entity) ?? []), c.verdict]);
          return out;
        };
        const b = verdictsOf(before);
        for (const [entity, verdicts] of verdictsOf(after)) {
          const best = (list: readonly string[]): number => Math.min(...list.map((v) => VERDICTS.indexOf(v as (typeof VERDICTS)[number])));
          const known = b.get(entity);
          if (known !== undefined) expect(best(verdicts)).toBeGreaterThanOrEqual(best(known));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a report that found a cause ends at a root with every link at least supported; its places are the bytes they point at', () => {
    fc.assert(
      fc.property(arbitraryConditions, arbitraryCovered, arbitraryMechanisms, (conditions, covered, mechanisms) => {
        const r = report({ conditions, covered }, mechanisms, kinds);
        if (r.outcome === 'cause-found') {
          const cause = first(r) as NonNullable<ReturnType<typeof first>>;
          expect(kinds.find((k) => k.id === cause.chain[0]?.condition)?.root).toBeDefined();
          expect(cause.chain.every((l) => atLeast(l.verdict, 'supported'))).toBe(true);
          expect(atLeast(cause.verdict, weakest(cause.chain.map((l) => l.verdict)))).toBe(true);
        }
        for (const place of r.places) {
          const bytes = readSlice(evidence.source, place.offset, place.length);
          expect(place.excerpt).toBe(place.excerpt.startsWith('hex:') ? `hex:${Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')}` : decodeText(bytes));
        }
        const numbers = new Set(r.places.map((x) => x.n));
        for (const i of r.incidents)
          for (const c of i.causes)
            for (const l of c.chain) {
              expect(l.places.length).toBeGreaterThan(0);
              for (const n of l.places) expect(numbers.has(n)).toBe(true);
            }
      }),
      { numRuns: 150 },
    );
  });
});
