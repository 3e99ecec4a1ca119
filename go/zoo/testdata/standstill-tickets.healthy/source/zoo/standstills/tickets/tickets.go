// Package tickets sells seats, and forgets its lock when a show is sold out.
package tickets

import (
	"errors"
	"sync"
	"time"
)

var errSoldOut = errors.New("sold out")

// Office sells seats.
type Office struct {
	mu   sync.Mutex
	left map[string]int
}

// Sell takes one seat.
func (o *Office) Sell(show string) (int, error) {
	o.mu.Lock()
	n, known := o.left[show]
	if !known {
		o.mu.Unlock()
		return 0, errors.New("no such show")
	}
	if n == 0 {
		return 0, errSoldOut
	}
	o.left[show] = n - 1
	o.mu.Unlock()
	return n, nil
}

// Left says how many seats there are.
func (o *Office) Left(show string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.left[show]
}

// Close counts what was not sold, which takes its time.
func (o *Office) Close(show string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	time.Sleep(30 * time.Millisecond)
	return o.left[show]
}

func ask(o *Office) {
	for {
		o.Left("hamlet")
		time.Sleep(time.Millisecond)
	}
}

// Run sells until it stands still.
func Run() {
	o := &Office{left: map[string]int{"hamlet": 3}}
	go ask(o)
	for {
		o.Sell("hamlet")
		time.Sleep(20 * time.Millisecond)
	}
}

// RunHealthy never sells out, and counts all the time.
func RunHealthy() {
	o := &Office{left: map[string]int{"hamlet": 1 << 30}}
	go ask(o)
	go ask(o)
	for {
		o.Close("hamlet")
		o.Sell("hamlet")
	}
}
