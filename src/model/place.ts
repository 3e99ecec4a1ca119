/** Where something stands. Every claim shown to a person carries at least one. */
export interface Place {
  /** Artifact id. */
  readonly artifact: string;
  /** Byte span in the artifact's decoded bytes (after gzip and archive, before docker/CRI line wrappers). */
  readonly offset: number;
  readonly length: number;
  /** Line wrappers or encodings between the span and the text meant: 'docker', 'cri', 'json-string' … */
  readonly decoders?: readonly string[];
  /** JSON pointer, "series up{…} @ 14:02:05", "sample 12": what within the span is meant, readable without the bytes. */
  readonly pointer?: string;
}

/** A place as a report prints it: numbered, with its line and its raw excerpt. */
export interface CitedPlace extends Place {
  readonly n: number;
  readonly file: string;
  readonly member?: string;
  /** 1-based; absent for binary artifacts. */
  readonly line?: number;
  /** The bytes of the span: as text, or hex ("hex:0a1b…") where they are not valid UTF-8 text. */
  readonly excerpt: string;
}

/** No place is longer than this: a claim points, it does not copy. */
export const PLACE_LENGTH_CAP = 600;

export interface Span {
  readonly offset: number;
  readonly length: number;
}

export function placeAt(artifact: string, span: Span, more?: { pointer?: string; decoders?: readonly string[] }): Place {
  // nearly every place: without the spreads below
  if (more === undefined || (more.pointer === undefined && (more.decoders?.length ?? 0) === 0))
    return { artifact, offset: span.offset, length: Math.min(span.length, PLACE_LENGTH_CAP) };
  return {
    artifact,
    offset: span.offset,
    length: Math.min(span.length, PLACE_LENGTH_CAP),
    ...(more?.decoders !== undefined && more.decoders.length > 0 ? { decoders: more.decoders } : {}),
    ...(more?.pointer !== undefined ? { pointer: more.pointer } : {}),
  };
}

export const placeKey = (p: Place): string => `${p.artifact}\u0000${p.offset}\u0000${p.length}\u0000${p.pointer ?? ''}`;

export function uniquePlaces(places: readonly Place[], most = Number.POSITIVE_INFINITY): Place[] {
  const seen = new Map<string, Place>();
  for (const p of places) {
    if (seen.size >= most) break;
    const key = placeKey(p);
    if (!seen.has(key)) seen.set(key, p);
  }
  return [...seen.values()];
}
