package match

import "sync"

type Tariff struct {
	mu        sync.Mutex
	cents     map[string]int
	listeners []func(string, int)
}

func (t *Tariff) Revise(sku string, cents int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cents[sku] == cents || len(sku) == 0 {
		return
	}
	t.cents[sku] = cents
	for _, tell := range t.listeners {
		tell(sku, cents) // want
	}
}

type Quotes struct {
	mu     sync.RWMutex
	tariff *Tariff
}

func (q *Quotes) Add(sku string) {
	q.mu.RLock()
	q.tariff.Revise(sku, 1) // want
	q.mu.RUnlock()
}
