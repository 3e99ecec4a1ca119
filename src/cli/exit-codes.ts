/** How a command ends, for scripts. */
export const EXIT = { finished: 0, failOn: 1, usage: 2, nothingReadable: 3, denied: 4, internal: 70, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: readonly { readonly code: ExitCode; readonly means: string }[] = [
  { code: EXIT.finished, means: 'finished, whatever the outcome' },
  { code: EXIT.failOn, means: 'finished, and the condition of --fail-on holds' },
  { code: EXIT.usage, means: 'wrong usage' },
  { code: EXIT.nothingReadable, means: 'nothing readable in the input' },
  { code: EXIT.denied, means: 'access denied, and nothing else could be read' },
  { code: EXIT.internal, means: 'a fault of gorca itself' },
  { code: EXIT.interrupted, means: 'interrupted' },
];
