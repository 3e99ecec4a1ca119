// Command crashes fails in every way a Go program can fail by itself: one subcommand a failure.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"

	"example.com/parts"
	"shop/crashes/table"
)

type price interface{ Cents() int }
type euro int

func (e euro) Cents() int { return int(e) }

var failures = map[string]func(){
	"nil-map":             func() { (&table.Row{Name: "a"}).Set("EUR", 3) },
	"send-closed":         sendOnClosed,
	"close-closed":        func() { c := make(chan int); close(c); close(c) },
	"close-nil":           func() { var c chan int; close(c) },
	"concurrent-map":      concurrentMap,
	"concurrent-iterate":  concurrentIterate,
	"nil-dereference":     func() { (&table.Row{}).Last() },
	"index":               func() { fmt.Println(table.Pick([]string{"a", "b"}, len(os.Args)+3)) },
	"index-in-dependency": func() { fmt.Println(parts.Field([]string{"a"}, len(os.Args)+3)) },
	"callback":            func() { parts.Each([]string{"a"}, func(s string) { var m map[string]int; m[s]++ }) },
	"slice":               func() { b := make([]byte, 2); n := len(os.Args) + 5; fmt.Println(b[1:n]) },
	"assert-type":         func() { var v any = "12"; fmt.Println(v.(int)) },
	"assert-interface":    func() { var v any = 12; fmt.Println(v.(price).Cents()) },
	"stack-overflow":      func() { debug.SetMaxStack(1 << 20); table.Depth(&table.Row{}, 0) },
	"asleep":              asleep,
	"asleep-select":       func() { select {} },
	"goexit":              func() { runtime.Goexit() },
	"divide":              func() { n := len(os.Args) - 2; fmt.Println(1 / n) },
	"waitgroup":           func() { var w sync.WaitGroup; w.Done() },
	"unlock":              func() { var m sync.Mutex; m.Unlock() },
	"error-value":         func() { panic(fmt.Errorf("load rates: %w", context.DeadlineExceeded)) },
	"multi-line":          func() { panic("first line\nsecond line\ngoroutine 12 is only text\n\tlast") },
	"many-values":         func() { panic(struct{ A, B int }{1, 2}) },
	"errors-join":         func() { panic(errors.Join(errors.New("a"), errors.New("b"))) },
	"recovered-again":     recoveredAgain,
	"panic-in-defer":      func() { defer func() { var m map[string]int; m["again"] = 1 }(); panic("first") },
	"goexit-panic":        func() { defer func() { panic("in defer") }(); runtime.Goexit() },
	"in-goroutine":        inGoroutine,
	"labelled":            labelled,
	"http":                httpPanics,
	"logged-recovery":     loggedRecovery,
	"log-fatal":           func() { log.Fatal("cannot listen: address in use") },
	"nil-func":            func() { var f func(); go f(); time.Sleep(time.Second) },
	"flag":                func() {},
	"sigquit":             func() { parked(); quit(syscall.SIGQUIT) },
	"sigabrt":             func() { parked(); quit(syscall.SIGABRT) },
	"out-of-memory":       func() { keep := [][]byte{}; for { keep = append(keep, make([]byte, 64<<20)) } },
	"threads":             threads,
	"fault":               func() { debug.SetPanicOnFault(false); fault() },
}

func main() {
	if len(os.Args) < 2 {
		os.Exit(64)
	}
	if os.Args[1] == "flag" {
		port := flag.Int("port", 80, "port to listen on")
		flag.CommandLine.Parse(os.Args[2:])
		fmt.Println(*port)
		return
	}
	failures[os.Args[1]]()
}

func sendOnClosed() {
	results := make(chan int, 1)
	close(results)
	go func() { results <- 1 }()
	time.Sleep(time.Second)
}

func concurrentMap() {
	seen := map[int]int{}
	for w := 0; w < 8; w++ {
		go func(w int) {
			for i := 0; ; i++ {
				remember(seen, i+w)
			}
		}(w)
	}
	time.Sleep(10 * time.Second)
}

//go:noinline
func remember(seen map[int]int, i int) { seen[i%64]++ }

func concurrentIterate() {
	seen := map[int]int{}
	for i := 0; i < 1000; i++ {
		seen[i] = i
	}
	go func() {
		for i := 0; ; i++ {
			seen[i%1000] = i
		}
	}()
	for {
		for k := range seen {
			_ = k
		}
	}
}

func asleep() {
	var w sync.WaitGroup
	c := make(chan int)
	w.Add(1)
	go func() { defer w.Done(); c <- 1 }()
	w.Wait()
}

func recoveredAgain() {
	defer func() {
		if r := recover(); r != nil {
			panic(r)
		}
	}()
	(&table.Row{}).Last()
}

func inGoroutine() {
	parked()
	go func() { panic(fmt.Sprintf("worker %d failed", 7)) }()
	time.Sleep(time.Second)
}

func labelled() {
	parked()
	pprof.Do(context.Background(), pprof.Labels("route", "/reserve [v2]: \"x\"", "tenant", "blue"), func(context.Context) {
		panic("in a labelled goroutine")
	})
}

func parked() {
	var m sync.Mutex
	m.Lock()
	go m.Lock()
	go func() { runtime.LockOSThread(); <-make(chan int) }()
	go func() { time.Sleep(time.Hour) }()
	time.Sleep(50 * time.Millisecond)
}

func quit(s syscall.Signal) {
	syscall.Kill(os.Getpid(), s)
	time.Sleep(5 * time.Second)
}

func httpPanics() {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, table.Pick([]string{"a"}, len(r.URL.Path)))
	}))
	for i := 0; i < 3; i++ {
		slog.Info("asking", "n", i)
		if res, err := http.Get(s.URL + "/items"); err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
	}
	time.Sleep(50 * time.Millisecond)
}

// loggedRecovery does what recovery middleware does: the panic ends as one field of a log record.
func loggedRecovery() {
	for _, h := range []slog.Handler{slog.NewJSONHandler(os.Stderr, nil), slog.NewTextHandler(os.Stderr, nil)} {
		l := slog.New(h)
		func() {
			defer func() {
				r := recover()
				l.Error("panic recovered", "path", "/items", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			}()
			(&table.Row{}).Last()
		}()
	}
	slog.New(slog.NewJSONHandler(os.Stderr, nil)).Info("still alive")
}

func threads() {
	debug.SetMaxThreads(20)
	for i := 0; i < 40; i++ {
		go func() { runtime.LockOSThread(); select {} }()
	}
	time.Sleep(2 * time.Second)
}
