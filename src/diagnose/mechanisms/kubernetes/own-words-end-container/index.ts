import { containerExited } from '../../../../model/conditions/container.ts';
import { gaveUp } from '../../../../model/conditions/crash.ts';
import { defineMechanism, fails, holds, isKind, parseInstant, secondsBetween } from '../../../../model/index.ts';
import { joinNear } from '../../../lib/join.ts';

/** The exit follows log.Fatal in the same moment; the runtime stamps it a little later. */
const SAME_MOMENT_SECONDS = 5;

/** log.Fatal and its kin: the last record says why. What lies behind it is the next question. */
export const ownWordsEndContainer = defineMechanism({
  id: 'kubernetes/own-words-end-container',
  title: 'the program ends itself and says why',
  to: containerExited,
  from: [
    { kind: gaveUp, role: 'amplifier', join: (effect, ask) => joinNear(gaveUp, effect, ask, ['container'], (c) => ask.identity.within(effect.entity, c.entity, 'container')) },
  ],
  because: (link) => `"${String(link.causes[0]?.facts['message'] ?? '')}" is the last the program says before it ends itself`,
  requires: [
    {
      id: 'ended-by-itself',
      title: 'the program ended by itself',
      test({ effect }) {
        const code = effect.facts['exitCode'];
        // 2 is the runtime's and package flag's own; above 128 it was killed
        return typeof code === 'number' && code > 0 && code < 128 && code !== 2
          ? holds(`exit code ${code}`, effect.places)
          : fails(`exit code ${String(code ?? '?')}`, effect.places);
      },
    },
    {
      id: 'said-at-the-end',
      title: 'it was said in the moment of the end',
      test({ effect, causes }) {
        const c = causes[0];
        if (c == null || !isKind(c, gaveUp)) return fails('nothing was said', effect.places);
        const said = c.during.from;
        const text = effect.facts['finishedAt'];
        const end = typeof text === 'string' ? parseInstant(text) : null;
        if (said === null || end === null) return holds('one of them carries no time: the log is that of the life that ended', c.places, 'derived');
        const apart = secondsBetween(said, end);
        return apart >= -1 && apart <= SAME_MOMENT_SECONDS
          ? holds('the container ended in the same moment', c.places)
          : fails(`${Math.round(apart)} s lie between word and end`, c.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: () => [],
  acceptedFalsePositives: ['an error that was logged and survived, in the very second in which something else ended the program'],
});
