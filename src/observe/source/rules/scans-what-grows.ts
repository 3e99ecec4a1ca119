/**
 * A loop over a map or slice that only grows: each call takes longer than the one before. What grows is what grows-without-bound claims.
 * Rate: 19 (tables of command-line tools and short lists; none is searched often) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { scansWhatGrows } from '../../../model/conditions/source.ts';
import { eachStmt } from '../../../read/go-source/index.ts';
import { longLived } from '../long-lived.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { rule as grows } from './grows-without-bound.ts';

type Facts = NonNullable<(typeof scansWhatGrows)['facts']>;
type Growth = ReturnType<typeof grows.find>[number];

export const rule: SourceRule<Facts> = {
  kind: scansWhatGrows,
  find(pkg: GoPackage, module) {
    const growing = new Map<string, Growth>();
    for (const g of grows.find(pkg, module)) if (!growing.has(g.facts.target)) growing.set(g.facts.target, g);
    return growing.size === 0 ? [] : pkg.functions.filter((f) => !f.fn.broken).flatMap((ref) => scansIn(ref, growing));
  },
};

function scansIn(ref: FunctionRef, growing: ReadonlyMap<string, Growth>): SourceFinding<Facts>[] {
  const found: SourceFinding<Facts>[] = [];
  eachStmt(ref.fn.body, (s) => {
    if (s.kind !== 'for' || s.form !== 'range' || s.over === null) return;
    const id = longLived(s.over, ref);
    const growth = id === null ? undefined : growing.get(id.key);
    if (id === null || growth === undefined) return;
    const { function: growFunction, file: growFile, line: growLine } = growth.facts;
    found.push({
      keyed: ref,
      facts: { ...site(ref, s.line), endLine: s.endLine, target: id.key, growFunction, growFile, growLine },
      says: `the loop at ${fileLine(ref.file, s.line)} goes through ${id.spelt}, which gains an element at ${fileLine(growth.keyed.file, growLine)} and never loses one`,
      spans: [{ file: ref.file, span: { offset: s.offset, length: Math.min(s.length, 200) } }, ...growth.spans.slice(0, 1)],
    });
  });
  return found;
}
