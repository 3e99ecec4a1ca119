/** Channels, locks, the network, system calls, cgo: runtime/chan.go, select.go, sema.go, netpoll*.go, cgocall.go, sync, net, os, syscall. */
import { rows } from './row.ts';

export const WAITING = [
  ...rows(
    'channel',
    'runtime',
    'chansend* chanrecv* send recv sendDirect recvDirect selectgo selectnb* sellock selunlock selparkcommit chanparkcommit closechan (*waitq).* (*hchan).*',
  ),
  ...rows('channel', 'reflect', 'chansend* chanrecv chanclose rselect'),
  ...rows('lock', 'runtime', 'semacquire* semrelease* (*semaRoot).* (*semTable).*:1.19- notifyList* cansemacquire'),
  ...rows('lock', 'sync', '(*Mutex).* (*RWMutex).* (*rlocker).* (*WaitGroup).* (*Cond).* (*Once).* runtime_Sem* runtime_notifyList* runtime_canSpin runtime_doSpin'),
  ...rows('lock', 'internal/sync', '(*Mutex).*:1.24- runtime_*:1.24-'),
  ...rows('lock', 'internal/poll', '(*fdMutex).* runtime_Semacquire runtime_Semrelease'),
  ...rows('network', 'runtime', 'netpoll* (*pollDesc).* (*pollCache).* epollwait:-1.20 epollctl:-1.20 kevent'),
  ...rows('network', 'internal/runtime/syscall/linux', 'EpollWait:1.26- EpollCtl:1.26-'),
  ...rows('network', 'internal/runtime/syscall', 'EpollWait:1.23-1.25 EpollCtl:1.23-1.25'),
  ...rows('network', 'runtime/internal/syscall', 'EpollWait:1.21-1.22 EpollCtl:1.21-1.22'),
  ...rows(
    'network',
    'internal/poll',
    `runtime_poll* (*pollDesc).* (*FD).Accept (*FD).Connect* (*FD).ReadFrom* (*FD).WriteTo* (*FD).ReadMsg* (*FD).WriteMsg* (*FD).Shutdown (*FD).Writev SendFile`,
  ),
  ...rows(
    'network',
    'net',
    `(*conn).* (*netFD).* (*TCPConn).* (*UDPConn).* (*IPConn).* (*UnixConn).* (*TCPListener).* (*UnixListener).* (*Dialer).* (*sysDialer).* (*sysListener).* (*ListenConfig).* (*Resolver).*
     (*Buffers).* Dial* Listen* internetSocket socket Lookup* sendFile`,
  ),
  ...rows('syscall', 'syscall', '*'),
  ...rows('syscall', 'internal/runtime/syscall/...', '*:1.23-'),
  ...rows('syscall', 'runtime/internal/syscall', '*:1.19-1.22'),
  ...rows('syscall', 'internal/syscall/...', '*'),
  ...rows('syscall', 'runtime', 'entersyscall* reentersyscall exitsyscall* write1:1.14- open closefd read nanosleep:-1.9'),
  ...rows(
    'syscall',
    'os',
    '(*File).* Open OpenFile Create ReadFile:1.16- WriteFile:1.16- Stat Lstat Remove* Rename Mkdir* ReadDir:1.16- Readlink (*Process).* StartProcess Getwd Chdir',
  ),
  ...rows('syscall', 'internal/poll', '(*FD).*'),
  ...rows('syscall', 'os/exec', '(*Cmd).*'),
  ...rows('cgo', 'runtime', 'cgocall cgocallback* asmcgocall* cgoCheck* _ExternalCode _LostExternalCode unwindm callbackUpdateSystemStack:1.22- needm dropm needAndBindM:1.22-'),
  ...rows('cgo', 'runtime/cgo', '*'),
  ...rows('observer', 'runtime/pprof', '*'),
  ...rows('observer', 'runtime/trace', '*'),
  ...rows('observer', 'net/http/pprof', '*'),
  ...rows('observer', 'runtime/metrics', '*:1.16-'),
  ...rows(
    'observer',
    'runtime',
    `sigprof sigprofNonGo (*cpuProfile).* (*profBuf).* profilealloc mProf_* stkbucket newBucket blockevent saveblockevent mutexevent CPUProfile MemProfile BlockProfile MutexProfile
     GoroutineProfile ThreadCreateProfile goroutineProfile*:1.17- tryRecordGoroutineProfile*:1.19- saveg ReadMemStats readmemstats_m readMetrics:1.16- traceAcquire:1.22- traceLocker.*:1.22- traceWriter.*:1.22-
     traceEvent:-1.22 traceEventLocked:-1.22 traceBufFlush:1.22- (*traceStackTable).* (*traceBuf).* traceAdvance:1.22- traceReader traceStackID:-1.22 ReadTrace traceFullQueue:-1.22 race* racecall* msan*
     asan*:1.18- pprof_*:1.23-`,
  ),
];
