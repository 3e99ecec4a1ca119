/**
 * Text of the Go runtime that no logger wrote: panic, fatal error, a signal, SIGQUIT, a race report. Where it begins, and which lines
 * belong to it. Written by: runtime/panic.go printpanics, runtime/traceback.go, runtime/signal_unix.go, race detector report (tsan_report.cpp).
 *
 *   state     sample                                          from              to
 *   said      panic: boom · fatal error: … · [signal SIGSEGV  begin             said, trace
 *   trace     goroutine 1 [running]: · main.f(0x1) · ⇥f.go:7  begin, said       trace, ended
 *   race      WARNING: DATA RACE · Previous write at 0x…      begin             race, ended (the second ==================)
 *   ended     exit status 2                                   trace, said, race
 *
 * Before the trace the text of the panic may be anything, several lines of it; in the trace only its grammar is.
 */
import { decodeLatin1 } from '../../model/index.ts';

const HEAD = 256;
const BEGINS =
  /^(?:panic: |fatal error: |SIG(?:ABRT|ALRM|BUS|FPE|HUP|ILL|INT|PIPE|PROF|QUIT|SEGV|STKFLT|SYS|TERM|TRAP|USR[12]|XCPU|XFSZ): |\[signal SIG|WARNING: DATA RACE|={18}\r?$|unexpected fault address |runtime: (?:goroutine stack exceeds|program exceeds|out of memory|cannot allocate|failed to create new OS thread|unexpected return pc|bad pointer|marked free object))/;
const TRACE = /^goroutine \d{1,10} (?:gp=|\[)/;
/** First bytes of what BEGINS names. */
const FIRST = new Set([112, 102, 83, 91, 87, 61, 114, 117]);
const G = 103;

/**
 * A bare goroutine trace begins one only where no console record is open: net/http logs "http: panic serving …" with the trace as part of
 * its message.
 */
export function beginsCrash(bytes: Uint8Array, consoleOpen: boolean): boolean {
  const first = bytes[0] ?? 0;
  if (FIRST.has(first)) return BEGINS.test(decodeLatin1(bytes.subarray(0, HEAD)));
  return first === G && !consoleOpen && TRACE.test(decodeLatin1(bytes.subarray(0, HEAD)));
}

/** A frame and what stands among frames (journalctl prints a tab as eight spaces), sure enough to go on with a crash that another line interrupted. */
const FRAME =
  /^(?:goroutine \d{1,10} (?:gp=|\[)|(?:\t| {8})[^\n]{0,512}:\d{1,7}(?: \+0x[0-9a-f]{1,16})?(?: fp=| |$)|created by \S|\.\.\.additional frames elided\.\.\.|\.\.\.\d{1,10} frames elided\.\.\.)/;
/** pkg/path.(*T).Method[...](0xc000, {0x1, …}) */
const CALL = /^[^\s()]{1,400}(?:\(\*?[^\s()]{1,200}\)[^\s()]{0,400})?(?:\([^\n]{0,2048})$/;
const AMONG =
  /^(?:\[signal |\[originating from goroutine|\[recovered|exit status \d|signal: |runtime stack:|goroutine running on other thread|PC=0x|SIG[A-Z]{3,6}: |panic during panic|stack trace unavailable|-{5}|[a-z]{1,6}\d{0,2} {1,8}0x[0-9a-f]{1,16}$|\[failed to restore|runtime: |fatal error: |panic: |Trace dump|\(\S{1,64} 0x|0x[0-9a-f]{8,16}:)/;
const NEW = /^(?:panic: |fatal error: |WARNING: DATA RACE|={18}\r?$)/;
const RACE =
  /^(?:={18}\r?$|WARNING: DATA RACE|(?:Previous )?(?:atomic )?(?:[Rr]ead|[Ww]rite) (?:at|of)|Goroutine \d|Location is|Mutex M|Found \d|Failed to restore|Global var|As if synchronized)/;
const BAR = /^={18}\r?$/;
const EXIT = /^(?:exit status \d|signal: )/;
/** A panic's own text without a trace behind it: after so many lines it is text like any other. */
const SAID_CAP = 64;

/** Whether a trace that lines of others interrupted, if there is one, goes on with the line. */
export function mayResume(bytes: Uint8Array): boolean {
  const text = headOf(bytes);
  return FRAME.test(text) || (CALL.test(text) && /[./]/.test(text));
}

export class CrashFold {
  #state: 'said' | 'trace' | 'race' | 'ended';
  #lines = 0;
  /** Whether ================== stands at the head of a race report. */
  #barred = false;

  constructor(first: Uint8Array) {
    const text = headOf(first);
    this.#barred = BAR.test(text);
    this.#state = this.#barred || text.startsWith('WARNING: DATA RACE') ? 'race' : TRACE.test(text) ? 'trace' : 'said';
  }

  /** Whether a line that begins no log record belongs to it. */
  takes(bytes: Uint8Array): boolean {
    if (this.#state === 'ended') return false;
    const text = headOf(bytes);
    this.#lines++;
    if (EXIT.test(text)) {
      this.#state = 'ended';
      return true;
    }
    if (this.#state === 'race') return this.#race(text);
    if (this.#state === 'said') {
      if (TRACE.test(text) || text.startsWith('runtime stack:')) this.#state = 'trace';
      else if (text.startsWith('WARNING: DATA RACE') || BAR.test(text)) return false;
      else if (this.#lines > SAID_CAP) return false;
      return true;
    }
    if (text === '' || FRAME.test(text)) return true;
    // the runtime says these before it prints a trace: behind one, another process says them
    if (NEW.test(text)) return false;
    return text.startsWith('\t') || text.startsWith('        ') || AMONG.test(text) || CALL.test(text);
  }

  /** Whether a line, after lines of others in between, is surely its continuation. */
  resumes(bytes: Uint8Array): boolean {
    if (this.#state !== 'trace') return false;
    return mayResume(bytes);
  }

  #race(text: string): boolean {
    if (BAR.test(text)) {
      this.#state = 'ended';
      return true;
    }
    if (text.startsWith('WARNING: DATA RACE')) return this.#lines === 1 && this.#barred;
    return text === '' || text.startsWith('  ') || RACE.test(text) || FRAME.test(text);
  }
}

const headOf = (bytes: Uint8Array): string => decodeLatin1(bytes.subarray(0, HEAD)).trimEnd();
