/** `gorca goroutines …`: its commands. Nothing heavy is imported here: `run` is loaded when the command is. */
import type { CommandRecord } from '../command.ts';
import { COLOUR } from '../flags.ts';

export const GOROUTINES_COMMANDS: readonly CommandRecord[] = [
  {
    name: 'goroutines summary',
    says: 'what the goroutines of a dump do: alike ones together, with where they wait, what for and who started them',
    more: 'Takes every form a dump has: debug=2, debug=1, the protobuf profile, runtime.Stack, SIGQUIT and crash text in any log, of Go 1.11 to 1.27; several dumps in one file, too. Goroutines are alike that have the same stack (recursion of any depth is one) and wait for the same; --by makes the line, the creator or the wait reason alone decide. Wait minutes are lower bounds: the runtime counts from the first collection after parking. A dump of 1,000,000 goroutines is read in fixed memory beside its columns.',
    args: { placeholder: 'dumps', says: "files, folders, archives or '-' for standard input", files: true },
    flags: [
      { name: 'by', type: 'choice', values: ['stack', 'line', 'creator', 'wait'], placeholder: 'likeness', says: 'what makes goroutines alike (stack)' },
      { name: 'first', type: 'count', placeholder: 'n', says: 'only the so many largest groups (20; with --json all)' },
      { name: 'stacks', type: 'switch', says: 'whole stacks' },
      { name: 'tree', type: 'switch', says: 'who started whom instead, from main downwards (whole since Go 1.21, which prints the starter’s id)' },
      { name: 'system', type: 'switch', says: 'the goroutines of the runtime itself, too' },
      { name: 'json', type: 'switch', says: 'as one JSON document (gorca.goroutines/1)' },
      ...COLOUR,
    ],
    examples: [
      { command: 'gorca goroutines summary goroutines.txt', says: 'one dump' },
      { command: "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' | gorca goroutines summary -", says: 'of a running service' },
      { command: 'gorca goroutines summary --by creator --first 5 crash.log', says: 'who started them' },
      { command: 'gorca goroutines summary --tree goroutines.txt', says: 'and who started those' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./summary.ts'),
  },
  {
    name: 'goroutines diff',
    says: 'dumps beside each other: what came, what went, and whether the same ones still stand there',
    more: 'Two dumps or more, in files in the order given, in a folder by their times or names, or in one file. Alike ones are counted in each; goroutine ids, which a process never uses twice, say how many of the first dump are still there in the last. Forms may differ: then lines are compared instead of stacks.',
    args: { placeholder: 'dumps', says: "files, folders, archives or '-' for standard input", files: true },
    flags: [
      { name: 'by', type: 'choice', values: ['stack', 'line', 'creator', 'wait'], placeholder: 'likeness', says: 'what makes goroutines alike (stack)' },
      { name: 'first', type: 'count', placeholder: 'n', says: 'only the so many largest changes (20; with --json all)' },
      { name: 'stacks', type: 'switch', says: 'whole stacks' },
      { name: 'json', type: 'switch', says: 'as one JSON document (gorca.goroutine-diff/1)' },
      ...COLOUR,
    ],
    examples: [
      { command: 'gorca goroutines diff before.txt after.txt', says: 'two dumps' },
      { command: 'gorca goroutines diff --by creator dumps/', says: 'a series' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./diff.ts'),
  },
  {
    name: 'goroutines leaks',
    says: 'what piles up in a series of dumps, who started it, and who waits for whom: circles, queues, locks that nobody gives back',
    more: 'Dumps of one process, a minute apart, in order of their times, else as they are named, those of a folder by their names: two show growth (weak), three a trend, and ids whether the same goroutines stay. Tags and profiles of the leak detecting collector (Go 1.26 and later) count as its own word. Who waits for which lock is printed by the runtime; who holds it is inferred from frames, addresses and, where Go source is given too, from the source, and said to be. From where on something is said to pile up is printed below and set by the flags.',
    args: { placeholder: 'dumps source', says: "dumps of one process in any form, and its Go source: files, folders, archives or '-'", files: true },
    flags: [
      { name: 'least', type: 'count', placeholder: 'n', says: 'so many more goroutines at least (10; twice as many where there are no ids)' },
      { name: 'per-minute', type: 'count', placeholder: 'n', says: 'so many more a minute at least, where the dumps have times (any)' },
      { name: 'stay', type: 'count', placeholder: 'percent', says: 'so many of them are still there in the next dump (80)' },
      { name: 'crowd', type: 'count', placeholder: 'n', says: 'in a single dump, so many at one place at least (50)' },
      { name: 'share', type: 'count', placeholder: 'percent', says: 'in a single dump, so large a share of all (50)' },
      { name: 'minutes', type: 'count', placeholder: 'n', says: 'in a single dump, waiting for so many minutes (2)' },
      { name: 'stacks', type: 'switch', says: 'whole stacks' },
      { name: 'json', type: 'switch', says: 'as one JSON document (gorca.goroutine-leaks/1)' },
      ...COLOUR,
    ],
    examples: [
      { command: 'gorca goroutines leaks goroutines-1.txt goroutines-2.txt goroutines-3.txt', says: 'a series' },
      { command: 'gorca goroutines leaks --per-minute 60 dumps/ ./src/', says: 'with the source, and only what grows fast' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./leaks.ts'),
  },
];
