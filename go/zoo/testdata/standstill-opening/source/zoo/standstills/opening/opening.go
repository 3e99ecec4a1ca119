// Package opening waits to be told that it may open, after it has been told.
package opening

import (
	"sync"
	"time"
)

// Open waits until stock is there.
func Open(load func()) {
	var mu sync.Mutex
	stocked := sync.NewCond(&mu)
	go func() {
		load()
		stocked.Signal()
	}()
	announce()
	mu.Lock()
	stocked.Wait()
	mu.Unlock()
}

func announce() { time.Sleep(50 * time.Millisecond) }

// RunHealthy opens when a long delivery is over.
func RunHealthy() {
	Open(func() { time.Sleep(time.Hour) })
}

// Run opens once; the stock is there before anybody waits for it.
func Run() {
	Open(func() {})
}
