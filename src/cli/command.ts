/** What a command is: its record says all that help, completion, docs/cli.md and the parser of flags need. */
import type { Console } from './console.ts';
import type { ExitCode } from './exit-codes.ts';

export interface FlagRecord {
  /** As typed, without the dashes. */
  readonly name: string;
  /** One letter, typed with one dash. */
  readonly short?: string;
  readonly type: 'switch' | 'text' | 'count' | 'choice';
  readonly values?: readonly string[];
  readonly placeholder?: string;
  readonly says: string;
  /** May be given several times. */
  readonly repeats?: boolean;
  /** A switch that can be turned off: --no-<name>. */
  readonly negates?: boolean;
  /** A second spelling, kept out of help. */
  readonly hidden?: boolean;
}

export type FlagValues = Readonly<Record<string, boolean | number | string | readonly string[] | undefined>>;
export type Run = (console: Console, flags: FlagValues, args: readonly string[]) => Promise<ExitCode>;

export interface CommandRecord {
  /** As typed; the words of a group's command are separated by a space: `logs grep`. */
  readonly name: string;
  readonly says: string;
  readonly more: string;
  readonly args?: { readonly placeholder: string; readonly says: string; readonly values?: readonly string[]; readonly files?: boolean };
  readonly flags: readonly FlagRecord[];
  readonly examples: readonly { readonly command: string; readonly says: string }[];
  readonly exits: readonly ExitCode[];
  readonly load: () => Promise<{ readonly run: Run }>;
}
