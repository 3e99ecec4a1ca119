/** Help, made from the command records. */
import { wrap } from '../report/lib/safe-text.ts';
import type { CommandRecord, FlagRecord, Run } from './command.ts';
import { EXIT, EXIT_MEANINGS } from './exit-codes.ts';
import { COMMANDS, GROUPS, recordOf } from './records.ts';
import { UsageError } from './usage-error.ts';

export const ABOUT = 'takes a Go service incident from alert to verified root cause, from the files you have';

const usageOf = (record: CommandRecord): string =>
  ['gorca', record.name, record.args === undefined ? '' : `<${record.args.placeholder}>${record.args.files === true ? '…' : ''}`, record.flags.length > 0 ? '[flags]' : '']
    .filter((w) => w !== '')
    .join(' ');

export const flagUsage = (f: FlagRecord): string => `${f.short === undefined ? '' : `-${f.short}, `}--${f.name}${f.type === 'switch' ? '' : ` <${f.placeholder ?? 'value'}>`}`;

/** Two columns; a term that is too long stands on a line of its own. */
function rows(pairs: readonly (readonly [string, string])[], columns: number, most: number): string[] {
  const width = Math.min(most, Math.max(...pairs.map(([term]) => term.length)));
  return pairs.flatMap(([term, says]) => {
    const lines = wrap(says, columns - width - 4);
    const [first = '', ...rest] = lines;
    const indent = ' '.repeat(width + 4);
    const head = term.length > width ? [`  ${term}`, `${indent}${first}`] : [`  ${term.padEnd(width)}  ${first}`];
    return [...head, ...rest.map((line) => indent + line)];
  });
}

/** Commands, and in place of those that share a noun the noun with its verbs: a first look fits a screen. */
function nouns(): [string, string][] {
  const words = [...new Set(COMMANDS.map((c) => c.name.split(' ')[0] ?? c.name))];
  return words.map((noun) => {
    const about = GROUPS[noun];
    if (about === undefined) return [noun, recordOf([noun])?.says ?? ''];
    const verbs = COMMANDS.filter((c) => c.name.startsWith(`${noun} `)).map((c) => c.name.slice(noun.length + 1));
    return [noun, `${verbs.join(' · ')}: ${about}`];
  });
}

export function overview(columns: number): string {
  return `${[
    ...wrap(`gorca ${ABOUT}.`, columns),
    '',
    'USAGE',
    '  gorca <command> [inputs] [flags]',
    '  gorca <command> --help',
    '  gorca --version',
    '',
    'COMMANDS',
    ...rows(nouns(), columns, 16),
    '',
    'START WITH',
    ...rows(
      [
        ['gorca demo', 'the report on a real recorded incident'],
        ['gorca investigate ./my-incident/', 'the same on yours'],
        ['gorca investigate --help', 'what it reads and what it can print'],
      ],
      columns,
      34,
    ),
  ].join('\n')}\n`;
}

export function commandHelp(record: CommandRecord, columns: number): string {
  const flags = record.flags.filter((f) => f.hidden !== true);
  return `${[
    ...wrap(`gorca ${record.name}: ${record.says}`, columns),
    '',
    'USAGE',
    `  ${usageOf(record)}`,
    '',
    ...wrap(record.more, columns),
    ...(record.args === undefined ? [] : ['', 'ARGUMENTS', ...rows([[record.args.placeholder, record.args.says]], columns, 24)]),
    ...(flags.length === 0
      ? []
      : [
          '',
          'FLAGS',
          ...rows(
            flags.map((f) => [flagUsage(f), `${f.says}${f.values === undefined ? '' : ` (${f.values.join(', ')})`}${f.repeats === true ? '; may be repeated' : ''}`] as const),
            columns,
            22,
          ),
        ]),
    '',
    'EXAMPLES',
    ...rows(
      record.examples.map((e) => [e.command, e.says] as const),
      columns,
      46,
    ),
    '',
    'EXIT CODES',
    ...rows(
      EXIT_MEANINGS.filter((e) => record.exits.includes(e.code)).map((e) => [String(e.code), e.means] as const),
      columns,
      4,
    ),
  ].join('\n')}\n`;
}

function groupHelp(group: string, columns: number): string {
  const of = COMMANDS.filter((c) => c.name.startsWith(`${group} `));
  return `${[
    ...wrap(`gorca ${group}: ${GROUPS[group] ?? ''}`, columns),
    '',
    'USAGE',
    ...of.map((c) => `  ${usageOf(c)}`),
    '',
    'COMMANDS',
    ...rows(
      of.map((c) => [c.name, c.says] as const),
      columns,
      16,
    ),
    '',
    ...wrap(`gorca ${of[0]?.name ?? group} --help says more of each.`, columns),
  ].join('\n')}\n`;
}

/** Help asked for anywhere before `--`, or a group without its verb; null when it was not. */
export function askedHelp(argv: readonly string[], columns: number): string | null {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const group = argv.length === 1 && Object.hasOwn(GROUPS, argv[0] ?? '');
  if (argv.length > 0 && !group && !words.some((w) => w === '--help' || w === '-h')) return null;
  const record = recordOf(words);
  if (record !== undefined) return commandHelp(record, columns);
  return Object.hasOwn(GROUPS, words[0] ?? '') ? groupHelp(words[0] as string, columns) : overview(columns);
}

export const run: Run = (console, _flags, args) => {
  const topic = args.length === 0 ? undefined : args.join(' ');
  const record = recordOf(args);
  if (topic === undefined) console.out(overview(console.columns));
  else if (Object.hasOwn(GROUPS, topic)) console.out(groupHelp(topic, console.columns));
  else if (record !== undefined) console.out(commandHelp(record, console.columns));
  else if (topic === 'exit-codes')
    console.out(
      `${rows(
        EXIT_MEANINGS.map((e) => [String(e.code), e.means] as const),
        console.columns,
        4,
      ).join('\n')}\n`,
    );
  else throw new UsageError(`there is no help on "${topic}"; there is on exit-codes, ${COMMANDS.map((c) => c.name).join(', ')}`);
  return Promise.resolve(EXIT.finished);
};
