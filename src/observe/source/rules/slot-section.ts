/** Every channel that counts, with the places where its slots are waited for and had. */
import { slotSection } from '../../../model/conditions/source.ts';
import { linesOf } from '../critical-sections.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { type Slots, slotsOf } from '../slots.ts';

type Facts = NonNullable<(typeof slotSection)['facts']>;

export const rule: SourceRule<Facts> = {
  kind: slotSection,
  find: (pkg) => [...slotsOf(pkg).values()].map(finding),
};

function finding(slots: Slots): SourceFinding<Facts> {
  const [{ ref, line }] = slots.waits as [Slots['waits'][number]];
  return {
    keyed: ref,
    facts: {
      ...site(ref, line),
      channel: slots.key,
      object: slots.spelt,
      takes: slots.takes,
      capacity: slots.capacity,
      waits: linesOf(slots.waits),
      sections: linesOf(slots.sections),
    },
    says: `${slots.takes === 'send' ? 'a place in' : 'a token of'} ${slots.spelt}${slots.capacity === null ? '' : `, which has ${slots.capacity},`} is taken at ${fileLine(ref.file, line)}`,
    spans: slots.waits.slice(0, 2).map((w) => {
      const stmt = { offset: w.ref.fn.offset, length: Math.min(w.ref.fn.length, 120) };
      return { file: w.ref.file, span: stmt };
    }),
  };
}
