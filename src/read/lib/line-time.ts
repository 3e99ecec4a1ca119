/**
 * The time a log line carries, wherever its logger puts it: enough to say between which two lines a crash text stands.
 * RFC 3339 (slog, zap, zerolog, logrus), std log (2026/11/22 19:09:01.447496: local time, read as UTC, as containers run),
 * zap's float epoch seconds ("ts":1795374541.4468782). klog and console loggers without a date give none.
 */
import { decodeLatin1, type Instant, instant, parseInstant } from '../../model/index.ts';

const LOOK = 400;
const RFC3339 = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/;
const STD = /(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?)/;
const EPOCH = /"(?:ts|time|timestamp)": ?(\d{10})(?:\.(\d{1,9}))?[,}]/;

export function timeInLine(line: Uint8Array): Instant | null {
  const text = decodeLatin1(line.subarray(0, LOOK));
  const iso = RFC3339.exec(text);
  if (iso !== null) return parseInstant(iso[0]);
  const std = STD.exec(text);
  if (std !== null) return parseInstant(`${std[1]}-${std[2]}-${std[3]}T${std[4]}Z`);
  const epoch = EPOCH.exec(text);
  if (epoch !== null) return instant(BigInt(epoch[1] as string) * 1_000_000_000n + BigInt((epoch[2] ?? '').padEnd(9, '0').slice(0, 9)));
  return null;
}
