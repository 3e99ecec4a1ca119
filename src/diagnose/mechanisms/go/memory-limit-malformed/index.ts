import { runtimeSetting } from '../../../../model/conditions/config.ts';
import { processCrashed } from '../../../../model/conditions/crash.ts';
import { type Check, defineMechanism, fails, holds } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';

const saysSo: Check = {
  id: 'text-says-so',
  title: 'the runtime says that it does not take GOMEMLIMIT',
  test: ({ effect }) => {
    const message = String(effect.facts['message']);
    return /\bmalformed GOMEMLIMIT\b/.test(message) ? holds(message, effect.places) : fails(`it says something else: ${message}`, effect.places);
  },
};

/** 512Mi is a quantity of Kubernetes and no byte count of Go: the runtime ends before main begins. */
export const memoryLimitMalformed = defineMechanism({
  id: 'go/memory-limit-malformed',
  title: (link) => `the runtime does not understand GOMEMLIMIT${link.causes[0] == null ? '' : `=${String(link.causes[0].facts['text'])}`}`,
  to: processCrashed,
  from: [
    {
      kind: runtimeSetting,
      role: 'defect',
      join: (effect, ask) => joinBy(runtimeSetting, ask, (c) => (c.facts.name === 'GOMEMLIMIT' && c.facts.malformed ? tiedWithin(effect, c, ask, ['process', 'container']) : null)),
    },
  ],
  because: 'GOMEMLIMIT is a number of bytes, or one with B, KiB, MiB, GiB or TiB; anything else ends the program while the runtime starts',
  requires: [saysSo],
  // the text names the variable, which is the cause itself
  confirms: [{ ...saysSo, id: 'text-names-the-variable', title: 'the crash text names the variable' }],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'config', ref: `${f['where']} = ${f['text']}` }];
  },
  mitigation: () => null,
  acceptedFalsePositives: [],
});
