package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"

	"gorca.dev/go/zoo/crash/ledger"
)

// park starts goroutines that wait in as many ways as there are, and returns when they do.
func park() {
	var (
		mu      sync.Mutex
		rw      sync.RWMutex
		cond    = sync.NewCond(new(sync.Mutex))
		all     sync.WaitGroup
		nobody  chan int
		results = make(chan int)
	)
	mu.Lock()
	rw.Lock()
	all.Add(1)
	waits := []func(){
		func() { results <- 1 },
		func() { <-make(chan int) },
		func() { nobody <- 1 },
		func() { <-nobody },
		func() { select {} },
		func() {
			select {
			case <-nobody:
			case <-time.After(time.Hour):
			}
		},
		func() { mu.Lock() },
		func() { rw.Lock() },
		func() { rw.RLock() },
		func() { cond.L.Lock(); cond.Wait() },
		func() { all.Wait() },
		func() { time.Sleep(time.Hour) },
		func() { runtime.LockOSThread(); <-nobody },
		acceptOnce,
		blockedInKernel,
	}
	for _, wait := range append(waits, newerWaits...) {
		go wait()
	}
	time.Sleep(50 * time.Millisecond)
}

// newerWaits are those that older Go does not know.
var newerWaits []func()

func acceptOnce() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	listener.Accept()
}

func init() {
	failures["sigquit"] = func() {
		park()
		syscall.Kill(os.Getpid(), syscall.SIGQUIT)
		time.Sleep(time.Second)
	}
	// a dump as a handler of a signal writes it, the process goes on
	failures["stack-all"] = func() {
		park()
		buffer := make([]byte, 1<<20)
		fmt.Fprintf(os.Stderr, "=== BEGIN goroutine stack dump ===\n%s\n=== END goroutine stack dump ===\n", buffer[:runtime.Stack(buffer, true)])
	}
	failures["stack-one"] = func() {
		defer func() {
			if v := recover(); v != nil {
				fmt.Fprintf(os.Stderr, "recovered: %v\n%s", v, debug.Stack())
			}
		}()
		recentEntries().At(7)
	}
	failures["profile-debug-1"] = func() {
		park()
		pprof.Do(context.Background(), pprof.Labels("tenant", "acme", "path", "/v1/post"), func(context.Context) {
			go func() { <-make(chan int) }()
		})
		time.Sleep(10 * time.Millisecond)
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
	}
	failures["profile-debug-2"] = func() {
		park()
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 2)
	}
	failures["labels"] = func() {
		labels := pprof.Labels("tenant", "acme", "path", "/v1/post", "odd]key", "a [b]: {c}", "quote", `say "hi"`, "unicode", "Łódź\n")
		pprof.Do(context.Background(), labels, func(context.Context) {
			go func() { <-make(chan int) }()
			time.Sleep(10 * time.Millisecond)
			new(ledger.Book).Post(ledger.Entry{Account: "cash"})
		})
	}
	failures["ancestors"] = func() {
		// with GODEBUG=tracebackancestors=5
		first := func() {
			go func() {
				go func() { new(ledger.Book).Post(ledger.Entry{}) }()
				select {}
			}()
			select {}
		}
		go first()
		select {}
	}
	failures["running-elsewhere"] = func() {
		runtime.GOMAXPROCS(4)
		for i := 0; i < 2; i++ {
			go spin()
		}
		time.Sleep(20 * time.Millisecond)
		new(ledger.Book).Post(ledger.Entry{})
	}
}

var spins uint64

//go:noinline
func spin() {
	for {
		spins++
	}
}
