/** Which names of fields the outline kernel knows, out of what the formats say. */
import type { OutlineName, OutlinePlan, OutlineRole } from '../../../kernels/index.ts';
import type { FormatSet } from '../format-set.ts';
import { LEVEL_NAMES } from '../levels.ts';
import { fieldRole } from '../search/names.ts';

/** Names that are the role's in whatever format has them; a line with two of a role is asked as a record. Rarer ones are asked, too. */
const MESSAGE = ['msg', 'message', '@message'];
const TIME = ['time', 'ts', 'timestamp', '@timestamp'];
const LEVEL = ['level', '@level', 'lvl', 'severity', 'loglevel', 'levelname', 'log.level'];

const names = (role: OutlineRole, of: readonly string[]): OutlineName[] => of.map((name, number) => ({ name, role, number: Math.min(number, 14) }));

export function outlinePlan(formats: FormatSet): OutlinePlan {
  // a format of the user's own may give any name any meaning
  const plain = (shape: 'json' | 'logfmt'): boolean => !formats.all.some((f) => f.own === true && f.shape === shape);
  return {
    keys: [
      ...names('message', MESSAGE),
      ...names('time', TIME),
      ...names('level', LEVEL),
      ...names('service-name', ['service.name']),
      ...names('undecidable', ['error.message', 'exception.message']),
    ],
    bare: [...names('error', [...(fieldRole('error') ?? [])]), ...names('service', [...(fieldRole('service') ?? [])])],
    levels: LEVEL_NAMES,
    json: plain('json'),
    logfmt: plain('logfmt'),
  };
}
