/** Flags that name log stores, and asking them: for every command that takes lines where they lie. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { StoreFault } from '../collect/lib/fault.ts';
import type { Holds } from '../collect/lib/holds.ts';
import { type Endpoint, endpointOf } from '../collect/lib/http.ts';
import { artifactsOf, type StoreSlice } from '../collect/lib/slice.ts';
import { type LogsWanted, MOST_LINES, WANTED_LEVELS, type WantedLevel } from '../collect/lib/wanted.ts';
import { collectLoki } from '../collect/loki/index.ts';
import { collectVictoriaLogs } from '../collect/victorialogs/index.ts';
import { type Artifact, type Instant, instant, type ReportGap } from '../model/index.ts';
import { manyLines } from '../report/lib/safe-text.ts';
import type { FlagValues } from './command.ts';
import type { Console } from './console.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { parseTime } from './hints.ts';
import { UsageError } from './usage-error.ts';

const STORES = { loki: { title: 'Loki', collect: collectLoki }, victorialogs: { title: 'VictoriaLogs', collect: collectVictoriaLogs } } as const;
type Store = keyof typeof STORES;

const text = (flags: FlagValues, name: string): string | undefined => (typeof flags[name] === 'string' ? flags[name] : undefined);
const texts = (flags: FlagValues, name: string): readonly string[] => (Array.isArray(flags[name]) ? (flags[name] as readonly string[]) : []);

const storesIn = (flags: FlagValues): readonly Store[] => (Object.keys(STORES) as Store[]).filter((s) => text(flags, s) !== undefined);

const DEFAULT_SINCE = '1h';
const UNITS: Readonly<Record<string, bigint>> = { s: 1n, m: 60n, h: 3600n, d: 86_400n, w: 604_800n };

/** `1h`, `30m`, `2d` before the end, or a time. */
function sinceOf(given: string, end: Instant): Instant {
  const m = /^(\d{1,6})([smhdw])$/.exec(given);
  if (m === null) return parseTime('since', given);
  return instant(end - BigInt(m[1]!) * UNITS[m[2]!]! * 1_000_000_000n);
}

/** What a command's arguments say, beside its flags. */
export interface WantedBeside {
  readonly trace?: string;
  readonly holds?: Holds;
  /** Where no flag says from when or up to when. */
  readonly from?: Instant;
  readonly to?: Instant;
}

/** What of the stores is wanted, by the flags; a trace may be named by a command's argument instead. */
export function wantedOf(flags: FlagValues, more: WantedBeside = {}): LogsWanted {
  const until = text(flags, 'until');
  const to = until === undefined ? (more.to ?? instant(BigInt(Date.now()) * 1_000_000n)) : parseTime('until', until);
  const since = text(flags, 'since');
  const from = since === undefined && more.from !== undefined ? more.from : sinceOf(since ?? DEFAULT_SINCE, to);
  if (from > to) throw new UsageError('--since is after --until');
  const [trace, query, service, level, contains] = [more.trace ?? text(flags, 'trace'), text(flags, 'query'), text(flags, 'service'), text(flags, 'level'), text(flags, 'text')];
  if (query !== undefined && [trace, service, level, contains].some((v) => v !== undefined))
    throw new UsageError('--query says all in the language of the store: --trace, --service, --level and --text go without it');
  if (level !== undefined && !(WANTED_LEVELS as readonly string[]).includes(level)) throw new UsageError(`--level ${level}: one of ${WANTED_LEVELS.join(', ')} is expected`);
  for (const [flag, value] of [
    ['trace', trace],
    ['query', query],
    ['service', service],
    ['text', contains],
  ] as const)
    if (value?.trim() === '') throw new UsageError(`--${flag} is empty`);
  return {
    from,
    to,
    most: typeof flags['limit'] === 'number' ? flags['limit'] : MOST_LINES,
    ...(trace === undefined ? {} : { trace }),
    ...(more.holds === undefined ? {} : { holds: more.holds }),
    ...(query === undefined ? {} : { query }),
    ...(service === undefined ? {} : { service }),
    ...(level === undefined ? {} : { level: level as WantedLevel }),
    ...(contains === undefined ? {} : { text: contains }),
  };
}

