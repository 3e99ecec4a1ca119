/** Turns the command records into the argument parser's terms, and its exit codes into ours. */
import { existsSync } from 'node:fs';
import { buildApplication, buildCommand, buildRouteMap, type Command, type CommandContext, formatMessageForArgumentScannerError, run, text_en } from '@stricli/core';
import { nearNames } from '../model/near-names.ts';
import type { CommandRecord, FlagRecord, FlagValues } from './command.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-codes.ts';
import { ABOUT, askedHelp } from './help.ts';
import { COMMANDS, GROUPS, recordOf } from './records.ts';
import { UsageError } from './usage-error.ts';

const camel = (name: string): string => name.replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());
/** The parser spells flags as it holds them: `--failOn` is `--fail-on` to whoever types it. */
const kebab = (text: string): string => text.replace(/--([a-z]+(?:[A-Z][a-z]*)+)/g, (_all, name: string) => `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`);
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error('a whole number from 1 on is expected');
  return Number(text);
}

function flagParameter(f: FlagRecord): unknown {
  const base = { brief: f.says, optional: true };
  if (f.type === 'switch') return { ...base, kind: 'boolean', withNegated: f.negates === true };
  if (f.type === 'choice') return { ...base, kind: 'enum', values: f.values };
  return { ...base, kind: 'parsed', parse: f.type === 'count' ? count : String, placeholder: f.placeholder, ...(f.repeats === true ? { variadic: true } : {}) };
}

function command(record: CommandRecord, console: Console, finish: (code: number) => void): Command<CommandContext> {
  return buildCommand({
    docs: { brief: record.says },
    parameters: {
      flags: Object.fromEntries(record.flags.map((f) => [camel(f.name), flagParameter(f)])),
      aliases: Object.fromEntries(record.flags.flatMap((f) => (f.short === undefined ? [] : [[f.short, camel(f.name)]]))),
      positional: {
        kind: 'array',
        parameter: { brief: record.args?.says ?? 'nothing', placeholder: record.args?.placeholder ?? 'nothing', parse: String },
        ...(record.args === undefined ? { maximum: 0 } : {}),
      },
      // the flags are made from data, so their types are not known to the compiler
    } as never,
    async func(flags: Record<string, unknown>, ...args: string[]) {
      const given: FlagValues = Object.fromEntries(record.flags.map((f) => [f.name, flags[camel(f.name)] as FlagValues[string]]));
      const { run: runCommand } = await record.load();
      finish(await runCommand(console, given, args));
    },
  });
}

function flagNotFound(argv: readonly string[], name: string): string {
  const record = recordOf(argv);
  const commandName = record?.name ?? argv[0] ?? '';
  const flags = record?.flags ?? [];
  const near = nearNames(
    name,
    flags.flatMap((f) => (f.hidden === true ? [] : [f.name])),
  );
  const elsewhere = COMMANDS.filter((c) => c.flags.some((f) => f.name === name)).map((c) => `gorca ${c.name}`);
  if (elsewhere.length > 0) return `gorca ${commandName} has no flag --${name}; ${elsewhere.join(' and ')} ${elsewhere.length === 1 ? 'has' : 'have'}`;
  return `there is no flag --${name}${didYouMean(near.map((n) => `--${n}`))}`;
}

function shortNotFound(argv: readonly string[], letter: string): string {
  const record = recordOf(argv);
  const command = record?.name ?? argv[0] ?? '';
  const short = (record?.flags ?? []).flatMap((f) => (f.short === undefined ? [] : [`-${f.short}`]));
  return `gorca ${command} has no flag -${letter}${short.length === 0 ? '' : `; there ${short.length === 1 ? 'is' : 'are'} ${short.join(', ')}`}; gorca ${command} --help says what each does`;
}

