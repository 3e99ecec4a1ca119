/** One log record for a person: time, level, who, message, error, then the other fields; made harmless for a terminal. */
import { manyLines, oneLine } from '../lib/safe-text.ts';

export interface ShownRecord {
  /** RFC 3339. */
  readonly time: string | null;
  readonly level: string | null;
  readonly service: string | null;
  readonly message: string;
  readonly error: string | null;
  readonly fields: readonly (readonly [string, string])[];
  readonly stack: string | null;
  /** The file, where there are several. */
  readonly from: string | null;
}

export interface LogRecordStyle {
  readonly colour: boolean;
  readonly columns: number;
}

const RED = '\u001b[31m';
const YELLOW = '\u001b[33m';
const CYAN = '\u001b[36m';
const DIM = '\u001b[2m';
const BOLD = '\u001b[1m';
const RESET = '\u001b[0m';
const LEVEL_COLOURS: Readonly<Record<string, string>> = { fatal: `${BOLD}${RED}`, error: RED, warn: YELLOW, info: '', debug: DIM, trace: DIM };
/** Fields that are long stand whole all the same; a message of many lines is indented. */
const STACK_LINES = 12;

export function renderLogRecord(r: ShownRecord, style: LogRecordStyle): string {
  const paint = (colour: string, text: string): string => (style.colour && colour !== '' ? `${colour}${text}${RESET}` : text);
  const level = (r.level ?? '').toLowerCase();
  const time = r.time === null ? '' : `${paint(DIM, clock(r.time))} `;
  const head = `${time}${paint(
    LEVEL_COLOURS[level] ?? '',
    oneLine(level === '' ? '-' : level)
      .toUpperCase()
      .padEnd(5),
  )} `;
  const who = r.service ?? r.from;
  const [first = '', ...more] = manyLines(r.message).split('\n');
  const parts = [who === null ? '' : `${paint(CYAN, oneLine(who))} `, style.colour ? `${BOLD}${first}${RESET}` : first];
  if (r.error !== null) parts.push(` ${paint(RED, `error=${quoted(r.error)}`)}`);
  for (const [name, value] of r.fields) parts.push(` ${paint(DIM, `${oneLine(name)}=`)}${quoted(value)}`);
  const stack = r.stack === null ? [] : manyLines(r.stack).split('\n');
  const lines = [...more, ...stack.slice(0, STACK_LINES), ...(stack.length > STACK_LINES ? [`… and ${stack.length - STACK_LINES} more lines`] : [])];
  return `${head}${parts.join('')}\n${lines.map((l) => `    ${l}\n`).join('')}`;
}

/** The day is in the file; a person looks for the time. */
const clock = (time: string): string => {
  const m = /T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?/.exec(time);
  return m === null ? time : `${m[1]}.${(m[2] ?? '').padEnd(3, '0').slice(0, 3)}`;
};

const quoted = (value: string): string => {
  const text = oneLine(value);
  return /[\s"=]/.test(text) || text === '' ? `"${text.replaceAll('"', '\\"')}"` : text;
};
