/** The raw bytes of one place, and what stands around them. */
import { type Artifact, type CitedPlace, decodeText, type Report, readSlice } from '../model/index.ts';
import { manyLines, oneLine } from '../report/lib/safe-text.ts';
import { UsageError } from './usage-error.ts';

const AROUND_BYTES = 4096;
const AROUND_LINES = 3;
const LINE_CAP = 2000;
/** Where more than this stands around the cited part of a line, it is shown in parts, so that what is cited can be found in it. */
const LINE_LONG = 480;
const PART_BESIDE = 150;

export interface Evidence {
  readonly place: CitedPlace;
  readonly artifact: Artifact;
  readonly bytes: Uint8Array;
}

export function findEvidence(report: Report, artifacts: readonly Artifact[], n: number): Evidence {
  const place = report.places.find((p) => p.n === n);
  const artifact = artifacts.find((a) => a.id === place?.artifact);
  if (place === undefined || artifact === undefined) {
    throw new UsageError(
      report.places.length === 0 ? `there is no place [${n}]: the report cites none` : `there is no place [${n}]; the report cites [1] to [${report.places.length}]`,
    );
  }
  return { place, artifact, bytes: readSlice(artifact.source, place.offset, place.length) };
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** For programs: every byte, as text where it is UTF-8, else as base64. */
export function evidenceJson({ place, artifact, bytes }: Evidence): string {
  let raw: { text: string } | { base64: string };
  try {
    raw = { text: strict.decode(bytes) };
  } catch {
    raw = { base64: Buffer.from(bytes).toString('base64') };
  }
  return `${JSON.stringify({ n: place.n, artifact: artifact.id, sha256: artifact.sha256, decoders: artifact.decoders, offset: place.offset, length: place.length, ...raw }, null, 2)}\n`;
}

export function evidenceText(evidence: Evidence): string {
  const { place, artifact } = evidence;
  const head = [
    `[${place.n}] ${artifact.id}${place.line === undefined ? '' : `:${place.line}`}  bytes ${place.offset}–${place.offset + place.length} of ${artifact.source.sizeBytes}${artifact.decoders.length === 0 ? '' : ` (after ${artifact.decoders.join(', ')})`}`,
    place.pointer === undefined ? null : `    ${place.pointer}`,
    `    sha256 ${artifact.sha256}`,
    artifact.command === undefined ? null : `    taken with: ${artifact.command}${artifact.collector === undefined ? '' : ` (${artifact.collector})`}`,
  ];
  const lines = head.filter((l) => l !== null).map(oneLine);
  return `${[...lines, '', ...(place.line === undefined ? hexDump(evidence) : textLines(evidence))].join('\n')}\n`;
}

/** Whole lines, those of the place marked with '>'. Long lines are cut around the place. */
function textLines({ place, artifact, bytes }: Evidence): string[] {
  const before = readSlice(artifact.source, Math.max(0, place.offset - AROUND_BYTES), Math.min(place.offset, AROUND_BYTES));
  const after = readSlice(artifact.source, place.offset + place.length, AROUND_BYTES);
  const above = decodeText(before).split('\n');
  const below = decodeText(after).split('\n');
  const prefix = above.pop() ?? '';
  const suffix = below.shift() ?? '';
  const cited = `${prefix.slice(-LINE_CAP)}${decodeText(bytes)}${suffix.slice(0, LINE_CAP)}`.replace(/\r?\n$/, '').split('\n');
  const citedText = decodeText(bytes);
  if (!citedText.includes('\n') && prefix.length + suffix.length > LINE_LONG) {
    const rows: readonly (readonly [string, string])[] = [
      [' ', prefix.length > PART_BESIDE ? `…${prefix.slice(-PART_BESIDE)}` : prefix],
      ['>', citedText.slice(0, 2 * LINE_CAP)],
      [' ', suffix.length > PART_BESIDE ? `${suffix.slice(0, PART_BESIDE)}…` : suffix],
    ];
    return rows.filter(([, text]) => text !== '').map(([mark, text]) => `${mark} ${place.line}  ${manyLines(text)}`);
  }
  const first = (place.line ?? 1) - Math.min(AROUND_LINES, above.length);
  const shown = [
    ...above.slice(-AROUND_LINES).map((text) => ({ mark: ' ', text })),
    ...cited.map((text) => ({ mark: '>', text })),
    ...below.slice(0, AROUND_LINES).map((text) => ({ mark: ' ', text })),
  ];
  const width = String(first + shown.length).length;
  return shown.map(({ mark, text }, i) => `${mark} ${String(first + i).padStart(width)}  ${manyLines(text.slice(0, 2 * LINE_CAP))}`);
}

const ROW = 16;

function hexDump({ place, artifact }: Evidence): string[] {
  const from = Math.max(0, Math.floor(place.offset / ROW) * ROW - 2 * ROW);
  const to = Math.min(artifact.source.sizeBytes, Math.ceil((place.offset + place.length) / ROW) * ROW + 2 * ROW);
  const rows: string[] = [];
  for (let at = from; at < to; at += ROW) {
    const bytes = readSlice(artifact.source, at, Math.min(ROW, to - at));
    const inside = at + ROW > place.offset && at < place.offset + place.length;
    const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(' ');
    const ascii = Array.from(bytes, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '.')).join('');
    rows.push(`${inside ? '>' : ' '} ${at.toString(16).padStart(8, '0')}  ${hex.padEnd(ROW * 3 - 1)}  ${ascii}`);
  }
  return rows;
}
