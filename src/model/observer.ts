/**
 * An observer turns what was read into conditions, lazily: it is asked for one kind at a time and may be asked for a part only.
 */
import type { Artifact } from './artifact.ts';
import type { Answer, Condition, Coverage, Facts, Kind, NotObservable } from './condition.ts';
import type { Alias, Edge, Entity } from './entity.ts';
import type { Identity } from './identity.ts';
import type { Readings } from './reader.ts';
import type { Ahead, Interval } from './time.ts';

export interface Query {
  /** null: for every entity. Observers may answer more than was asked; the caller filters. */
  readonly entity: Entity | null;
  readonly interval: Interval;
}

export interface Observation {
  readonly conditions: readonly Condition[];
  /** Where the kind was really looked at: conditions not listed there are absent. */
  readonly covered: readonly Coverage[];
  readonly notObservable: readonly NotObservable[];
}

export interface Identified {
  readonly aliases: readonly Alias[];
  readonly edges: readonly Edge[];
}

/** What an observer may use: the readings, the identity graph (complete when `look` is called), other kinds' answers. */
export interface World {
  readonly readings: Readings;
  readonly identity: Identity;
  readonly artifacts: readonly Artifact[];
  /** What the user says was a well stretch (--baseline); null when nothing was said. */
  readonly baseline: Interval | null;
  /** The hall's memoised look; an observer must not ask for a kind it answers itself. */
  look<F extends Facts>(kind: Kind<F>, entity?: Entity | null, interval?: Interval): Answer<F>;
  /** What the clock of one onset shows more than that of another, where the logs tell; null where nothing is known of them. */
  ahead(from: string | undefined, to: string | undefined): Ahead | null;
}

export interface Observer {
  /** Equal to the folder name under src/observe/. */
  readonly id: string;
  readonly answers: readonly Kind[];
  /** Cheap names and edges, asked once before any look. */
  identify?(readings: Readings): Identified;
  look(kind: Kind, query: Query, world: World): Observation;
}

export const NOTHING: Observation = { conditions: [], covered: [], notObservable: [] };
