import { bucketGrowing, nilChannel } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism, fails, holds, sameEntity } from '../../../../model/index.ts';
import { shrinksAgain, waitsIn } from '../../../lib/buckets.ts';
import { joinBy } from '../../../lib/join.ts';

/** A channel that was declared and never made: sends and receives wait for ever, and nothing can close it. */
export const nilChannelPilesUp = defineMechanism({
  id: 'go/nil-channel',
  title: 'goroutines wait at a channel that was never made',
  to: bucketGrowing,
  from: [{ kind: nilChannel, role: 'defect', join: (effect, ask) => joinBy(nilChannel, ask, (c) => (sameEntity(c.entity, effect.entity) ? c.strength : null)) }],
  because: (link) => {
    const f = link.causes[0]?.facts;
    const file = String(f?.['file']);
    return `the channel at ${file.slice(file.lastIndexOf('/') + 1)}:${f?.['line']} is nil: nothing can ever be sent or received there`;
  },
  requires: [waitsIn('chan receive (nil chan)', 'chan send (nil chan)')],
  confirms: [
    {
      id: 'runtime-says-nil',
      title: 'the runtime itself says that the channel is nil',
      test(link) {
        const cause = link.causes[0];
        return cause == null ? fails('no goroutine waits at a nil channel', link.effect.places) : holds(cause.says, cause.places);
      },
    },
  ],
  refutes: [shrinksAgain],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    if (f === undefined) return [];
    return [
      { kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) },
      ...(f['createdBy'] === null ? [] : [{ kind: 'code' as const, function: String(f['createdBy']), file: String(f['createdByFile']), line: Number(f['createdByLine']) }]),
    ];
  },
  mitigation: () => 'a restart frees what has piled up, until the next time',
  acceptedFalsePositives: ['goroutines that are meant to wait for ever, one for each of something that grows'],
});
