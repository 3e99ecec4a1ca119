/** The well and the sick stretch: as the user says (--baseline), else before and after the first harm that was observed. */
import { alertFiring } from '../../model/conditions/alert.ts';
import { deadlineExceeded, requestsFailing, requestsSlow } from '../../model/conditions/calls.ts';
import { containerCrashLooping, containerExited, containerKilledByLiveness, containerOomKilled } from '../../model/conditions/container.ts';
import { processCrashed } from '../../model/conditions/crash.ts';
import { errorBurst } from '../../model/conditions/logs.ts';
import type { Kind, World } from '../../model/index.ts';
import { fineSeconds } from '../lib/logs/stretch.ts';

export interface Windows {
  readonly wellFrom: number;
  readonly wellTo: number;
  readonly sickFrom: number;
  readonly sickTo: number;
}

/** What says most exactly when harm began comes first. */
const HARM: readonly (readonly Kind[])[] = [
  [requestsFailing, requestsSlow, deadlineExceeded, errorBurst] as readonly unknown[] as readonly Kind[],
  [processCrashed, containerOomKilled, containerKilledByLiveness, containerExited, containerCrashLooping] as readonly unknown[] as readonly Kind[],
  [alertFiring] as readonly unknown[] as readonly Kind[],
];

export function windowsOf(world: World): Windows | null {
  const { baseline } = world;
  if (baseline !== null && baseline.to !== null) {
    const to = fineSeconds(baseline.to);
    return { wellFrom: baseline.from === null ? Number.NEGATIVE_INFINITY : fineSeconds(baseline.from), wellTo: to, sickFrom: to, sickTo: Number.POSITIVE_INFINITY };
  }
  for (const kinds of HARM) {
    let first: { ill: number; well: number } | null = null;
    for (const kind of kinds) {
      const answer = world.look(kind);
      if (answer.state !== 'observed') continue;
      for (const c of answer.conditions) {
        if (c.onset.firstIll === null || c.onset.lastWell === null) continue;
        const ill = fineSeconds(c.onset.firstIll);
        if (first === null || ill < first.ill) first = { ill, well: fineSeconds(c.onset.lastWell) };
      }
    }
    if (first !== null) return { wellFrom: Number.NEGATIVE_INFINITY, wellTo: Math.min(first.well, first.ill), sickFrom: first.ill, sickTo: Number.POSITIVE_INFINITY };
  }
  return null;
}
