package nearmiss

import "sync"

type Tariff struct {
	mu        sync.Mutex
	cents     map[string]int
	listeners []func(string, int)
}

// Told after the lock was given back.
func (t *Tariff) Revise(sku string, cents int) {
	t.mu.Lock()
	t.cents[sku] = max(cents, len(sku))
	listeners := append([]func(string, int){}, t.listeners...)
	t.mu.Unlock()
	for _, tell := range listeners {
		tell(sku, cents)
	}
}

// A goroutine of its own does not hold the lock.
func (t *Tariff) Later(sku string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, tell := range t.listeners {
		go tell(sku, 1)
	}
}
