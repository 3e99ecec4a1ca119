/**
 * Reads how supervised processes ended, as supervisors and shells write it between the program's own lines.
 * Written by: systemd (core/service.c, seen through journalctl), supervisord 4.3, runit's sv, docker events, bash job control, `go run`,
 *   and the small supervise of go/zoo. Wordings with samples: endings.ts.
 * Sample:   2026-11-24 03:26:10,176 WARN exited: invoices (exit status 2; not expected)
 * Units:    codes as written; a signal by its name. Times where the line or its wrapper has one.
 * Problems: supervisor/none.
 * Not read: starts, stops that nobody waited for, resource use.
 */
import { decodeLatin1, type Instant, parseInstant, type Reader, type Span } from '../../model/index.ts';
import { logicalLines } from '../lib/lines.ts';
import { holdsAny, needles } from '../lib/needles.ts';
import { type Ending, WORDINGS, type Wording } from './endings.ts';

export type { Ending } from './endings.ts';

export interface SupervisedEnd extends Ending {
  readonly supervisor: Wording['supervisor'];
  readonly at: Instant | null;
  readonly span: Span;
}

export interface Supervised {
  readonly ends: readonly SupervisedEnd[];
}

const MOST = 20_000;
/** Supervisors write short lines. */
const LONGEST = 5000;
const NEEDLES = needles(
  'exit status',
  'signal: ',
  'exited: ',
  'stopped: ',
  'gave up: ',
  '.service: ',
  'container die',
  'container oom',
  'Killed ',
  'Exit ',
  'Terminated ',
  'core dumped',
  'normally up',
);

export const supervisor: Reader<Supervised> = {
  id: 'supervisor',
  title: 'endings told by a supervisor or shell',
  takes: 'embedded',

  sniff(head) {
    for (const line of decodeLatin1(head).split('\n').slice(0, 2000)) {
      const found = line.length <= LONGEST ? endingOf(line.replace(/\r$/, '')) : null;
      if (found !== null) return { confidence: 0.9, reached: head.length, why: `an ending told by ${found.wording.supervisor}` };
    }
    return { confidence: 0, reached: 0, why: 'no supervisor tells of an ending' };
  },

  mayHold: (artifact) => holdsAny(artifact.source, NEEDLES),

  read(artifact) {
    const ends: SupervisedEnd[] = [];
    for (const line of logicalLines(artifact)) {
      if (line.text.length > LONGEST || line.text.length < 6) continue;
      const text = decodeLatin1(line.text);
      // the journal's wrapper is taken off, its writer is "systemd[1]"
      const found = endingOf(text);
      if (found === null) continue;
      ends.push({ ...found.ending, supervisor: found.wording.supervisor, at: timeOf(text, line.time), span: line.span });
      if (ends.length >= MOST) break;
    }
    if (ends.length > 0) return { model: { ends }, problems: [] };
    return {
      model: null,
      problems: [
        {
          code: 'supervisor/none',
          severity: 'note',
          place: null,
          what: 'no ending is told here',
          why: 'words of supervisors stand in it, but no line of theirs',
          next: 'journalctl -u UNIT, or the supervisor’s own log',
        },
      ],
    };
  },
};

function endingOf(text: string): { ending: Ending; wording: Wording } | null {
  if (!NEEDLES.any.some((n) => text.includes(n))) return null;
  for (const wording of WORDINGS) {
    const ending = wording.read(text);
    if (ending !== null) return { ending, wording };
  }
  return null;
}

function timeOf(text: string, wrapperTime: string | null): Instant | null {
  const iso = /^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)[.,](\d{1,9})(Z|[+-]\d\d:?\d\d)?/.exec(text);
  if (iso !== null) return parseInstant(`${iso[1]?.replace(' ', 'T')}.${iso[2]}${iso[3] ?? 'Z'}`);
  const go = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)/.exec(text);
  if (go !== null) return parseInstant(`${go[1]}-${go[2]}-${go[3]}T${go[4]}Z`);
  return wrapperTime === null ? null : parseInstant(wrapperTime);
}
