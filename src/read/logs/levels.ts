/** Level names of every logger, brought to one scale. The printed name is kept beside it. */
export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export const LEVELS: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
export const atLeastLevel = (level: Level | null, floor: Level): boolean => level !== null && LEVELS.indexOf(level) >= LEVELS.indexOf(floor);

/** dpanic is an error that panics only in development; panic and fatal end the goroutine or the process. */
const NAMES: Readonly<Record<string, Level>> = {
  trace: 'trace',
  trac: 'trace',
  trc: 'trace',
  debug: 'debug',
  debu: 'debug',
  dbg: 'debug',
  info: 'info',
  inf: 'info',
  information: 'info',
  notice: 'info',
  i: 'info',
  warn: 'warn',
  warning: 'warn',
  wrn: 'warn',
  w: 'warn',
  error: 'error',
  erro: 'error',
  err: 'error',
  e: 'error',
  dpanic: 'error',
  panic: 'fatal',
  pani: 'fatal',
  pnc: 'fatal',
  fatal: 'fatal',
  fata: 'fatal',
  ftl: 'fatal',
  f: 'fatal',
  critical: 'fatal',
  crit: 'fatal',
};

export const COMMON_LEVELS: readonly string[] = Object.keys(NAMES);

/** Names that a kernel can compare in one step: at most eight letters. Ranks are places in LEVELS. */
export const LEVEL_NAMES: readonly { readonly name: string; readonly rank: number }[] = Object.entries(NAMES)
  .filter(([name]) => name.length <= 8)
  .map(([name, level]) => ({ name, rank: LEVELS.indexOf(level) }));

/** slog prints levels between its names as an offset: INFO+2, ERROR+4, DEBUG-4. */
const OFFSET = /^(DEBUG|INFO|WARN|ERROR)([+-])(\d{1,4})$/;
const BASE: Readonly<Record<string, number>> = { DEBUG: -4, INFO: 0, WARN: 4, ERROR: 8 };

export function levelOf(text: string): Level | null {
  const offset = OFFSET.exec(text);
  if (offset !== null) {
    const value = (BASE[offset[1]!] ?? 0) + (offset[2] === '+' ? 1 : -1) * Number(offset[3]);
    return value < -4 ? 'trace' : value < 0 ? 'debug' : value < 4 ? 'info' : value < 8 ? 'warn' : 'error';
  }
  const name = text.toLowerCase();
  return Object.hasOwn(NAMES, name) ? NAMES[name]! : null;
}

/** syslog(3) priorities, as the journal keeps them. */
const PRIORITIES: readonly Level[] = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'];
export const levelOfPriority = (text: string): Level | null => (/^[0-7]$/.test(text) ? (PRIORITIES[Number(text)] ?? null) : null);

/** Loggers without levels: a word at the head of the message says it, as in "ERROR reserve failed" or "[warn] …". */
const IN_MESSAGE = /^\[?(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|FATAL|PANIC|CRITICAL|trace|debug|info|warn|warning|error|fatal|panic)(?:\]|:|\s|\]:)/;

export function levelInMessage(message: string): { level: Level; text: string } | null {
  const m = IN_MESSAGE.exec(message);
  const level = m === null ? null : levelOf(m[1]!);
  return level === null ? null : { level, text: m![1]! };
}
