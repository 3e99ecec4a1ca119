package match

import "sync"

type Table struct {
	mu   sync.RWMutex
	rows map[string]int
}

func (t *Table) Get(key string) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.rows[key]
}

func (t *Table) Sum(keys []string) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	sum := 0
	for _, k := range keys {
		sum += t.Get(k) // want
	}
	return sum
}

func (t *Table) Twice() int {
	t.mu.RLock()
	n := len(t.rows)
	t.mu.RLock() // want
	n += len(t.rows)
	t.mu.RUnlock()
	t.mu.RUnlock()
	return n
}
