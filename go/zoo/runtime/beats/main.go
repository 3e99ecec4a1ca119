// Command beats answers requests, each at the next beat of clocks of its own.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"sync"
	"time"

	"gorca.dev/go/zoo/runtime/expose"
)

// atBeat waits for the next beat.
func atBeat(every time.Duration) time.Time {
	ticker := time.NewTicker(every)
	return <-ticker.C
}

func beat(w http.ResponseWriter, _ *http.Request) {
	var all sync.WaitGroup
	for i := 0; i < 20; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			atBeat(500 * time.Millisecond)
		}()
	}
	all.Wait()
	fmt.Fprintln(w, "all together")
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address")
	flag.Parse()
	http.HandleFunc("/v1/beat", beat)
	expose.Listen(*listen)
}
