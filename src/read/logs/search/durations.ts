/** How a kernel reads durations as roles.ts does: names, units, and what tells loggers apart that write a time.Duration in different ways. */
import { CLUES_CAP, type DurationReading, UNITS, type UnitClue } from '../../../kernels/index.ts';
import type { KeyedFormat, Proof } from '../format.ts';
import type { FormatSet } from '../format-set.ts';
import type { DurationUnit } from '../log-source.ts';
import { DURATION_ENDINGS, DURATION_NAMES } from '../roles.ts';

const UNIT_OF: Readonly<Record<DurationUnit, number>> = { 'seconds-float': UNITS.seconds, milliseconds: UNITS.milliseconds, nanoseconds: UNITS.nanoseconds, unknown: UNITS.none };

export function durationReading(formats: FormatSet): DurationReading {
  const json = formats.json.known.map((k) => k.format);
  const keyed = [...json, ...formats.logfmt.known.map((k) => k.format), formats.json.other.format, formats.logfmt.other.format];
  return {
    names: [...DURATION_NAMES],
    endings: DURATION_ENDINGS.map(([text, seconds]) => ({ text, seconds })),
    messages: [...new Set(keyed.flatMap((f) => f.roles.message))],
    ...unitsOf(json),
  };
}

/** The proofs of all formats as clues, and whose unit holds where a set of them does: where just one unit is proven. */
function unitsOf(formats: readonly KeyedFormat[]): Pick<DurationReading, 'clues' | 'units'> {
  const clues: UnitClue[] = [];
  const numbers = new Map<string, number>();
  const proofs = formats.map((format) => {
    let bits = 0;
    for (const clue of format.proof.map((p) => clueOf(format, p))) {
      if (clue === null) return null;
      const key = JSON.stringify(clue);
      const known = numbers.get(key) ?? clues.push(clue) - 1;
      numbers.set(key, known);
      bits |= 1 << known;
    }
    return { bits, unit: format.attributes === 'otlp' ? UNITS.unsure : UNIT_OF[format.durations] };
  });
  // a proof that no clue stands for may hold for any line
  if (clues.length > CLUES_CAP || proofs.includes(null)) return { clues: [], units: new Uint8Array([UNITS.unsure]) };
  const units = Uint8Array.from({ length: 1 << clues.length }, (_none, held) => {
    const proven = new Set(proofs.filter((p) => p !== null && (held & p.bits) === p.bits).map((p) => p!.unit));
    return proven.size === 1 ? [...proven][0]! : UNITS.unsure;
  });
  return { clues, units };
}

function clueOf(format: KeyedFormat, { key, before, is }: Proof): UnitClue | null {
  if (key.includes('.') || (before !== undefined && (is !== undefined || before.includes('.')))) return null;
  if (before !== undefined) return { key, kind: 'before', other: before };
  switch (is) {
    case undefined:
      return { key, kind: 'there' };
    case 'rfc3339':
      return { key, kind: 'dated' };
    case 'level':
      return { key, kind: 'one-of', texts: Object.keys(format.levels ?? {}), offset: format.levelOffsets === true };
    case 'number':
      return null;
    default:
      return { key, kind: 'one-of', texts: is, offset: false };
  }
}
