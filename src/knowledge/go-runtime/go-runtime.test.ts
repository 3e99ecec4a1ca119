import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FUNCTION_ROWS, type FunctionRow } from './functions/index.ts';
import { COST_CLASSES, classifyStack, classOfFunction, costClassInfo } from './index.ts';

/** The table is held against the sources of the Go at hand; GORCA_GOROOTS names more of them, separated by colons. */
const atHand = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' });
const roots = (process.env['GORCA_GOROOTS'] ?? (atHand.status === 0 ? atHand.stdout.trim() : '')).split(':').filter((r) => r !== '');

const FUNC = /^func (?:\((?:\w+ )?(\*?)(\w+)(?:\[[^\]]*\])?\) )?(\w+)[[(]/gm;
const TEXT = /^TEXT\s+(?:([\w∕/]*)·)?(\w+)(?:<\w*>)?\(SB\)/gm;
/** `//go:linkname local runtime.name`: the linker knows the function by the second name. */
const LINKNAME = /^\/\/go:linkname \w+ ([\w/.]+)\.(\w+)$/gm;

function namesIn(folder: string): Set<string> {
  const names = new Set<string>();
  for (const file of readdirSync(folder)) {
    if (!/\.(?:go|s)$/.test(file) || file.endsWith('_test.go')) continue;
    const text = readFileSync(join(folder, file), 'utf8');
    if (file.endsWith('.go'))
      for (const [, pointer, type, name] of text.matchAll(FUNC)) names.add(type === undefined ? `${name}` : pointer === '*' ? `(*${type}).${name}` : `${type}.${name}`);
    // assembly names other packages' functions, and functions of no package
    else for (const [, pkg, name] of text.matchAll(TEXT)) names.add(pkg === undefined ? `.${name}` : pkg === '' ? `${name}` : `${pkg.replaceAll('∕', '/')}.${name}`);
  }
  return names;
}

function linkNames(folder: string, into: Map<string, Set<string>>): void {
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.go') || file.endsWith('_test.go')) continue;
    for (const [, pkg, name] of readFileSync(join(folder, file), 'utf8').matchAll(LINKNAME)) into.set(pkg as string, (into.get(pkg as string) ?? new Set()).add(name as string));
  }
}

describe.skipIf(roots.length === 0)('every row of the table is a function of Go, in the versions it says', () => {
  for (const root of roots) {
    const version = readFileSync(join(root, 'VERSION'), 'utf8').split('\n')[0] as string;
    const minor = Number(/^go1\.(\d+)/.exec(version)?.[1]);
    it(version, () => {
      const source = join(root, 'src');
      const packages = new Map<string, Set<string>>();
      const linked = new Map<string, Set<string>>();
      linkNames(join(source, 'runtime'), linked);
      linkNames(join(source, 'time'), linked);
      const assembly = new Set(['runtime', 'internal/bytealg', 'internal/runtime/maps'].flatMap((p) => (existsSync(join(source, p)) ? [...namesIn(join(source, p))] : [])));
      const has = (r: FunctionRow): boolean => {
        if (r.package === '') return assembly.has(`.${r.name}`);
        const below = r.package.endsWith('/...');
        const pkg = below ? r.package.slice(0, -4) : r.package;
        const folder = join(source, pkg);
        if (below) return existsSync(folder);
        let names = packages.get(pkg);
        if (names === undefined) {
          names = new Set([...(existsSync(folder) ? namesIn(folder) : []), ...(linked.get(pkg) ?? [])]);
          packages.set(pkg, names);
        }
        return r.name.endsWith('*') ? [...names].some((n) => n.startsWith(r.name.slice(0, -1))) : assembly.has(`${pkg}.${r.name}`) || names.has(r.name);
      };
      const faults = FUNCTION_ROWS.flatMap((r) => {
        const expected = (r.from ?? 0) <= minor && minor <= (r.to ?? 999);
        return has(r) === expected ? [] : [`${r.package}.${r.name} (${r.class}): ${expected ? 'is not' : 'is'} in ${version}`];
      });
      expect(faults).toEqual([]);
      expect(minor).toBeGreaterThan(10);
    });
  }
});

it('no function is in two classes, and every class of functions has a row', () => {
  const seen = new Map<string, string>();
  for (const r of FUNCTION_ROWS) {
    const key = `${r.package}.${r.name}`;
    expect([key, seen.get(key) ?? r.class]).toEqual([key, r.class]);
    seen.set(key, r.class);
  }
  const classes = new Set(FUNCTION_ROWS.map((r) => r.class));
  // these are said of what is left over
  for (const c of COST_CLASSES) if (!['library', 'runtime', 'user'].includes(c.id)) expect(classes).toContain(c.id);
});

const frame = (text: string): { function: string; file: string } => {
  const [fn, file = ''] = text.split(' ') as [string, string?];
  return { function: fn, file };
};
/** Innermost first; a name with a file after it is not of the standard library. */
const stack = (...frames: string[]) => classifyStack(frames.map(frame));
const USER = 'shop/orders.Place /src/orders/place.go';

describe('stacks, each as some profile or trace of Go shows it', () => {
  it.each([
    ['runtime.memclrNoHeapPointers runtime.mallocgcLarge runtime.mallocgc runtime.makeslice', 'allocation', 'runtime.mallocgcLarge'],
    ['runtime.mallocgcSmallNoScanSC3', 'allocation', 'runtime.mallocgcSmallNoScanSC3'],
    [
      'runtime.scanobject runtime.gcDrainN runtime.gcAssistAlloc1 runtime.gcAssistAlloc.func1 runtime.systemstack runtime.gcAssistAlloc runtime.mallocgc',
      'gc-assist',
      'runtime.gcAssistAlloc1',
    ],
    ['runtime.(*sweepLocked).sweep runtime.(*mcentral).cacheSpan runtime.(*mcache).refill runtime.mallocgc', 'gc-sweep', 'runtime.(*sweepLocked).sweep'],
    [
      'runtime.futexwakeup runtime.notewakeup runtime.startm runtime.wakep runtime.ready runtime.goready runtime.send runtime.chansend runtime.chansend1',
      'channel',
      'runtime.send',
    ],
    ['runtime.procyield runtime.lock2 runtime.lockWithRank runtime.lock runtime.chansend runtime.chansend1', 'runtime-lock', 'runtime.lock2'],
    ['runtime.lock2 runtime.lock runtime.chansend runtime.chansend1', 'channel', 'runtime.chansend'],
    ['runtime.semacquire1 sync.runtime_SemacquireMutex internal/sync.(*Mutex).lockSlow sync.(*Mutex).Lock', 'lock', 'runtime.semacquire1'],
    [
      'internal/runtime/syscall/linux.Syscall6 syscall.RawSyscall6 syscall.write syscall.Write internal/poll.(*FD).Write net.(*netFD).Write net.(*conn).Write',
      'network',
      'net.(*netFD).Write',
    ],
    ['internal/runtime/syscall/linux.Syscall6 syscall.write internal/poll.(*FD).Write os.(*File).Write', 'syscall', 'internal/runtime/syscall/linux.Syscall6'],
    ['reflect.Value.Field encoding/json.structEncoder.encode encoding/json.Marshal', 'encoding', 'encoding/json.structEncoder.encode'],
    ['reflect.Value.Field', 'reflection', 'reflect.Value.Field'],
    ['internal/runtime/maps.ctrlGroup.matchH2 runtime.mapaccess2_faststr', 'map', 'internal/runtime/maps.ctrlGroup.matchH2'],
    ['aeshashbody runtime.mapassign_faststr', 'map', 'aeshashbody'],
    ['runtime.cgocall net._C2func_getaddrinfo', 'cgo', 'runtime.cgocall'],
    ['type:.hash.net/http.connectMethodKey runtime.mapaccess1 net/http.(*Transport).getConn', 'map', 'type:.hash.net/http.connectMethodKey'],
    ['type..eq.net/netip.Addr runtime.efaceeq', 'copy', 'type..eq.net/netip.Addr'],
    ['runtime.memmove bytes.(*Buffer).Write', 'copy', 'runtime.memmove'],
    ['strings.Index strings.Split', 'library', 'strings.Index'],
    ['runtime.assertE2I', 'runtime', 'runtime.assertE2I'],
    ['runtime.adjustframe runtime.copystack runtime.newstack runtime.morestack', 'stack-growth', 'runtime.adjustframe'],
    ['runtime.tracebackPCs runtime.callers.func1 runtime.callers runtime.Callers', 'panic', 'runtime.tracebackPCs'],
    ['runtime.callers runtime.mProf_Malloc runtime.profilealloc runtime.mallocgc', 'observer', 'runtime.mProf_Malloc'],
    ['runtime.nanotime1 time.Now', 'clock', 'runtime.nanotime1'],
  ])('%s, called by the program', (text, cost, decided) => {
    const frames = text.split(' ');
    const found = stack(...frames, USER, 'net/http.HandlerFunc.ServeHTTP', 'runtime.goexit');
    expect([found.class, frames[found.decidedBy], found.user]).toEqual([cost, decided, frames.length]);
  });

  it.each([
    ['runtime.scanobject runtime.gcDrain runtime.gcDrainMarkWorkerIdle runtime.gcBgMarkWorker.func2 runtime.systemstack runtime.gcBgMarkWorker', 'gc-idle'],
    ['runtime.scanSpan runtime.gcDrain runtime.gcDrainMarkWorkerDedicated runtime.gcBgMarkWorker.func2 runtime.systemstack runtime.gcBgMarkWorker', 'gc-background'],
    ['runtime.scanobject runtime.gcDrain runtime.gcBgMarkWorker.func2 runtime.systemstack runtime.gcBgMarkWorker', 'gc-worker'],
    ['runtime.futex runtime.futexsleep runtime.notesleep runtime.mPark runtime.stopm runtime.findRunnable runtime.schedule runtime.park_m runtime.mcall', 'scheduler-idle'],
    ['internal/runtime/syscall/linux.EpollWait runtime.netpoll runtime.findRunnable runtime.schedule runtime.park_m runtime.mcall', 'scheduler-idle'],
    ['runtime.(*timers).run runtime.(*timers).check runtime.findRunnable runtime.schedule', 'timers'],
    ['runtime.execute runtime.schedule runtime.park_m runtime.mcall', 'scheduler'],
    ['runtime.madvise runtime.sysUnusedOS runtime.sysUnused runtime.(*pageAlloc).scavengeOne runtime.bgscavenge', 'gc-scavenge'],
    ['runtime._GC', 'gc-cycle'],
    ['runtime._System', 'unattributed'],
    ['runtime/pprof.(*profileBuilder).build runtime/pprof.profileWriter', 'observer'],
    ['net/textproto.(*Reader).ReadLine net/http.readRequest net/http.(*conn).serve', 'library'],
  ])('%s, with no frame of the program', (text, cost) => expect(stack(...text.split(' '))).toMatchObject({ class: cost, user: -1 }));

  it("near misses: what the program's own frames do below a library or a collector's name is the program's", () => {
    expect(stack(USER, 'sort.Slice', 'encoding/json.Marshal', 'main.main /src/main.go')).toEqual({ class: 'user', decidedBy: 0, user: 0 });
    expect(stack('runtime.mapaccess1_faststr', USER, 'regexp.(*Regexp).ReplaceAllStringFunc', 'main.main /src/main.go').class).toBe('map');
    expect(stack('shop/gc.gcDrain /src/gc/gc.go', 'main.main /src/main.go').class).toBe('user');
    expect(classOfFunction('shop/runtime.mallocgc')).toBeNull();
    expect(classOfFunction('runtime.mallocation')).toBeNull();
  });

  it('modules of others are charged like the program: they are what was called', () => {
    const found = stack('runtime.mallocgc', 'github.com/rs/zerolog.(*Event).Msg /root/go/pkg/mod/github.com/rs/zerolog@v1.35.1/event.go', USER);
    expect(found).toEqual({ class: 'allocation', decidedBy: 0, user: 1 });
  });

  it('no stack, no name', () => {
    expect(stack()).toEqual({ class: 'unattributed', decidedBy: -1, user: -1 });
    expect(stack('png_decode /usr/src/libpng.c', 'runtime.cgocall', USER)).toMatchObject({ class: 'cgo', user: 2 });
  });
});

it('idle work and what belongs to the observer is charged to nobody', () => {
  expect(COST_CLASSES.filter((c) => c.payer === 'nobody').map((c) => c.id)).toEqual(['observer', 'gc-idle', 'gc-worker', 'scheduler-idle', 'unattributed']);
  expect(costClassInfo('gc-assist').payer).toBe('caller');
});
