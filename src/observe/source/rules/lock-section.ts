/** Every lock of the package that does not change hands, with the stretches in which a goroutine may hold it. */
import { lockSection } from '../../../model/conditions/source.ts';
import { isHandedOver, linesOf, sectionsOf } from '../critical-sections.ts';
import { lockEvents } from '../locks.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';

type Facts = NonNullable<(typeof lockSection)['facts']>;

export const rule: SourceRule<Facts> = {
  kind: lockSection,
  find(pkg) {
    const found = new Map<string, SourceFinding<Facts>>();
    for (const ref of pkg.functions)
      for (const e of lockEvents(ref)) {
        if (e.what !== 'lock' || e.taken === null || found.has(e.taken.key) || isHandedOver(e.taken.key, pkg)) continue;
        found.set(e.taken.key, {
          keyed: ref,
          facts: { ...site(ref, e.stmt.line), lock: e.taken.key, sections: linesOf(sectionsOf(e.taken.key, pkg)) },
          says: `${e.taken.key} is taken in ${sectionsOf(e.taken.key, pkg).length} functions, first at ${fileLine(ref.file, e.stmt.line)}`,
          spans: [{ file: ref.file, span: { offset: e.stmt.offset, length: Math.min(e.stmt.length, 120) } }],
        });
      }
    return [...found.values()];
  },
};
