// Command parked shows goroutines to every Go from 1.11 on: scripts/record-goroutines builds this one file with each of them.
//
//	parked dump DIR    parks goroutines in every way, then writes all forms of the dump of one moment into DIR
//	parked crash       the same, and is ended by a panic in a goroutine of its own
//	parked leaks DIR   the same forms of what the leak detecting collector finds (Go 1.26 with GOEXPERIMENT=goroutineleakprofile, Go 1.27)
//	parked busy        works for two seconds on what GODEBUG=gctrace=1,schedtrace=500,scavtrace=1 prints
//
// What a later Go brought is in files of their own (generic.go, weak.go), so that this one stays readable to the oldest.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "parked dump DIR | crash | leaks DIR | busy")
		os.Exit(2)
	}
	switch os.Args[1] {
	case "dump":
		parkAll()
		for _, form := range []struct {
			file  string
			debug int
		}{{"debug2.txt", 2}, {"debug1.txt", 1}, {"pb.gz", 0}} {
			write("goroutine", filepath.Join(os.Args[2], form.file), form.debug)
		}
	case "leaks":
		parkAll()
		// the first profile may miss some: the collector looks when it is asked
		pprof.Lookup("goroutineleak").WriteTo(new(discard), 0)
		write("goroutineleak", filepath.Join(os.Args[2], "pb.gz"), 0)
		write("goroutineleak", filepath.Join(os.Args[2], "debug1.txt"), 1)
		write("goroutineleak", filepath.Join(os.Args[2], "debug2.txt"), 2)
	case "crash":
		parkAll()
		go func() { panic("parked: nothing moves") }()
		select {}
	case "busy":
		busy()
	}
}

func write(profile, path string, debug int) {
	file, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	if err := pprof.Lookup(profile).WriteTo(file, debug); err != nil {
		panic(err)
	}
	if err := file.Close(); err != nil {
		panic(err)
	}
}

// store has methods with either kind of receiver; a method value and a method of an embedded type have names of their own.
type store struct {
	mu   sync.Mutex
	rows chan int
}

func (s *store) Put(n int) { s.rows <- n }
func (s *store) lock()     { s.mu.Lock() }

// queue is received from by value.
type queue chan int

func (q queue) Get() int { return <-q }

type cachedStore struct{ *store }

// more is what newer Go can start as well.
var more []func()

func parkAll() {
	var (
		mu     sync.Mutex
		rw     sync.RWMutex
		cond   = sync.NewCond(new(sync.Mutex))
		all    sync.WaitGroup
		nobody chan int
		rows   = make(chan int)
		s      = &store{rows: rows}
	)
	mu.Lock()
	rw.Lock()
	s.mu.Lock()
	all.Add(1)
	for i := 0; i < 7; i++ {
		go func(n int) { rows2 := make(chan int); rows2 <- n }(i)
	}
	for i := 0; i < 3; i++ {
		go s.lock()
	}
	put := s.Put
	go put(1)
	go cachedStore{&store{rows: make(chan int)}}.Put(2)
	go func() { queue(make(chan int)).Get() }()
	go func() { nobody <- 1 }()
	go func() { <-nobody }()
	go func() { select {} }()
	go func() {
		select {
		case <-nobody:
		case <-time.After(time.Hour):
		}
	}()
	go func() { mu.Lock() }()
	go func() { rw.Lock() }()
	go func() { rw.RLock() }()
	go func() { cond.L.Lock(); cond.Wait() }()
	go func() { all.Wait() }()
	go func() { time.Sleep(time.Hour) }()
	go func() { runtime.LockOSThread(); <-nobody }()
	go accept()
	go readPipe()
	go deep(150, func() { <-make(chan int) })
	go nested()
	pprof.Do(context.Background(), pprof.Labels("tenant", "acme", "path", "/v1/post", "odd]key", "a [b]: {c}", "quote", `say "hi"`), func(context.Context) {
		go func() { <-make(chan int) }()
	})
	for _, start := range more {
		go start()
	}
	time.Sleep(100 * time.Millisecond)
}

func accept() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	listener.Accept()
}

// readPipe waits in the kernel.
func readPipe() {
	var ends [2]int
	if err := syscall.Pipe(ends[:]); err != nil {
		panic(err)
	}
	syscall.Read(ends[0], make([]byte, 1))
}

//go:noinline
func deep(n int, then func()) {
	if n == 0 {
		then()
		return
	}
	deep(n-1, then)
}

// nested starts a goroutine that starts a goroutine: a chain for tracebackancestors.
func nested() {
	func() {
		go func() {
			go func() { <-make(chan int) }()
			<-make(chan int)
		}()
	}()
	<-make(chan int)
}

var kept [][]byte

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

func busy() {
	end := time.Now().Add(2 * time.Second)
	for i := 0; i < 8; i++ {
		go func() {
			for time.Now().Before(end) {
				fmt.Fprint(discard{}, make([]byte, 32*1024))
			}
		}()
	}
	for time.Now().Before(end) {
		kept = append(kept, make([]byte, 256*1024))
		time.Sleep(20 * time.Millisecond)
		if len(kept) == 64 {
			kept = nil
			debug.FreeOSMemory()
		}
	}
}
