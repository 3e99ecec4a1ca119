/**
 * Names of the parts of one log that is rotated. Written by: logrotate (app.log.1, app.log.2.gz; dateext app.log-20261127 and
 * app.log-20261127-1795738204), lumberjack (app-2026-11-27T00-10-04.250.log.gz), the kubelet (0.log.20261127-001004.gz), docker (x-json.log.1).
 */
import type { Artifact } from '../../model/index.ts';

const PACKED = /\.(?:gz|zst|bz2|xz)$/i;
const NUMBERED = /^(.+?\.(?:log|out|err|txt|json))\.(\d{1,4})$/i;
const STAMP = '(\\d{4}-?\\d\\d-?\\d\\d(?:[T_-]?\\d\\d[-:.]?\\d\\d[-:.]?\\d\\d(?:\\.\\d{1,9})?)?(?:-\\d{9,11})?)';
const STAMPED = new RegExp(`^(.+?\\.(?:log|out|err|txt|json))[.-]${STAMP}$`, 'i');
const STAMPED_WITHIN = new RegExp(`^(.+?)[._-]${STAMP}(\\.(?:log|out|err|txt|json))$`, 'i');

export interface Rotation {
  /** Path of the file that is written to now. */
  readonly base: string;
  /** app.log.3: three rotations ago. */
  readonly number: number | null;
  /** Digits of the stamp: comparable as text. */
  readonly stamp: string | null;
}

export function rotationOf(path: string): Rotation {
  const slash = path.lastIndexOf('/') + 1;
  const folder = path.slice(0, slash);
  const name = path.slice(slash).replace(PACKED, '');
  const digits = (text: string): string => text.replace(/\D/g, '').padEnd(14, '0');
  const numbered = NUMBERED.exec(name);
  if (numbered !== null) return { base: folder + numbered[1]!, number: Number(numbered[2]), stamp: null };
  const stamped = STAMPED.exec(name);
  if (stamped !== null) return { base: folder + stamped[1]!, number: null, stamp: digits(stamped[2]!) };
  const within = STAMPED_WITHIN.exec(name);
  if (within !== null) return { base: folder + within[1]! + within[3]!, number: null, stamp: digits(within[2]!) };
  return { base: folder + name, number: null, stamp: null };
}

/** Oldest first by the names alone: stamps, then falling numbers, the file that is written to last. */
export function byRotation(a: Rotation, b: Rotation): number {
  if (a.stamp !== null && b.stamp !== null) return a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0;
  if (a.number !== null && b.number !== null) return b.number - a.number;
  const rank = (r: Rotation): number => (r.stamp !== null ? 0 : r.number !== null ? 1 : 2);
  return rank(a) - rank(b);
}

/** Of a file, or of a file in an archive. */
export function rotationOfArtifact({ path, member }: Pick<Artifact, 'path' | 'member'>): Rotation {
  return rotationOf((member === undefined ? path : `${path}!${member}`).replaceAll('\\', '/'));
}
