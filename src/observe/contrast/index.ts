/** What differs between the well and the sick stretch. It says what, never why: its verdict is `associated`. */
import { contrast } from '../../model/conditions/contrast.ts';
import type { Kind, Observation, Observer } from '../../model/index.ts';
import { instantOfSeconds } from '../lib/logs/stretch.ts';
import { logOwners } from '../lib/logs/who.ts';
import { patternContrasts } from './patterns.ts';
import { seriesContrasts } from './series.ts';
import { valueContrasts } from './values.ts';
import { windowsOf } from './windows.ts';

export const contrasts: Observer = {
  id: 'contrast',
  answers: [contrast as Kind],
  look(_kind, _query, world): Observation {
    const windows = windowsOf(world);
    if (windows === null)
      return { conditions: [], covered: [], notObservable: [{ why: 'no harm with a well stretch before it was observed: there is nothing to compare', next: contrast.next }] };
    const owners = logOwners(world.readings);
    const conditions = [...patternContrasts(owners, windows), ...valueContrasts(owners, windows), ...seriesContrasts(world.readings, windows)];
    const places = [...owners.slice(0, 1).map((o) => o.place), ...conditions.slice(0, 1).flatMap((c) => c.places)];
    if (places.length === 0) return { conditions: [], covered: [], notObservable: [{ why: 'neither logs nor series reach into both stretches', next: contrast.next }] };
    return {
      conditions,
      covered: [{ entity: null, interval: { from: null, to: Number.isFinite(windows.sickTo) ? instantOfSeconds(windows.sickTo) : null }, places }],
      notObservable: [],
    };
  },
};
