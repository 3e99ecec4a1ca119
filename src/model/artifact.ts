import type { ByteSource } from './bytes.ts';
import type { Entity } from './entity.ts';
import type { Strength } from './strength.ts';
import type { Instant, Interval } from './time.ts';

/** What an artifact speaks about, and how that is known. */
export interface Cover {
  readonly entity: Entity;
  readonly strength: Strength;
}

/** One input after archives and gzip were opened. */
export interface Artifact {
  /** Stable within one investigation: path (and member) in canonical order; independent of the order of the arguments. */
  readonly id: string;
  /** Path as given, with '/' separators, relative to the input it came from. */
  readonly path: string;
  /** Inside an archive: the member's path. */
  readonly member?: string;
  /** Decoders applied to reach `source`: 'gzip', 'zstd', 'zip', 'tar'. */
  readonly decoders: readonly string[];
  readonly source: ByteSource;
  readonly sha256: string;
  /** Collector's word on how it was taken; absent in a plain pile of files. */
  readonly collector?: string;
  readonly command?: string;
  readonly takenAt?: Instant;
  /** The stretch it covers; both ends may be unknown. */
  readonly interval: Interval;
  readonly covers: readonly Cover[];
  /** Known to be incomplete: 'cut', 'sampled', 'expired', 'filtered' with a reason. */
  readonly incomplete?: { readonly how: 'cut' | 'sampled' | 'expired' | 'filtered'; readonly why: string };
}
