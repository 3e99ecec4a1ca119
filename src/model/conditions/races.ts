import { defineKind } from '../condition.ts';

/** Two lines that touch one variable; of each pair the alphabetically first comes first, whichever ran first. */
type Pair = {
  function: string;
  file: string;
  line: number;
  what: 'read' | 'write';
  /** Where the goroutine was started: "function file:line"; null for the main goroutine and where it was not printed. */
  startedBy: string | null;
  /** null where the detector could not restore the other stack. */
  otherFunction: string | null;
  otherFile: string | null;
  otherLine: number | null;
  otherWhat: 'read' | 'write';
  otherStartedBy: string | null;
  /** Both accesses go through the runtime's map functions. */
  map: boolean;
  /** The module in which an access really stands, when the program's own line only called it. */
  module: string | null;
  count: number;
};

export const dataRace = defineKind<Pair>({
  id: 'code/data-race',
  title: 'two goroutines use one variable without synchronisation',
  explain:
    'A report of the race detector: two accesses to one address, at least one of them a write, with nothing that orders them. In code without cgo the detector has no false positives. Lines are the innermost frames of the program itself. What harm a race does is not in the report: it explains nothing but the failure of a run under the detector, and a crash at a map that both lines use.',
  root: 'defect',
  next: 'the stderr of a binary built with -race, or the output of go test -race ./...',
});

export const raceDetected = defineKind<Pair & { how: 'test-failed' | 'exit-66' | 'last-words'; tests: number }>({
  id: 'process/race-detected',
  title: 'a run under the race detector failed',
  explain:
    'A report of the race detector in a run that failed for it: "race detected during execution of test", "Found N data race(s)" (the exit hook, which ends with status 66), or a report with which the text ends (halt_on_error). Reports of a service that runs on are no failure.',
  symptom: 'harm',
  next: 'the whole output of go test -race ./..., or the stderr of the binary to its end',
});
