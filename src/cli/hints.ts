/** What the user says about the incident, read from flags and kept as said. */
import { type Alias, type Artifact, type Entity, type EntityKind, type Instant, type Interval, instant, memorySource, parseInstant, placeAt, type Report } from '../model/index.ts';
import { sha256Of } from '../platform/hash.ts';
import type { FlagValues } from './command.ts';
import { UsageError } from './usage-error.ts';

export interface Hints {
  readonly scope: { readonly entities: readonly string[]; readonly interval: Interval; readonly at: Interval | null };
  readonly aliases: readonly Alias[];
  /** What was said, as text that can be cited: no input, and not read as one. */
  readonly statements: readonly Artifact[];
  readonly baseline: Interval | null;
  readonly hints: Report['hints'];
}

const text = (flags: FlagValues, name: string): string | null => (typeof flags[name] === 'string' ? (flags[name] as string) : null);
const texts = (flags: FlagValues, name: string): readonly string[] => (Array.isArray(flags[name]) ? (flags[name] as readonly string[]) : []);

/** RFC 3339, or its beginning: "2026-11-24", "2026-11-24 14:02". UTC unless a zone is given. */
export function parseTime(flag: string, given: string): Instant {
  const day = /^\d{4}-\d\d-\d\d$/.test(given) ? `${given}T00:00:00Z` : given;
  const minute = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d)(Z|[+-]\d\d:?\d\d)?$/.exec(day);
  const at = parseInstant(minute === null ? day : `${minute[1]}:00${minute[2] ?? 'Z'}`);
  if (at === null) {
    // the report's own times are without a day: its READ line has it
    const why = /^\d\d?:\d\d(:\d\d)?$/.test(given) ? 'the day is missing' : 'it is no time';
    throw new UsageError(`--${flag} ${given}: ${why}; "2026-11-24 14:02", 2026-11-24T14:02:05Z and 2026-11-24 are times (UTC unless a zone is given)`);
  }
  return at;
}

export function readHints(flags: FlagValues): Hints {
  const hints: { flag: string; value: string }[] = [];
  for (const flag of ['scope', 'at', 'since', 'until', 'baseline', 'same']) {
    for (const value of [text(flags, flag) ?? [], texts(flags, flag)].flat()) hints.push({ flag: `--${flag}`, value });
  }
  const time = (flag: string): Instant | null => {
    const given = text(flags, flag);
    return given === null ? null : parseTime(flag, given);
  };
  const since = time('since');
  const until = time('until');
  if (since !== null && until !== null && since > until) throw new UsageError('--since is after --until');
  const at = time('at');
  const baseline = text(flags, 'baseline');
  const said = statementsOf(texts(flags, 'same'));
  return {
    scope: { entities: texts(flags, 'scope'), interval: { from: since, to: until }, at: at === null ? null : { from: at, to: instant(at) } },
    aliases: said.aliases,
    statements: said.artifact === null ? [] : [said.artifact],
    baseline: baseline === null ? null : parseStretch('baseline', baseline),
    hints,
  };
}

export function parseStretch(flag: string, given: string): Interval {
  const parts = given.split('/');
  if (parts.length !== 2) throw new UsageError(`--${flag} ${given}: two times with a slash between them are expected, e.g. 2026-11-24T13:00Z/2026-11-24T14:00Z`);
  const [from, to] = parts.map((p) => parseTime(flag, p)) as [Instant, Instant];
  if (from > to) throw new UsageError(`--${flag} ${given}: the first time is after the second`);
  return { from, to };
}

/** Parts of a key by kind; 0 = any number. */
const ENTITY_PARTS: Readonly<Partial<Record<EntityKind, number>>> = {
  service: 0,
  process: 0,
  image: 0,
  node: 1,
  namespace: 1,
  pod: 2,
  revision: 2,
  workload: 3,
  container: 3,
  object: 3,
};

function parseEntity(given: string, whole: string): Entity {
  const colon = given.indexOf(':');
  const kind = given.slice(0, Math.max(0, colon)) as EntityKind;
  const key = given.slice(colon + 1);
  const parts = ENTITY_PARTS[kind];
  if (colon <= 0 || key === '' || parts === undefined || (parts > 0 && key.split('/').length !== parts)) {
    throw new UsageError(
      `--same ${whole}: "${given}" names no entity; service:NAME, node:NAME, pod:NAMESPACE/NAME, container:NAMESPACE/POD/NAME and workload:NAMESPACE/deployment/NAME do`,
    );
  }
  return { kind, key };
}

const COMMAND_LINE = '(command line)';

/** One line a statement; what leans on it cites its line. */
function statementsOf(given: readonly string[]): { aliases: Alias[]; artifact: Artifact | null } {
  const encoder = new TextEncoder();
  const lines = given.map((g) => encoder.encode(`--same ${g}\n`));
  let offset = 0;
  const aliases = given.map((g, i) => {
    const length = (lines[i] as Uint8Array).length;
    const place = placeAt(COMMAND_LINE, { offset, length: length - 1 });
    offset += length;
    return { ...parseSame(g), places: [place] };
  });
  if (aliases.length === 0) return { aliases, artifact: null };
  const source = memorySource(encoder.encode(given.map((g) => `--same ${g}\n`).join('')));
  return {
    aliases,
    artifact: { id: COMMAND_LINE, path: COMMAND_LINE, decoders: [], source, sha256: sha256Of(source), interval: { from: null, to: null }, covers: [] },
  };
}

function parseSame(given: string): Alias {
  const parts = given.split('=');
  if (parts.length !== 2) throw new UsageError(`--same ${given}: two names with = between them are expected, e.g. service:orders=workload:shop/deployment/orders`);
  const [a, b] = parts.map((p) => parseEntity(p, given)) as [Entity, Entity];
  return { a, b, strength: 'stated', why: `--same ${given}`, places: [], byUser: true };
}
