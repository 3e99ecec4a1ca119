import process from 'node:process';

/**
 * The V8 of Node 20 optimises a function that ran 66 KB of its bytecode. In a run of a second that is more work for the threads which compile than
 * it saves, and they take the processor from the one that works. Four times that is reached within milliseconds where there is much to do.
 * Later ones have a cheap compiler in between and are left alone. Loading node:v8 takes some milliseconds itself: a short run does without.
 */
export function optimiseLater(): void {
  if (process.versions.v8.startsWith('11.3.')) process.getBuiltinModule('node:v8').setFlagsFromString('--interrupt-budget=270336');
}
