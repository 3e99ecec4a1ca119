/**
 * The hall: collect → read → observe → diagnose → verify → report. Read this first.
 *
 * What was collected comes in as artifacts; everything after that runs anywhere, in a browser tab too.
 */
import { diagnose, EVERYTHING, makeReport, type Scope } from './diagnose/index.ts';
import { mechanisms as allMechanisms } from './diagnose/mechanisms/index.ts';
import { kinds } from './model/conditions/index.ts';
import type { Alias, Artifact, Interval, Problem, Report, ReportGap } from './model/index.ts';
import { observers as allObservers } from './observe/index.ts';
import { openWorld } from './observe/lib/world.ts';
import { readers as allReaders } from './read/index.ts';
import { openReadings } from './read/lib/readings.ts';
import { type FormatSet, logs, logsReader } from './read/logs/index.ts';

export interface InvestigateOptions {
  readonly scope?: Scope;
  /** What the user says: aliases from --same, a well stretch from --baseline. Kept as statements and listed in the report. */
  readonly aliases?: readonly Alias[];
  readonly baseline?: Interval;
  readonly hints?: Report['hints'];
  /** Where those statements stand, to be cited: they are no inputs. */
  readonly statements?: readonly Artifact[];
  /** From the collect stage: what could not be opened, what the collector says is missing. */
  readonly problems?: readonly Problem[];
  readonly gaps?: readonly ReportGap[];
  /** Log formats with the user's own among them. */
  readonly formats?: FormatSet;
}

export interface Investigation {
  readonly report: Report;
  /** Why a mechanism is not named: for --why-not. */
  whyNot(mechanism: string): readonly { verdict: string; effect: string; why: string; next: string | null }[];
}

export function investigate(artifacts: readonly Artifact[], options: InvestigateOptions = {}): Investigation {
  const { formats } = options;
  const readings = openReadings(artifacts, formats === undefined ? allReaders : allReaders.map((r) => (r.id === logs.id ? logsReader(formats) : r)));
  const world = openWorld(readings, allObservers, { aliases: options.aliases ?? [], baseline: options.baseline ?? null });
  const { diagnosis, chainer } = diagnose(allMechanisms, kinds, world, options.scope ?? EVERYTHING);
  readings.finish();
  const context = {
    artifacts: [...readings.artifacts, ...(options.statements ?? [])],
    ask: world,
    chainer,
    kinds: new Map(kinds.map((k) => [k.id, k])),
    gaps: options.gaps ?? [],
    hints: options.hints ?? [],
    get problems() {
      return [...(options.problems ?? []), ...readings.problems()];
    },
    get inputs() {
      return readings.artifacts.map((a) => {
        const readers = readings.readersOf(a);
        const owned = readings.owner(a) !== null || readers.length > 0;
        return { artifact: a.id, bytes: a.source.sizeBytes, sha256: a.sha256, readers, tried: owned ? [] : readings.tried(a) };
      });
    },
  };
  const report = makeReport(diagnosis, context);
  return { report, whyNot: (mechanism) => chainer.whyNot(mechanism, kinds) };
}
