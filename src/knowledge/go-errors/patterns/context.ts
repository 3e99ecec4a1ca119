import { cause, type ErrorPattern, std } from '../error-pattern.ts';

export const context: readonly ErrorPattern[] = [
  {
    id: 'context/canceled',
    text: 'context canceled',
    class: 'canceled',
    by: [std('context/context.go', 'Canceled')],
    means:
      'Somebody called the cancel function of this context or of one above it. For a request context: the client closed the connection (net/http notices that only once the request’s body has been read), or the handler has already returned.',
    isNot: 'No timeout, and not the fault of whoever was being called. A deadline that passes says "context deadline exceeded".',
    causes: [
      cause('the client went away: it gave up, was closed, or its own deadline was shorter', 'the access log of the caller or proxy has 499, or a timeout there just before'),
      cause('the handler answered and returned while a goroutine it started still used r.Context()', 'the request has a 2xx in the log before this record, same trace id'),
      cause('one of several parallel calls failed and errgroup cancelled the others', 'another error of the same trace stands just before'),
      cause('the process shuts down', '"http: Server closed" or a termination signal at the same time'),
    ],
    next: 'Look at the caller of this request in the same trace, not at the callee. Count it apart from timeouts.',
    nearMiss: 'reserve stock: context cancelled by user',
  },
  {
    id: 'context/deadline-exceeded',
    text: 'context deadline exceeded',
    class: 'deadline',
    by: [std('context/context.go', 'deadlineExceededError.Error')],
    means: 'The deadline of this context passed before the work was done. The context may be this function’s own or one handed down with less time left than it looks.',
    isNot: 'No proof that the callee is slow: waiting for a free connection, for DNS, for a lock or for the processor uses up the same deadline. Not "context canceled".',
    causes: [
      cause('the callee takes longer than before', 'the callee’s own durations rose at the same time'),
      cause('the deadline is shorter than the callee ever needed', 'the callee answers the same trace later, and well; a change shortened the setting'),
      cause('the time went into waiting for a connection of a full pool', 'the callee has no record of the call; go_sql_wait_duration or idle connections at zero'),
      cause('most of the deadline was used up before this call', 'in the trace the call begins late; the durations of its siblings add up to the deadline'),
      cause('the process itself stood still: throttled, collecting, locked', 'all callees time out at once; cpu throttling, GC or a lock at that time'),
    ],
    next: 'Find which span of the trace used the time, and whether the callee has a record of the call at all.',
    nearMiss: 'the deadline of the context was exceeded',
    notBefore: [' (Client.Timeout', ' while waiting for connections to become ready'],
  },
  {
    id: 'context/nil-parent',
    text: 'cannot create context from nil parent',
    class: 'misuse',
    by: [std('context/context.go', 'WithCancel')],
    means: 'context.WithCancel, WithTimeout or WithValue was given nil. It is a panic.',
    isNot: 'Nothing of the network or of a deadline: the value was never set.',
    causes: [
      cause('a struct field or argument that should hold the context was left nil', 'the first frame of the program’s own code below context.With… in the stack'),
      cause('a nil *T that implements context.Context is passed on', 'the frame’s argument is non-zero for the type and zero for the value'),
    ],
    next: 'Go to the frame above context.With… and pass ctx through, or context.Background() where there is none.',
    nearMiss: 'cannot create context from nil request',
  },
];
