import { defineKind } from '../condition.ts';

export type PanicClass =
  | 'nil-map-write'
  | 'send-on-closed-channel'
  | 'close-of-closed-channel'
  | 'close-of-nil-channel'
  | 'concurrent-map'
  | 'nil-dereference'
  | 'index-out-of-range'
  | 'slice-out-of-range'
  | 'type-assertion'
  | 'stack-overflow'
  | 'all-asleep'
  | 'divide-by-zero'
  | 'negative-waitgroup'
  | 'unlock-of-unlocked'
  | 'out-of-memory'
  | 'thread-exhaustion'
  | 'unexpected-fault'
  /** Another text that begins with "runtime error: " (makeslice, negative shift, unhashable key …). */
  | 'other-runtime-error'
  | 'custom'
  | 'other-fatal';

/** The process ended (or a handler was cut off) by a panic or fatal error. */
export const processCrashed = defineKind<{
  class: PanicClass;
  /** First line of the panic value or fatal message. */
  message: string;
  fatal: boolean;
  /** net/http caught it: the request failed, the process lives. */
  recovered: boolean;
  count: number;
  goroutine: number | null;
}>({
  id: 'process/crashed',
  title: 'the program crashed',
  explain:
    'A Go panic or fatal error with its goroutine trace, wherever the text stands. "http: panic serving" means that the server caught it: the request failed, the process lives on.',
  symptom: 'harm',
  next: 'kubectl logs POD --previous, or the stderr of the process',
});

/** The place the crash text names: the topmost frame of the program's own code. */
export const crashSite = defineKind<{
  class: PanicClass;
  message: string;
  function: string;
  file: string;
  line: number;
  /** The next own frame up, when the topmost is in a dependency. */
  module: string | null;
  stack: readonly string[];
  /** e.g. the dynamic type of a failed assertion, index and length, address of a fault. */
  detail: { readonly [name: string]: string };
}>({
  id: 'code/crash-site',
  title: 'the line that crashed',
  explain: 'The first frame of the crashing goroutine that belongs to the program itself (not runtime, standard library, module cache or vendor).',
  root: 'defect',
  next: 'the whole crash text, from "panic:" or "fatal error:" to its end',
});

export const processExited = defineKind<{ code: number | null; signal: string | null; supervisor: string; count: number }>({
  id: 'process/exited',
  title: 'a supervised process ended',
  explain: 'A supervisor (systemd, supervisord, runit, docker, go run) printed the exit. Exit codes only select candidates.',
  symptom: 'harm',
  next: 'the stderr of the process around that time',
});

export const flagError = defineKind<{ message: string }>({
  id: 'process/flag-error',
  title: 'the program refused its command line',
  explain: 'Package flag printed "flag provided but not defined" or "invalid value … for flag" and usage; exit code 2 like a panic.',
  next: 'kubectl logs --previous',
});

export const signalDump = defineKind<{ signal: string }>({
  id: 'process/signal-dump',
  title: 'the program was told to dump its goroutines and quit',
  explain: 'SIGQUIT: quit (or SIGABRT) with all goroutines; exit code 2 like a panic. Somebody sent it.',
  next: 'who sent the signal: kubelet events, operators, a watchdog',
});

/** Not ill: what the program says of where it can be reached. */
export const processListening = defineKind<{ address: string; host: string | null; port: string; loopback: boolean; purpose: 'admin' | 'any'; seconds: number | null }>({
  id: 'process/listening',
  title: 'the program says where it listens',
  explain: 'A record such as "listening addr=:8081". Only what is announced is known: a program may listen elsewhere without a word.',
  next: 'kubectl logs POD (from its start); kubectl exec POD -- ss -ltnp',
});

/** The last record before the end: log.Fatal prints its reason and exits with 1 in the same moment. */
export const gaveUp = defineKind<{ message: string; level: string; about: 'setting' | 'dependency' | 'address-in-use' | 'other'; subject: string | null }>({
  id: 'process/gave-up',
  title: 'the program says why it ends',
  explain:
    'The last record of a log that ends there, of level error or above or of a kind that ends programs: a setting that is required, a dependency that cannot be reached, an address in use. What lies behind it stands elsewhere.',
  next: 'what the message names: the setting in the template, or the pods, endpoints and log of the dependency',
});
