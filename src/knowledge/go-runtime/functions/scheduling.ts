/** The scheduler, its locks, timers, panics: runtime/proc.go, lock_*.go, time.go, panic.go, traceback.go, mfinal.go. */
import { rows } from './row.ts';

export const SCHEDULING = [
  // uncontended lock2 is its caller's; where it waits, one of these runs below it: see `RUNTIME_LOCK_WAITS`
  ...rows('runtime-lock', 'runtime', 'lock2:1.14- unlock2:1.14- lock unlock unlock2Wake:1.24- mutexContended:1.22-'),
  ...rows(
    'scheduler-idle',
    'runtime',
    `findrunnable:-1.18 findRunnable:1.19- stealWork:1.17- runqgrab runqsteal stopm checkRunqsNoP:1.17- checkTimersNoP:1.17- checkIdleGCNoP:1.17- pollWork mPark:1.16- stoplockedm
     beforeIdle gcstopm (*randomEnum).next (*randomOrder).start`,
  ),
  ...rows(
    'scheduler',
    'runtime',
    `schedule execute gogo mcall park_m parkunlock_c gosched_m gopreempt_m goschedImpl goyield:1.14- goyield_m:1.14- preemptPark:1.14- goexit0 goexit1 gdestroy:1.21- gopark goparkunlock goready ready
     readyWithTime wakep startm handoffp startlockedm resetspinning injectglist newproc newproc1 gfget gfput malg runqput* runqget globrunqget globrunqput* pidleget* pidleput
     casgstatus castogscanstatus Gosched goschedguarded dropg acquirep releasep wirep procresize mstart mstart0:1.17- mstart1 newm newm1 newosproc clone allocm acquireSudog releaseSudog
     asyncPreempt2:1.14- preemptone preemptM:1.14- sysmon retake preemptall checkdead doSigPreempt:1.14- LockOSThread UnlockOSThread lockOSThread
     notewakeup notesleep notetsleep* futexsleep futexwakeup futex semasleep semawakeup osyield procyield usleep sigtramp sigtrampgo sighandler sigreturn* procPin
     updateMaxProcsGoroutine:1.25-`,
  ),
  ...rows('scheduler', '', 'gosave_systemstack_switch:1.17- gogo:1.17-'),
  ...rows(
    'timers',
    'runtime',
    `(*timers).*:1.23- (*timer).*:1.23- timeSleep:1.10- resetForSleep:1.14- goroutineReady timerproc:-1.13 checkTimers:1.14-1.22 runtimer:1.14-1.22 runOneTimer:1.14-1.22
     addtimer:-1.22 deltimer:-1.22 modtimer:1.12-1.22 resettimer:1.14-1.22 doaddtimer:1.14-1.22 dodeltimer*:1.14-1.22 cleantimers:1.14-1.22 adjusttimers:1.14-1.22
     siftupTimer:-1.22 siftdownTimer:-1.22 addtimerLocked:-1.13 deltimerLocked:1.12-1.13 moveTimers:1.14-1.22 addAdjustedTimers:1.14-1.22 blockTimerChan:1.23- unblockTimerChan:1.23-`,
  ),
  ...rows('timers', 'time', 'Sleep NewTimer After AfterFunc NewTicker Tick (*Timer).* (*Ticker).* newTimer:1.23- startTimer:-1.22 stopTimer resetTimer goFunc sendTime when'),
  ...rows('clock', 'runtime', 'nanotime nanotime1:1.14- walltime cputicks _VDSO:1.10-'),
  ...rows('clock', 'time', 'Now now runtimeNano:1.13- Since Until'),
  ...rows(
    'panic',
    'runtime',
    `gopanic gorecover recovery printpanics preprintpanics sigpanic throw fatalpanic Goexit (*_panic).*:1.22- addOneOpenDeferFrame:1.14-1.21 runOpenDeferFrame:1.14-1.21
     goPanicIndex* goPanicSlice* panicmem panicdivide panicIndex*:1.13-1.25 panicSlice*:1.13-1.25 Stack Callers Caller CallersFrames (*Frames).Next FuncForPC (*Func).* callers tracebackPCs:1.21- traceback*
     gentraceback:-1.20 (*unwinder).*:1.21- (*inlineUnwinder).*:1.21- funcline funcline1 goroutineheader printcreatedby*`,
  ),
  ...rows('panic', 'runtime/debug', 'Stack PrintStack'),
  ...rows(
    'finalizer',
    'runtime',
    'runfinq:-1.24 runFinalizers:1.25- queuefinalizer runCleanups:1.25- (*cleanupQueue).*:1.25- SetFinalizer AddCleanup:1.24- addfinalizer removefinalizer createfing wakefing',
  ),
];

/** What runs while one of the runtime's locks is waited for; below lock2 it tells waiting from taking. */
export const RUNTIME_LOCK_WAITS: ReadonlySet<string> = new Set([
  'futexsleep',
  'futex',
  'procyield',
  'procyieldAsm',
  'osyield',
  'usleep',
  'semasleep',
  'notesleep',
  'semawakeup',
  'futexwakeup',
  'lock_slow',
]);
