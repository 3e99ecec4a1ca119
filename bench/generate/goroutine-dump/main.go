// Command goroutine-dump parks many goroutines at ordinary depths below a few entry points and writes the dump of all of them
// (runtime.Stack, so that it is whole: net/http/pprof stops at 64 MiB).
package main

import (
	"context"
	"flag"
	"os"
	"runtime"
	"sync"
	"time"
)

func main() {
	n := flag.Int("goroutines", 100_000, "how many to park")
	out := flag.String("out", "goroutines.txt", "file to write")
	flag.Parse()
	crowd(*n)
	buf := make([]byte, 1<<30)
	buf = buf[:runtime.Stack(buf, true)]
	if err := os.WriteFile(*out, buf, 0o644); err != nil {
		panic(err)
	}
}

//go:noinline
func handle(depth int, f func()) {
	if depth == 0 {
		f()
		return
	}
	handle(depth-1, f)
}

func crowd(n int) {
	c := make(chan int)
	var mu sync.Mutex
	mu.Lock()
	for i := range n {
		go handle(4+i%7, func() {
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
	time.Sleep(200 * time.Millisecond)
}
