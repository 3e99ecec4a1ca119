// Package permits lets so many at a time work, and forgets one permit with each order that is refused.
package permits

import (
	"errors"
	"sync/atomic"
	"time"
)

// Who finds so many waiting goes away.
const most = 90

var errUnknown = errors.New("customer is unknown")

// Desk hands out permits.
type Desk struct{ free chan struct{} }

// Open makes a desk of n permits.
func Open(n int) *Desk {
	d := &Desk{free: make(chan struct{}, n)}
	for range n {
		d.free <- struct{}{}
	}
	return d
}

func (d *Desk) take() { <-d.free }
func (d *Desk) give() { d.free <- struct{}{} }

// Bill works with a permit.
func (d *Desk) Bill(order int) error {
	d.take()
	if err := check(order); err != nil {
		return err
	}
	time.Sleep(2 * time.Millisecond)
	d.give()
	return nil
}

// BillOrGive works with a permit, and gives it back whatever happens.
func (d *Desk) BillOrGive(order int) error {
	d.take()
	defer d.give()
	if err := check(order); err != nil {
		return err
	}
	time.Sleep(8 * time.Millisecond)
	return nil
}

func check(order int) error {
	if order%20 == 19 {
		return errUnknown
	}
	return nil
}

func serve(d *Desk, bill func(*Desk, int) error) {
	waiting := new(atomic.Int32)
	for order := 0; ; time.Sleep(5 * time.Millisecond) {
		if waiting.Load() >= most {
			continue
		}
		waiting.Add(1)
		order++
		go func() {
			defer waiting.Add(-1)
			bill(d, order)
		}()
	}
}

// Run bills until no permit is left.
func Run() { serve(Open(8), (*Desk).Bill) }

// RunHealthy refuses as many orders with a single permit: the queue is as long, and moves.
func RunHealthy() { serve(Open(1), (*Desk).BillOrGive) }
