/** `gorca logs grep --victorialogs URL`: what can be asked of the store without losing a record is asked there, the rest is filtered here. */
import type { LogFile } from '../../collect/log-files/index.ts';
import { type Instant, instant } from '../../model/index.ts';
import { compileQuery, needsDay } from '../../read/logs/search/index.ts';
import { requiredOf } from '../../read/logs/search/required-texts.ts';
import { oneLine } from '../../report/lib/safe-text.ts';
import type { FlagValues } from '../command.ts';
import type { Console } from '../console.ts';
import type { ExitCode } from '../exit-codes.ts';
import { askedStores } from '../stores.ts';
import { UsageError } from '../usage-error.ts';

/** A store dates a line by when it was shipped where the shipper does not read its time. */
const LATE_NS = 600_000_000_000n;

export interface AskedLogs {
  readonly logs: readonly LogFile[];
  readonly exit: ExitCode;
}

export async function askGrep(console: Console, flags: FlagValues, text: string): Promise<AskedLogs> {
  if (needsDay(text)) throw new UsageError('a time of day needs its date where a log store is asked: since=2026-11-22T14:02');
  const { texts, trace, from, to } = requiredOf(await compileQuery(text, null));
  const around = (at: Instant | null, by: bigint): Instant | undefined => (at === null ? undefined : instant(at + by));
  const [begin, end] = [around(from, -LATE_NS), around(to, LATE_NS)];
  const asked = await askedStores(console, flags, {
    ...(trace === null ? {} : { trace }),
    ...(texts === null ? {} : { holds: texts }),
    ...(begin === undefined ? {} : { from: begin }),
    ...(end === undefined ? {} : { to: end }),
  });
  for (const g of asked.gaps) console.err(`${oneLine(g.what)} (${oneLine(g.why)}); ${oneLine(g.next)}\n`);
  return { logs: asked.artifacts.map((artifact) => ({ artifact, realPath: null })), exit: asked.exit };
}
