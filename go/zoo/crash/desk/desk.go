// Package desk serves customers from a stock. Its parts get stuck in ways that a dump of the goroutines shows; it uses
// nothing that Go 1.19 does not have, so that the same stuck program can be dumped under every version.
package desk

import (
	"context"
	"sync"
	"time"
)

// Desk takes orders and refills the stock.
type Desk struct {
	ordersMu sync.Mutex
	orders   map[string]int

	stockMu sync.Mutex
	stock   map[string]int

	indexMu sync.RWMutex
	index   []string
}

// New makes a desk with some stock.
func New() *Desk {
	return &Desk{orders: map[string]int{}, stock: map[string]int{"oak": 5}, index: []string{"oak"}}
}

// Order takes one thing from the stock.
func (d *Desk) Order(name string) {
	d.ordersMu.Lock()
	defer d.ordersMu.Unlock()
	time.Sleep(5 * time.Millisecond)
	d.take(name)
	d.orders[name]++
}

//go:noinline
func (d *Desk) take(name string) {
	d.stockMu.Lock()
	defer d.stockMu.Unlock()
	d.stock[name]--
}

// Refill adds to the stock what was ordered.
func (d *Desk) Refill(name string) {
	d.stockMu.Lock()
	defer d.stockMu.Unlock()
	time.Sleep(5 * time.Millisecond)
	d.stock[name] += d.ordered(name)
}

//go:noinline
func (d *Desk) ordered(name string) int {
	d.ordersMu.Lock()
	defer d.ordersMu.Unlock()
	return d.orders[name]
}

// Find says where a name stands, and of how many.
func (d *Desk) Find(name string) (at, of int) {
	d.indexMu.RLock()
	defer d.indexMu.RUnlock()
	time.Sleep(10 * time.Millisecond)
	for i, n := range d.index {
		if n == name {
			at = i
		}
	}
	return at, d.Size()
}

// Size says how many names there are.
//
//go:noinline
func (d *Desk) Size() int {
	d.indexMu.RLock()
	defer d.indexMu.RUnlock()
	return len(d.index)
}

// Enter adds a name.
func (d *Desk) Enter(name string) {
	d.indexMu.Lock()
	defer d.indexMu.Unlock()
	d.index = append(d.index, name)
}

// Price asks for a price and waits no longer than ctx does.
func (d *Desk) Price(ctx context.Context, name string) (int, error) {
	prices := make(chan int)
	go func() {
		time.Sleep(20 * time.Millisecond)
		prices <- len(name)
	}()
	select {
	case p := <-prices:
		return p, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
