import { defineKind } from '../condition.ts';

/** Where a bucket of goroutines stands. Frames are user frames, innermost first. */
type BucketFacts = {
  /** Normalised wait reason: chan send, chan receive, select, sync.Mutex.Lock, IO wait … */
  wait: string;
  /** The first frame outside runtime/std: where the program waits. */
  function: string;
  file: string;
  line: number;
  createdBy: string | null;
  createdByFile: string | null;
  createdByLine: number | null;
  /** Whole stack, innermost first, "function file:line". */
  stack: readonly string[];
  counts: readonly number[];
  /** Longest wait seen, in whole minutes (a lower bound); null when none was printed. */
  longestMinutes: number | null;
  /** Share of them that the runtime itself found unable ever to run again (leaked tags, goroutineleak profile), 0…1; null where it was not asked. */
  leaked: number | null;
};

export const bucketGrowing = defineKind<
  BucketFacts & {
    onLock: string | null;
    total: number;
    share: number;
    dumps: number;
    weak: boolean;
    perMinute: number | null;
    /** Least share of them that was still there in the next dump, by their ids; null without ids. */
    stay: number | null;
  }
>({
  id: 'goroutines/bucket-growing',
  title: 'goroutines pile up at one stack',
  explain:
    'Goroutines of one process with the same stack and wait reason grow over a series of dumps (two dumps: weak; three or more: a trend) and do not shrink again. A single dump shows a crowd, not growth: it counts as weak when the crowd is large and old by its wait minutes. Goroutines that Go 1.26 and later tag as leaked, or list in a goroutineleak profile, have piled up by the runtime’s own word.',
  symptom: 'outgrowing',
  next: "three dumps a minute apart: curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines-1.txt",
});

export const bucketBlocked = defineKind<BucketFacts & { onLock: string | null; total: number }>({
  id: 'goroutines/blocked',
  title: 'goroutines stand still at one stack',
  explain: 'A bucket that waits at the same place in every dump, with wait minutes, or in the only dump. Idle workers and servers wait like this too: alone it is no symptom.',
  next: "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines.txt",
});

export const bucketSeen = defineKind<BucketFacts & { total: number }>({
  id: 'goroutines/seen',
  title: 'a goroutine was seen at one stack',
  explain:
    'Every stack of the program itself in any dump, whether its goroutines wait, run or were there for a moment. It says that code was at work; that a stack is not there says that nobody was in it when the dumps were taken.',
  next: "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines.txt",
});

export const goroutinesGrowing = defineKind<{ fromCount: number; toCount: number; perMinute: number; perDemand: boolean }>({
  id: 'goroutines/count-growing',
  title: 'the number of goroutines grows',
  explain: 'go_goroutines or the totals of a dump series grow over the window and do not come back, judged against demand where request rates are known.',
  symptom: 'outgrowing',
  next: 'query_range of go_goroutines',
});

export const lockCycle = defineKind<{
  edges: readonly {
    holder: string;
    /** A lock's address, or the channel, wait group or condition variable that only this goroutine still serves. */
    holds: string;
    waitsFor: string;
    /** What it waits in, where that is no lock. */
    op?: 'send' | 'receive' | 'wait-group' | 'cond';
    function: string;
    file: string;
    line: number;
    /** Where a goroutine that waits for itself took the lock. */
    heldIn?: { function: string; file: string; line: number };
  }[];
  inferred: boolean;
  goroutines: number;
}>({
  id: 'goroutines/lock-cycle',
  title: 'goroutines wait for each other in a circle',
  explain:
    'Goroutines wait for locks (by address within one process life) that others of the circle hold; holders are inferred from frames and source, and said to be inferred. A circle of one is a goroutine that waits for a lock it holds itself: nothing else can ever wake it. A circle may lead over a channel, wait group or condition variable where by the source nobody else can end that wait.',
  symptom: 'harm',
  next: "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines.txt (twice, a minute apart)",
});

