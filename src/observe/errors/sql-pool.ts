/** database/sql has no error text for a full pool; its goroutines show it: they wait in (*DB).conn. */
import { sqlPoolWaitedFor } from '../../model/conditions/error-texts.ts';
import { bucketSeen } from '../../model/conditions/goroutines.ts';
import { type Condition, condition, type Facts, type Observation, uniquePlaces, type World } from '../../model/index.ts';

/** One or two meet a busy moment. */
const LEAST = 3;

const standsIn = (c: Condition<Facts>, frame: RegExp): boolean => (c.facts['stack'] as readonly string[]).some((s) => frame.test(s));
/** Not connectionOpener, which every pool has. */
const WAITS = /^database\/sql\.\(\*DB\)\.conn(?:\s|$)/;
/** ctxDriverExec, ctxDriverStmtQuery … of database/sql/ctxutil.go: around each call into a driver. */
const IN_STATEMENT = /^database\/sql\.ctxDriver/;

export function lookSqlPools(world: World): Observation {
  const answer = world.look(bucketSeen);
  if (answer.state === 'not-observable') return { conditions: [], covered: [], notObservable: answer.reasons };
  if (answer.state === 'absent') return { conditions: [], covered: answer.covered, notObservable: [] };
  const made: Condition<Facts>[] = [];
  const seen = answer.conditions as readonly Condition<Facts>[];
  for (const c of seen) {
    if (!standsIn(c, WAITS)) continue;
    const counts = c.facts['counts'] as readonly number[];
    const waiting = Math.max(...counts);
    const dump = counts.indexOf(waiting);
    if (waiting < LEAST) continue;
    const busy = seen.filter((o) => world.identity.within(o.entity, c.entity, 'process') !== null && standsIn(o, IN_STATEMENT));
    const inStatements = busy.reduce((n, o) => n + ((o.facts['counts'] as readonly number[])[dump] ?? 0), 0);
    const of = world.identity.lift(c.entity, 'service')[0];
    made.push(
      condition(sqlPoolWaitedFor, {
        entity: c.entity,
        discriminator: `${c.facts['function']}:${c.facts['line']}`,
        during: { from: null, to: null },
        onset: { lastWell: null, firstIll: null },
        quantity: { value: waiting, unit: 'goroutines', known: 'counted' },
        facts: {
          service: of?.entity.key ?? '',
          waiting,
          inStatements,
          function: String(c.facts['function']),
          file: String(c.facts['file']),
          line: Number(c.facts['line']),
        },
        says: `${waiting} goroutines wait for a connection of a database/sql pool at ${c.facts['function']}:${c.facts['line']}, ${inStatements} are inside a statement`,
        places: uniquePlaces([...c.places, ...busy.flatMap((o) => o.places.slice(0, 1))], 4),
        strength: c.strength,
      }) as Condition<Facts>,
    );
  }
  return { conditions: made, covered: answer.covered ?? [], notObservable: [] };
}