function endpointFor(store: Store, flags: FlagValues, console: Console): Endpoint {
  const given = text(flags, store) as string;
  if (!/^https?:\/\//i.test(given) || !URL.canParse(given))
    throw new UsageError(`--${store} ${given}: an address such as http://127.0.0.1:${store === 'loki' ? '3100' : '9428'} is expected`);
  const headers: Record<string, string> = {};
  const tenant = text(flags, 'tenant');
  if (tenant !== undefined && store === 'loki') headers['x-scope-orgid'] = tenant;
  else if (tenant !== undefined) {
    const m = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(tenant);
    if (m === null) throw new UsageError(`--tenant ${tenant}: VictoriaLogs takes ACCOUNT or ACCOUNT:PROJECT, which are numbers`);
    headers['accountid'] = m[1]!;
    headers['projectid'] = m[2] ?? '0';
  }
  return endpointOf(given, endpointOptions(console, flags, headers));
}

/** What authenticates, whom to trust and how long to wait, by the flags. */
export function endpointOptions(
  console: Console,
  flags: FlagValues,
  headers: Record<string, string> = {},
): { readonly headers: Readonly<Record<string, string>>; readonly ca?: string; readonly timeoutMs?: number } {
  const variable = text(flags, 'token-env');
  if (variable !== undefined) {
    const token = console.env[variable];
    if (token === undefined || token === '') throw new UsageError(`--token-env ${variable}: there is no such variable`);
    headers['authorization'] = `Bearer ${token.trim()}`;
  }
  for (const header of texts(flags, 'header')) {
    const m = /^([\w-]{1,100}):\s{0,16}([^\r\n]{0,8000})$/.exec(header);
    // its value may be a secret and is not repeated
    if (m === null) throw new UsageError('--header: "Name: value" is expected');
    headers[m[1]!.toLowerCase()] = m[2]!;
  }
  const ca = text(flags, 'ca');
  const timeout = flags['timeout'];
  return { headers, ...(ca === undefined ? {} : { ca: authority(ca) }), ...(typeof timeout === 'number' ? { timeoutMs: timeout * 1000 } : {}) };
}

function authority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--ca ${file} could not be read`);
  }
}

export interface FromStores {
  readonly slices: readonly StoreSlice[];
  /** Stores that gave nothing, as text for people. */
  readonly faults: readonly string[];
  readonly gaps: readonly ReportGap[];
  /** Where nothing came back at all: how the command ends. */
  readonly exit: ExitCode;
  readonly interrupted: boolean;
}

/** Asks every store that the flags name. Ctrl-C ends the asking and keeps what had come; a second one ends the command. */
export async function askStores(console: Console, flags: FlagValues, wanted: LogsWanted): Promise<FromStores> {
  const asked = storesIn(flags).map((store) => ({ store, endpoint: endpointFor(store, flags, console) }));
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  const slices: StoreSlice[] = [];
  const faults: string[] = [];
  const gaps: ReportGap[] = [];
  let exit: ExitCode = EXIT.finished;
  let interrupted = false;
  const clear = (): void => (console.errIsTerminal ? console.err('\r\u001b[K') : undefined);
  try {
    for (const { store, endpoint } of asked) {
      const { title, collect } = STORES[store];
      const onProgress = (what: string): void => (console.errIsTerminal ? console.err(`\r\u001b[K${title}: ${what}`) : undefined);
      try {
        const slice = await collect(wanted, { endpoint, signal: stop.signal, onProgress });
        slices.push(slice);
        interrupted ||= slice.interrupted;
      } catch (error) {
        if (!(error instanceof StoreFault)) throw error;
        interrupted ||= error.kind === 'interrupted';
        if (error.kind !== 'interrupted') {
          faults.push(faultText(title, error));
          gaps.push({ what: `no line of ${title}: ${error.message}`, why: error.said === '' ? 'it could not be asked' : error.said, next: error.next });
        }
        exit = error.kind === 'denied' ? EXIT.denied : error.kind === 'refused' ? EXIT.usage : EXIT.nothingReadable;
      }
      clear();
    }
  } finally {
    process.off('SIGINT', interrupt);
  }
  return { slices, faults, gaps, exit: interrupted ? EXIT.interrupted : slices.length > 0 ? EXIT.finished : exit, interrupted };
}

export interface AskedStores {
  readonly artifacts: readonly Artifact[];
  readonly gaps: readonly ReportGap[];
  readonly exit: ExitCode;
}

/** For commands that read what they are given: what the stores that the flags name give, as artifacts. */
export async function askedStores(console: Console, flags: FlagValues, more: WantedBeside = {}): Promise<AskedStores> {
  const { slices, faults, gaps, exit } = await askStores(console, flags, wantedOf(flags, more));
  for (const fault of faults) console.err(manyLines(fault));
  return { artifacts: slices.flatMap(artifactsOf), gaps: [...slices.flatMap((s) => s.gaps), ...gaps], exit };
}

/** As text for people. */
export const faultText = (title: string, fault: StoreFault): string =>
  `${title}: ${fault.message}${fault.said === '' ? '' : `\n  it says: ${fault.said}`}${fault.next === '' ? '' : `\n  ${fault.next}`}\n`;