function commandNotFound(word: string, group: string | undefined): string {
  if (group !== undefined && Object.hasOwn(GROUPS, group) && word !== group) {
    const verbs = COMMANDS.filter((c) => c.name.startsWith(`${group} `)).map((c) => c.name.slice(group.length + 1));
    const near = nearNames(word, verbs);
    return `there is no command "${group} ${word}"${near.length > 0 ? didYouMean(near.map((n) => `${group} ${n}`)) : `; there are ${verbs.map((v) => `${group} ${v}`).join(', ')}`}`;
  }
  if (word.startsWith('-')) return `${word}: a command comes first; gorca --help lists them`;
  // the likeliest slip of all: a pile is given and nothing is asked of it
  if (existsSync(word)) return `"${word}" is no command; gorca investigate ${word} reads it`;
  const names = [...new Set(COMMANDS.map((c) => c.name.split(' ')[0] as string))];
  const near = nearNames(word, names);
  return `there is no command "${word}"${near.length > 0 ? didYouMean(near) : `; there are ${names.join(', ')}`}`;
}

const didYouMean = (corrections: readonly string[]): string => (corrections.length === 0 ? '' : `; did you mean ${corrections.join(' or ')}?`);

export async function runCli(argv: readonly string[], console: Console): Promise<number> {
  const help = askedHelp(argv, console.columns);
  if (help !== null) {
    console.out(help);
    return EXIT.finished;
  }
  let code: number = EXIT.finished;
  const made = (r: CommandRecord): Command<CommandContext> =>
    command(r, console, (c) => {
      code = c;
    });
  // one that is named in full needs no other
  const named = recordOf(argv);
  const commands = named === undefined ? COMMANDS : [named];
  const single = commands.filter((r) => !r.name.includes(' ')).map((r) => [r.name, made(r)] as const);
  const groups = Object.entries(GROUPS).flatMap(([group, brief]) => {
    const of = commands.filter((r) => r.name.startsWith(`${group} `)).map((r) => [r.name.slice(group.length + 1), made(r)] as const);
    // the parser refuses a group of nothing
    return of.length === 0 ? [] : [[group, buildRouteMap({ routes: Object.fromEntries(of), docs: { brief } })] as const];
  });
  const app = buildApplication(buildRouteMap({ routes: { ...Object.fromEntries(single), ...Object.fromEntries(groups) }, docs: { brief: ABOUT } }), {
    name: 'gorca',
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    documentation: { disableAnsiColor: true },
    determineExitCode: (error) => (error instanceof UsageError ? EXIT.usage : EXIT.internal),
    localization: {
      text: {
        ...text_en,
        exceptionWhileParsingArguments: (error) =>
          kebab(
            lowerFirst(
              formatMessageForArgumentScannerError(error as never, {
                AliasNotFoundError: (e) => shortNotFound(argv, e.input.replace(/^-+/, '')),
                FlagNotFoundError: (e) => flagNotFound(argv, e.input.replace(/^-+/, '')),
                ArgumentParseError: (e) => `--${e.externalFlagNameOrPlaceholder} ${e.input}: ${e.exception instanceof Error ? e.exception.message : String(e.exception)}`,
                EnumValidationError: (e) => `--${e.externalFlagName} ${e.input}: one of ${e.values.join(', ')} is expected`,
              }),
            ),
          ),
        noCommandRegisteredForInput: ({ input }) => commandNotFound(input, argv[0]),
        exceptionWhileRunningCommand: (error) =>
          error instanceof UsageError ? error.message : `gorca itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      },
    },
  });
  const process: { stdout: { write: (t: string) => void }; stderr: { write: (t: string) => void }; env: Console['env']; exitCode?: number | string | null } = {
    stdout: { write: (t) => console.out(t) },
    stderr: { write: (t) => console.err(t) },
    env: console.env,
  };
  await run(app, argv, { process });
  const parsed = Number(process.exitCode ?? 0);
  // the parser counts its own errors downwards from zero: all of them are wrong usage
  if (parsed < 0 || parsed > 200) return EXIT.usage;
  return parsed !== 0 ? parsed : code;
}
