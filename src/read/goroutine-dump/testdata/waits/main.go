// Command waits parks goroutines in every way that a dump distinguishes and serves net/http/pprof: one subcommand a scene.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"time"
)

func main() {
	n := 3
	if len(os.Args) > 3 {
		n, _ = strconv.Atoi(os.Args[3])
	}
	switch os.Args[2] {
	case "all":
		everyWait()
	case "leak":
		go leak(n)
	case "cycle":
		cycle()
	case "convoy":
		convoy(n)
	case "readers":
		recursiveReaders()
	case "crowd":
		crowd(n)
	case "healthy":
		healthy(n)
	}
	runtime.GC()
	fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Args[1], nil))
}

// leak abandons one sender a tick: the caller gives up before the answer comes.
func leak(perTick int) {
	for range time.Tick(200 * time.Millisecond) {
		for i := 0; i < perTick; i++ {
			ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
			_, _ = reserve(ctx, i)
			cancel()
		}
	}
}

func reserve(ctx context.Context, i int) (int, error) {
	answer := make(chan int)
	go func() {
		time.Sleep(5 * time.Millisecond)
		answer <- i
	}()
	select {
	case a := <-answer:
		return a, nil
	case <-ctx.Done():
		return 0, errors.New("reserve: " + ctx.Err().Error())
	}
}

type account struct {
	mu      sync.Mutex
	balance int
}

func (a *account) transfer(to *account, cents int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	time.Sleep(50 * time.Millisecond)
	to.credit(cents)
	a.balance -= cents
}

func (a *account) credit(cents int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balance += cents
}

// cycle is the classic AB-BA: two transfers in opposite directions, then everybody who wants a balance.
func cycle() {
	a, b := &account{}, &account{}
	go a.transfer(b, 1)
	go b.transfer(a, 1)
	time.Sleep(100 * time.Millisecond)
	for i := 0; i < 5; i++ {
		go a.credit(1)
	}
	time.Sleep(50 * time.Millisecond)
}

type cache struct {
	mu     sync.Mutex
	values map[string]string
	addr   string
}

func (c *cache) get(key string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.values[key]; ok {
		return v
	}
	c.values[key] = c.fetch(key)
	return c.values[key]
}

// fetch asks a server that accepts and never answers.
func (c *cache) fetch(key string) string {
	conn, err := net.Dial("tcp", c.addr)
	if err != nil {
		return ""
	}
	defer conn.Close()
	fmt.Fprintln(conn, key)
	buf := make([]byte, 64)
	n, _ := conn.Read(buf)
	return string(buf[:n])
}

func convoy(n int) {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	go func() {
		var open []net.Conn
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open = append(open, conn)
		}
	}()
	c := &cache{values: map[string]string{}, addr: l.Addr().String()}
	for i := 0; i < n; i++ {
		go c.get("rates")
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond)
}

type registry struct {
	mu    sync.RWMutex
	names map[string]int
}

func (r *registry) total() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	time.Sleep(100 * time.Millisecond)
	return r.count("a") + r.count("b")
}

func (r *registry) count(name string) int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.names[name]
}

func (r *registry) put(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names[name]++
}

// recursiveReaders: a reader reads again while a writer stands in between.
func recursiveReaders() {
	r := &registry{names: map[string]int{}}
	go r.total()
	time.Sleep(30 * time.Millisecond)
	go r.put("a")
	go r.count("c")
	time.Sleep(150 * time.Millisecond)
}

// healthy is a busy service between two requests: idle workers, a ticker, keep-alive connections.
func healthy(n int) {
	work := make(chan func())
	for i := 0; i < n; i++ {
		go func() {
			for f := range work {
				f()
			}
		}()
	}
	go func() {
		for range time.Tick(time.Second) {
			work <- func() { time.Sleep(time.Millisecond) }
		}
	}()
}

//go:noinline
func recurse(depth int, f func()) {
	if depth == 0 {
		f()
		return
	}
	recurse(depth-1, f)
}

// crowd parks n goroutines at ordinary depths below a few entry points.
func crowd(n int) {
	c := make(chan int)
	var mu sync.Mutex
	mu.Lock()
	for i := 0; i < n; i++ {
		i := i
		go recurse(4+i%7, func() {
			switch i % 5 {
			case 0:
				mu.Lock()
			case 1:
				select {
				case c <- i:
				case <-context.Background().Done():
				}
			default:
				c <- i
			}
		})
	}
	time.Sleep(100 * time.Millisecond)
}

func everyWait() {
	var (
		nilChan chan int
		mu      sync.Mutex
		rw      sync.RWMutex
		wg      sync.WaitGroup
		cond    = sync.NewCond(&sync.Mutex{})
		open    = make(chan int)
		once    sync.Once
	)
	mu.Lock()
	rw.Lock()
	wg.Add(1)
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	for _, f := range []func(){
		func() { nilChan <- 1 },
		func() { <-nilChan },
		func() { select {} },
		func() { open <- 1 },
		func() {
			for range make(chan int) {
			}
		},
		func() {
			select {
			case open <- 1:
			case <-nilChan:
			}
		},
		mu.Lock,
		rw.Lock,
		rw.RLock,
		wg.Wait,
		func() { cond.L.Lock(); cond.Wait() },
		func() { time.Sleep(time.Hour) },
		func() { l.Accept() },
		func() { runtime.LockOSThread(); <-make(chan int) },
		func() { once.Do(func() { <-make(chan int) }) },
		func() {
			pprof.Do(context.Background(), pprof.Labels("route", "/reserve [v2]: \"x\"", "tenant", "blue"), func(context.Context) { <-make(chan int) })
		},
	} {
		go f()
	}
	recurse(120, func() { go recurse(130, func() { <-make(chan int) }) })
	time.Sleep(50 * time.Millisecond)
}
