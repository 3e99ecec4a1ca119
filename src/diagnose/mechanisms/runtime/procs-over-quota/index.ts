import { burstThrottled } from '../../../../model/conditions/cpu.ts';
import { procsOverQuota } from '../../../../model/conditions/scheduler.ts';
import { defineMechanism, fails, holds } from '../../../../model/index.ts';
import { SAME } from '../../../lib/cpu.ts';
import { withinSame } from '../../../lib/join.ts';
import { setInPod, settingCulprit } from '../../../lib/runtime-setting.ts';

/** More threads than the quota has CPUs use up what they may in a part of each period, and stand still for the rest of it. */
export const procsOverQuotaThrottles = defineMechanism({
  id: 'runtime/procs-over-quota',
  title: 'more threads run at a time than the quota allows for',
  to: burstThrottled,
  from: [{ kind: procsOverQuota, role: 'defect', join: withinSame(procsOverQuota, ...SAME) }],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `GOMAXPROCS is ${f?.['gomaxprocs']} and the quota ${f?.['quotaCores']} CPU: as many goroutines as are ready run at once, use up early what the whole period has, and all stand still until the next`;
  },
  requires: [
    {
      id: 'more-than-the-quota',
      title: 'it may run more threads at a time than its quota has CPUs',
      test({ effect, causes }) {
        const procs = Number(causes[0]?.facts['gomaxprocs']);
        const quota = Number(effect.facts['quotaCores']);
        const says = `GOMAXPROCS ${procs}, quota ${quota} CPU`;
        return procs > quota ? holds(says, causes[0]?.places ?? []) : fails(says, causes[0]?.places ?? []);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'trial',
  supports: [setInPod('GOMAXPROCS')],
  culprits: (link, ask) => settingCulprit('GOMAXPROCS', link, ask, link.causes[0]?.entity.key ?? ''),
  mitigation: () => 'GOMAXPROCS set to the quota rounded up (Go 1.25 and later do so where it is not set), or a higher CPU limit',
  acceptedFalsePositives: ['other processes in the same control group that use its quota: then the threads of this one are not the burst'],
});
