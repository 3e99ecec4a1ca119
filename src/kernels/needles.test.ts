import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Needle, openSearcher } from './index.ts';
import { teddyOf } from './teddy.ts';
import { needle, rowsOf, searchPlan } from './testing/searched.ts';

test('a literal is sought by what is in no usual name', () => {
  const needles = ['panic', 'fatal', 'err'].map((t) => needle(t, true));
  for (const opening of [0, 123]) {
    const { windows } = teddyOf(needles, opening);
    // span_id stands in every line of a service that traces
    expect(needles.map((n, i) => new TextDecoder().decode(n.bytes.subarray(windows[i], (windows[i] as number) + 3)))[0]).not.toBe('pan');
  }
});

test('several literals stand where the plain twin sees them, however they are sought', () => {
  const letters = fc.constantFrom('z', 'Z', 'q', 'x', 'J', '+', 'é', '\\', '\n', 'e', 'p', 'P', '"', ' ', '0', '{', 'k');
  // a literal is of one line, and may hold its end
  const literal = fc.tuple(fc.array(letters, { minLength: 3, maxLength: 6 }), fc.boolean()).map(([of, fold]) => {
    const t = of.map((c, i) => (c === '\n' && i < of.length - 1 ? 'q' : c)).join('');
    return needle(fold ? t.replaceAll(/[A-Z]/g, (c) => c.toLowerCase()) : t, fold);
  });
  const filler = fc.array(letters, { maxLength: 70 }).map((of) => of.join(''));
  const put = fc.tuple(fc.nat(8), fc.boolean());
  let rough = 0;
  const runs = 1500;
  fc.assert(
    fc.property(
      fc.uniqueArray(literal, { minLength: 2, maxLength: 9, selector: (n) => `${n.fold} ${n.bytes.join()}` }),
      fc.array(fc.tuple(filler, put), { maxLength: 12 }),
      fc.constantFrom(0, 123, 122, 255),
      fc.boolean(),
      (few, parts, opening, common) => {
        // so many that are met so often are told by all of a window
        const needles = [...few, ...(common ? ['ten', 'ion', 'ate', 'art', 'sin', 'rea', 'iso', 'end', 'nas', '":"', 'tor', 'ale'] : []).map((t) => needle(t, true))];
        // as teddy.ts decides it
        if (teddyOf(needles, opening).rough) rough++;
        const p = searchPlan({ needles, opening });
        const l = parts
          .map(([f, [i, upper]]) => {
            const t = new TextDecoder().decode((needles[i % needles.length] as Needle).bytes);
            return f + (upper ? t.toUpperCase() : t);
          })
          .join('');
        expect(rowsOf(openSearcher(p, 1 << 14, 'wasm'), l)).toEqual(rowsOf(openSearcher(p, 1 << 14, 'plain'), l));
      },
    ),
    { numRuns: runs },
  );
  expect(rough).toBeGreaterThan(runs / 10);
  expect(rough).toBeLessThan(runs - runs / 10);
}, 120_000);
