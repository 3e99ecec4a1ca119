/**
 * What the runtime's own words mean. Each text with the Go source that writes it (paths under GOROOT/src); texts are stable from Go 1.19 to 1.27.
 */
import type { PanicClass } from '../../model/conditions/crash.ts';

export interface CrashClass {
  readonly class: PanicClass;
  readonly pattern: RegExp;
  readonly writtenBy: string;
  /** What the text itself says: index and length, dynamic and wanted type. */
  readonly names?: readonly string[];
}

export const CLASSES: readonly CrashClass[] = [
  { class: 'nil-map-write', pattern: /^assignment to entry in nil map$/, writtenBy: 'internal/runtime/maps/runtime_*.go mapassign (runtime/map*.go before Go 1.24)' },
  { class: 'send-on-closed-channel', pattern: /^send on closed channel$/, writtenBy: 'runtime/chan.go chansend' },
  { class: 'close-of-closed-channel', pattern: /^close of closed channel$/, writtenBy: 'runtime/chan.go closechan' },
  { class: 'close-of-nil-channel', pattern: /^close of nil channel$/, writtenBy: 'runtime/chan.go closechan' },
  {
    class: 'concurrent-map',
    pattern: /^concurrent map (writes|read and map write|iteration and map write|clone and map write)$/,
    writtenBy: 'internal/runtime/maps/*.go (runtime/map*.go before Go 1.24)',
    names: ['met'],
  },
  { class: 'nil-dereference', pattern: /^(?:runtime error: )?invalid memory address or nil pointer dereference$/, writtenBy: 'runtime/panic.go panicmem, panicmemAddr' },
  {
    class: 'index-out-of-range',
    pattern: /^(?:runtime error: )?index out of range(?: \[(-?\w{1,20})\])?(?: with length (\d{1,20}))?$/,
    writtenBy: 'runtime/error.go boundsErrorFmts',
    names: ['index', 'length'],
  },
  {
    class: 'slice-out-of-range',
    pattern:
      /^(?:runtime error: )?(?:slice bounds out of range(?: \[([^\]]{0,60})\])?(?: with (?:length|capacity) (\d{1,20}))?|cannot convert slice with length (\d{1,20}) to (?:pointer to )?array.{0,100})$/,
    writtenBy: 'runtime/error.go boundsErrorFmts',
    names: ['bounds', 'length', 'sliceLength'],
  },
  {
    class: 'type-assertion',
    pattern: /^interface conversion: (.{1,300}?) is (nil|not [^:]{1,300}|[^,]{1,300}), ?not (.{1,300})$/,
    writtenBy: 'runtime/error.go (*TypeAssertionError).Error',
    names: ['interface', 'dynamic', 'wanted'],
  },
  {
    class: 'type-assertion',
    pattern: /^interface conversion: (.{1,300}?) is not (.{1,300}): missing method (\S{1,200})$/,
    writtenBy: 'runtime/error.go (*TypeAssertionError).Error',
    names: ['dynamic', 'wanted', 'missingMethod'],
  },
  { class: 'type-assertion', pattern: /^interface conversion: /, writtenBy: 'runtime/error.go (*TypeAssertionError).Error' },
  { class: 'stack-overflow', pattern: /^stack overflow$/, writtenBy: 'runtime/stack.go newstack' },
  { class: 'all-asleep', pattern: /^all goroutines are asleep - deadlock!$/, writtenBy: 'runtime/proc.go checkdead' },
  { class: 'all-asleep', pattern: /^no goroutines \(main called runtime\.Goexit\) - deadlock!$/, writtenBy: 'runtime/proc.go checkdead' },
  { class: 'divide-by-zero', pattern: /^(?:runtime error: )?integer divide by zero$/, writtenBy: 'runtime/panic.go panicdivide' },
  { class: 'negative-waitgroup', pattern: /^sync: (?:negative WaitGroup counter|WaitGroup (?:misuse|is reused).{0,100})$/, writtenBy: 'sync/waitgroup.go' },
  { class: 'unlock-of-unlocked', pattern: /^sync: (?:unlock|Unlock|RUnlock) of unlocked (?:mutex|RWMutex)$/, writtenBy: 'sync/mutex.go, sync/rwmutex.go, internal/sync/mutex.go' },
  { class: 'out-of-memory', pattern: /^(?:runtime: )?(?:out of memory|cannot allocate memory)/, writtenBy: 'runtime/malloc.go, runtime/mheap.go, runtime/mem_linux.go' },
  {
    class: 'thread-exhaustion',
    pattern: /^(?:thread exhaustion|(?:runtime\.)?newosproc$|pthread_create failed)/,
    writtenBy: 'runtime/proc.go checkmcount, runtime/os_linux.go newosproc',
  },
  {
    class: 'unexpected-fault',
    pattern: /^(?:fault|unexpected signal during runtime execution|unexpected fault address.{0,60})$/,
    writtenBy: 'runtime/signal_unix.go sigpanic, sighandler',
  },
];

/** Class and what the text names, by its first line. */
export function classify(text: string, fatal: boolean): { class: PanicClass; detail: { [name: string]: string } } {
  const first = text.split('\n', 1)[0] ?? '';
  for (const c of CLASSES) {
    const m = c.pattern.exec(first);
    if (m === null) continue;
    const detail: { [name: string]: string } = {};
    c.names?.forEach((name, i) => {
      const value = m[i + 1];
      if (value !== undefined) detail[name] = value;
    });
    return { class: c.class, detail };
  }
  return { class: fatal ? 'other-fatal' : first.startsWith('runtime error: ') ? 'other-runtime-error' : 'custom', detail: {} };
}
