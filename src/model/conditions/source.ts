import { defineKind } from '../condition.ts';

/**
 * Where the fault stands. Conditions about code are keyed by the declared function in which a goroutine would be found
 * (closures belong to the function they stand in); `function` names the place to change, as tracebacks spell it.
 */
type Site = { function: string; file: string; line: number; artifact: string };

/** Lines of a function between Lock and the last Unlock: a goroutine that stands there may hold the lock. */
type Sections = readonly { function: string; file: string; line: number; last: number }[];

export const receiverMayLeave = defineKind<
  Site & {
    channel: string;
    buffered: boolean;
    sendLine: number;
    sendEndLine: number;
    receiveLine: number;
    otherCase: string;
    leaveLine: number;
    receiver: string;
    madeLine: number;
  }
>({
  id: 'source/receiver-may-leave',
  title: 'the only receiver may return before the send',
  explain:
    'In one function: a channel without a buffer is made, a goroutine started there sends on it, and the function is its only receiver but may be gone: it receives in a select whose other case leaves, returns before it receives, leaves its receive loop, or receives fewer times than are sent. After that the sender waits for ever. function and line are the sender, receiver and leaveLine the one that goes.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const noDoneCase = defineKind<Site & { loops: boolean; waitsOn: string; wait: string; endLine: number; hasContext: boolean; startedIn: string; startLine: number }>({
  id: 'source/no-done-case',
  title: 'a goroutine waits without a way to be told to stop',
  explain: 'A goroutine started here waits in a receive, send or select that has no case on ctx.Done() or a stop channel, although a context is in scope.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const loopWithoutExit = defineKind<
  Site & { ticker: boolean; stopCalled: boolean; stopDeferred: boolean; endLine: number; startedIn: string; startFile: string; startLine: number }
>({
  id: 'source/loop-without-exit',
  title: 'a goroutine loops for ever',
  explain:
    'A goroutine runs `for` or `for range ticker.C` with no return, break or stop case. One per process is normal; one per request or per object is a leak. A loop that waits on channels although a context is in scope is source/no-done-case.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const channelNeverClosed = defineKind<Site & { channel: string; endLine: number; startedIn: string; startFile: string; startLine: number }>({
  id: 'source/channel-never-closed',
  title: 'a goroutine ranges over a channel that nothing closes',
  explain:
    'A goroutine runs `for range` over a channel, without a return or break of its own, and no function of the package closes it, directly or through a callee. The channel is an unexported field or a local variable that is given to nobody else; of any other one nothing is said. A pool that is started once and lives as long as the process is written the same way and harmless; one for each request or object is a leak.',
  root: 'defect',
  next: 'the source of the whole package as it was built',
});

export const consumerMayStop = defineKind<
  Site & { channel: string; why: string; receiveLine: number; sendFunction: string; sendFile: string; sendLine: number; sendEndLine: number }
>({
  id: 'source/consumer-may-stop',
  title: 'the consumer of a channel may end while producers go on',
  explain: 'The goroutine that receives from a shared channel returns (error, panic, break) without closing or draining it; senders have no other case.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const consumerLoop = defineKind<Site & { channel: string; loopEndLine: number; sendFunction: string; sendFile: string; sendLine: number; sendEndLine: number }>({
  id: 'source/consumer-loop',
  title: 'senders go on no faster than one loop takes',
  explain:
    'Only one function of the package takes from a shared channel, in a loop that does its work before it takes the next value, and senders have no other case. The usual shape of a worker and harmless by itself: it matters where dumps show that senders queue while the loop is at work.',
  root: 'defect',
  next: 'the source of both functions as they were built',
});

export const bodyNotClosed = defineKind<Site & { variable: string; call: string; returnLine: number | null; linkedInto: readonly string[] }>({
  id: 'source/body-not-closed',
  title: 'a response body is not closed on every path',
  explain: 'The result of http.Client.Do/Get/Post is used and no Body.Close() is called or deferred on it in the function, and it is not returned or stored.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const lockOrder = defineKind<
  Site & { first: string; second: string; firstLine: number; otherFunction: string; otherFile: string; otherLine: number; otherFirstLine: number; instances: boolean }
>({
  id: 'source/lock-order-inverted',
  title: 'two functions take two locks in opposite order',
  explain:
    'Function A locks first then second, function B second then first, both held at once. Also one function that locks two values of one type in the order of its arguments (instances: true): two calls with the arguments swapped do the same.',
  root: 'defect',
  next: 'the source of both functions as they were built',
});

export const recursiveReadLock = defineKind<Site & { lock: string; outer: string; outerLine: number; innerLine: number; innerFunction: string; innerFile: string }>({
  id: 'source/recursive-read-lock',
  title: 'a read lock is taken again while held',
  explain: 'A function that holds RLock calls a method that takes RLock of the same lock. With a writer waiting in between both stand for ever.',
  root: 'defect',
  next: 'the source of both functions as they were built',
});

export const lockTakenAgain = defineKind<
  Site & {
    lock: string;
    outer: string;
    outerLine: number;
    endLine: number;
    innerLine: number;
    innerFunction: string;
    innerFile: string;
    outerRead: boolean;
    innerRead: boolean;
    sections: Sections | null;
  }
>({
  id: 'source/lock-taken-again',
  title: 'a lock is taken again by the function that holds it',
  explain:
    'A function that holds a Mutex or RWMutex takes it again, itself or in a function that it calls on the same value, and nothing on the way gives it back. Mutexes of Go do not know their owner: the goroutine waits for itself. Two read locks are source/recursive-read-lock. sections is set where the next turn of a loop takes what this one only defers to give back: the first turn may still wait for somebody else, whom the dump would show there.',
  root: 'defect',
  next: 'the source of both functions as they were built',
});

export const ioUnderLock = defineKind<Site & { lock: string; call: string; lockLine: number; lockFunction: string; unlockLine: number | null; deferred: boolean }>({
  id: 'source/io-under-lock',
  title: 'I/O is done while a lock is held',
  explain: 'Between Lock and Unlock (or after a deferred Unlock) stands a call to the network, a database or a file.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const lockSection = defineKind<Site & { lock: string; sections: Sections }>({
  id: 'source/lock-section',
  title: 'a lock is taken',
  explain:
    'Where a goroutine may stand while it holds the lock, over the whole package: all stretches between Lock or RLock and what gives it back. No fault: of a dump it tells who can be the holder. Locks that change hands, are tried with TryLock or given back by another function are left out, for anybody may hold them.',
  next: 'the source of the package as it was built',
});

export const channelUnderLock = defineKind<Site & { op: 'send' | 'receive'; object: string; endLine: number; lock: string; lockLine: number; deferred: boolean }>({
  id: 'source/channel-under-lock',
  title: 'a goroutine sends or receives with a lock held',
  explain:
    'A channel operation without another case stands between Lock and Unlock (or after a deferred Unlock). How long the lock is held is then up to whoever is at the other end of the channel. Harmless as long as that one comes: it matters where a dump shows the holder waiting there and others at the lock. Where the other end needs the same lock it is source/wait-under-lock as well.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const slotSection = defineKind<
  Site & {
    /** `Desk.free` by type, `pkg.sem` for package variables. */
    channel: string;
    /** As written. */
    object: string;
    takes: 'send' | 'receive';
    /** Null where it is not one number. */
    capacity: number | null;
    /** Where goroutines wait for a slot. */
    waits: Sections;
    /** Where a goroutine may have one. */
    sections: Sections;
  }
>({
  id: 'source/slot-section',
  title: 'a slot of a channel is taken before work',
  explain:
    'A channel of struct{} with a buffer is used to let so many goroutines at a time do something: one operation takes a slot, the other gives it back. Tokens have to be put in by whoever makes the channel: a signal that is sent when something is done is no slot. Where it is taken, and every stretch in which a goroutine may have one, over the whole package. Common and harmless by itself: it matters where a dump shows that all who have a slot wait for another one. Channels that are ranged over, closed, stored or handed to other code are not judged.',
  root: 'defect',
  next: 'the source of the package as it was built',
});

export const slotNotReturned = defineKind<Site & { channel: string; object: string; takeLine: number; how: 'returns' | 'goes on' | 'ends' }>({
  id: 'source/slot-not-returned',
  title: 'a slot of a channel is not given back on every path',
  explain:
    'A function takes a slot of a channel that counts and leaves (returns, goes into the next turn of its loop, or ends) without giving it back, with nothing deferred or started that would. line is where it leaves. Channels whose slots are given back by functions that did not take them are not judged.',
  root: 'defect',
  next: 'the source of the package as it was built',
});

export const sqlNotClosed = defineKind<
  Site & {
    what: 'rows' | 'transaction' | 'connection';
    variable: string;
    call: string;
    /** Null: nothing gives it back. */
    returnLine: number | null;
    /** Where goroutines of the module may have rows, a transaction or a connection. */
    sections: Sections;
    /** Some are handed on: who has them then is not known. */
    open: boolean;
    linkedInto: readonly string[];
  }
>({
  id: 'source/sql-not-closed',
  title: 'rows or a transaction of database/sql are not given back on every path',
  explain:
    'A function asks a database/sql pool for rows, a transaction or a connection and returns on some path without Close, Commit or Rollback, deferred or not. Rows that were read to their end are given back; a return out of the loop over them is not. What is returned, stored or given to code that may close it is not judged. The connection stays taken: with each run of that path the pool has one fewer. Rows and transactions of a context that ends are given back with it.',
  root: 'defect',
  next: 'the source of the module as it was built',
});

export const callUnderLock = defineKind<Site & { lock: string; lockLine: number; call: string; endLine: number }>({
  id: 'source/call-under-lock',
  title: 'a call is made while a lock is held',
  explain:
    'Between Lock and Unlock (or after a deferred Unlock) stands a call, also one of a function value whose body syntax cannot know. Common and harmless by itself: it matters where a dump shows a goroutine below that call waiting for a second lock.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const lockNotReleased = defineKind<Site & { lock: string; lockLine: number; how: 'returns' | 'goes on' | 'ends'; sections: Sections }>({
  id: 'source/lock-not-released',
  title: 'a lock is not given back on every path',
  explain:
    'A function takes a lock and leaves (returns, goes into the next turn of its loop, or ends) with the lock surely held and no Unlock deferred, although no other function gives back what it did not take itself. line is where it leaves. Locks that are handed on, tried with TryLock, or given back by other functions are not judged.',
  root: 'defect',
  next: 'the source of the package as it was built',
});

export const waitUnderLock = defineKind<
  Site & {
    /** What is waited for with the lock held. */
    op: 'send' | 'receive' | 'wait-group' | 'cond';
    /** The channel, wait group or condition variable, as written. */
    object: string;
    endLine: number;
    lock: string;
    lockLine: number;
    /**
     * Who can end the wait: goroutines in these functions, up to `last`. needs: the lock is held there as well; here: started by the
     * function that waits, for nobody else.
     */
    wakers: readonly { function: string; file: string; line: number; last: number; needs: boolean; here: boolean }[];
    sections: Sections;
  }
>({
  id: 'source/wait-under-lock',
  title: 'a goroutine waits for others with a lock held that they need',
  explain:
    'A channel operation without another case, WaitGroup.Wait or Cond.Wait (with a second lock) stands between Lock and Unlock, and every function that could end the wait takes the same lock. Harmless as long as those come first: it matters where a dump shows that they wait for the lock. Channels that are handed on to code that syntax cannot follow are not judged.',
  root: 'defect',
  next: 'the source of the package as it was built',
});

export const waitBeforeReceive = defineKind<
  Site & { endLine: number; group: string; channel: string; receiveLine: number; senders: readonly { function: string; file: string; line: number; endLine: number }[] }
>({
  id: 'source/wait-before-receive',
  title: 'a function waits for goroutines before it receives what they send',
  explain:
    'A function makes a channel without a buffer, starts goroutines that send on it before they are done, and calls Wait on their WaitGroup before its own receive, which is the only one. The first of them that sends waits for the function, the function for it. line is the Wait.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const wakerMayLeave = defineKind<
  Site & {
    op: 'receive' | 'wait-group' | 'cond';
    object: string;
    waitFunction: string;
    waitFile: string;
    waitLine: number;
    waitEndLine: number;
    wakers: readonly string[];
    how: string;
  }
>({
  id: 'source/waker-may-leave',
  title: 'goroutines may end without waking who waits for them',
  explain:
    'A function starts goroutines and waits for them at a channel, WaitGroup or Cond of its own that nothing else can reach; one of them can end without Done, Send, close or before the wait begins. line is where it leaves (or where the wait stands, for a signal that comes too early). After that nobody is left who could end the wait.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const growsWithoutBound = defineKind<Site & { target: string; kind: 'map' | 'slice'; deletes: number }>({
  id: 'source/grows-without-bound',
  title: 'a long-lived map or slice only grows',
  explain: 'A package or struct level map or slice is inserted into here, and nothing in the captured module deletes from it, truncates or replaces it.',
  root: 'defect',
  next: 'the source of the package as it was built',
});

export const mapLeftOut = defineKind<Site & { type: string; field: string; writeLine: number; writeEndLine: number }>({
  id: 'source/map-left-out',
  title: 'a value is made without the map that is written into',
  explain:
    'A field of map type is written into, only one composite literal of its struct leaves the field out, and nothing else in the package can make such a value or set the field later. A nil map in that field can only come from there. Where any of this is not certain by syntax nothing is claimed.',
  root: 'defect',
  next: 'the source of the package as it was built',
});

export const lineLooksLike = defineKind<
  Site & { class: string; expression: string; endLine: number; enclosing: string; size: string | null; cases: readonly string[]; lock: string | null }
>({
  id: 'source/line',
  title: 'the cited source line',
  explain: 'What stands at the cited file and line: bound to the running binary only where file, line and function of all cited frames agree.',
  next: 'the source as it was built',
});

export const deadlineSet = defineKind<Site & { seconds: number | null; from: 'literal' | 'env' | 'flag' | 'field'; name: string }>({
  id: 'source/deadline-set',
  title: 'the code sets a deadline',
  explain: 'context.WithTimeout, http.Client.Timeout or a Deadline call with its value or the name of the setting it comes from.',
  next: 'the source of the function as it was built',
});

export const madeAnew = defineKind<Site & { endLine: number; what: 'regexp' | 'template' | 'json'; call: string; of: string; ofFile: string; ofLine: number }>({
  id: 'source/made-anew',
  title: 'the same thing is made anew with each call',
  explain:
    'A regular expression is compiled, a template parsed or a document decoded out of what does not change: a constant, a package variable or a field that nothing assigns after its value was made. Not in init or main, not for a package variable, and the result is not kept in a field, a map or a variable of the package. Once at start it costs nothing: it matters where a CPU profile shows it below requests.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const unlockDeferredInLoop = defineKind<Site & { lock: string; lockLine: number; loopLine: number; loopEndLine: number; endLine: number }>({
  id: 'source/unlock-deferred-in-loop',
  title: 'locks taken in a loop are given back when the function ends',
  explain:
    'A loop takes a lock of each of its elements and defers its Unlock: deferred calls run when the function returns, not when the turn of the loop is over, so all of them are held together until then. One lock that is the same in each turn is source/lock-taken-again.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const unbufferedWrites = defineKind<Site & { endLine: number; loopLine: number; loopEndLine: number; to: string; calls: number }>({
  id: 'source/unbuffered-writes',
  title: 'a loop writes to a file or connection without a buffer',
  explain:
    'Inside a loop fmt.Fprint, io.WriteString or Write goes straight to an *os.File or a net.Conn: each is a system call. A bufio.Writer between them makes one of many. line is the first such call, loopLine and loopEndLine the loop.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const recursiveGoroutine = defineKind<Site & { endLine: number; callLine: number; startedIn: string; startFile: string; startLine: number }>({
  id: 'source/recursive-goroutine',
  title: 'goroutines are started that call a function which calls itself',
  explain:
    'A goroutine begins with a small stack, which is copied to one of twice the size each time it is too small. A function that calls itself in a goroutine that was started for it pays that with each start; goroutines that live longer keep their stack. function and line are the recursive call. Harmless where the recursion is shallow: it matters where a CPU profile shows the copying.',
  root: 'defect',
  next: 'the source of both functions as they were built',
});

export const busySelect = defineKind<Site & { loopLine: number; endLine: number }>({
  id: 'source/busy-select',
  title: 'a loop asks its channels again and again',
  explain:
    'A select with a default inside an endless loop, and nothing in the default or after the select that waits, calls or leaves: the goroutine never sleeps and takes a whole processor. line is the select.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const formattedForNothing = defineKind<Site & { endLine: number; log: string; format: string }>({
  id: 'source/formatted-for-nothing',
  title: 'text is formatted for a log call that may not write it',
  explain:
    'An argument of a Debug or Trace call is made by fmt.Sprint, Sprintf or Sprintln: it is formatted before the logger can say that the level is off. Loggers that take the format and its arguments themselves do it only when they write.',
  root: 'defect',
  next: 'the source of the function as it was built',
});

export const panicForControl = defineKind<Site & { endLine: number; recoverFunction: string; recoverFile: string; recoverLine: number }>({
  id: 'source/panic-for-control',
  title: 'a panic is raised where an error would do, and recovered nearby',
  explain:
    'A function panics, and a function of the same package that calls it, itself or through others, recovers in a deferred call and goes on. A panic walks the stack and runs the deferred calls: thousands of times an error. Once in a while that is no harm: it matters where a CPU profile shows it.',
  root: 'defect',
  next: 'the source of the package as it was built',
});

export const scansWhatGrows = defineKind<Site & { endLine: number; target: string; growFunction: string; growFile: string; growLine: number }>({
  id: 'source/scans-what-grows',
  title: 'a loop goes through what only grows',
  explain:
    'A loop over a map or slice of the package or of a struct that by the source is added to while the program runs and never shortened (source/grows-without-bound): it takes longer with each addition. Harmless while it is short or seldom: it matters where a CPU profile shows the loop.',
  root: 'defect',
  next: 'the source of the package as it was built',
});