export const lockConvoy = defineKind<{
  lock: string | null;
  waiters: number;
  waitFunction: string;
  /** Where it calls Lock; absent where the dump has no line. */
  waitLine?: number;
  holderFunction: string | null;
  holderFile: string | null;
  holderLine: number | null;
  holderWait: string | null;
  longestMinutes: number | null;
  /** Of the waiters, those whose stack answers a request. */
  serving?: number;
}>({
  id: 'goroutines/lock-convoy',
  title: 'many goroutines wait for one lock',
  explain: 'Several goroutines wait in Lock or RLock for one address. The holder is inferred: a goroutine inside the critical section by frames and source.',
  symptom: 'harm',
  next: "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines.txt",
});

export const lockKept = defineKind<{
  lock: string;
  waiters: number;
  waitFunction: string;
  file: string;
  line: number;
  longestMinutes: number | null;
  /** true: by the source nobody in the dump stands where it is held; false: somebody does; null: not known. */
  orphaned: boolean | null;
}>({
  id: 'goroutines/lock-kept',
  title: 'a lock is not given back',
  explain:
    'Goroutines wait for a lock, and by the source no goroutine of the same complete dump stands anywhere it can be held: who took it has left without giving it back. Or, where the source does not tell, goroutines have waited for it for two minutes and more. A lock that is held for long by a goroutine that is still there is no orphan.',
  symptom: 'harm',
  next: "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines.txt (twice, a minute apart)",
});

export const slotsExhausted = defineKind<{
  /** As the source tells channels apart: `Desk.free`. */
  channel: string;
  object: string;
  capacity: number | null;
  waiters: number;
  /** Goroutines that stand where a slot may be had. */
  holders: number;
  /** lost: fewer are had than there are, and all others wait. held-by-waiters: everybody who has one waits, itself or for its own goroutines, for another. */
  how: 'lost' | 'held-by-waiters';
  waitFunction: string;
  file: string;
  line: number;
  longestMinutes: number | null;
  /** held-by-waiters: where one of them has its slot, and where it, or a goroutine it started, asks for the next. */
  holds: { function: string; file: string; line: number } | null;
  asks: { function: string; file: string; line: number } | null;
}>({
  id: 'goroutines/slots-exhausted',
  title: 'goroutines wait for a slot that nobody will give back',
  explain:
    'A channel lets so many goroutines at a time do something, and in a complete dump goroutines wait for a slot of it although, by the source, nobody who could give one back is at work: either fewer goroutines stand where a slot can be had than there are slots, so that some were lost; or everybody who has one waits for another one, itself or for goroutines it has started. One stopped moment shows it. A queue at slots that are at work is no such thing.',
  symptom: 'harm',
  next: "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines.txt",
});

export const wakerGone = defineKind<{
  waiter: string;
  op: 'receive' | 'wait-group' | 'cond';
  object: string;
  function: string;
  file: string;
  line: number;
  waiters: number;
  longestMinutes: number | null;
}>({
  id: 'goroutines/waker-gone',
  title: 'a goroutine waits for others that have ended',
  explain:
    'A goroutine waits at a channel, WaitGroup or Cond of its own function, which by the source only goroutines started there can reach, and none of them is in the same complete dump any more: nobody is left who could wake it. One such goroutine stays for ever.',
  symptom: 'harm',
  next: "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines.txt",
});

export const bucketShrinks = defineKind<BucketFacts & { peak: number; last: number }>({
  id: 'goroutines/bucket-shrinks',
  title: 'a crowd of goroutines went away again',
  explain: 'A bucket grew and shrank within the series: load, not a leak.',
  next: 'more dumps over a longer time',
});

export const nilChannel = defineKind<BucketFacts & { total: number }>({
  id: 'goroutines/nil-channel',
  title: 'goroutines wait at a channel that was never made',
  explain:
    'The runtime itself says that the channel is nil: nothing can ever be sent or received there, and nobody can close it. One goroutine that waits like this may be meant (a program that shall never end); a crowd is not.',
  root: 'defect',
  next: "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines.txt",
});
