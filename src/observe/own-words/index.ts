/**
 * What a program says of itself at both ends of its life: where it listens, and why it gives up.
 * Reads: logs · Answers: process/listening, process/gave-up.
 */
import { gaveUp, processListening } from '../../model/conditions/crash.ts';
import { type Condition, condition, entityId, type Kind, type Observation, type Observer, weaker } from '../../model/index.ts';
import { atLeastLevel, type Level } from '../../read/logs/index.ts';
import { type Announced, type LastRecord, placeOf } from '../lib/logs/digest.ts';
import { fineSeconds } from '../lib/logs/stretch.ts';
import { type LogOwner, logOwners } from '../lib/logs/who.ts';
import { podFile } from '../lib/pod-files.ts';
import { settingAskedFor } from './setting.ts';

export const ownWords: Observer = {
  id: 'own-words',
  answers: [processListening, gaveUp] as readonly unknown[] as readonly Kind[],
  /** Logs name their processes themselves (observer `logs`); a pod's own file is also part of its container. */
  identify(readings) {
    return {
      aliases: [],
      edges: logOwners(readings).flatMap((o) => {
        const file = podFile(o.digest.source.artifact, readings);
        return file === null || entityId(file.process) !== entityId(o.process)
          ? []
          : [{ from: file.process, relation: 'part-of' as const, to: file.container, strength: 'stated' as const, places: [file.place] }];
      }),
    };
  },
  look(kind, _query, world): Observation {
    const owners = logOwners(world.readings);
    const nothing = [
      { why: owners.length === 0 ? 'no log of a known logger is at hand' : 'the logs at hand do not say so', next: 'kubectl logs POD --previous, or the whole log of the process' },
    ];
    const conditions = owners.flatMap((o) => {
      const own = podFile(o.digest.source.artifact, world.readings);
      const strength =
        own === null ? (o.digest.source.artifact.covers.find((c) => c.entity.kind === 'container' || c.entity.kind === 'process')?.strength ?? 'guessed') : own.strength;
      return (kind.id === processListening.id ? listening(o) : ended(o)).map((c) => ({ ...c, strength: weaker(c.strength, strength) }));
    });
    return { conditions, covered: [], notObservable: nothing };
  },
};

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/;

function listening(o: LogOwner): Condition[] {
  const first = o.digest.from;
  const seen = new Set<string>();
  return o.digest.announced.flatMap((a: Announced) => {
    const m = /^(?:https?:\/\/)?(.*):(\d{2,5})\/?$/.exec(a.address);
    if (m === null || seen.has(a.address)) return [];
    seen.add(a.address);
    const host = m[1] === '' ? null : (m[1] ?? null);
    const seconds = first === null || a.at === null ? null : Math.round(fineSeconds(a.at) - fineSeconds(first));
    return [
      condition(processListening, {
        entity: o.process,
        discriminator: `${o.digest.source.artifact.id} ${a.address}`,
        during: { from: a.at, to: o.digest.to },
        onset: { lastWell: first, firstIll: a.at },
        facts: {
          address: a.address,
          host,
          port: m[2] ?? '',
          loopback: host !== null && LOOPBACK.test(host),
          purpose: /metric|admin|debug|pprof|internal|prometheus|telemetry|profil/i.test(a.message) ? 'admin' : 'any',
          seconds,
        },
        says: `the program says that it listens on ${a.address}${seconds === null || seconds < 2 ? '' : `, ${seconds} s after its first record`}`,
        places: [placeOf(o.digest, a)],
      }) as Condition,
    ];
  });
}

const DEPENDENCY =
  /dial (?:tcp|unix|udp)|connection refused|no such host|i\/o timeout|failed to connect|could not connect|cannot connect|unable to connect|connection reset|x509: |tls: |no route to host|network is unreachable/i;
const ADDRESS_IN_USE = /bind: address already in use/;

function ended(o: LogOwner): Condition[] {
  const last: LastRecord | null = o.digest.last;
  if (last === null) return [];
  const message = last.error === null ? last.message : `${last.message}: ${last.error}`;
  const setting = settingAskedFor(message);
  const dependency = DEPENDENCY.test(message);
  const inUse = ADDRESS_IN_USE.test(message);
  const bad = last.level !== null && atLeastLevel(last.level as Level, 'error');
  // package log bridged into a structured logger prints log.Fatal at level info: then only a text that can end a program counts
  if (!bad && setting === null && !dependency && !inUse) return [];
  const about = setting !== null ? 'setting' : inUse ? 'address-in-use' : dependency ? 'dependency' : 'other';
  const subject = setting ?? /\b(?:dial (?:tcp|udp) |lookup )([^\s:]{1,253}(?::\d{1,5})?)/.exec(message)?.[1] ?? null;
  return [
    condition(gaveUp, {
      entity: o.process,
      discriminator: o.digest.source.artifact.id,
      during: { from: last.at, to: last.at },
      onset: { lastWell: null, firstIll: last.at },
      facts: { message: message.slice(0, 400), level: last.level ?? '', about, subject },
      says: `the last the program says: "${message.slice(0, 160)}"`,
      places: [placeOf(o.digest, last)],
    }) as Condition,
  ];
}
