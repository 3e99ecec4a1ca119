/** What a command may write to and know of the terminal. */
export interface Console {
  /** Results. */
  out(text: string): void;
  /** Results that are bytes of an input as they stand. */
  outBytes?(bytes: Uint8Array): void;
  /** Where outBytes writes to at once: other threads may do so, too. */
  readonly outDescriptor?: number;
  /** Progress and problems. */
  err(text: string): void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Of the output; 80 where it is no terminal, so that a report in a file is the same everywhere. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Asked for by flag, else by FORCE_COLOR and NO_COLOR, else where somebody looks at a terminal. */
export function wantsColour(console: Console, flag: boolean | undefined): boolean {
  if (flag !== undefined) return flag;
  const { env } = console;
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0') return true;
  return console.outIsTerminal && env['TERM'] !== 'dumb';
}

/** Glyphs outside ASCII only where the locale is known to show them, or where no terminal is asked. */
export function wantsAscii(console: Console): boolean {
  if (!console.outIsTerminal) return false;
  const locale = console.env['LC_ALL'] || console.env['LC_CTYPE'] || console.env['LANG'];
  return console.env['TERM'] === 'dumb' || console.env['TERM'] === 'linux' || locale === 'C' || locale === 'POSIX';
}
