/**
 * A reader turns bytes of one format into a typed model and problems.
 * Sniffing is by content only, never by name. Readers never throw on input.
 */
import type { Artifact } from './artifact.ts';
import type { Problem } from './problem.ts';

export interface Sniff {
  /** 0 = not this format … 1 = certain. The highest wins; ties go to the reader id that sorts first. */
  readonly confidence: number;
  /** How far the format was followed, in bytes, and what stopped it: printed when no reader takes a file. */
  readonly reached: number;
  readonly why: string;
}

export interface ReadResult<M> {
  /** null when nothing usable was found (then there is at least one problem of severity error). */
  readonly model: M | null;
  readonly problems: readonly Problem[];
}

/** First bytes handed to sniff. */
export const SNIFF_BYTES = 64 * 1024;
/** Whole-file readers refuse larger decoded inputs with a problem; streaming readers (logs, dumps) do not. */
export const WHOLE_FILE_CAP = 512 * 1024 * 1024;

export interface Reader<M> {
  /** Equal to the folder name under src/read/. */
  readonly id: string;
  readonly title: string;
  /**
   * whole: owns the file it wins by sniffing.
   * embedded: also looked for inside every text artifact, whoever owns it (crash text in a log, OOM lines in a console capture).
   */
  readonly takes: 'whole' | 'embedded';
  /** Sniffing parses a lot: asked last, and only where no other reader is sure. */
  readonly costlySniff?: boolean;
  /** true: read only when a hypothesis asks (source, big logs); problems of files nobody asked for are then not known. */
  readonly lazy?: boolean;
  sniff(head: Uint8Array, sizeBytes: number): Sniff;
  /** Embedded readers: cheap test whether the text may hold one (literal needles only). */
  mayHold?(artifact: Artifact): boolean;
  read(artifact: Artifact): ReadResult<M>;
}

/** One artifact as one reader understood it. */
export interface Reading<M> {
  readonly artifact: Artifact;
  readonly reader: string;
  readonly model: M;
}

/** What observers see of everything read. Reading is lazy and memoised. */
export interface Readings {
  /** All artifacts this reader could read (owned or embedded), in canonical artifact order. */
  of<M>(reader: Reader<M>): readonly Reading<M>[];
  readonly artifacts: readonly Artifact[];
}
